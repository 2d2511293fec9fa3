"""The outbox: every letter as it was sent, in a frame that may do nothing, and never anybody else's."""

import csv
import io
from datetime import UTC, datetime

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


def test_filters_by_account_order_and_view_are_kept_in_the_address(maren, letter, nordwind):
    other = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harbor")
    theirs = set(other.notifications.values_list("pk", flat=True))
    other.notifications.filter(kind="to").update(possible_duplicate=True)

    def found(query: str) -> set[int]:
        return {row.pk for row in maren.get(f"{OUTBOX}?{query}").context["rows"]}

    assert found(f"account={other.number.lower()}") == theirs == found(f"order={other.orders.get().number}")
    assert found("view=twice") == set(other.notifications.filter(kind="to").values_list("pk", flat=True)) != set()
    assert found("account=AC-1") == found("order=nothing") == found("view=attention") == set()
    page = maren.get(f"{OUTBOX}?view=twice&account={other.number}")
    here = [entry for entry in page.context["panel"] if entry["here"]]
    assert [entry["word"] for entry in here] == ["Possible duplicates"]
    assert all(f"account={other.number}" in entry["url"] for entry in page.context["panel"])
    assert "Possible duplicate</span>" in page.text and f'value="{other.number}"' in page.text


def test_the_export_holds_the_rows_of_the_list_and_runs_no_formula(maren, letter, nordwind):
    more(letter, 3)
    Notification.objects.filter(pk=letter.pk).update(subject="=1+1", recipient_name="@evil", state="bounced")
    answer = maren.get(f"{OUTBOX}export.csv?state=bounced")
    assert answer["Content-Disposition"] == 'attachment; filename="letters.csv"'
    heads, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    told = dict(zip(heads, row, strict=True))
    assert (told["Subject"], told["Recipient"], told["Email"]) == ("'=1+1", "'@evil", letter.recipient_email)
    assert (told["Account ID"], told["Order"], told["Status"]) == (
        letter.account.number,
        letter.order.number,
        "Bounced",
    )
    assert told["Why it was sent"] == letter.reason and letter.text not in answer.getvalue().decode()
    assert len(maren.get(f"{OUTBOX}export.csv").getvalue().decode().splitlines()) > 4


def test_words_that_were_removed_are_said_to_be_and_are_not_sent_again(maren, letter):
    Notification.objects.filter(pk=letter.pk).update(state="sent", sent_at=timezone.now(), next_attempt_at=None)
    Notification.objects.filter(pk=letter.pk).update(created_at=datetime(2024, 3, 31, tzinfo=UTC))
    assert Notification.objects.filter(pk=letter.pk).remove_words() == 1
    Notification.objects.filter(pk=letter.pk).update(words_removed_at=datetime(2026, 4, 1, tzinfo=UTC))
    page = maren.get(f"{OUTBOX}{letter.pk}/").text
    assert "The words were removed on 1 Apr 2026, after 24 months." in page
    assert "<iframe" not in page and letter.recipient_email in page and letter.message_id[1:-1] in page
    assert f'href="{OUTBOX}{letter.pk}/resend/"' not in page
    assert maren.get(f"{OUTBOX}{letter.pk}/html/").status_code == 410
    assert "removed on 1 Apr 2026" in maren.get(f"{OUTBOX}{letter.pk}/resend/").text
    refused = maren.post(f"{OUTBOX}{letter.pk}/resend/", {"to": "same"})
    assert refused.status_code == 422 and "can’t be sent again" in refused.text
    assert not letter.resends.exists()


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
