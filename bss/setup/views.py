from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from ..permissions import StaffRequired


class Setup(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "bss/setup/setup.html")
