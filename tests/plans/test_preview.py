"""The preview is what gets executed. Once it is no longer true, confirming it writes nothing and shows the new one."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.models import Notification
from plans import aliases
from plans.baskets import lines_in, wanted_in
from plans.execution import execute_order
from plans.models import (
    Account,
    Charge,
    Contact,
    Operator,
    Order,
    Plan,
    Price,
    Product,
    Storefront,
    Subscription,
    TermsVersion,
)
from plans.ordering import draft_order, order_basket, place_order
from plans.preview import Preview, Wanted
from plans.previewing import preview_order
from plans.refusals import PreviewStale, Refused
from plans.verify import broken
from tests import cast

from .all_rows import all_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return cast.reseller(cast.distributor())


def fresh(account: Account) -> Account:
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


class Checkout:
    """A basket with a plan, and the preview that was shown for it."""

    def __init__(self, account: Account, code: str = "standard") -> None:
        self.basket = cast.basket(account, cast.plan_product(account.operator, code))
        self.account, self.by = fresh(account), cast.buyer_of(account)
        self.shown = self.preview()

    def preview(self, alias: str | None = None) -> Preview:
        return preview_order(fresh(self.account), wanted=wanted_in(lines_in(self.basket)), alias=alias, by=self.by)

    def confirm(self, *, alias: str | None = "harbor", fingerprint: str = "") -> Order:
        return order_basket(
            self.basket, account=fresh(self.account), alias=alias, accepted=True, reference="", form_key="form",
            fingerprint=fingerprint or self.shown.fingerprint, address=None, by=self.by,
        )  # fmt: skip


# --- what a preview stands on; each change is one that somebody else may make while it is looked at ---


def price_rises(account):
    Price.objects.filter(product__plan__code="standard", cycle="month").update(amount=159)


def tax_rises(account):
    Operator.objects.update(tax_rate=20)


def tax_treatment_changes(account):
    Account.objects.filter(pk=account.pk).update(tax_treatment="reverse_charge")


def reader_of_the_letter_changes(account):
    Contact.objects.filter(account=account).update(email="new@techsolutions.example")


def letter_changes(account):
    Plan.objects.filter(code="standard").update(welcome_letter="welcome_free")


def somebody_looks_after_the_account(account):
    Account.objects.filter(pk=account.pk).update(account_manager=cast.user("manager@nordwind.example"))


def plan_includes_less(account):
    Plan.objects.get(code="standard").entitlements.filter(code="own_prices").delete()


def product_is_renamed(account):
    Product.objects.filter(plan__code="standard").update(name="Standard Plan 2027")


def account_is_suspended(account):
    Account.objects.filter(pk=account.pk).update(state="suspended")


def plan_is_withdrawn(account):
    Plan.objects.filter(code="standard").update(is_offered=False)


def product_is_not_sold_any_more(account):
    Product.objects.filter(plan__code="standard").update(is_sold=False)


def terms_are_published(account):
    TermsVersion.objects.create(operator=account.operator, number=2, text="Everything is different now.")


def billing_address_is_lost(account):
    Account.objects.filter(pk=account.pk).update(city="")


CHANGES = [
    price_rises, tax_rises, tax_treatment_changes, reader_of_the_letter_changes, letter_changes,
    somebody_looks_after_the_account, plan_includes_less, product_is_renamed, account_is_suspended, plan_is_withdrawn,
    product_is_not_sold_any_more, billing_address_is_lost, terms_are_published,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_confirming_what_has_changed_shows_the_new_preview_and_writes_nothing(account, change):
    checkout = Checkout(account)
    change(account)
    before = all_rows()
    with pytest.raises(PreviewStale) as stale:
        checkout.confirm()
    assert all_rows() == before
    assert (stale.value.code, stale.value.sentence) == ("preview_stale", "Something changed. Look again.")
    assert stale.value.preview.fingerprint == checkout.preview().fingerprint != checkout.shown.fingerprint
    if not stale.value.preview.refusals:
        assert checkout.confirm(fingerprint=stale.value.preview.fingerprint).state == "placed"


def test_another_day_is_another_preview(account):
    checkout = Checkout(account)
    before = all_rows()
    with time_machine.travel(timezone.now() + timedelta(days=1)), pytest.raises(PreviewStale):
        checkout.confirm()
    assert all_rows() == before


def test_another_cycle_or_product_in_the_basket_is_another_preview(account):
    checkout = Checkout(account)
    seen = {checkout.shown.fingerprint}
    checkout.basket.items.update(cycle="year")
    seen.add(checkout.preview().fingerprint)
    checkout.basket.items.create(product=cast.product(account.operator))
    seen.add(checkout.preview().fingerprint)
    checkout.basket.items.filter(is_plan=False).update(quantity=2)
    seen.add(checkout.preview().fingerprint)
    assert len(seen) == 4


def test_an_alias_still_to_be_typed_and_counts_change_nothing(account):
    checkout = Checkout(account)
    aliases.hold("taken", account=cast.reseller(account.operator, "Harbor IT"), until=None)
    for typed in (None, "", "harbor", "alpine", "a--b", "plans", "taken"):
        assert checkout.preview(typed).fingerprint == checkout.shown.fingerprint
    assert replace(checkout.shown, touched={"customers": 3}).fingerprint == checkout.shown.fingerprint


def test_an_alias_taken_while_it_was_looked_at_is_said_and_nothing_is_written(account):
    checkout = Checkout(account)
    assert checkout.preview("harbor").refusals == []
    aliases.hold("harbor", account=cast.reseller(account.operator, "Harbor IT"), until=aliases.CHECKOUT_HOLD)
    before = all_rows()
    with pytest.raises(Refused, match="alias_taken"):
        checkout.confirm()
    assert all_rows() == before
    assert checkout.confirm(alias="harbor-it").state == "placed"


def test_looking_writes_nothing(account):
    checkout = Checkout(account)
    before = all_rows()
    checkout.preview("harbor").as_dict()
    assert all_rows() == before


def test_every_reason_is_shown_and_not_only_the_first(account):
    cast.order_plan(account, "free", alias="alpine")
    checkout = Checkout(account)
    assert [refusal.code for refusal in checkout.shown.refusals] == ["open_order_exists"]
    for change in (account_is_suspended, plan_is_withdrawn, product_is_not_sold_any_more, billing_address_is_lost):
        change(account)
    Account.objects.filter(pk=account.pk).update(reselling_enabled=False)
    assert [refusal.code for refusal in checkout.preview("a--b").refusals] == [
        "product_not_sold", "billing_details_missing", "not_a_reseller", "account_suspended", "plan_not_offered",
        "open_order_exists", "alias_invalid",
    ]  # fmt: skip


# --- preview = execution ---


def on_basic(account):
    return account


def on_free(account):
    return cast.on_plan(account, "free", alias="harbor")


def on_standard(account):
    return cast.on_plan(account, "standard", alias="harbor")


@pytest.mark.parametrize(
    ("start", "code", "cycle", "storefront", "letter"),
    [
        (on_basic, "free", "month", "open", "welcome_free"),
        (on_basic, "standard", "month", "open", "welcome_standard"),
        (on_basic, "standard", "year", "open", "welcome_standard"),
        (on_basic, "tenant", "month", "open", "welcome_tenant"),
        (on_free, "standard", "month", "keep", "welcome_standard"),
        (on_free, "tenant", "month", "keep", "welcome_tenant"),
        (on_standard, "tenant", "month", "keep", "welcome_tenant"),
    ],
)
def test_what_was_shown_is_what_happens(account, start, code, cycle, storefront, letter):
    Plan.objects.update(is_offered=True)
    Product.objects.update(is_sold=True)
    account = start(account)
    checkout = Checkout(account, code)
    checkout.basket.items.update(cycle=cycle)
    shown = checkout.preview("harbor")
    assert (shown.change, shown.storefront, shown.alias, shown.url) == (
        "upgrade", storefront, "harbor", "http://testserver/harbor",
    )  # fmt: skip
    assert [each.template for each in shown.letters] == [letter, "plan_changed_by_reseller"]
    order = checkout.confirm(fingerprint=shown.fingerprint)
    # What changes now is not this order's business any more.
    price_rises(account)
    tax_rises(account)
    plan_includes_less(account)
    execute_order(order.pk)

    order.refresh_from_db()
    assert order.state == "executed", order.error_message
    charged = Charge.objects.filter(order=order).order_by("id")
    assert [(c.kind, c.text, c.net) for c in charged] == [(x.kind, x.text, x.net) for x in shown.lines]
    assert (sum(c.tax for c in charged), order.total) == (shown.tax, shown.total)
    held = Subscription.objects.active().get(account=account)
    assert (held.plan, held.cycle, held.period_end_on, held.unit_price) == (
        shown.to_plan, cycle, shown.renews_on, shown.renewal_net,
    )  # fmt: skip
    assert set(shown.gained) <= set(held.entitlements)
    live = Storefront.objects.get(account=account)
    assert (live.state, live.claim.alias, live.created_by_order == order) == ("open", "harbor", storefront == "open")
    posted = Notification.objects.filter(order=order).order_by("template_code")
    assert sorted((each.template, *each.recipients) for each in shown.letters) == [
        (n.template_code, n.recipient_email) for n in posted
    ]


@pytest.mark.parametrize("alias", ["harbor", "alpine"])
def test_a_parked_storefront_comes_back_byte_for_byte(account, alias):
    """Under its old alias, which is offered, or under another one."""
    account = on_free(account)
    account.subscriptions.update(state="ended", ended_at=timezone.now())
    Storefront.objects.filter(account=account).update(
        state="parked", parked_at=timezone.now(), tagline="Cloud for the coast", brand_colour="#aa0011"
    )
    account.alias_claims.update(state="quarantined", quarantined_until=timezone.now() + timedelta(days=90))
    parked = Storefront.objects.values().get(account=account)
    checkout = Checkout(account)
    assert (checkout.shown.storefront, checkout.shown.alias) == ("restore", "harbor")
    assert [each.template for each in checkout.shown.letters] == ["storefront_restored", "plan_changed_by_reseller"]

    order = checkout.confirm(alias=alias)
    execute_order(order.pk)
    order.refresh_from_db()
    assert order.state == "executed", order.error_message
    back = Storefront.objects.values().get(account=account)
    changed = {name for name in parked if parked[name] != back[name]}
    assert changed == {"state", "parked_at", "version"} | ({"claim_id"} if alias == "alpine" else set())
    assert (back["state"], back["parked_at"], back["version"]) == ("open", None, parked["version"] + 1)
    live = Storefront.objects.get(account=account).claim
    assert (live.alias, live.state, live.quarantined_until) == (alias, "in_use", None)
    assert order.activities.filter(
        verb="storefront.restored", text=f"Storefront restored at testserver/{alias}."
    ).exists()
    assert order.notifications.filter(template_code="storefront_restored").count() == 1
    assert broken() == {}


def test_a_draft_is_placed_at_the_price_of_the_day_on_which_it_is_placed(account):
    staff, standard = cast.user("ops@nordwind.example"), cast.plan_product(account.operator, "standard")
    order = draft_order(account, wanted=[cast.Wanted(standard)], channel="bss_order", by=staff, alias="harbor")
    price_rises(account)
    product_is_renamed(account)
    place_order(order, by=staff)
    execute_order(order.pk)
    [item] = order.items.all()
    assert (item.unit_price, item.name, item.subscription.unit_price) == (159, "Standard Plan 2027", 159)
    assert [(charge.net, charge.text) for charge in order.charges.all()] == [(159, "Standard Plan 2027, 1 month")]
    assert broken() == {}


def test_a_line_says_how_many(account):
    checkout = Checkout(account)
    suite = cast.product(account.operator)
    checkout.basket.items.create(product=suite, quantity=3)
    assert [(line.text, str(line.net)) for line in checkout.preview().lines] == [
        ("Standard Plan, 1 month", "149.00"), ("3 × Workplace Suite, 1 month", "37.20"),
    ]  # fmt: skip


def test_without_a_primary_contact_the_one_who_orders_gets_the_letter(account):
    Contact.objects.update(is_primary=False)
    login = account.contacts.get().user
    wanted = [cast.Wanted(cast.plan_product(account.operator, "standard"))]
    shown = preview_order(fresh(account), wanted=wanted, by=login)
    assert shown.letters[0].recipients == (login.email,)
    assert shown.refusals == []


def previewed_by(channel: str, by, account: Account) -> Preview:
    wanted = [Wanted(cast.plan_product(account.operator, "standard"))]
    return preview_order(fresh(account), wanted=wanted, alias="harbor", by=by, channel=channel)


@pytest.mark.parametrize("channel", [c for c in Order.Channel.values if c not in ("storefront", "own_api", "import")])
def test_where_staff_act_no_letter_ever_goes_to_them(account, channel):
    ops = cast.staff(account.operator, "operations").user
    shown = previewed_by(channel, ops, account)
    assert [letter.template for letter in shown.letters] == ["welcome_standard"]
    assert shown.terms is None
    Contact.objects.filter(account=account).update(is_primary=False)
    shown = previewed_by(channel, ops, account)
    assert "no_primary_contact" in [refusal.code for refusal in shown.refusals]
    assert ops.email not in str(shown.as_dict())


@pytest.mark.parametrize("channel", ["storefront", "own_api"])
def test_where_a_reseller_acts_for_itself(account, channel):
    """It gets the letter without a primary contact, accepts the terms, is told what is not sold; staff are told."""
    by = cast.buyer_of(account)
    Contact.objects.filter(account=account).update(is_primary=False)
    Account.objects.filter(pk=account.pk).update(street="")
    Product.objects.filter(plan__code="standard").update(is_sold=False)
    shown = previewed_by(channel, by, account)
    assert [letter.template for letter in shown.letters] == ["welcome_standard", "plan_changed_by_reseller"]
    assert shown.letters[0].recipients == (by.email,)
    assert shown.terms is not None
    assert {refusal.code for refusal in shown.refusals} == {"billing_details_missing", "product_not_sold"}
