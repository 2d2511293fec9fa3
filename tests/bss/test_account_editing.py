"""An account is created, edited, suspended and reactivated; two who edit at once are told of each other."""

import pytest
from django.test import Client

from plans.accounts import AccountDetails, change_account, create_account, reactivate_account, suspend_account
from plans.models import Account, Storefront, Subscription, User
from plans.refusals import Refused
from tests import cast

NEW = "/bss/accounts/new/"
TEXTS = ("", "\0", "x" * 5000, "-1", "9" * 400, "²", "\u202e\u2028", "<b>{{ 1 }}</b>", "0x10")


def typed(**changes: object) -> dict[str, object]:
    """The form as it is filled in for a new account."""
    values = {
        "name": "Tech Solutions", "vat_id": "DE123456789", "tax_treatment": "reverse_charge", "currency": "EUR",
        "street": "Kaiweg 14", "postal_code": "23552", "city": "Lübeck", "country": "DE",
        "billing_email": "bills@techsolutions.example", "language": "en", "reselling_enabled": "on",
    }  # fmt: skip
    return values | changes


def page_of(account: Account, tab: str = "") -> str:
    return f"/bss/accounts/{account.number}/{tab}"


def as_it_is(client: Client, account: Account) -> dict[str, object]:
    """The edit form as the browser sends it back untouched."""
    form = client.get(page_of(account, "edit/")).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}


