"""Many at once: on real connections, at a barrier. One letter leaves once; one occasion is one row."""

import threading

import pytest
from django.db import connection

from notifications.delivery import deliver, deliver_due
from notifications.models import Notification
from notifications.post import resend
from plans.models import Operator

from .people import make_due, welcome

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(number: int, work) -> list:
    """What `work(i)` answers in each of `number` threads that start together. An exception is an answer, too."""
    barrier, answers = threading.Barrier(number), [None] * number

    def run(i: int) -> None:
        try:
            barrier.wait(timeout=20)
            answers[i] = work(i)
        except Exception as error:  # noqa: BLE001  an answer that the test looks at
            answers[i] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.parametrize("state", ["queued", "retry", "unknown"])
def test_ten_workers_and_one_letter(nordwind, outbox, state):
    for number in range(3):
        [letter] = welcome(nordwind, occasion=f"order:{number}")
        Notification.objects.filter(pk=letter.pk).update(state=state)
        make_due(letter)
        assert sorted(all_at_once(10, lambda _, pk=letter.pk: deliver(pk))) == [False] * 9 + [True]
        assert Notification.objects.get(pk=letter.pk).attempts == 1
        assert letter.attempt_rows.count() == 1


def test_workers_and_sweepers_side_by_side(nordwind, smtp):
    letters = [welcome(nordwind, occasion=f"order:{number}")[0] for number in range(12)]
    for letter in letters:
        make_due(letter)
    Notification.objects.update(rung_at=None)

    def work(i: int):
        return deliver_due(by_hand=True) if i % 2 else [deliver(letter.pk) for letter in letters]

    answers = all_at_once(4, work)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    deliver_due(by_hand=True)
    assert set(Notification.objects.values_list("state", "attempts")) <= {("sent", 1), ("queued", 0)}
    for letter in letters:
        deliver(letter.pk)
    assert len(smtp.letters) == 12
    assert len({arrived["Message-ID"] for arrived in smtp.letters}) == 12


def test_ten_stories_post_one_occasion(nordwind):
    operator = Operator.objects.get()
    answers = all_at_once(10, lambda _: welcome(operator)[0].pk)
    assert len(set(answers)) == 1, answers
    assert Notification.objects.count() == 1


def test_resend_pressed_at_once_makes_no_error(nordwind):
    """Who is too late gets the row that is there."""
    for number in range(3):
        [letter] = welcome(nordwind, occasion=f"order:{number}")
        answers = all_at_once(10, lambda _, letter=letter: resend(letter).pk)
        assert all(isinstance(answer, int) for answer in answers), answers
        assert letter.resends.count() == len(set(answers))
