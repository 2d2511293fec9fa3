"""The outbox: every letter as it was sent, in a frame that may do nothing, and never anybody else's."""

import pytest
from django.utils import timezone

from notifications.models import Notification, NotificationAttempt
from tests import cast

OUTBOX = "/bss/setup/notifications/outbox/"


@pytest.fixture
def letter(nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    return Notification.objects.get(template_code="welcome_standard")


def more(letter: Notification, count: int) -> None:
    Notification.objects.bulk_create(
        Notification(
            operator_id=letter.operator_id,
            template_code="order_received",
            occasion="x",
            key=f"x:{number}",
            account=letter.account,
            recipient_email="x@x.example",
            from_email="y@y.example",
            subject=f"Letter {number}",
            state="skipped",
        )
        for number in range(count)
    )


def test_filters_and_pages(maren, letter):
    more(letter, 60)
    assert len(maren.get(OUTBOX).context["rows"]) == 50
    found = maren.get(f"{OUTBOX}?state=queued&q={letter.recipient_email}").context["rows"]
    assert [row.pk for row in found] == [letter.pk]
    assert maren.get(f"{OUTBOX}?state=bounced").context["rows"] == []
    page = maren.get(f"{OUTBOX}?state=skipped").context["page"]
    assert "state=skipped" in page.following
    assert len(maren.get(OUTBOX + page.following).context["rows"]) == 10


@pytest.mark.parametrize("query", ["state=x", "after=x", "q=%00", "before=99999999999999999999", "q=" + "x" * 3000])
def test_nonsense_in_the_address_is_never_a_fault(maren, letter, query):
    assert maren.get(f"{OUTBOX}?{query}").status_code == 200


def test_a_letter_is_shown_exactly_as_it_was_sent(maren, letter):
    now = timezone.now()
    NotificationAttempt.objects.create(
        notification=letter, number=1, started_at=now, finished_at=now, outcome="deferred", answer="451 try later"
    )
    page = maren.get(f"{OUTBOX}{letter.pk}/")
    assert page.context["letter"].text == letter.text
    words = page.content.decode()
    for text in (letter.recipient_email, letter.from_email, "451 try later", "Put off", letter.message_id[1:-1]):
        assert text in words, text
    assert 'sandbox=""' in words
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_the_frame_may_run_and_load_nothing(maren, letter):
    frame = maren.get(f"{OUTBOX}{letter.pk}/html/")
    assert frame.content.decode() == letter.html
    policy = {part.split()[0]: part.split()[1:] for part in frame["Content-Security-Policy"].split("; ")}
    assert policy == {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [],
    }
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_a_personal_link_is_never_shown(maren, nordwind):
    from plans.inviting import invite_staff

    [invitation] = invite_staff(cast.staff(nordwind, "operations"))
    words = maren.get(f"{OUTBOX}{invitation.pk}/").content.decode()
    assert "/password/reset/key/" not in words
    assert "/password/reset/key/" not in maren.get(f"{OUTBOX}{invitation.pk}/html/").content.decode()


def test_letters_of_another_distributor_are_never_listed_and_not_found(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.on_plan(cast.reseller(sudlicht, "Lumen Desk"), "free", alias="lumendesk")
    theirs = Notification.objects.filter(operator=sudlicht).first()
    assert maren.get(OUTBOX).context["rows"] == []
    assert maren.get(f"{OUTBOX}{theirs.pk}/").status_code == 404
    assert maren.get(f"{OUTBOX}{theirs.pk}/html/").status_code == 404
    assert maren.get(f"{OUTBOX}999999/").status_code == 404


def test_pages_are_never_stored_and_hold_no_inline_code(maren, letter):
    for url in ("/bss/", "/bss/orders/", "/bss/orders/SO-01001/", "/bss/setup/", OUTBOX, f"{OUTBOX}{letter.pk}/"):
        page = maren.get(url)
        assert page["Cache-Control"] == "no-store", url
        words = page.content.decode()
        assert " style=" not in words, url
        assert " onclick=" not in words, url
        assert "<script>" not in words, url
