"""Five doors and the API, one path: whichever way a plan is changed, the rows that are left are the same."""

from collections.abc import Callable

import pytest
from django.test import Client

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Account, Activity, Charge, Order, Storefront, Subscription
from plans.verify import broken
from tests import cast
from tests.api.calling import BSS, STORE
from tests.stories.doors import FROM_BASIC, FROM_FREE, SELF_SERVICE, Doors

pytestmark = pytest.mark.django_db
ALIAS = "techsolutions"


def rows_left(account: Account) -> dict[str, object]:
    """What a plan change leaves behind, without what tells one run from another: ids, times, who and by which door."""
    order = Order.objects.filter(account=account).latest("pk")
    active = Subscription.objects.active().for_plans().get(account=account)
    storefront = Storefront.objects.select_related("claim").get(account=account)
    return {
        "order": (
            order.state,
            order.change,
            order.from_plan.code,
            order.to_plan.code,
            order.net,
            order.tax,
            order.total,
        ),
        "lines": order.preview["lines"],
        "subscription": (active.plan.code, active.cycle, active.unit_price, active.entitlements, active.period_end_on),
        "plans held before": [s.plan.code for s in account.subscriptions.exclude(pk=active.pk).order_by("pk")],
        "storefront": (storefront.state, storefront.claim.alias, storefront.claim.state, storefront.brand_colour),
        "charges": list(Charge.objects.filter(order=order).order_by("pk").values_list("kind", "text", "net", "tax")),
        "letters": sorted(
            Notification.objects.filter(order=order)
            .exclude(template_code="plan_changed_by_reseller")
            .values_list("template_code", "recipient_email", "subject", "state")
        ),
        "activities": [
            verb
            for verb in Activity.objects.filter(order=order).order_by("pk").values_list("verb", flat=True)
            if verb not in ("order.drafted", "order.amended")  # what door 2 does before it is placed
        ],
    }


def walk(door: Callable, *, start: str) -> tuple[Account, dict[str, object]]:
    account = cast.reseller(cast.distributor(host=STORE))
    if start:
        account = cast.on_plan(account, start, alias=ALIAS)
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    told = door(Doors(account), None if start else ALIAS)()
    assert told.status_code in (200, 201, 302), told.text
    order = Order.objects.filter(account=account, state="placed").get()
    execute_order(order.pk)
    return Account.objects.get(pk=account.pk), rows_left(account)


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.BSS_HOST = BSS


EXPECTED = {
    "": {"change": "upgrade", "from": "basic", "verbs": "storefront.opened"},
    "free": {"change": "upgrade", "from": "free", "verbs": "storefront.kept"},
}


@pytest.mark.parametrize(
    ("start", "door"),
    [("", door) for door in FROM_BASIC] + [("free", door) for door in FROM_FREE],
    ids=lambda it: it.__name__ if callable(it) else it or "basic",
)
def test_all_doors_end_alike(start, door, time_machine):
    time_machine.move_to("2026-11-15T10:00:00Z", tick=True)
    account, left = walk(door, start=start)
    lines = [("charge", "149.00")] + ([("credit", "0.00")] if start else [])
    assert [(line["kind"], f"{float(line['net']):.2f}") for line in left["lines"]] == lines
    assert left["order"][:4] == ("executed", "upgrade", EXPECTED[start]["from"], "standard")
    assert [f"{amount:.2f}" for amount in left["order"][4:]] == ["149.00", "28.31", "177.31"]
    assert left["subscription"][:2] == ("standard", "month")
    assert f"{left['subscription'][4]}" == "2026-12-15"
    assert left["plans held before"] == ([start] if start else [])
    assert left["storefront"][:3] == ("open", ALIAS, "in_use")
    assert [letter[:2] for letter in left["letters"]] == [("welcome_standard", "owner@techsolutions.example")]
    ended = ["subscription.ended"] if start else []
    assert left["activities"] == [
        "order.place", "order.claim", *ended, "subscription.started", EXPECTED[start]["verbs"], "order.execute",
    ]  # fmt: skip
    told = Notification.objects.filter(template_code="plan_changed_by_reseller", order__account=account)
    latest = Order.objects.filter(account=account).latest("pk")
    assert told.filter(order=latest).exists() == (door in SELF_SERVICE)
    visitor = Client(headers={"host": STORE})
    assert visitor.get(f"/{ALIAS}/").status_code == 200
    assert broken() == {}


@pytest.mark.parametrize("door", [Doors.basket, Doors.dialog, Doors.subscription, Doors.own_subscription])
def test_a_form_sent_again_when_all_is_done_leads_to_its_order(door):
    """As a browser does that had no answer: by then the subscription that it was sent from has ended."""
    account = cast.reseller(cast.distributor(host=STORE))
    if door in (Doors.subscription, Doors.own_subscription):
        account = cast.on_plan(account, "free", alias=ALIAS)
    send = door(Doors(account), None if account.held().subscription else ALIAS)
    first = send()
    execute_order(Order.objects.get(account=account, state="placed").pk)
    many = Order.objects.count()
    again = send()
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert Order.objects.count() == many
