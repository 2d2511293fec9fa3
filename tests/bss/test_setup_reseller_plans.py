"""Setup > Reseller plans: what a plan offers is edited; what was sold stays as it was sold."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.models import Activity, Entitlement, Plan, Price, Subscription, User
from plans.offering import change_plan, offer_of
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused
from tests import cast

STANDARD = "/bss/setup/reseller-plans/standard/"


def plan(operator, code="standard") -> Plan:
    return Plan.objects.prefetch_related("entitlements").get(operator=operator, code=code)


def typed(client, url=STANDARD, **changes) -> dict[str, str]:
    """The form as it is shown, with some fields typed anew. None unticks."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def save(client, url=STANDARD, **changes):
    return client.post(url, typed(client, url, **changes))


def price(operator, code="standard", cycle="month", currency="EUR") -> Decimal | None:
    found = Price.objects.filter(product__plan=plan(operator, code), cycle=cycle, currency=currency)
    return found.values_list("amount", flat=True).first()


def test_the_list_names_plans_prices_and_what_is_sold(maren, nordwind):
    page = maren.get("/bss/setup/reseller-plans/").content.decode()
    for words in ("Basic", "Free", "€0.00", "Standard", "€149.00", "€1,490.00", "Recommended", "Tenant",
                  "Can’t be ordered yet", "Sold"):  # fmt: skip
        assert words in page, words


def test_prices_entitlements_and_words_are_saved_with_a_trail(maren, nordwind):
    answer = save(maren, price_EUR_month="159.00", price_EUR_year="", limit_customers="500", has_own_sender=None,
                  tagline="More of it.", key_features="One\n\n  Two   words \n")  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, STANDARD)
    now = plan(nordwind)
    assert (price(nordwind), price(nordwind, cycle="year")) == (Decimal("159"), None)
    assert now.sold_as()["customers"] == 500
    assert "own_sender" not in now.sold_as()
    assert (now.tagline, now.key_features, now.version) == ("More of it.", ["One", "Two words"], 2)
    activity = Activity.objects.get(verb="plan.changed")
    assert activity.actor.email == "maren.holt@nordwind.example"
    assert activity.text == (
        "Standard plan changed: EUR per month 149.00 to 159.00; EUR per year 1490.00 to none; Own email sender: "
        "included to not included; Customers with their own login: unlimited to up to 500; tagline; key features."
    )


def test_what_runs_keeps_what_it_was_sold(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "free", alias="techsolutions")
    before = Subscription.objects.values().get(account=account)
    free = "/bss/setup/reseller-plans/free/"
    save(maren, free, price_EUR_month="9.90", limit_customers="3", has_branding=None, has_own_prices="on")
    assert Subscription.objects.values().get(account=account) == before
    kept = cast.Account.objects.get(pk=account.pk)
    assert (kept.can("branding"), kept.can("own_prices"), kept.limit("customers")) == (True, False, 10)
    assert kept.plan_subscription().unit_price == 0
    newcomer = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harborit")
    sold = newcomer.plan_subscription()
    assert (sold.unit_price, newcomer.limit("customers")) == (Decimal("9.90"), 3)
    assert (newcomer.can("branding"), newcomer.can("own_prices")) == (False, True)


def test_an_order_that_was_placed_is_executed_as_it_was_agreed(maren, nordwind):
    from plans.execution import execute_order

    order = cast.order_plan(cast.reseller(nordwind), "standard")
    save(maren, price_EUR_month="999", has_own_sender=None)
    execute_order(order.pk)
    sold = Subscription.objects.get(account=order.account)
    assert (sold.unit_price, "own_sender" in sold.entitlements) == (Decimal("149"), True)


def test_the_next_preview_and_the_storefront_show_the_new_price_at_once(maren, nordwind):
    shop = Client(headers={"host": nordwind.store_host})
    page = shop.get("/plans/")
    assert "149" in page.text
    save(maren, price_EUR_month="177.25", tagline="Now with more.")
    again = shop.get("/plans/", headers={"if-none-match": page["ETag"]})
    assert again.status_code == 200
    assert "177.25" in again.text and "Now with more." in again.text
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    shown = preview_order(account, wanted=[Wanted(cast.plan_product(nordwind, "standard"))], channel="bss_order")
    assert shown.lines[0].net == Decimal("177.25")


@pytest.mark.parametrize("text", ["-1", "1,490.00", "1.999", "abc", "1e3", "NaN", "9" * 13, "²", "1 2", "\0", "0x1"])
def test_an_amount_that_is_none_is_refused_at_its_field(maren, nordwind, text):
    answer = save(maren, price_EUR_month=text)
    assert answer.status_code == 422
    assert answer.context["form"].errors["price_EUR_month"] == ["Enter an amount in EUR, as in 149.00."]
    assert price(nordwind) == 149
    assert not Activity.objects.filter(verb="plan.changed").exists()


@pytest.mark.parametrize(
    ("currency", "amount", "kept"),
    [("JPY", "22000", "22000"), ("KWD", "45.500", "45.5"), ("USD", "0", "0"), ("JPY", "1.5", None),
     ("KWD", "1.0005", None), ("USD", "-1", None)],
)  # fmt: skip
def test_another_currency_has_its_own_digits(maren, nordwind, currency, amount, kept):
    answer = save(maren, new_currency=currency, new_month=amount)
    assert answer.status_code == (302 if kept else 422)
    assert price(nordwind, currency=currency) == (Decimal(kept) if kept else None)
    if kept:
        assert f"price_{currency}_month" in maren.get(STANDARD).context["form"].fields


