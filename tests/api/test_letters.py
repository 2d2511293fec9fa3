"""Letters over the API: each attempt, what the provider reported, sending one again, and that one is dealt with."""

import pytest
from django.utils import timezone

from notifications.models import Notification
from plans.models import Activity
from tests import cast

from .calling import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(tech) -> Notification:
    cast.on_plan(tech, "standard", alias="techsolutions")
    letter = tech.notifications.get(template_code="welcome_standard")
    Notification.objects.filter(pk=letter.pk).update(
        state="bounced", sent_at=timezone.now(), next_attempt_at=None, provider_id="re-1"
    )
    return letter


def test_a_letter_tells_its_attempts_and_events_and_that_it_needs_attention(erp, letter):
    letter.attempt_rows.create(number=1, outcome="accepted", answer="250 Ok", finished_at=timezone.now())
    letter.delivery_events.create(
        kind="bounced", happened_at=timezone.now(), provider="resend", event_id="e1", words="550 5.1.1"
    )
    told = erp.get(f"notifications/{letter.pk}/").json()
    assert told["text"] == letter.text and told["message_id"] == letter.message_id and told["provider_id"] == "re-1"
    assert told["needs_attention"] is True and told["dealt_with_at"] is None and told["possible_duplicate"] is False
    assert [(each["number"], each["outcome"], each["answer"]) for each in told["tries"]] == [(1, "accepted", "250 Ok")]
    [event] = told["events"]
    assert (event["kind"], event["provider"], event["words"]) == ("bounced", "resend", "550 5.1.1")


def test_lists_by_view_account_and_order(erp, letter, nordwind):
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harbor")
    number, order = letter.account.number, letter.order.number
    others = Notification.objects.exclude(account=letter.account)
    others.filter(kind="to").update(possible_duplicate=True)
    mine = set(Notification.objects.filter(account=letter.account).values_list("pk", flat=True))

    def found(**asked) -> set[int]:
        return {each["id"] for each in erp.get("notifications/", **asked).json()["results"]}

    assert found(view="attention") == {letter.pk}
    assert found(account=number) == mine == found(order=order) and found(account="AC-1") == set()
    assert found(view="twice") == set(others.filter(kind="to").values_list("pk", flat=True)) != set()
    assert problem(erp.get("notifications/", view="x"), 422) == "invalid"


def test_it_is_sent_again_to_another_contact_once(erp, letter):
    ayla = cast.person(letter.account, "ayla@techsolutions.example", roles=("viewer",), name="Ayla Demir")
    first = erp.post(f"notifications/{letter.pk}/resend/", {"contact": ayla.pk}, key="one")
    again = erp.post(f"notifications/{letter.pk}/resend/", {"contact": ayla.pk}, key="one")
    told = first.json()
    assert (first.status_code, told["recipient_email"], told["resend_of"]) == (201, ayla.email, letter.pk)
    assert told["text"].startswith("Copy of the letter to") and again.json() == told
    assert letter.resends.count() == Activity.objects.filter(verb="letter.resent").count() == 1
    assert problem(erp.post(f"notifications/{letter.pk}/resend/", {"contact": ayla.pk}), 409) == "letter_on_its_way"
    assert erp.post(f"notifications/{letter.pk}/resend/").json()["recipient_email"] == letter.recipient_email


def test_to_nobody_else(erp, letter, nordwind):
    stranger = cast.reseller(nordwind, "Harbor IT").contacts.get()
    for wrong in ({"contact": stranger.pk}, {"contact": 99999999}, {"contact": 0}, {"contact": "x"}, {"contact": None},
                  {"contacts": 1}):  # fmt: skip
        assert problem(erp.post(f"notifications/{letter.pk}/resend/", wrong), 422) == "invalid", wrong
    assert not letter.resends.exists()


def test_it_is_marked_as_dealt_with_once(erp, letter):
    url = f"notifications/{letter.pk}/dealt-with/"
    first = erp.post(url, {"note": "Called Jonas."}, key="one")
    told = first.json()
    assert (first.status_code, told["needs_attention"], told["state"]) == (200, False, "bounced")
    assert told["dealt_with_at"] and told == erp.get(f"notifications/{letter.pk}/").json()
    assert erp.post(url, {"note": "Called Jonas."}, key="one").json() == told
    activity = Activity.objects.get(verb="letter.dealt_with")
    assert activity.text.endswith("marked as dealt with: Called Jonas.")
    assert (activity.account, activity.order) == (letter.account, letter.order)
    assert erp.get("notifications/", view="attention").json()["results"] == []
    assert problem(erp.post(url), 409) == "letter_dealt_with"


def test_only_a_lost_letter_of_ones_own_is_dealt_with(erp, letter, nordwind):
    url = f"notifications/{letter.pk}/dealt-with/"
    for wrong in ({"note": "x" * 121}, {"note": "a\nb"}, {"note": 1}, {"note": None}, {"notes": "x"}):
        assert problem(erp.post(url, wrong), 422) == "invalid", wrong
    Notification.objects.filter(pk=letter.pk).update(state="delivered")
    assert problem(erp.post(url), 409) == "letter_no_task"
    theirs = cast.on_plan(cast.reseller(cast.distributor("Sudlicht", host="cloud.other.test"), "Lumen"), alias="lumen")
    strange = theirs.notifications.first()
    Notification.objects.filter(pk=strange.pk).update(state="failed", next_attempt_at=None)
    assert problem(erp.post(f"notifications/{strange.pk}/dealt-with/"), 404) == "not_found"
    assert not Activity.objects.filter(verb="letter.dealt_with").exists()
