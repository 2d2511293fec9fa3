"""What staff can set going from Operations. Each leads back there and says what it did."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from bss.permissions import StaffRequired
from plans.forgetting import forget_worker
from plans.mending import retry_failed
from plans.models import Order
from plans.resending import resend_failed, try_letters_now
from plans.sweeping import sweep_now

AT_ONCE = 100


def back(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("operations"))


class RetryAll(StaffRequired, View):
    permission = "execute"

    def post(self, request: HttpRequest) -> HttpResponse:
        placed = retry_failed(request.operator, by=request.user, limit=AT_ONCE)
        is_left = Order.objects.filter(operator=request.operator, state=Order.State.FAILED).exists()
        words = f"{placed} failed order{'s were' if placed != 1 else ' was'} placed again."
        return back(request, words + (" More are left: press Retry all again." if is_left and placed else ""))


class SweepNow(StaffRequired, View):
    permission = "execute"

    def post(self, request: HttpRequest) -> HttpResponse:
        rung = sweep_now(request.operator, by=request.user)
        return back(request, f"Swept: {rung} order{'s were' if rung != 1 else ' was'} handed to a worker.")


class TryLetters(StaffRequired, View):
    permission = "notifications"

    def post(self, request: HttpRequest) -> HttpResponse:
        many = try_letters_now(request.operator, by=request.user)
        return back(request, f"{many} letter{'s are' if many != 1 else ' is'} tried again now.")


class ResendAll(StaffRequired, View):
    permission = "notifications"

    def post(self, request: HttpRequest) -> HttpResponse:
        many = resend_failed(request.operator, by=request.user, limit=AT_ONCE)
        return back(request, f"{many} letter{'s were' if many != 1 else ' was'} sent again.")


class ForgetWorker(StaffRequired, View):
    permission = "execute"

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("worker", "")[:160]
        gone = forget_worker(request.operator, name=name, by=request.user)
        return back(request, f"{name} is forgotten." if gone else "Only a worker that is dead is forgotten.")
