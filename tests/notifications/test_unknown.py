"""Workers that go away in the middle, and answers that never come: what is certain, and what is said when it is not."""

import uuid

from django.db.models.functions import Now
from django.utils import timezone

from notifications import delivery, handover
from notifications.delivery import deliver, deliver_due, release_expired
from notifications.models import Notification
from notifications.post import Recipient, post

from .people import BRAND, JONAS, WHY, end_lease, make_due, welcome


def reread(letter):
    return Notification.objects.get(pk=letter.pk)


def outcomes(letter):
    return list(letter.attempt_rows.order_by("number").values_list("outcome", flat=True))


def taken(letter, *, handing_over: bool = False):
    """A worker took the letter and then went away; its minute is over."""
    owner = uuid.uuid4()
    row = delivery._claim(letter.pk, owner)
    if handing_over:
        assert delivery._start_handing_over(row, owner)
    end_lease(letter)
    return row, owner


def test_a_server_that_takes_the_letter_and_hangs_up(nordwind, smtp):
    smtp.after_data = "hang_up"
    [letter] = welcome(nordwind)
    assert deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.possible_duplicate) == ("unknown", False)
    assert 595 < (row.next_attempt_at - timezone.now()).total_seconds() <= 600
    assert deliver(letter.pk) is False and deliver_due(by_hand=True) == 0
    smtp.after_data = "answer"
    make_due(letter)
    assert deliver_due(by_hand=True) == 1
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", True)
    assert outcomes(letter) == ["unknown", "accepted"]
    assert len({arrived["Message-ID"] for arrived in smtp.letters}) == 1 and len(smtp.letters) == 2


def test_unknown_a_second_time_waits_for_a_person(nordwind, smtp):
    smtp.after_data = "hang_up"
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    make_due(letter)
    deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.possible_duplicate, row.next_attempt_at) == ("unknown", True, None)
    assert deliver(letter.pk) is False and deliver_due(by_hand=True) == 0
    assert len(smtp.letters) == 2


def test_a_server_that_hangs_up_before_the_words_is_tried_again_soon(nordwind, smtp):
    """Nothing had left, so nothing is unknown."""
    smtp.refuse["RCPT"] = "421 closing"
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "retry"


def test_a_worker_that_goes_away_before_handing_over(nordwind, smtp):
    [letter] = welcome(nordwind)
    taken(letter)
    assert deliver(letter.pk) is False
    assert deliver_due(by_hand=True) == 1
    row = reread(letter)
    assert (row.state, row.attempts, row.possible_duplicate) == ("sent", 2, False)
    assert outcomes(letter) == ["abandoned", "accepted"]
    assert len(smtp.letters) == 1


def test_a_worker_that_goes_away_while_handing_over(nordwind, smtp):
    [letter] = welcome(nordwind)
    taken(letter, handing_over=True)
    assert deliver_due(by_hand=True) == 0
    row = reread(letter)
    assert (row.state, row.possible_duplicate) == ("unknown", False)
    assert 595 < (row.next_attempt_at - timezone.now()).total_seconds() <= 600
    assert outcomes(letter) == ["unknown"]
    assert "stopped while handing" in letter.attempt_rows.get().answer
    make_due(letter)
    assert deliver_due(by_hand=True) == 1
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", True)


def test_a_lease_that_is_not_over_is_left_alone(nordwind, smtp):
    [letter] = welcome(nordwind)
    delivery._claim(letter.pk, uuid.uuid4())
    assert release_expired() == 0
    assert deliver(letter.pk) is False and deliver_due(by_hand=True) == 0
    assert reread(letter).state == "sending"


def test_a_worker_that_comes_back_too_late_does_not_hand_over(nordwind, smtp):
    """It slept between taking and handing over; the letter was given back meanwhile."""
    [letter] = welcome(nordwind)
    row, owner = taken(letter)
    assert delivery._start_handing_over(row, owner) is False
    release_expired()
    assert delivery._start_handing_over(row, owner) is False
    assert reread(letter).state == "retry"


