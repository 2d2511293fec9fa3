"""The same over a provider's HTTP API, through Anymail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.delivery import deliver
from notifications.models import Notification

from . import mailroom
from .people import JONAS, make_due, welcome


def reread(letter):
    return Notification.objects.get(pk=letter.pk)


def test_taken(nordwind, provider):
    [letter] = welcome(nordwind)
    assert deliver(letter.pk)
    sent = reread(letter)
    assert (sent.state, sent.provider_id) == ("sent", "pm-1")
    [asked] = provider.asked
    headers = {line["Name"]: line["Value"] for line in asked["Headers"]}
    assert headers["Message-ID"] == sent.message_id and headers["X-Uplift-Key"] == sent.key
    assert asked["To"] == f"Jonas Brandt <{JONAS}>"
    assert (asked["TextBody"], asked["HtmlBody"], asked["Subject"]) == (sent.text, sent.html, sent.subject)


@pytest.mark.parametrize(
    ("status", "state"),
    [(429, "retry"), (500, "retry"), (503, "retry"), (401, "retry"), (403, "retry"), (400, "failed"), (413, "failed")],
)
def test_what_a_status_means(nordwind, provider, status, state):
    provider.answers = [(status, {}, {"ErrorCode": 10, "Message": "No."})]
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == state
    assert str(status) in letter.attempt_rows.get().answer


@pytest.mark.parametrize("status", [502, 504, 520, 524])
def test_a_gateway_that_speaks_for_the_provider_leaves_it_unknown(nordwind, provider, status):
    """What lies behind it may have taken the letter: ten minutes for a report, then once more, and marked."""
    provider.answers = [(status, {"Retry-After": "2"}, {}), (status, {}, {})]
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.possible_duplicate, letter.attempt_rows.get().outcome) == ("unknown", False, "unknown")
    assert 595 < (row.next_attempt_at - timezone.now()).total_seconds() <= 600
    make_due(letter)
    deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.possible_duplicate, row.next_attempt_at) == ("unknown", True, None)
    assert all({"Name": "Message-ID", "Value": row.message_id} in asked["Headers"] for asked in provider.asked)
    assert len(provider.asked) == 2


@pytest.mark.parametrize(("wish", "pause"), [("200", 200), ("2", 10), ("soon", 10), ("99999999", 86400)])
def test_the_providers_wish_is_honoured_within_reason(nordwind, provider, wish, pause):
    provider.answers = [(429, {"Retry-After": wish}, {"ErrorCode": 429, "Message": "Slowly."})]
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    wait = (reread(letter).next_attempt_at - timezone.now()).total_seconds()
    assert pause - 3 < wait <= pause


@pytest.mark.parametrize(
    ("seconds", "zone", "pause"),
    [(300, "GMT", 300), (300, "+0000", 300), (-300, "GMT", 10), (10**7, "GMT", 86400)],
)
def test_the_wish_may_be_a_date_by_the_providers_own_clock(nordwind, provider, seconds, zone, pause):
    """Its clock is an hour behind ours."""
    now = datetime.now(UTC) - timedelta(hours=1)
    wish = {
        "Retry-After": f"{now + timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S} {zone}",
        "Date": f"{now:%a, %d %b %Y %H:%M:%S GMT}",
    }
    provider.answers = [(429, wish, {"ErrorCode": 429, "Message": "Slowly."})]
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    wait = (reread(letter).next_attempt_at - timezone.now()).total_seconds()
    assert pause - 3 < wait <= pause


@pytest.mark.parametrize(
    "words",
    [
        f"You tried to send to recipients that have been marked as inactive. Found inactive addresses: {JONAS}."
        " Inactive recipients are ones that have generated a hard bounce.",
        "Words that the library does not know.",
    ],
)
def test_a_recipient_whom_the_provider_refuses(nordwind, provider, words):
    provider.answers = [(422, {}, {"ErrorCode": 406, "Message": words})]
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "failed"
    attempt = letter.attempt_rows.get()
    assert attempt.outcome == "refused" and attempt.answer


def test_nobody_there(nordwind, provider, settings):
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": f"http://127.0.0.1:{mailroom.unused_port()}/"}
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "retry"


def test_a_lost_answer_leaves_it_unknown_and_the_second_time_tells_itself(nordwind, provider):
    provider.reset = True
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("unknown", False)
    provider.reset = False
    make_due(letter)
    assert deliver(letter.pk)
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", True)
    ids = [line["Value"] for asked in provider.asked for line in asked["Headers"] if line["Name"] == "Message-ID"]
    assert len(ids) == 2 and len(set(ids)) == 1


def test_settings_that_are_wrong_wait_for_somebody_to_mend_them(nordwind, provider, settings):
    settings.ANYMAIL = {}
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "retry"


KEYS = {
    "brevo": {"BREVO_API_KEY": "k"},
    "mailersend": {"MAILERSEND_API_TOKEN": "k"},
    "mailgun": {"MAILGUN_API_KEY": "k"},
    "mailjet": {"MAILJET_API_KEY": "k", "MAILJET_SECRET_KEY": "k"},
    "mailtrap": {"MAILTRAP_API_TOKEN": "k"},
    "mandrill": {"MANDRILL_API_KEY": "k"},
    "postal": {"POSTAL_API_KEY": "k"},
    "postmark": {"POSTMARK_SERVER_TOKEN": "k"},
    "resend": {"RESEND_API_KEY": "k"},
    "scaleway": {"SCALEWAY_SECRET_KEY": "k", "SCALEWAY_PROJECT_ID": "p"},
    "sendgrid": {"SENDGRID_API_KEY": "k"},
    "sparkpost": {"SPARKPOST_API_KEY": "k"},
    "unisender_go": {"UNISENDER_GO_API_KEY": "k"},
}


@pytest.mark.parametrize("name", KEYS)
def test_each_provider_that_anymail_knows_is_asked(nordwind, settings, name):
    """A letter holds nothing that Anymail would refuse to pass on. Nobody answers here, so it waits."""
    settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
    settings.ANYMAIL = KEYS[name] | {f"{name.upper()}_API_URL": f"http://127.0.0.1:{mailroom.unused_port()}/"}
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert "Error posting to http://127.0.0.1" in letter.attempt_rows.get().answer
    assert reread(letter).state == "retry"
