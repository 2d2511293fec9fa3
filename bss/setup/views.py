from csp.decorators import csp, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from notifications.models import Notification

from .. import paging
from ..letters import row
from ..permissions import StaffRequired
from .forms import LetterFilter
from .listing import COLUMNS, row_of

# A letter's own styles are inline; nothing in it may run, load, send or leave its frame.
LETTER_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}


class Setup(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "bss/setup/setup.html")


class Outbox(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = LetterFilter.of(request.GET)
        letters = Notification.objects.of_operator(request.operator)
        if wanted["state"]:
            letters = letters.filter(state=wanted["state"])
        if wanted["q"]:
            letters = letters.filter(recipient_email=wanted["q"].lower())
        page = paging.newest_first(letters.values_list(*COLUMNS, named=True), request)
        rows = [row_of(letter, operator=request.operator) for letter in page.rows]
        context = {"page": page, "rows": rows, "wanted": wanted, "states": Notification.State.choices}
        return render(request, "bss/setup/outbox.html", context)


@method_decorator(csp_update({"frame-src": ["'self'"]}), name="get")
class LetterPage(StaffRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).select_related("account", "order", "resend_of")
        letter = get_object_or_404(letters, pk=pk)
        context = row(letter) | {"attempts": letter.attempt_rows.order_by("number")}
        return render(request, "bss/setup/letter.html", context)


@method_decorator([csp(LETTER_POLICY), xframe_options_sameorigin], name="get")
class LetterHtml(StaffRequired, View):
    """The HTML part exactly as it was sent, to be shown in a frame."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).only("html")
        return HttpResponse(get_object_or_404(letters, pk=pk).html)
