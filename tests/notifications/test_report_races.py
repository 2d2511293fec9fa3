"""Reports at the same moment as each other, and as the carrier who writes down the answer: on real connections."""

import uuid
from datetime import UTC, datetime

import pytest

from notifications import delivery, handover
from notifications.models import DeliveryEvent, Notification
from notifications.reports import Report, take, token_of

from .people import welcome
from .test_races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def report(row: Notification, kind: str = "delivered", **more) -> Report:
    return Report("resend", kind, NOON, **{"event_id": f"msg_{row.pk}_{kind}", "letter": token_of(row)} | more)


def being_handed_over(operator, number: int) -> tuple[Notification, uuid.UUID]:
    [letter] = welcome(operator, occasion=f"order:{number}")
    owner = uuid.uuid4()
    row = delivery._claim(letter.pk, owner)
    delivery._start_handing_over(row, owner)
    return row, owner


def test_one_report_told_ten_times_at_once(nordwind):
    for number in range(3):
        row, owner = being_handed_over(nordwind, number)
        delivery._record(row, owner, handover.Answer("accepted"))
        answers = all_at_once(10, lambda _, row=row: take(report(row)))
        assert sorted(answers) == [False] * 9 + [True]
        assert row.delivery_events.count() == 1
        assert Notification.objects.get(pk=row.pk).state == "delivered"


@pytest.mark.parametrize("known_by", ["our token", "the provider's name"])
def test_a_report_and_the_answer_at_once(nordwind, known_by):
    """Whoever comes second settles the letter."""
    for number in range(12):
        row, owner = being_handed_over(nordwind, number)
        name = f"re-{number}"
        told = report(row, provider_id=name, letter=token_of(row) if known_by == "our token" else "")
        answer = handover.Answer("accepted", provider_id=name)
        answers = all_at_once(
            2,
            lambda i, row=row, owner=owner, told=told, answer=answer: (
                take(told) if i else delivery._record(row, owner, answer)
            ),
        )
        assert answers == [None, True]
        assert Notification.objects.get(pk=row.pk).state == "delivered", number
    assert not DeliveryEvent.objects.unclaimed().exists()


def test_all_that_is_told_of_a_letter_at_once(nordwind):
    kinds = ["sent", "deferred", "delivered", "bounced", "complained"]
    for number in range(4):
        row, owner = being_handed_over(nordwind, number)
        delivery._record(row, owner, handover.Answer("unknown"))
        assert all_at_once(5, lambda i, row=row: take(report(row, kinds[i]))) == [True] * 5
        assert Notification.objects.get(pk=row.pk).state == "complained"
