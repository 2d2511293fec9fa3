"""Through a provider that knows letters again by their key a lost answer is asked for again, and nobody gets two."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from notifications import delivery
from notifications.delivery import deliver, deliver_due
from notifications.models import Notification
from notifications.post import Recipient, post
from tests.mail_provider import API_KEY, MailProvider

from .people import BRAND, JONAS, WHY, make_due, welcome
from .test_unknown import outcomes, reread, taken

LINKS: list[str] = []


def new_link(letter: Notification) -> str:
    """Another one each time, as with a real token."""
    LINKS.append(f"https://cloud.nordwind.example/reset/{len(LINKS)}")
    return LINKS[-1]


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    provider = MailProvider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture
def house(one, settings):
    one.control(mode="ok", retry_after="2")
    settings.EMAIL_BACKEND = "notifications.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_URL": one.url, "RESEND_API_KEY": API_KEY}
    return one


def copies(house: MailProvider, letter: Notification) -> int:
    return sum(line["message_id"] == letter.message_id for line in house.journal())


def test_a_lost_answer_is_asked_for_again_under_the_same_key(nordwind, house):
    house.control(mode="reset")
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert (reread(letter).state, outcomes(letter)) == ("retry", ["unknown"])
    house.control(mode="ok")
    make_due(letter)
    deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.possible_duplicate, outcomes(letter)) == ("sent", False, ["unknown", "accepted"])
    assert copies(house, letter) == 1


def test_a_worker_that_goes_away_while_handing_over(nordwind, house):
    """Taken up again at once, and not after ten minutes."""
    [letter] = welcome(nordwind)
    taken(letter, handing_over=True)
    assert deliver_due(by_hand=True) == 1
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", False)
    assert outcomes(letter) == ["unknown", "accepted"]


def test_a_personal_link_that_was_made_anew_is_no_second_letter(nordwind, house, settings):
    settings.NOTIFICATION_SECRET_LINKS = {"password_reset": f"{__name__}.new_link"}
    house.control(mode="reset")
    [letter] = post("password_reset", operator_id=nordwind.pk, occasion="user:1:x", to=[Recipient(JONAS, "Jonas")],
                    fields={"valid_for": "1 hour"}, brand=BRAND, reason=WHY, secret_kind="password_reset")  # fmt: skip
    deliver(letter.pk)
    house.control(mode="ok")
    make_due(letter)
    deliver(letter.pk)
    assert (reread(letter).state, outcomes(letter)) == ("sent", ["unknown", "accepted"])
    assert copies(house, letter) == 1 and len(LINKS) == 2
    assert "was used with another" in letter.attempt_rows.get(number=2).answer


def test_a_key_that_the_provider_has_forgotten_makes_a_possible_duplicate(nordwind, house):
    house.control(mode="reset")
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    letter.attempt_rows.update(started_at=Now() - timedelta(hours=24))
    house.control(mode="ok")
    make_due(letter)
    deliver(letter.pk)
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", True)


def test_a_provider_without_keys_that_comes_after_makes_a_possible_duplicate(nordwind, house, outbox, settings):
    settings.EMAIL_BACKEND = "notifications.resend.EmailBackend"
    house.control(mode="reset")
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    settings.EMAIL_BACKEND = "notifications.outbox.EmailBackend"
    make_due(letter)
    deliver(letter.pk)
    assert (reread(letter).state, reread(letter).possible_duplicate) == ("sent", True)


def test_no_answer_to_the_last_try_is_left_to_a_person(nordwind, house):
    house.control(mode="reset")
    [letter] = welcome(nordwind)
    for _ in range(len(delivery.PAUSES) + 1):
        make_due(letter)
        deliver(letter.pk)
    row = reread(letter)
    assert (row.state, row.attempts, row.next_attempt_at, copies(house, letter)) == ("unknown", 7, None, 1)


def test_an_acceptance_that_comes_late_counts(nordwind, house):
    [letter] = welcome(nordwind)
    row, owner = taken(letter, handing_over=True)
    delivery.release_expired()
    assert reread(letter).state == "retry"
    delivery._record(row, owner, delivery.Answer("accepted", provider_id="p"))
    assert (reread(letter).state, reread(letter).next_attempt_at) == ("sent", None)


def test_what_the_provider_says_can_be_read(nordwind, house):
    house.control(mode="unverified")
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert reread(letter).state == "retry"
    assert letter.attempt_rows.get().answer == "403: The domain of the sender is not verified."
