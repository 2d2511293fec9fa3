"""The dialog Change Storefront Alias, from the Storefront tab of an account."""

from datetime import timedelta

import pytest

from plans import periods
from plans.models import Account, AliasClaim, Storefront
from plans.renaming import rename_storefront
from tests import cast
from tests.storefront.going_down import parked
from tests.storefront.visits import words


@pytest.fixture
def account(nordwind) -> Account:
    return cast.on_plan(cast.reseller(nordwind), "free", alias="techsolutions")


def page_of(account: Account, act: str = "alias/") -> str:
    return f"/bss/accounts/{account.number}/storefront/{act}"


def alias_of(account: Account) -> str:
    return Storefront.objects.get(account=account).claim.alias


def typed(client, account: Account, alias: str, **more) -> dict:
    """The form as it was shown, with an alias typed into it."""
    return {"version": client.get(page_of(account)).context["form"]["version"].value(), "alias": alias} | more


def test_it_shows_what_will_be_and_does_it(maren, account):
    asked = words(maren.get(page_of(account)))
    assert "Now http://testserver/techsolutions" in asked
    assert "nobody else can have it before. 0 customers sign in at the new address" in asked
    done = maren.post(page_of(account), typed(maren, account, " Harbor "), follow=True)
    assert done.redirect_chain == [(page_of(account, ""), 302)]
    told = words(done)
    assert "The storefront of Tech Solutions stands at harbor now." in told
    until = periods.today(account.operator) + timedelta(days=90)
    assert f"Former aliases techsolutions leads here until {until:%-d %b %Y}" in told
    assert alias_of(account) == "harbor"
    parked(account)
    assert "Former aliases" not in words(maren.get(page_of(account, "")))


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        ("", "Enter a Storefront Alias."),
        ("-", "Use only lowercase letters, digits and hyphens"),
        ("admin", "The alias admin is kept for the platform. Choose a different alias."),
        ("taken", "The alias taken has already been assigned to someone else. Choose a different alias."),
        ("TechSolutions", "techsolutions is the Storefront Alias already. Choose a different one."),
        ("\0" * 300, "Use only lowercase letters, digits and hyphens"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(maren, account, alias, sentence):
    cast.on_plan(cast.reseller(account.operator, "Taken"), "free", alias="taken")
    before = AliasClaim.objects.count()
    answer = maren.post(page_of(account), typed(maren, account, alias))
    assert answer.status_code == 422 and sentence in words(answer)
    field = answer.context["alias"]
    assert (field.value, field.state.tone) == (alias, "bad")
    assert ("taken-it" in field.state.suggestions) is (alias == "taken")
    assert (alias_of(account), AliasClaim.objects.count()) == ("techsolutions", before)


def test_a_suggestion_is_put_into_the_field_without_a_script(maren, account):
    answer = maren.post(page_of(account), typed(maren, account, "taken", take="taken-it"))
    assert (answer.status_code, answer.context["alias"].value) == (200, "taken-it")
    assert "taken-it is available." in words(answer) and alias_of(account) == "techsolutions"


def test_who_comes_second_is_told_by_whom_it_was_changed(maren, account):
    form = typed(maren, account, "harbor-it")
    seen = Storefront.objects.get(account=account).version
    rename_storefront(account, alias="harbor", seen=seen, by=cast.staff(account.operator, "account_manager").user)
    answer = maren.post(page_of(account), form)
    assert answer.status_code == 422
    assert "Account Manager changed this storefront at" in words(answer) and "Load their version" in words(answer)
    assert 'value="harbor-it"' in answer.text and alias_of(account) == "harbor"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 40, "²"])
def test_a_version_that_never_was(maren, account, version):
    answer = maren.post(page_of(account), {"version": version, "alias": "harbor"})
    assert answer.status_code == 422 and alias_of(account) == "techsolutions"


def test_while_an_order_is_open_it_says_which_and_leads_there(maren, account):
    order = cast.order_plan(account, "standard", alias=None)
    page = maren.get(page_of(account))
    assert f"An order for a reseller plan is already open: {order.number}." in words(page)
    assert f'href="/bss/orders/{order.number}/"' in page.text
    assert '<button class="btn primary" type="submit" aria-disabled="true"' in page.text
    assert maren.post(page_of(account), typed(maren, account, "harbor")).status_code == 422
    assert alias_of(account) == "techsolutions"


def test_parked_it_is_shown_disabled_with_the_reason(maren, account):
    parked(account)
    assert 'aria-describedby="why-change-storefront-alias"' in maren.get(page_of(account, "")).text
    answer = maren.post(page_of(account), typed(maren, account, "harbor"))
    assert answer.status_code == 422
    assert "The plan of Tech Solutions has ended and its storefront is closed." in words(answer)
    assert alias_of(account) == "techsolutions"


def test_the_dialog_costs_few_queries(maren, account, django_assert_max_num_queries):
    maren.get(page_of(account))
    with django_assert_max_num_queries(8):
        maren.get(page_of(account))
