"""The words of old letters go when the distributor says so, in small batches, and nothing else of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.delivery import deliver_due
from notifications.models import Notification
from plans import letter_retention
from plans.letter_retention import kept_since, remove_old_words
from plans.models import Operator, User
from plans.refusals import Refused
from plans.resending import resend_letter
from plans.sweeping import sweep
from tests import cast


@pytest.fixture
def nordwind(db) -> Operator:
    operator = cast.distributor()
    operator.letter_words_months = 24
    operator.save()
    return operator


@pytest.fixture
def letter(nordwind) -> Notification:
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    return aged(account.notifications.get(template_code="welcome_standard"), state="delivered")


def aged(letter: Notification, *, days: int = 1000, **columns) -> Notification:
    at = timezone.now() - timedelta(days=days)
    columns = {"next_attempt_at": None, "sent_at": at} | columns
    Notification.objects.filter(pk=letter.pk).update(created_at=at, **columns)
    letter.refresh_from_db()
    return letter


def test_the_words_go_and_every_fact_stays(letter):
    facts = {field.attname for field in Notification._meta.concrete_fields} - {"text", "html", "words_removed_at"}
    before = Notification.objects.values(*facts).get(pk=letter.pk)
    assert remove_old_words() == 1 and remove_old_words() == 0
    letter.refresh_from_db()
    assert (letter.text, letter.html) == ("", "") and letter.words_removed_at and letter.subject
    assert Notification.objects.values(*facts).get(pk=letter.pk) == before


def test_the_sweeper_does_it_and_nobody_else_is_touched(letter, nordwind):
    other = cast.distributor("Sudlicht", host="sudlicht.test")  # keeps for ever
    theirs = aged(
        cast.on_plan(cast.reseller(other, "Lumen"), "free", alias="lumen").notifications.first(), state="sent"
    )
    young = aged(cast.on_plan(cast.reseller(nordwind, "Harbor"), "free", alias="harbor").notifications.first(),
                 days=700, state="sent")  # fmt: skip
    assert sweep()["words_removed"] == 1
    assert set(Notification.objects.exclude(words_removed_at=None)) == {letter}
    for kept in (theirs, young):
        kept.refresh_from_db()
        assert kept.text and kept.html


@pytest.mark.parametrize("state", Notification.State.values)
def test_what_is_still_on_its_way_keeps_its_words(letter, state):
    due = timezone.now() + timedelta(days=1)
    lease = {"lease_owner": "00000000-0000-0000-0000-000000000000", "lease_until": due} if state == "sending" else {}
    is_moving = state in ("queued", "sending", "retry", "unknown")
    aged(letter, state=state, next_attempt_at=due if is_moving else None, **lease)
    assert remove_old_words() == (0 if is_moving else 1)
    letter.refresh_from_db()
    assert bool(letter.text) is is_moving


def test_unknown_for_good_is_over(letter):
    aged(letter, state="unknown")
    assert remove_old_words() == 1
    assert deliver_due(by_hand=True) == 0


def test_a_round_takes_some_and_the_oldest_first(letter, nordwind, monkeypatch):
    monkeypatch.setattr(letter_retention.remove_old_words, "__kwdefaults__", {"limit": 2})
    for number in range(5):
        Notification.objects.create(
            operator=nordwind, template_code="order_received", occasion="x", key=f"x:{number}", state="skipped",
            recipient_email="x@x.example", from_email="y@y.example", subject="x", text="x", html="x",
            created_at=timezone.now() - timedelta(days=2000 + number),
        )  # fmt: skip
    assert remove_old_words() == 2
    gone = Notification.objects.exclude(words_removed_at=None).values_list("key", flat=True)
    assert set(gone) == {"x:4", "x:3"}
    assert sweep(execute=True)["words_removed"] == 4  # by hand all of them
    assert Notification.objects.filter(words_removed_at=None, created_at__lt=kept_since(nordwind)).count() == 0


def test_months_are_counted_by_the_operators_days(nordwind):
    noon = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert kept_since(nordwind, now=noon) == datetime(2026, 2, 27, 23, tzinfo=UTC)  # there is no 29th
    nordwind.letter_words_months = 3
    assert kept_since(nordwind, now=datetime(2026, 5, 31, 12, tzinfo=UTC)) == datetime(2026, 2, 27, 23, tzinfo=UTC)
    assert kept_since(nordwind, now=datetime(2026, 1, 15, 23, 30, tzinfo=UTC)) == datetime(2025, 10, 15, 22, tzinfo=UTC)


def test_without_its_words_it_is_not_sent_again(letter):
    remove_old_words()
    with pytest.raises(Refused, match="letter_words_removed"):
        resend_letter(letter, by=User.objects.get(email="maren.holt@nordwind.example"))  # read before they went
    assert not letter.resends.exists()
