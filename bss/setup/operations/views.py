from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from bss.permissions import StaffRequired
from plans.heartbeats import workers
from plans.sweeping import EVERY

from . import alarms, backlog
from .acts import AT_ONCE


class Operations(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        known = list(workers())
        context = {
            "alarms": alarms.rows(request.operator),
            "over": alarms.over(request.operator),
            "orders": backlog.orders(request.operator),
            "letters": backlog.letters(request.operator),
            "workers": known,
            "swept": max((each for each in known if each.swept_at), key=lambda each: each.swept_at, default=None),
            "every": round(EVERY),
            "at_once": AT_ONCE,
        }
        return render(request, "bss/setup/operations/operations.html", context)
