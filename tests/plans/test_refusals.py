"""Every refusal comes out of a real situation: its code, its exact sentence, what mends it, and nothing written."""

from collections.abc import Callable
from datetime import date

import pytest

from plans import aliases
from plans.changing_down import change_down, withdraw_change
from plans.mending import add_item, amend_item, cancel_order, remove_item, retry_order
from plans.models import (
    Account,
    Contact,
    Order,
    PendingChange,
    Plan,
    PlanEdge,
    Price,
)
from plans.ordering import draft_order, order_basket, place_order
from plans.placing import Confirmation
from plans.preview import Timing, Wanted
from plans.previewing_down import preview_down
from plans.refusals import SENTENCES, PreviewStale, Refused
from tests import cast

from .all_rows import all_rows

pytestmark = pytest.mark.django_db

RESELLING_OFF = "Reselling is not enabled for this account. Enable it under Edit account first."
SUSPENDED = "Tech Solutions is suspended. Nothing can be ordered until it is active again."
SITUATIONS: dict[str, tuple[str, Callable, str, str]] = {}


def situation(code: str, sentence: str, mend: str = ""):
    """Of a Basic reseller Tech Solutions. The function arranges it and gives back the act that is refused."""

    def keep(arrange: Callable) -> Callable:
        SITUATIONS[arrange.__name__] = (code, arrange, sentence, mend)
        return arrange

    return keep


@pytest.fixture
def account():
    account = cast.reseller(cast.distributor())
    cast.basket(account)
    cast.user("ops@nordwind.example")
    return account


def update(account: Account, **fields) -> None:
    Account.objects.filter(pk=account.pk).update(**fields)


def ordering(account: Account, code: str = "standard", **changes) -> Callable[[], Order]:
    """The button of the checkout, with what is shown right now."""
    return lambda: cast.order_plan(account, code, **{"alias": "harbor", **changes})


def staff_places(account: Account, code: str = "standard", **about) -> Callable[[], Order]:
    """A draft of the BSS, placed."""
    staff, wanted = cast.user("ops@nordwind.example"), [Wanted(cast.plan_product(account.operator, code))]
    order = draft_order(account, wanted=wanted, channel="bss_order", by=staff, **about)
    return lambda: place_order(order, by=staff)


@situation("alias_required", "Enter a Storefront Alias.", "alias")
def no_alias(account):
    return ordering(account, alias="  ")


@situation("alias_required", "Enter a Storefront Alias.", "alias")
def a_draft_without_an_alias(account):
    return staff_places(account)


@situation(
    "alias_invalid",
    "Use only lowercase letters, digits and hyphens, 3 to 40 characters, and start and end with a letter or digit.",
    "alias",
)
def a_bad_alias(account):
    return ordering(account, alias="tech--solutions")


@situation("alias_reserved", "The alias plans is kept for the platform. Choose a different alias.", "alias")
def a_reserved_alias(account):
    return ordering(account, alias="Plans")


@situation(
    "alias_taken", "The alias harbor has already been assigned to someone else. Choose a different alias.", "alias"
)
def a_taken_alias(account):
    aliases.hold("harbor", account=cast.reseller(account.operator, "Harbor IT"), until=None)
    return ordering(account, alias="HARBOR")


@situation("already_on_plan", "Tech Solutions is already on the Standard plan.")
def the_same_plan_again(account):
    cast.on_plan(account, "standard")
    return ordering(account, alias=None)


@situation("no_upgrade_path", "There is no way from the Standard plan to the Free plan.")
def the_way_down_through_the_basket(account):
    """It would give credit that only staff may give, and post a welcome."""
    cast.on_plan(account, "standard")
    return ordering(account, "free", alias=None)


@situation("no_upgrade_path", "There is no way from the Basic plan to the Standard plan.")
def a_step_that_the_ladder_does_not_have(account):
    PlanEdge.objects.filter(from_plan__code="basic", to_plan__code="standard").delete()
    return ordering(account)


@situation(
    "open_order_exists",
    "An order for a reseller plan is already open: SO-01001. Wait for it, or mend or cancel it first.",
    "order",
)
def a_second_plan_order(account):
    cast.order_plan(account, "free", alias="alpine")
    return ordering(account)


@situation("not_a_reseller", RESELLING_OFF, "account")
def reselling_is_off(account):
    update(account, reselling_enabled=False)
    return ordering(account)


@situation("not_a_reseller", RESELLING_OFF, "account")
def an_end_customer(account):
    update(account, kind="customer")
    return ordering(account)


