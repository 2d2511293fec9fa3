"""Outbox > a letter: its exact words, why it was written, and all that became of it."""

from csp.decorators import csp, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from bss.letters import row
from bss.permissions import StaffRequired
from notifications.catalogue import CATALOGUE
from notifications.models import DeliveryEvent, Notification
from notifications.models.notification import TEST
from plans.models import Account, Contact

# A letter's own styles are inline; nothing in it may run, load, send or leave its frame.
LETTER_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
Kind = DeliveryEvent.Kind
TONES = {Kind.DELIVERED: "ok", Kind.BOUNCED: "bad", Kind.REJECTED: "bad", Kind.COMPLAINED: "bad"}
GONE = "The words of this letter were removed."
BESIDE = ("account", "order", "subscription", "storefront", "resend_of", "posted_by", "dealt_with_by")


@method_decorator(csp_update({"frame-src": ["'self'"]}), name="get")
class LetterPage(StaffRequired, View):
    """Six queries at the most, whatever hangs on it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).with_task().select_related(*BESIDE)
        letter = get_object_or_404(letters, pk=pk)
        context = row(letter) | {
            "written_as": CATALOGUE.get(letter.template_code.removeprefix(TEST)),
            "is_test": letter.template_code.startswith(TEST),
            "attempts": letter.attempt_rows.order_by("number"),
            "events": [
                (event, TONES.get(event.kind, "")) for event in letter.delivery_events.order_by("happened_at", "pk")
            ],
            "resends": [row(one) for one in letter.resends.defer("text", "html").order_by("pk")],
            "reader": reader_of(letter) if letter.is_task and letter.state != Notification.State.COMPLAINED else None,
            "months": months_kept(letter),
        }
        return render(request, "bss/setup/notifications/letter.html", context)


@method_decorator([csp(LETTER_POLICY), xframe_options_sameorigin], name="get")
class LetterHtml(StaffRequired, View):
    """The HTML part exactly as it was sent, to be shown in a frame."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letters = Notification.objects.of_operator(request.operator).only("html", "words_removed_at")
        letter = get_object_or_404(letters, pk=pk)
        return HttpResponse(
            GONE if letter.words_removed_at else letter.html, status=410 if letter.words_removed_at else 200
        )


def reader_of(letter: Notification) -> Contact | None:
    """The contact of a reseller whose address it is: staff can correct it."""
    if letter.account is None or letter.account.kind != Account.Kind.RESELLER:
        return None
    return Contact.objects.filter(account=letter.account, email=letter.recipient_email.lower()).first()


def months_kept(letter: Notification) -> int | None:
    """How many whole months its words were kept; None while they are."""
    if letter.words_removed_at is None:
        return None
    begin, end = (timezone.localtime(at) for at in (letter.created_at, letter.words_removed_at))
    return (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)
