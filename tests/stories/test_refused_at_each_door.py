"""Every reason against a plan change, at every door where it can arise: said in its words, and nothing is ordered.

It arises while somebody looks at the form; whoever opens the door afterwards is told as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from plans import aliases
from plans.execution import execute_order
from plans.models import Account, Contact, Order, PendingChange, Plan, PlanEdge, Price, Product
from plans.ordering import draft_order, place_order
from plans.preview import Wanted
from plans.refusals import SENTENCES
from tests import cast
from tests.api.calling import BSS, STORE
from tests.plans import test_refusals
from tests.storefront.visits import words
from tests.stories.doors import FROM_BASIC, FROM_FREE, SELF_SERVICE, Doors

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
BY_API = (Doors.api, Doors.api_order)
WHERE_TYPED = [Doors.basket, Doors.bss_item, Doors.dialog, Doors.api, Doors.api_order]
BY_STAFF = [door for door in FROM_BASIC if door not in SELF_SERVICE]
BY_STAFF_FROM_FREE = [door for door in FROM_FREE if door not in SELF_SERVICE]


@dataclass(frozen=True)
class Situation:
    """`start` is the plan that the account is on, `alias` what is typed; `doors` are those where it can arise."""

    arrange: Callable[[Account], object]
    doors: list[Callable] = field(default_factory=lambda: FROM_BASIC)
    start: str = ""
    alias: str | None = "harbor"
    says: dict[str, str] = field(default_factory=dict)


def nothing(_account: Account) -> None:
    pass


def update(**fields) -> Callable[[Account], object]:
    return lambda account: Account.objects.filter(pk=account.pk).update(**fields)


def take_the_alias(account: Account) -> None:
    aliases.hold("harbor", account=cast.reseller(account.operator, "Harbor IT"), until=None)


def order_elsewhere(account: Account) -> Order:
    """By a colleague of the back office: what lies in the basket stays there."""
    now = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    wanted = [Wanted(cast.plan_product(account.operator, "standard"))]
    staff, alias = cast.user("ops@nordwind.example"), "" if account.held().subscription else "alpine"
    return place_order(draft_order(now, wanted=wanted, channel="bss_order", by=staff, alias=alias), by=staff)


def order_in_another_tab(account: Account) -> None:
    Order.objects.filter(pk=order_elsewhere(account).pk).update(number="SO-77777")


def take_the_step_away(account: Account) -> None:
    PlanEdge.objects.filter(from_plan__operator=account.operator, to_plan__code="standard").delete()


def withdraw_the_plan(account: Account) -> None:
    Plan.objects.filter(operator=account.operator, code="standard").update(is_offered=False)


def sell_it_no_more(account: Account) -> None:
    Product.objects.filter(operator=account.operator, plan__code="standard").update(is_sold=False)


def delete_the_price(account: Account) -> None:
    Price.objects.filter(product__operator=account.operator, product__plan__code="standard").delete()


def raise_the_price(account: Account) -> None:
    Price.objects.filter(product__operator=account.operator, product__plan__code="standard").update(amount=300)


def leave_nobody_to_write_to(account: Account) -> None:
    Contact.objects.filter(account=account).update(is_primary=False)


def schedule_a_change(account: Account) -> None:
    PendingChange.objects.create(
        operator=account.operator, subscription=account.held().subscription, due_on=date(2027, 3, 3),
        to_plan=Plan.objects.get(operator=account.operator, is_default=True),
    )  # fmt: skip


def upgrade_it_otherwise(account: Account) -> None:
    execute_order(order_elsewhere(account).pk)


TECH = {"account": "Tech Solutions", "plan": "Standard"}
SITUATIONS: dict[str, list[Situation]] = {
    "alias_required": [Situation(nothing, alias="")],
    "alias_invalid": [Situation(nothing, WHERE_TYPED, alias="tech--solutions")],
    "alias_reserved": [Situation(nothing, WHERE_TYPED, alias="Plans", says={"alias": "plans"})],
    "alias_taken": [Situation(take_the_alias, WHERE_TYPED, says={"alias": "harbor"})],
    "already_on_plan": [
        Situation(upgrade_it_otherwise, says=TECH),
        Situation(upgrade_it_otherwise, FROM_FREE, "free", None, TECH),
    ],
    "no_upgrade_path": [
        Situation(take_the_step_away, says={"from_plan": "Basic", "plan": "Standard"}),
        Situation(take_the_step_away, FROM_FREE, "free", None, {"from_plan": "Free", "plan": "Standard"}),
    ],
    "open_order_exists": [
        Situation(order_in_another_tab, says={"order": "SO-77777"}),
        Situation(order_in_another_tab, FROM_FREE, "free", None, {"order": "SO-77777"}),
    ],
    "not_a_reseller": [
        Situation(update(reselling_enabled=False)),
        Situation(update(reselling_enabled=False), FROM_FREE, "free", None),
    ],
    "account_suspended": [
        Situation(update(state="suspended"), says=TECH),
        Situation(update(state="suspended"), FROM_FREE, "free", None, TECH),
    ],
    "plan_not_offered": [
        Situation(withdraw_the_plan, says=TECH),
        Situation(withdraw_the_plan, FROM_FREE, "free", None, TECH),
    ],
    "pending_change_exists": [Situation(schedule_a_change, FROM_FREE, "free", None, {"day": "3 Mar 2027"})],
    "preview_stale": [
        Situation(raise_the_price),
        Situation(raise_the_price, FROM_FREE, "free", None),
    ],
    "no_price": [
        Situation(delete_the_price, says={"product": "Standard Plan", "currency": "EUR"}),
        Situation(delete_the_price, FROM_FREE, "free", None, {"product": "Standard Plan", "currency": "EUR"}),
    ],
    "billing_details_missing": [
        Situation(update(city=""), [Doors.basket]),
        Situation(update(city=""), SELF_SERVICE, "free", None),
    ],
    "product_not_sold": [
        Situation(sell_it_no_more, [Doors.basket], says={"product": "Standard Plan"}),
        Situation(sell_it_no_more, SELF_SERVICE, "free", None, {"product": "Standard Plan"}),
    ],
    "no_primary_contact": [
        Situation(leave_nobody_to_write_to, BY_STAFF, says=TECH),
        Situation(leave_nobody_to_write_to, BY_STAFF_FROM_FREE, "free", None, TECH),
    ],
}
# Where one door has words of its own (DESIGN.md 7).
OWN_WORDS = {
    ("alias_required", Doors.bss_order): "This order can’t be executed yet. Enter a Storefront Alias for Standard Plan"
}
TICKED = {"terms_not_accepted"}  # tests/storefront/test_checkout.py and test_upgrade.py, where the box is
WAY_DOWN = {"alias_unconfirmed", "change_gone"}  # tests/bss/test_way_down.py and tests/storefront/test_way_down.py
OF_ORDERS = {"order_locked", "item_removed", "last_item", "one_plan_per_order", "basket_empty"}
CASES = [
    pytest.param(code, situation, door, id=f"{code}-{situation.start or 'basic'}-{door.__name__}")
    for code, situations in SITUATIONS.items()
    for situation in situations
    for door in situation.doors
]


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.BSS_HOST = BSS


def arranged(situation: Situation) -> Account:
    account = cast.reseller(cast.distributor(host=STORE))
    if situation.start:
        account = cast.on_plan(account, situation.start, alias="alpine")
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


@pytest.mark.parametrize(("code", "situation", "door"), CASES)
def test_it_is_refused_in_its_words(code, situation, door):
    account = arranged(situation)
    send = door(Doors(account), situation.alias)
    situation.arrange(account)
    placed = set(Order.objects.exclude(state="draft").values_list("pk", flat=True))
    answer = send()
    assert set(Order.objects.exclude(state="draft").values_list("pk", flat=True)) == placed
    sentence = OWN_WORDS.get((code, door)) or SENTENCES[code].format(**situation.says)
    if door in BY_API:
        told = answer.json()
        assert answer.status_code in (409, 422), told
        shown = [told, *told.get("preview", {}).get("refusals", [])]
        assert code in [each["code"] for each in shown], told
        assert sentence in [each.get("detail") or each.get("sentence") for each in shown]
    else:
        assert answer.status_code in (200, 409, 422), (answer.status_code, answer.headers)
        assert sentence in words(answer)


def test_no_reason_is_left_out():
    assert set(SITUATIONS) | TICKED == {code for code, *_ in test_refusals.SITUATIONS.values()} - OF_ORDERS - WAY_DOWN
