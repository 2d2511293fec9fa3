"""Where mail providers tell what became of letters (their webhooks), read by Anymail.

Who asks is looked at before anything that was sent: without one of settings.MAIL_REPORT_SECRETS it is 400, whatever it
says. What is authentic is 200, also about a letter that we do not know, so that it is not told again and again.
"""

import logging
import warnings
from datetime import UTC, datetime
from http import HTTPStatus

from anymail import urls as anymail_urls
from anymail.exceptions import AnymailError, AnymailInsecureWebhookWarning
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from notifications import refused_reports, reports
from notifications.handover import LETTER
from notifications.signatures import is_authentic

from . import problems

logger = logging.getLogger(__name__)
LONGEST = 256 * 1024  # bytes
# Anymail reads for us; who may tell is decided here, by secrets that can be replaced one by one.
warnings.filterwarnings("ignore", category=AnymailInsecureWebhookWarning)


def _readers() -> dict[str, type[AnymailCoreWebhookView]]:
    """Anymail's views for reports, by the provider's name in its URLs: {"postmark": ..., "resend": ...}."""
    found = {}
    for entry in anymail_urls.urlpatterns:
        provider, _, what = (entry.name or "").removesuffix("_webhook").rpartition("_")
        if what == "tracking":
            found[provider] = entry.callback.view_class
    return found


READERS = _readers()


class MailReports(AnymailCoreWebhookView):
    """Its base takes POST without a form's token, as every provider sends it."""

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        if provider not in READERS:
            return problems.plain(404, "not_found")
        size = request.headers.get("Content-Length", "")
        if size.isdecimal() and int(size) > LONGEST:
            return problems.plain(413, "too_large")
        if not is_authentic(request.body, headers=request.headers, secrets=settings.MAIL_REPORT_SECRETS):
            logger.warning("mail_report_refused", extra={"provider": provider})
            refused_reports.count()
            return problems.plain(400, "not_authentic")
        try:
            told = _read(request, provider)
        except (AnymailError, ValueError, LookupError, TypeError, AttributeError) as problem:
            logger.warning("mail_report_unreadable", extra={"provider": provider, "problem": type(problem).__name__})
            return problems.plain(400, "unreadable")
        for report in told:
            reports.take(report)
        return HttpResponse(status=HTTPStatus.OK)


def _read(request: HttpRequest, provider: str) -> list[reports.Report]:
    reader = READERS[provider]()
    reader.setup(request)
    reader.run_validators(request)  # where Anymail knows how the provider signs, and was given the key
    told = [_report(event, provider) for event in reader.parse_events(request)]
    return [report for report in told if report]


def _report(event: AnymailTrackingEvent, provider: str) -> reports.Report | None:
    kind = reports.KINDS.get(str(event.event_type))
    if kind is None:
        return None
    happened_at = event.timestamp or datetime.now(UTC)
    words = [event.reject_reason, event.description, event.mta_response]
    return reports.Report(
        provider=provider,
        kind=kind,
        happened_at=happened_at if happened_at.tzinfo else happened_at.replace(tzinfo=UTC),
        event_id=str(event.event_id or ""),
        letter=str((event.metadata or {}).get(LETTER, "")),
        provider_id=str(event.message_id or ""),
        words=" ".join(dict.fromkeys(str(one) for one in words if one)),
    )