def test_a_new_account_is_a_reseller_on_the_plan_that_is_held_without_a_subscription(maren, nordwind):
    manager = cast.staff(nordwind, "account_manager").user
    answer = maren.post(NEW, typed(account_manager=manager.pk))
    account = Account.objects.get(name="Tech Solutions")
    assert answer["Location"] == page_of(account)
    assert (account.operator, account.parent, account.kind) == (nordwind, nordwind.account, "reseller")
    assert account.number.startswith("AC-")
    details = {name: getattr(account, name) for name in typed() if name != "reselling_enabled"}
    assert details == {name: value for name, value in typed().items() if name != "reselling_enabled"}
    assert (account.reselling_enabled, account.account_manager) == (True, manager)
    assert account.activities.get().text == "Tech Solutions created."
    assert "Tech Solutions created. Add a contact next." in maren.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Fill in this field."),
        ("name", "x" * 121, "Use at most 120 characters."),
        ("name", "a\0b", "Use one line of text without control characters."),
        ("name", "a\u2028b", "Use one line of text without control characters."),
        ("vat_id", "x" * 21, "Use at most 20 characters."),
        ("tax_treatment", "none", "Choose from the list."),
        ("currency", "XXX", "Choose from the list."),
        ("country", "ZZ", "Choose from the list."),
        ("billing_email", "nobody", "Enter an email address, as in name@firm.com."),
        ("language", "xx", "Choose from the list."),
        ("account_manager", "999999", "Choose from the list."),
        ("account_manager", "me", "Choose from the list."),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field(maren, nordwind, field, value, message):
    answer = maren.post(NEW, typed(**{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [message]
    assert message in answer.content.decode()
    assert not Account.objects.filter(kind="reseller").exists()


def test_staff_of_another_distributor_manage_no_account_here(maren, nordwind):
    stranger = cast.staff(cast.distributor("Sudlicht", host="sudlicht.test"), "account_manager").user
    assert maren.post(NEW, typed(account_manager=stranger.pk)).status_code == 422
    with pytest.raises(Refused, match="not_staff"):
        create_account(nordwind, details=AccountDetails(name="X", currency="EUR", account_manager=stranger), by=None)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("field", ["name", "street", "billing_email", "currency", "account_manager", "version"])
def test_whatever_is_sent_is_no_fault(maren, nordwind, field, text):
    account = cast.reseller(nordwind)
    for url in (NEW, page_of(account, "edit/"), page_of(account, "deactivate/")):
        assert maren.post(url, typed(**{field: text}, reason=text)).status_code in (302, 400, 422)


def test_an_edit_says_in_the_history_what_changed(maren, nordwind):
    account = cast.reseller(nordwind)
    form = as_it_is(maren, account)
    answer = maren.post(page_of(account, "edit/"), form | {"name": "Tech Solutions GmbH", "city": "Kiel"})
    assert answer["Location"] == page_of(account)
    account.refresh_from_db()
    assert (account.name, account.city, account.version) == ("Tech Solutions GmbH", "Kiel", 2)
    told = account.activities.get()
    assert (
        told.text == "Tech Solutions GmbH changed: name: Tech Solutions to Tech Solutions GmbH; city: Lübeck to Kiel."
    )
    assert told.actor_name == "Maren Holt"


def test_an_edit_without_a_change_writes_nothing(maren, nordwind):
    account = cast.reseller(nordwind)
    answer = maren.post(page_of(account, "edit/"), as_it_is(maren, account), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    account.refresh_from_db()
    assert (account.version, account.activities.count()) == (1, 0)


def test_who_saves_over_somebody_elses_change_is_told_and_nothing_is_lost(maren, nordwind, office):
    account = cast.reseller(nordwind)
    colleague = office(cast.staff(nordwind, "account_manager").user)
    mine, theirs = as_it_is(maren, account), as_it_is(colleague, account)
    colleague.post(page_of(account, "edit/"), theirs | {"city": "Kiel"})
    answer = maren.post(page_of(account, "edit/"), mine | {"street": "Hafen 1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Account Manager changed this account at " in page
    assert f'<a href="{page_of(account, "edit/")}">Load their version</a>' in page
    assert 'value="Hafen 1"' in page
    account.refresh_from_db()
    assert (account.city, account.street) == ("Kiel", "Kaiweg 14")
    assert maren.post(page_of(account, "edit/"), as_it_is(maren, account) | {"street": "Hafen 1"}).status_code == 302


def test_a_billing_address_that_the_reseller_changed_is_not_overwritten_either(maren, nordwind):
    from plans.addressing import set_billing_address

    account = cast.reseller(nordwind)
    mine = as_it_is(maren, account)
    address = {"street": "New 1", "postal_code": "1", "city": "Kiel", "country": "DE", "billing_email": ""}
    set_billing_address(account, **address, by=cast.buyer_of(account))
    answer = maren.post(page_of(account, "edit/"), mine | {"vat_id": "DE1"})
    assert answer.status_code == 422
    assert "Jonas Brandt changed this account at " in answer.content.decode()


def test_a_currency_that_is_in_use_stays(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "free")
    answer = maren.post(page_of(account, "edit/"), as_it_is(maren, account) | {"currency": "USD"})
    assert answer.status_code == 422
    assert "has subscriptions or orders under way in EUR" in answer.context["form"].errors["currency"][0]
    bare = cast.reseller(nordwind, "Harbor IT")
    assert maren.post(page_of(bare, "edit/"), as_it_is(maren, bare) | {"currency": "USD"}).status_code == 302


def test_a_manager_who_left_stays_until_another_is_chosen(maren, nordwind):
    membership = cast.staff(nordwind, "account_manager")
    account = cast.reseller(nordwind, account_manager=membership.user)
    membership.is_active = False
    membership.save()
    assert maren.post(page_of(account, "edit/"), as_it_is(maren, account) | {"city": "Kiel"}).status_code == 302
    account.refresh_from_db()
    assert account.account_manager == membership.user
    other = cast.reseller(nordwind, "Harbor IT")
    answer = maren.post(page_of(other, "edit/"), as_it_is(maren, other) | {"account_manager": membership.user_id})
    assert answer.status_code == 422


def test_a_suspended_account_is_away_at_once_and_back_at_once(
    maren, nordwind, client, django_capture_on_commit_callbacks
):
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    assert client.get("/techsolutions/").status_code == 200  # from now on it is in the cache
    with django_capture_on_commit_callbacks(execute=True):
        maren.post(page_of(account, "deactivate/"), {"reason": "Unpaid since May"})
    assert client.get("/techsolutions/").status_code == 503
    account.refresh_from_db()
    assert (account.state, account.suspended_reason) == ("suspended", "Unpaid since May")
    page = maren.get(page_of(account)).content.decode()
    assert "Unpaid since May" in page
    assert "Reactivate account" in page
    with django_capture_on_commit_callbacks(execute=True):
        maren.post(page_of(account, "reactivate/"))
    assert client.get("/techsolutions/").status_code == 200
    assert list(account.activities.order_by("-pk").values_list("verb", "text")[:2]) == [
        ("account.reactivated", "Tech Solutions active again."),
        ("account.suspended", "Tech Solutions suspended: Unpaid since May"),
    ]


def test_suspending_needs_a_reason_and_twice_is_as_good_as_once(maren, nordwind):
    account = cast.reseller(nordwind)
    answer = maren.post(page_of(account, "deactivate/"), {"reason": ""})
    assert (answer.status_code, answer.context["form"].errors["reason"]) == (422, ["Fill in this field."])
    for reason in ("First", "Second"):
        maren.post(page_of(account, "deactivate/"), {"reason": reason})
    account.refresh_from_db()
    assert account.suspended_reason == "First"
    assert account.activities.count() == 1


def test_a_parked_storefront_stays_parked(nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "free")
    Storefront.objects.filter(account=account).update(state="parked", parked_at="2026-01-01T00:00Z")
    suspend_account(account, reason="Unpaid", by=None)
    reactivate_account(account, by=None)
    assert Storefront.objects.get(account=account).state == "parked"


def test_the_distributors_own_storefront_never_goes(nordwind):
    suspend_account(nordwind.account, reason="Never", by=None)
    assert Storefront.objects.get(operator=nordwind, is_own=True).state == "open"


def test_an_end_customers_reseller_keeps_its_storefront(maren, nordwind):
    reseller = cast.on_plan(cast.reseller(nordwind), "free")
    suspend_account(cast.customer(reseller), reason="Unpaid", by=None)
    assert reseller.storefront.state == "open"


def test_who_may_not_change_accounts_sees_why(nordwind, office):
    account = cast.reseller(nordwind)
    reader = office(cast.staff(nordwind, "read_only").user)
    for url in (page_of(account), "/bss/accounts/"):
        page = reader.get(url).content.decode()
        assert "You can’t do this with your role. Ask an administrator of your organization." in page
        assert page_of(account, "edit/") not in page
        assert 'href="/bss/accounts/new/"' not in page
    for verb in ("edit/", "deactivate/", "reactivate/"):
        assert reader.post(page_of(account, verb), typed(reason="x")).status_code == 403
    assert reader.post(NEW, typed()).status_code == 403
    account.refresh_from_db()
    assert (account.state, account.version) == ("active", 1)


def test_accounts_of_another_distributor_are_out_of_reach(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.NumberSeries.objects.filter(operator=sudlicht).update(next_number=90_001)
    account = cast.reseller(sudlicht, "Lumen Desk")
    for verb in ("edit/", "deactivate/", "reactivate/"):
        assert maren.get(page_of(account, verb)).status_code == 404
        assert maren.post(page_of(account, verb), typed(reason="x")).status_code == 404


def test_of_two_who_save_the_same_version_one_is_refused(nordwind):
    account = cast.reseller(nordwind)
    by = User.objects.get(email="maren.holt@nordwind.example")
    change_account(account, seen=1, details=AccountDetails(name="One", currency="EUR"), by=by)
    again = Account.objects.get(pk=account.pk)
    with pytest.raises(Refused, match="changed_meanwhile"):
        change_account(again, seen=1, details=AccountDetails(name="Two", currency="EUR"), by=by)
    assert Account.objects.get(pk=account.pk).name == "One"


def test_a_customer_is_reactivated_within_its_resellers_limit(maren, nordwind):
    reseller = cast.on_plan(cast.reseller(nordwind), "free")
    first, second = cast.customer(reseller), cast.customer(reseller, "Oakfield")
    held = Subscription.objects.active().for_plans().get(account=reseller)
    Subscription.objects.filter(pk=held.pk).update(entitlements=held.entitlements | {"customers": 1})
    suspend_account(second, reason="Left.", by=None)
    answer = maren.post(page_of(second, "reactivate/"))
    assert answer.status_code == 422
    assert "The limit of the Free plan is reached: 1 of 1 customers are active." in answer.content.decode()
    second.refresh_from_db()
    assert second.is_suspended
    suspend_account(first, reason="Left.", by=None)
    assert maren.post(page_of(second, "reactivate/"), follow=True).status_code == 200
    second.refresh_from_db()
    assert not second.is_suspended