def test_half_a_currency_is_refused(maren, nordwind):
    assert save(maren, new_currency="USD").context["form"].errors["new_currency"] == ["Enter a price in USD."]
    assert "new_currency" in save(maren, new_month="5").context["form"].errors
    assert "new_currency" in save(maren, new_currency="EUR", new_month="5").context["form"].errors
    assert "new_currency" in save(maren, new_currency="XXX", new_month="5").context["form"].errors


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1000001", "ten", "²", "\0"])
def test_a_limit_is_a_whole_number(maren, nordwind, text):
    answer = save(maren, limit_customers=text)
    assert answer.status_code == 422
    assert "limit_customers" in answer.context["form"].errors


def test_a_limit_of_what_is_not_included_is_refused(maren, nordwind):
    answer = save(maren, has_customers=None, limit_customers="5")
    assert answer.context["form"].errors["limit_customers"] == ["Include it to set a limit."]


def test_too_many_key_features_are_refused(maren, nordwind):
    assert save(maren, key_features="\n".join("abcdefghi")).status_code == 422
    assert save(maren, key_features="x" * 81).status_code == 422


def test_who_saves_an_older_version_is_told_and_overwrites_nothing(maren, nordwind, office):
    finance = office(cast.staff(nordwind, "finance").user)
    mine = typed(maren, price_EUR_month="111")
    save(finance, price_EUR_month="222")
    answer = maren.post(STANDARD, mine)
    assert answer.status_code == 422
    assert "Finance changed this plan at" in answer.text
    assert f'<a href="{STANDARD}">Load their version</a>' in answer.text
    assert 'value="111"' in answer.text
    assert price(nordwind) == 222
    assert save(maren, price_EUR_month="111").status_code == 302


@pytest.mark.parametrize("version", ["", "0", "x", "99", "-1", "9" * 40, "\0"])
def test_a_version_that_never_was_is_a_conflict(maren, nordwind, version):
    assert save(maren, version=version, tagline="x").status_code == 422
    assert plan(nordwind).version == 1


def test_saving_without_a_change_changes_nothing(maren, nordwind):
    assert save(maren).status_code == 302
    assert plan(nordwind).version == 1
    assert not Activity.objects.filter(verb="plan.changed").exists()


def test_one_plan_at_most_is_recommended(maren, nordwind):
    save(maren, "/bss/setup/reseller-plans/free/", is_recommended="on")
    assert [p.code for p in Plan.objects.filter(operator=nordwind, is_recommended=True)] == ["free"]
    texts = list(Activity.objects.filter(verb="plan.changed").order_by("pk").values_list("text", flat=True))
    assert texts == ["Standard plan changed: Free is recommended in its place.", "Free plan changed: recommended."]


def test_off_the_storefront_it_is_sold_by_staff_alone(maren, nordwind):
    save(maren, is_sold=None)
    assert not cast.plan_product(nordwind, "standard").is_sold
    assert "Add to basket: Standard Plan" not in Client(headers={"host": nordwind.store_host}).get("/plans/").text
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    wanted = [Wanted(cast.plan_product(nordwind, "standard"))]
    assert preview_order(account, wanted=wanted, alias="techsolutions", channel="bss_order").refusals == []


def test_the_plan_held_without_a_subscription_has_no_price(maren, nordwind):
    basic = "/bss/setup/reseller-plans/basic/"
    assert [name for name in typed(maren, basic) if name.startswith(("price", "new"))] == []
    assert save(maren, basic, price_EUR_month="1", is_sold="on", tagline="Shop with us.").status_code == 302
    assert plan(nordwind, "basic").tagline == "Shop with us."
    assert price(nordwind, "basic") is None


@pytest.mark.parametrize("role", ["account_manager", "operations", "read_only"])
def test_who_may_not_change_prices_reads_them(nordwind, office, role):
    client = office(cast.staff(nordwind, role).user)
    page = client.get(STANDARD).text
    assert "You can’t do this with your role." in page and "<fieldset" in page and " disabled" in page
    assert client.post(STANDARD, {"version": "1", "price_EUR_month": "1"}).status_code == 403
    assert price(nordwind) == 149


def test_another_distributors_plan_is_its_own(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    save(maren, price_EUR_month="5", has_branding=None)
    assert price(sudlicht) == 149
    assert Entitlement.objects.filter(plan=plan(sudlicht), code="branding").exists()
    assert maren.get("/bss/setup/reseller-plans/gold/").status_code == 404


def test_two_who_save_at_once_are_one_and_a_conflict(nordwind):
    by = User.objects.get(email="maren.holt@nordwind.example")
    first, second = plan(nordwind), plan(nordwind)
    offer = offer_of(first)
    change_plan(first, seen=1, offer=type(offer)(**vars(offer) | {"tagline": "A"}), by=by)
    with pytest.raises(Refused, match="changed_meanwhile"):
        change_plan(second, seen=1, offer=type(offer)(**vars(offer) | {"tagline": "B"}), by=by)


def test_a_plan_costs_ten_queries_at_most(maren, nordwind):
    for url in ("/bss/setup/reseller-plans/", STANDARD):
        maren.get(url)
        with CaptureQueriesContext(connection) as queries:
            maren.get(url)
        assert len(queries) <= 10
