"""Downgrade and cancel, at each of their doors: the same is left behind, and every reason against it is said alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from notifications.models import Notification
from plans.changing_down import change_down
from plans.execution import execute_order
from plans.models import Account, Activity, AliasClaim, Order, PendingChange, Plan, PlanEdge, Price, Product, Storefront
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down
from plans.refusals import SENTENCES
from plans.verify import broken
from tests import cast
from tests.api.calling import BSS, STORE
from tests.storefront.visits import words
from tests.stories.doors import WAYS_DOWN, Doors
from tests.stories.test_refused_at_each_door import leave_nobody_to_write_to, update

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.BSS_HOST = BSS


@pytest.fixture
def account() -> Account:
    """Tech Solutions, on Standard."""
    return cast.on_plan(cast.reseller(cast.distributor(host=STORE)), "standard")


def rows_left(account: Account) -> dict[str, object]:
    """Without what tells one run from another: ids, times, who and by which door."""
    order = Order.objects.filter(account=account).latest("pk")
    window = Storefront.objects.select_related("claim").get(account=account)
    held = account.subscriptions.active().first()
    verbs = Activity.objects.filter(order=order).order_by("pk").values_list("verb", flat=True)
    letters = Notification.objects.filter(order=order).exclude(template_code="plan_changed_by_reseller")
    return {
        "order": (order.state, order.change, order.from_plan.code, order.to_plan.code, order.total),
        "storefront": (window.state, window.claim.alias, window.claim.state),
        "held": held.plan.code if held else "",
        "ended": [each.end_reason for each in account.subscriptions.exclude(state="active")],
        "letters": sorted(letters.values_list("template_code", "recipient_email")),
        "activities": list(verbs),
    }


OWNER = "owner@techsolutions.example"
ALWAYS = ["order.place", "order.claim"]
LEFT = {
    "basic": {
        "order": ("executed", "cancel", "standard", "basic", 0),
        "storefront": ("parked", "techsolutions", "quarantined"),
        "held": "",
        "ended": ["cancelled"],
        "letters": [("plan_cancelled", OWNER)],
        "activities": [*ALWAYS, "subscription.ended", "storefront.parked", "order.execute"],
    },
    "free": {
        "order": ("executed", "downgrade", "standard", "free", 0),
        "storefront": ("open", "techsolutions", "in_use"),
        "held": "free",
        "ended": ["superseded"],
        "letters": [("plan_downgraded", OWNER)],
        "activities": [*ALWAYS, "subscription.ended", "subscription.started", "storefront.kept", "order.execute"],
    },
}


@pytest.mark.parametrize("door", WAYS_DOWN, ids=lambda door: door.__name__)
@pytest.mark.parametrize("plan", LEFT)
def test_the_same_is_left_behind(account, plan, door):
    told = door(Doors(account), plan)()
    assert told.status_code in (201, 302), told.text
    execute_order(Order.objects.get(account=account, state="placed").pk)
    assert rows_left(Account.objects.get(pk=account.pk)) == LEFT[plan]
    assert broken() == {}


@pytest.mark.parametrize("door", WAYS_DOWN, ids=lambda door: door.__name__)
def test_the_same_change_waits(account, door):
    told = door(Doors(account), "basic", "period_end")()
    assert told.status_code in (201, 302), told.text
    change = PendingChange.objects.get()
    held = account.subscriptions.get()
    assert (change.subscription, change.to_plan.code, change.due_on) == (held, "basic", held.period_end_on)
    assert not Order.objects.filter(account=account, state="placed").exists()
    assert broken() == {}


# --- Refused, in the same words ---


def order_in_another_tab(account: Account) -> None:
    other = cast.on_plan(cast.reseller(account.operator, "Harbor IT"), "free", alias="harbor")
    order = cast.order_plan(other, alias=None)
    Order.objects.filter(pk=order.pk).update(account=account, number="SO-77777")


def schedule_a_change(account: Account) -> None:
    held, default = account.held().subscription, Plan.objects.get(operator=account.operator, is_default=True)
    day = date(2027, 3, 3)
    PendingChange.objects.create(operator=account.operator, subscription=held, to_plan=default, due_on=day)


def take_the_step_away(account: Account) -> None:
    PlanEdge.objects.filter(from_plan__operator=account.operator, direction="down").delete()


def withdraw_the_plan(account: Account) -> None:
    Plan.objects.filter(operator=account.operator, code="free").update(is_offered=False)


def sell_it_no_more(account: Account) -> None:
    Product.objects.filter(operator=account.operator, plan__code="free").update(is_sold=False)


def delete_the_price(account: Account) -> None:
    Price.objects.filter(product__operator=account.operator, product__plan__code="free").delete()


def raise_the_price(account: Account) -> None:
    Price.objects.filter(product__operator=account.operator, product__plan__code="free").update(amount=3)


def go_down_otherwise(account: Account) -> None:
    """By a colleague in the back office."""
    by, plan = cast.user("ops@nordwind.example"), Plan.objects.get(operator=account.operator, code="free")
    asked = {"to_plan": plan, "timing": Timing(), "channel": "subscription", "by": by}
    shown = preview_down(account, **asked)
    execute_order(change_down(account, confirmed=Confirmation(shown.fingerprint, "elsewhere"), **asked).pk)


@dataclass(frozen=True)
class Situation:
    """What happens while somebody looks at the form; at which doors it can arise, and the values of the sentence."""

    arrange: Callable[[Account], object]
    doors: list[Callable] = field(default_factory=lambda: WAYS_DOWN)
    says: dict[str, str] = field(default_factory=dict)


TECH = {"account": "Tech Solutions"}
SITUATIONS = {
    "already_on_plan": Situation(go_down_otherwise, says=TECH | {"plan": "Free"}),
    "no_upgrade_path": Situation(take_the_step_away, says={"from_plan": "Standard", "plan": "Free"}),
    "open_order_exists": Situation(order_in_another_tab, says={"order": "SO-77777"}),
    "pending_change_exists": Situation(schedule_a_change, says={"day": "3 Mar 2027"}),
    "not_a_reseller": Situation(update(reselling_enabled=False)),
    "account_suspended": Situation(update(state="suspended"), says=TECH),
    "plan_not_offered": Situation(withdraw_the_plan, says={"plan": "Free"}),
    "product_not_sold": Situation(sell_it_no_more, [Doors.own_way_down], {"product": "Free Plan"}),
    "no_price": Situation(delete_the_price, says={"product": "Free Plan", "currency": "EUR"}),
    "no_primary_contact": Situation(leave_nobody_to_write_to, [Doors.way_down, Doors.api_way_down], TECH),
    "preview_stale": Situation(raise_the_price),
}
CASES = [(code, door) for code, situation in SITUATIONS.items() for door in situation.doors]


@pytest.mark.parametrize(("code", "door"), CASES, ids=lambda it: getattr(it, "__name__", it))
def test_it_is_refused_in_its_words(account, code, door):
    situation = SITUATIONS[code]
    send = door(Doors(account), "free")
    situation.arrange(Account.objects.select_related("operator").get(pk=account.pk))
    before = asked_for()
    answer = send()
    assert asked_for() == before
    sentence = SENTENCES[code].format(**situation.says)
    if door is Doors.api_way_down:
        told = answer.json()
        shown = [told, *told.get("preview", {}).get("refusals", [])]
        assert answer.status_code in (409, 422), told
        assert code in [each["code"] for each in shown], told
        assert sentence in [each.get("detail") or each.get("sentence") for each in shown]
    else:
        assert answer.status_code == 422
        assert sentence in words(answer)


@pytest.mark.parametrize("door", WAYS_DOWN, ids=lambda door: door.__name__)
def test_a_wrong_alias_is_said_at_its_field(account, door):
    send = door(Doors(account), "basic")
    AliasClaim.objects.filter(account=account).update(alias="renamed")  # as staff do, a moment before
    before = asked_for()
    answer = send()
    assert answer.status_code in (409, 422)
    assert asked_for() == before


def asked_for() -> tuple[set, set]:
    orders, changes = Order.objects.values_list("pk", "state"), PendingChange.objects.values_list("pk", "due_on")
    return set(orders), set(changes)
