from csp.decorators import csp, csp_update
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from bss import paging
from bss.letters import row
from bss.lists import ListPage
from bss.permissions import StaffRequired
from notifications.editing import TEST
from notifications.models import Notification
from ui.filters.notifications import NotificationFilters

from .outbox_rows import COLUMNS, row_of

# A letter's own styles are inline; nothing in it may run, load, send or leave its frame.
LETTER_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
BY_TIME = paging.Sorting("created_at")


class Outbox(ListPage):
    template = "bss/setup/notifications/outbox.html"
    filters = NotificationFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return Notification.objects.of_operator(self.request.operator)

    def rows_of(self, found: list) -> list:
        return [row_of(letter, operator=self.request.operator) for letter in found]

    def order(self, request: HttpRequest) -> paging.Sorting:
        """By time where days are asked for: an index leads to the first of them. Else as usual, the newest first."""
        return BY_TIME if request.GET.get("since") or request.GET.get("until") else self.usual

    def more(self, request: HttpRequest) -> dict[str, object]:
        choices = {
            name: one.extra["choices"] for name, one in self.filters.base_filters.items() if "choices" in one.extra
        }
        return {"states": choices["state"], "letter_kinds": choices["template"], "entities": choices["entity"]}


@method_decorator(csp_update({"frame-src": ["'self'"]}), name="get")
class LetterPage(StaffRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).select_related(
            "account", "order", "resend_of", "posted_by"
        )
        letter = get_object_or_404(letters, pk=pk)
        context = row(letter) | {
            "attempts": letter.attempt_rows.order_by("number"),
            "is_test": letter.template_code.startswith(TEST),
        }
        return render(request, "bss/setup/notifications/letter.html", context)


@method_decorator([csp(LETTER_POLICY), xframe_options_sameorigin], name="get")
class LetterHtml(StaffRequired, View):
    """The HTML part exactly as it was sent, to be shown in a frame."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).only("html")
        return HttpResponse(get_object_or_404(letters, pk=pk).html)
