"""From queued to sent, or to the reason why not: over a real SMTP server on loopback."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Now
from django.utils import timezone

from notifications.delivery import PAUSES, deliver, deliver_due
from notifications.models import Notification, NotificationAttempt, NotificationTemplate
from notifications.post import Recipient, post, resend
from notifications.rendering import LINK_MASK
from notifications.tasks import deliver as deliver_task

from . import mailroom
from .people import BRAND, JONAS, WHY, make_due, welcome


def reread(letter):
    return Notification.objects.get(pk=letter.pk)


def attempts_of(letter):
    return list(letter.attempt_rows.order_by("number").values_list("number", "outcome"))


def due_in(letter) -> float:
    return (reread(letter).next_attempt_at - timezone.now()).total_seconds()


def test_what_is_kept_is_what_is_sent(nordwind, smtp):
    [letter] = welcome(nordwind)
    assert deliver(letter.pk) is True
    sent = reread(letter)
    assert (sent.state, sent.attempts, sent.lease_owner, sent.next_attempt_at) == ("sent", 1, None, None)
    assert sent.sent_at - sent.created_at < timedelta(seconds=10)
    assert attempts_of(letter) == [(1, "accepted")]
    assert letter.attempt_rows.get().finished_at
    [arrived] = smtp.letters
    assert arrived["Message-ID"] == sent.message_id
    assert arrived["X-Uplift-Key"] == sent.key
    assert str(arrived["From"]) == "Nordwind Cloud <cloud@nordwind.example>"
    assert str(arrived["To"]) == f"Jonas Brandt <{JONAS}>"
    assert arrived["Reply-To"] == "partners@nordwind.example"
    assert arrived["Subject"] == sent.subject
    assert smtp.text_of().replace("\r\n", "\n").rstrip("\n") == sent.text.rstrip("\n")
    assert smtp.html_of().replace("\r\n", "\n").rstrip("\n") == sent.html.rstrip("\n")


def test_a_letter_is_handed_over_once(nordwind, smtp):
    [letter] = welcome(nordwind)
    assert deliver(letter.pk) is True
    assert deliver(letter.pk) is False
    assert len(smtp.letters) == 1


@pytest.mark.parametrize("state", ["sent", "delivered", "bounced", "complained", "failed", "skipped"])
def test_what_is_over_is_not_sent(nordwind, smtp, state):
    [letter] = welcome(nordwind)
    Notification.objects.filter(pk=letter.pk).update(state=state, next_attempt_at=Now(), sent_at=Now())
    assert deliver(letter.pk) is False
    assert deliver_due(by_hand=True) == 0
    assert smtp.letters == []


def test_a_letter_that_is_not_there_is_no_error(db):
    assert deliver(987654321) is False


@pytest.mark.parametrize(
    ("verb", "answer", "state", "outcome"),
    [
        ("RCPT", "550 5.1.1 No such person", "failed", "refused"),
        ("RCPT", "450 4.2.1 Come back later", "retry", "deferred"),
        ("MAIL", "553 5.7.1 Not from you", "failed", "refused"),
        ("MAIL", "451 4.3.0 Try again", "retry", "deferred"),
        ("DATA", "554 5.7.1 Looks like spam", "failed", "refused"),
        ("DATA", "452 4.3.1 No room", "retry", "deferred"),
        ("DATA", "421 4.3.2 Going down", "retry", "deferred"),
    ],
)
def test_what_the_other_side_answers(nordwind, smtp, verb, answer, state, outcome):
    smtp.refuse[verb] = answer
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == state
    attempt = letter.attempt_rows.get()
    assert attempt.outcome == outcome
    assert attempt.answer.startswith(answer[:3]) and answer.split(" ", 1)[1] in attempt.answer
    smtp.refuse.clear()
    make_due(letter)
    assert deliver(letter.pk) is (state == "retry")
    assert len(smtp.letters) == (1 if state == "retry" else 0)


def test_nobody_there_is_tried_again_with_growing_pauses_and_then_failed(nordwind, smtp, settings):
    settings.EMAIL_PORT = mailroom.unused_port()
    [letter] = welcome(nordwind)
    for pause in PAUSES:
        assert deliver(letter.pk)
        assert reread(letter).state == "retry"
        assert pause - 3 < due_in(letter) <= pause
        assert deliver(letter.pk) is False, "not before its time"
        make_due(letter)
    assert deliver(letter.pk)
    assert (reread(letter).state, reread(letter).attempts) == ("failed", 7)
    assert [outcome for _, outcome in attempts_of(letter)] == ["deferred"] * 7
    assert PAUSES == (10, 30, 120, 600, 3600, 21600)


def test_a_mail_server_that_never_speaks_costs_a_timeout(nordwind, smtp, settings):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        settings.EMAIL_TIMEOUT = 0.5
        [letter] = welcome(nordwind)
        began = time.monotonic()
        deliver(letter.pk)
    assert time.monotonic() - began < 3
    assert reread(letter).state == "retry"


def test_a_wrong_password_waits_for_somebody_to_mend_it(nordwind, smtp, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "u", "p"
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "retry"


def test_resend_after_a_refusal_to_another_contact(nordwind, smtp):
    smtp.refuse["RCPT"] = "550 no"
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    smtp.refuse.clear()
    again = resend(letter, to=Recipient("zoe@techsolutions.example", "Zoë"))
    assert deliver(again.pk)
    assert smtp.envelopes == [("cloud@nordwind.example", ["zoe@techsolutions.example"])]
    assert reread(letter).state == "failed" and reread(again).state == "sent"


def test_switched_off_is_not_sent(nordwind, smtp):
    NotificationTemplate.objects.create(
        operator=nordwind, code="welcome_standard", entity="accounts", name="W", subject="s", body="b", is_active=False
    )
    [letter] = welcome(nordwind)
    assert deliver(letter.pk) is False and deliver_due(by_hand=True) == 0
    assert smtp.letters == []


def test_the_task_knows_its_own_payload_only(nordwind, smtp):
    [letter] = welcome(nordwind)
    deliver_task({"id": letter.pk, "v": 2})
    deliver_task({})
    assert reread(letter).state == "queued"
    deliver_task({"id": letter.pk, "v": 1})
    assert reread(letter).state == "sent"


# --- personal links ---


def real_link(letter: Notification) -> str:
    return f"https://cloud.nordwind.example/login/reset/{letter.pk}-tok?a=1&b=<2>"


def gone(letter: Notification) -> str:
    raise LookupError


def removed(letter: Notification) -> str:
    return str(Notification.objects.get(pk=987654321))


def broken(letter: Notification) -> str:
    raise OSError("the database is down")


@pytest.fixture
def reset(nordwind, settings):
    settings.NOTIFICATION_SECRET_LINKS = {"password_reset": f"{__name__}.real_link"}
    [letter] = post("password_reset", operator_id=nordwind.pk, occasion="user:1:x", to=[Recipient(JONAS, "Jonas")],
                    fields={"valid_for": "1 hour"}, brand=BRAND, reason=WHY, secret_kind="password_reset")  # fmt: skip
    return letter


def test_a_personal_link_is_in_the_letter_and_nowhere_else(reset, smtp):
    assert deliver(reset.pk)
    link = real_link(reset)
    assert link in smtp.text_of().splitlines()
    assert smtp.html_of().count('href="' + link.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) == 2
    assert LINK_MASK not in smtp.text_of() + smtp.html_of()
    kept = reread(reset)
    assert LINK_MASK in kept.text and "-tok" not in kept.text + kept.html
    assert "-tok" not in "".join(NotificationAttempt.objects.values_list("answer", flat=True))


@pytest.mark.parametrize(
    ("maker", "state"), [("gone", "failed"), ("removed", "failed"), ("broken", "retry"), ("missing", "retry")]
)
def test_a_link_that_cannot_be_made(reset, smtp, settings, maker, state):
    settings.NOTIFICATION_SECRET_LINKS = {"password_reset": f"{__name__}.{maker}"}
    assert deliver(reset.pk)
    assert reread(reset).state == state
    assert smtp.letters == []


def test_a_link_without_a_maker_waits_for_the_settings(reset, smtp, settings):
    settings.NOTIFICATION_SECRET_LINKS = {}
    assert deliver(reset.pk)
    assert reread(reset).state == "retry"
    assert ImproperlyConfigured and "names no maker" in reset.attempt_rows.get().answer


def test_the_mask_in_an_ordinary_letter_stays(nordwind, smtp):
    [letter] = welcome(nordwind, account_name=LINK_MASK)
    assert deliver(letter.pk)
    assert LINK_MASK in smtp.text_of()
