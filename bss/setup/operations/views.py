from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from bss.permissions import StaffRequired
from plans.heartbeats import workers
from plans.mending import retry_failed
from plans.models import Order
from plans.sweeping import EVERY, sweep_now

from . import backlog

AT_ONCE = 100


class Operations(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        known = list(workers())
        swept = max((each for each in known if each.swept_at), key=lambda each: each.swept_at, default=None)
        context = {
            "orders": backlog.orders(request.operator),
            "letters": backlog.letters(request.operator),
            "workers": known,
            "nobody_lives": not any(each.is_alive for each in known),
            "swept": swept,
            "every": round(EVERY),
            "at_once": AT_ONCE,
        }
        return render(request, "bss/setup/operations/operations.html", context)


class RetryAll(StaffRequired, View):
    permission = "execute"

    def post(self, request: HttpRequest) -> HttpResponse:
        placed = retry_failed(request.operator, by=request.user, limit=AT_ONCE)
        is_left = Order.objects.filter(operator=request.operator, state=Order.State.FAILED).exists()
        words = f"{placed} failed order{'s were' if placed != 1 else ' was'} placed again."
        messages.success(request, words + (" More are left: press Retry all again." if is_left and placed else ""))
        return HttpResponseRedirect(reverse("operations"))


class SweepNow(StaffRequired, View):
    permission = "execute"

    def post(self, request: HttpRequest) -> HttpResponse:
        rung = sweep_now(request.operator, by=request.user)
        messages.success(request, f"Swept: {rung} order{'s were' if rung != 1 else ' was'} handed to a worker.")
        return HttpResponseRedirect(reverse("operations"))
