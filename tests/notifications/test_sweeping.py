"""What nobody was rung for, or nobody came for, is found by the sweeper: with a broker and without one."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from notifications.delivery import deliver_due
from notifications.models import Notification

from .people import make_due, welcome


def reread(letter):
    return Notification.objects.get(pk=letter.pk)


def age(letter, seconds: int) -> None:
    Notification.objects.filter(pk=letter.pk).update(next_attempt_at=Now() - timedelta(seconds=seconds))


def test_a_fresh_letter_is_left_to_its_own_doorbell(nordwind, outbox, mail_queue):
    [letter] = welcome(nordwind)
    assert deliver_due() == 0 and mail_queue() == []
    age(letter, 6)
    assert deliver_due() == 1
    assert mail_queue() == [{"id": letter.pk, "v": 1}]
    assert reread(letter).state == "queued", "a worker carries it, not the sweeper"


def test_one_letter_is_not_rung_for_all_the_time(nordwind, outbox, mail_queue):
    [letter] = welcome(nordwind)
    age(letter, 6)
    assert [deliver_due(), deliver_due(), deliver_due()] == [1, 0, 0]
    assert len(mail_queue()) == 1
    Notification.objects.update(rung_at=Now() - timedelta(seconds=31))
    assert deliver_due() == 1
    assert len(mail_queue()) == 1


def test_without_a_broker_the_sweeper_carries_it_itself(nordwind, outbox, no_broker):
    [letter] = welcome(nordwind)
    age(letter, 6)
    assert deliver_due() == 1
    assert reread(letter).state == "sent"
    assert len(list(outbox.glob("*.eml"))) == 1


def test_a_retry_is_rung_for_when_its_time_has_come(nordwind, smtp, mail_queue):
    from notifications.delivery import deliver

    smtp.refuse["RCPT"] = "450 later"
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert deliver_due() == 0
    make_due(letter)
    assert deliver_due() == 1
    assert mail_queue() == [{"id": letter.pk, "v": 1}]


@pytest.mark.parametrize("limit", [1, 3])
def test_the_oldest_go_first_and_no_more_than_the_limit(nordwind, outbox, no_broker, limit):
    letters = [welcome(nordwind, occasion=f"order:{number}")[0] for number in range(4)]
    for number, letter in enumerate(letters):
        age(letter, 100 - number)
    assert deliver_due(limit=limit, by_hand=True) == limit
    assert [reread(letter).state for letter in letters] == ["sent"] * limit + ["queued"] * (4 - limit)


def test_the_doorbell_and_the_letter_s_queue_are_spelled_alike():
    """post.py and delivery.py ring by name; the task must listen to that name on that queue."""
    import celery
    from django.conf import settings

    from notifications import tasks

    assert tasks.deliver.name == "notifications.deliver"
    assert "notifications.deliver" in celery.current_app.tasks
    assert settings.CELERY_TASK_ROUTES["notifications.*"] == {"queue": "mail"}