@situation("account_suspended", SUSPENDED, "account")
def suspended(account):
    update(account, state="suspended")
    return ordering(account)


@situation("plan_not_offered", "The Tenant plan can’t be ordered yet.")
def tenant_by_staff(account):
    return staff_places(account, "tenant", alias="harbor")


@situation("plan_not_offered", "The Standard plan can’t be ordered yet.")
def a_withdrawn_plan(account):
    Plan.objects.filter(code="standard").update(is_offered=False)
    return ordering(account)


@situation("product_not_sold", "Tenant Plan is not sold any more. Remove it from the basket.", "basket")
def tenant_in_the_basket(account):
    return ordering(account, "tenant")


@situation("pending_change_exists", "A change of this plan is already scheduled for 3 Mar 2027. Withdraw it first.")
def a_change_is_scheduled(account):
    subscription = cast.on_plan(account, "free").held().subscription
    PendingChange.objects.create(
        operator=account.operator, subscription=subscription, to_plan=Plan.objects.get(code="basic"),
        due_on=date(2027, 3, 3),
    )  # fmt: skip
    return ordering(account, alias=None)


GONE = "No change of this plan is scheduled any more: it was withdrawn, or its day has come."


@situation("change_gone", GONE)
def keeping_a_plan_that_does_not_end(account):
    subscription = cast.on_plan(account, "free").held().subscription
    return lambda: withdraw_change(subscription, channel="subscription", by=None)


@situation("alias_unconfirmed", "Type harbor exactly to confirm.", "confirm_alias")
def closing_another_storefront(account):
    account, staff = cast.on_plan(account, "free", alias="harbor"), cast.user("ops@nordwind.example")
    asked = {"to_plan": Plan.objects.get(code="basic"), "timing": Timing(), "channel": "subscription", "by": staff}
    confirmed = Confirmation(preview_down(account, **asked).fingerprint, "a form")
    return lambda: change_down(account, confirmed=confirmed, typed_alias="harbour", **asked)


@situation("preview_stale", "Something changed. Look again.")
def a_fingerprint_of_yesterday(account):
    return ordering(account, fingerprint="0" * 64)


@situation("preview_stale", "Something changed. Look again.")
def a_draft_that_was_shown_otherwise(account):
    staff, wanted = cast.user("ops@nordwind.example"), [Wanted(cast.plan_product(account.operator, "standard"))]
    order = draft_order(account, wanted=wanted, channel="bss_order", by=staff, alias="harbor")
    Price.objects.update(amount=9)
    return lambda: place_order(order, by=staff, fingerprint=order.fingerprint)


@situation("no_price", "Standard Plan has no price in CHF for this billing cycle.")
def another_currency(account):
    update(account, currency="CHF")
    return ordering(account)


@situation("no_price", "Free Plan has no price in EUR for this billing cycle.")
def a_cycle_that_is_not_sold(account):
    return ordering(account, "free", cycle="year")


@situation("no_price", "Standard Plan has no price in CHF for this billing cycle.")
def a_draft_in_another_currency(account):
    update(account, currency="CHF")
    account.refresh_from_db()
    return lambda: staff_places(account)()


@situation("terms_not_accepted", "Accept the terms for resellers to place the order.", "terms")
def no_tick(account):
    return ordering(account, accepted=False)


@situation(
    "billing_details_missing", "The billing address is incomplete. It needs a street, a city and a country.", "billing"
)
def no_city(account):
    update(account, city="")
    return ordering(account)


@situation(
    "no_primary_contact", "Tech Solutions has no primary contact, so nobody would get the welcome email.", "contact"
)
def nobody_to_write_to(account):
    Contact.objects.filter(account=account).update(is_primary=False)
    return staff_places(account, alias="harbor")


@situation("order_locked", "The order SO-01001 is executed and can’t be changed.")
def cancelling_what_is_executed(account):
    order = cast.on_plan(account).orders.get()
    return lambda: cancel_order(order, by=None)


@situation("order_locked", "The order SO-01001 is queued and can’t be changed.")
def amending_what_is_placed(account):
    item = cast.order_plan(account).items.get()
    return lambda: amend_item(item, alias="alpine", by=None)


@situation("order_locked", "The order SO-01001 is cancelled and can’t be changed.")
def retrying_what_is_cancelled(account):
    order = cancel_order(cast.order_plan(account), by=None)
    return lambda: retry_order(order, by=None)


