"""Two people press Resend for the same letter in the same moment: it goes out once, and is told once."""

import pytest
from django.utils import timezone

from notifications.models import Notification
from plans.models import Activity, User
from plans.resending import newest_repetition, resend_letter
from tests import cast
from tests.plans.at_once import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_seen", [True, False], ids=["with what was seen", "without"])
def test_two_at_once_send_one(is_seen):
    account = cast.on_plan(cast.reseller(cast.distributor()), "standard", alias="techsolutions")
    letter = account.notifications.get(template_code="welcome_standard")
    Notification.objects.filter(pk=letter.pk).update(
        state="bounced", sent_at=timezone.now(), next_attempt_at=None, lease_owner=None
    )
    maren, seen = User.objects.get(email="maren.holt@nordwind.example"), newest_repetition(letter) if is_seen else None
    outcomes = at_once(*[lambda: resend_letter(letter, seen=seen, by=maren)] * 3, gate=Activity)
    if is_seen:
        assert codes(outcomes) == ["done"] * 3
        assert sorted(outcome.value[1] for outcome in outcomes) == [False, False, True]
        assert {outcome.value[0].pk for outcome in outcomes} == {letter.resends.get().pk}
    else:
        assert codes(outcomes) == ["done", "letter_on_its_way", "letter_on_its_way"]
    assert letter.resends.count() == Activity.objects.filter(verb="letter.resent").count() == 1
