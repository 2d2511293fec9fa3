"""The Storefront tab of an account: the storefront is suspended with a reason, and opened again."""

import pytest
from django.test import Client

from plans.models import Account, Storefront
from plans.suspending import reopen_storefront, suspend_storefront
from tests import cast
from tests.plans.at_once import at_once, codes
from tests.storefront.going_down import parked
from tests.storefront.visits import words


@pytest.fixture
def account(nordwind) -> Account:
    return cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")


def page_of(account: Account, act: str = "") -> str:
    return f"/bss/accounts/{account.number}/storefront/{act}"


def shown(account: Account) -> Storefront:
    return Storefront.objects.get(account=account)


def test_it_is_suspended_with_a_reason_and_opened_again(maren, account):
    tab = words(maren.get(page_of(account)))
    assert "Suspend storefront" in tab and "Reopen storefront" not in tab
    asked = words(maren.get(page_of(account, "suspend/")))
    assert "The storefront techsolutions says at once that it is not available. Its 0 customers can’t sign in" in asked
    done = maren.post(page_of(account, "suspend/"), {"reason": "The imprint names another company."}, follow=True)
    told = words(done)
    assert "The storefront of Tech Solutions is suspended." in told
    assert "Reopen storefront" in told and "Suspend storefront" not in told
    assert "The storefront is suspended: The imprint names another company." in told  # why it can't be opened
    assert shown(account).state == "suspended"
    assert "Suspended because: The imprint names another company." in words(maren.get(page_of(account, "reopen/")))
    done = maren.post(page_of(account, "reopen/"), follow=True)
    assert "The storefront of Tech Solutions is open." in words(done)
    assert (shown(account).state, shown(account).suspended_at) == ("open", None)
    assert list(account.activities.order_by("-pk").values_list("verb", "text", "actor_name")[:2]) == [
        ("storefront.reopened", "Storefront no longer suspended.", "Maren Holt"),
        ("storefront.suspended", "Storefront suspended: The imprint names another company.", "Maren Holt"),
    ]


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "Fill in this field."),
        (" ", "Fill in this field."),
        ("x" * 301, "Use at most 300 characters."),
        ("a\nb", "Use one line of text without control characters."),
    ],
)
def test_a_reason_is_asked_for(maren, account, reason, message):
    answer = maren.post(page_of(account, "suspend/"), {"reason": reason})
    assert (answer.status_code, answer.context["form"].errors["reason"]) == (422, [message])
    assert shown(account).state == "open" and not account.activities.filter(verb="storefront.suspended").exists()


def test_a_reason_that_was_given_is_not_replaced(maren, account):
    suspend_storefront(account, reason="First", by=None)
    answer = maren.post(page_of(account, "suspend/"), {"reason": "Second"})
    assert answer.status_code == 422 and "The storefront of Tech Solutions is suspended already." in words(answer)
    assert 'value="Second"' in answer.text and shown(account).suspended_reason == "First"


def test_reopening_twice_is_as_good_as_once(maren, account):
    suspend_storefront(account, reason="First", by=None)
    for _ in range(2):
        assert maren.post(page_of(account, "reopen/")).status_code == 302
    assert account.activities.filter(verb="storefront.reopened").count() == 1


def test_a_parked_storefront_cannot_be_suspended_but_reopened(maren, account):
    suspend_storefront(account, reason="First", by=None)
    parked(account)
    tab = words(maren.get(page_of(account)))
    assert "Comes back suspended" in tab and "Reopen storefront" in tab
    assert "With the next plan it opens" in words(maren.get(page_of(account, "reopen/")))
    done = maren.post(page_of(account, "reopen/"), follow=True)
    assert "The storefront of Tech Solutions opens with its next plan." in words(done)
    answer = maren.post(page_of(account, "suspend/"), {"reason": "Second"})
    assert answer.status_code == 422
    assert "The plan of Tech Solutions has ended and its storefront is closed." in words(answer)
    assert 'aria-disabled="true" aria-describedby="why-suspend-storefront"' in maren.get(page_of(account)).text
    assert shown(account).suspended_at is None


def test_who_has_no_storefront_has_nothing_to_suspend(maren, nordwind):
    other = cast.reseller(nordwind, "Harbor IT")
    for act in ("suspend/", "reopen/"):
        assert maren.get(page_of(other, act)).status_code == 404
        assert maren.post(page_of(other, act), {"reason": "None"}).status_code == 404


def test_who_may_not_is_told_so(nordwind, office, account):
    viewer: Client = office(cast.staff(nordwind, "read_only").user)
    page = viewer.get(page_of(account)).text
    assert 'aria-describedby="why-suspend-storefront"' in page
    assert viewer.post(page_of(account, "suspend/"), {"reason": "x"}).status_code == 403
    assert shown(account).state == "open"


def test_the_dashboard_counts_the_open_ones(maren, account):
    view = "/bss/accounts/?view=storefront"
    assert "Tech Solutions" in words(maren.get(view))
    suspend_storefront(account, reason="First", by=None)
    assert "Tech Solutions" not in words(maren.get(view))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_suspend_at_once_the_second_is_told(nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    for number in range(5):
        outcomes = at_once(
            *(lambda who=who: suspend_storefront(account, reason=who, by=None) for who in ("One", "Two")),
            gate=Storefront,
        )
        assert codes(outcomes) == ["done", "storefront_suspended"], outcomes
        winner = "One" if outcomes[0].code == "done" else "Two"
        assert shown(account).suspended_reason == winner
        assert account.activities.filter(verb="storefront.suspended").count() == number + 1
        reopen_storefront(account, by=None)