def draft_with(account, *codes_or_products):
    staff = cast.user("ops@nordwind.example")
    wanted = [Wanted(one) for one in codes_or_products]
    return draft_order(account, wanted=wanted, channel="bss_order", by=staff), staff


@situation("item_removed", "Workplace Suite has been removed from the order SO-01001.")
def amending_what_was_removed(account):
    suite = cast.product(account.operator)
    order, staff = draft_with(account, cast.plan_product(account.operator, "standard"), suite)
    item = order.items.get(product=suite)
    remove_item(order.items.get(product=suite), by=staff)
    return lambda: amend_item(item, quantity=3, by=staff)


@situation("last_item", "An order needs at least one product. Cancel the order instead.")
def removing_the_last_product(account):
    order, staff = draft_with(account, cast.product(account.operator))
    return lambda: remove_item(order.items.get(), by=staff)


@situation("one_plan_per_order", "An order holds one reseller plan at the most. Remove Free Plan first.")
def adding_a_second_plan(account):
    order, staff = draft_with(account, cast.plan_product(account.operator, "free"))
    standard = cast.plan_product(account.operator, "standard")
    return lambda: add_item(order, product=standard, cycle="month", by=staff)


@situation("basket_empty", "Your basket is empty.", "basket")
def an_empty_basket(account):
    basket = cast.basket(account)
    return lambda: order_basket(
        basket, account=account, alias=None, fingerprint="", accepted=True, reference="", form_key="form",
        address=None, by=cast.buyer_of(account),
    )  # fmt: skip


@pytest.mark.parametrize("name", list(SITUATIONS))
def test_a_situation_is_refused_in_these_words(account, name):
    code, arrange, sentence, mend = SITUATIONS[name]
    act = arrange(account)
    before = all_rows()
    with pytest.raises(Refused) as refused:
        act()
    refusal = refused.value
    assert (refusal.code, refusal.sentence, refusal.mend) == (code, sentence, mend)
    assert refusal.field == (mend if mend in ("alias", "confirm_alias", "terms") else "")
    assert isinstance(refusal, PreviewStale) == (code == "preview_stale")
    after = all_rows()
    before.pop("plans.BasketItem"), after.pop("plans.BasketItem")  # put there before the button
    assert after == before


# What staff set up in the back office is refused in tests/bss/test_setup_*.py.
OF_SETUP = {"changed_meanwhile", "amount_invalid", "number_given", "last_administrator", "already_staff"}
OF_SETUP |= {"terms_unchanged", "alias_live", "alias_reserved_already", "reserved_full"}
# What staff do to accounts and their people: tests/bss/test_account_editing.py, test_contacts.py.
OF_ACCOUNTS = {"currency_in_use", "not_staff", "contact_exists", "no_sign_in"}
# Tenant requests: tests/bss/test_upgrade_resellers.py.
OF_REQUESTS = {"tenant_request_open", "tenant_request_closed"}
# Sending a letter again: tests/bss/test_notifications.py.
OF_LETTERS = {"letter_dealt_with", "letter_no_task", "letter_on_its_way", "letter_personal", "letter_words_removed"}
# Keys for programs: tests/api/test_tokens.py.
OF_TOKENS = {"token_revoked"}
# What is given as a logo: tests/reselling/zoo.py.
OF_PICTURES = {code for code in SENTENCES if code.startswith("picture_")}
# What resellers do with their own storefront: tests/reselling, tests/storefront/test_panel_*.py.
OF_RESELLERS = {"customers_limit", "customer_suspended", "person_elsewhere", "last_admin"}
OF_RESELLERS |= {
    "nobody_can_follow",
    "invited_often",
    "markup_invalid",
    "prices_frozen",
    "listed_full",
    "not_listed",
    "featured_full",
}
# What staff do to storefronts: tests/plans/test_renaming.py and tests/bss/test_storefront_acts.py.
OF_STOREFRONTS = {"no_storefront", "storefront_parked", "storefront_suspended", "alias_unchanged"}


def test_no_refusal_is_without_a_situation():
    """Roles belong to the faces (not_permitted); after eight faults is below."""
    told = {code for code, *_ in SITUATIONS.values()} | {"not_permitted", "attempts_used_up"}
    told |= OF_SETUP | OF_ACCOUNTS | OF_REQUESTS | OF_LETTERS | OF_TOKENS | OF_PICTURES | OF_RESELLERS | OF_STOREFRONTS
    assert told == set(SENTENCES)