def test_an_acceptance_that_comes_late_counts(nordwind, smtp):
    [letter] = welcome(nordwind)
    row, owner = taken(letter, handing_over=True)
    release_expired()
    assert reread(letter).state == "unknown"
    delivery._record(row, owner, handover.Answer("accepted", provider_id="p"))
    assert (reread(letter).state, reread(letter).next_attempt_at) == ("sent", None)
    assert outcomes(letter) == ["accepted"]
    assert deliver_due(by_hand=True) == 0


def test_a_late_answer_never_overrules_the_next_carrier(nordwind, smtp):
    [letter] = welcome(nordwind)
    row, owner = taken(letter)
    release_expired()
    assert deliver(letter.pk)
    sent = reread(letter)
    for outcome in ("refused", "deferred", "unknown", "accepted"):
        delivery._record(row, owner, handover.Answer(outcome, "late"))
    after = reread(letter)
    assert (after.state, after.sent_at, after.attempts) == ("sent", sent.sent_at, 2)
    assert outcomes(letter) == ["abandoned", "accepted"]


def test_a_late_answer_does_not_end_the_next_carriers_lease(nordwind, smtp):
    """A second worker is at it right now: what the first one has to say is over."""
    [letter] = welcome(nordwind)
    row, owner = taken(letter)
    release_expired()
    delivery._claim(letter.pk, uuid.uuid4())
    for outcome in ("refused", "deferred", "unknown", "accepted"):
        delivery._record(row, owner, handover.Answer(outcome, "late"))
    assert (reread(letter).state, reread(letter).attempts) == ("sending", 2)
    assert outcomes(letter) == ["abandoned", "claimed"]


def slow_link(letter: Notification) -> str:
    """Making the link took longer than the lease."""
    end_lease(letter)
    return "https://cloud.nordwind.example/late"


def test_a_worker_that_was_too_slow_does_not_hand_over(nordwind, smtp, settings):
    settings.NOTIFICATION_SECRET_LINKS = {"password_reset": f"{__name__}.slow_link"}
    [letter] = post("password_reset", operator_id=nordwind.pk, occasion="user:1:x", to=[Recipient(JONAS, "Jonas")],
                    fields={"valid_for": "1 hour"}, brand=BRAND, reason=WHY, secret_kind="password_reset")  # fmt: skip
    assert deliver(letter.pk)
    assert smtp.letters == []
    release_expired()
    assert (reread(letter).state, outcomes(letter)) == ("retry", ["abandoned"])


def test_a_letter_that_always_takes_its_worker_with_it_ends(nordwind, smtp):
    [letter] = welcome(nordwind)
    for _ in range(7):
        taken(letter)
        release_expired()
    assert (reread(letter).state, reread(letter).attempts) == ("failed", 7)
    assert outcomes(letter) == ["abandoned"] * 7


def stuck() -> set[str]:
    return set(Notification.objects.stuck().values_list("state", flat=True))


def test_stuck_letters_are_found(nordwind):
    """I9: each kind of being stuck is planted once; what is merely waiting or over is not reported."""
    from datetime import timedelta

    minute = timedelta(seconds=61)
    states = ["queued", "retry", "unknown", "sending", "sent", "failed", "skipped"]
    letters = {state: welcome(nordwind, occasion=state)[0] for state in states}
    assert not Notification.objects.stuck().exists()
    for state, letter in letters.items():
        Notification.objects.filter(pk=letter.pk).update(
            state=state, next_attempt_at=Now() - minute, lease_until=Now() - minute, lease_owner=uuid.uuid4(),
            sent_at=Now(),
        )  # fmt: skip
    assert stuck() == {"queued", "retry", "unknown", "sending"}
    Notification.objects.filter(state="unknown").update(next_attempt_at=None)
    assert stuck() == {"queued", "retry", "sending"}
