from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from plans.asking import askable

from ..permissions import StaffRequired
from .finding import groups_for

ASKED_BY_PALETTE = "X-Palette"
LONGEST = 120


class Search(StaffRequired, View):
    """The page; asked by the palette, its list alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(askable(request.GET.get("q", ""), most=LONGEST).split())
        context = {"q": text, "groups": groups_for(text, staff=request.staff)}
        is_palette = ASKED_BY_PALETTE in request.headers
        response = render(request, f"bss/search/{'palette' if is_palette else 'page'}.html", context)
        response["Vary"] = f"Cookie, {ASKED_BY_PALETTE}"
        return response
