"""Five doors and the API, one path: whichever way a plan is changed, the rows that are left are the same.

Each door is walked by its pages: what the form shows is what is sent.
"""

from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.test import Client

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Account, Activity, Charge, Order, Storefront, Subscription
from plans.verify import broken
from tests import cast
from tests.api.calling import BSS, STORE, Program, token_of
from tests.storefront.visits import form_of

pytestmark = pytest.mark.django_db
ALIAS = "techsolutions"


class Doors:
    """Staff and the reseller, each signed in where they work. A door ends with the placed order."""

    def __init__(self, account: Account) -> None:
        self.account, self.operator = account, account.operator
        self.maren = cast.staff(self.operator, "administrator").user
        self.back_office = self._signed_in(self.maren, BSS)
        self.shop = self._signed_in(cast.buyer_of(account), STORE)

    @staticmethod
    def _signed_in(user, host: str) -> Client:
        client = Client(headers={"host": host})
        client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        return client

    def typed(self) -> dict[str, str]:
        """The alias, where one is asked for."""
        return {} if self.account.held().subscription else {"alias": ALIAS}

    def number(self) -> str:
        return self.account.subscriptions.active().get().number

    def basket(self) -> None:
        self.shop.post("/basket/add/", {"product": "standard-plan"})
        form = form_of(self.shop.get("/checkout/"), "/checkout/")
        told = self.shop.post("/checkout/", form | self.typed() | {"payment": "account", "terms": "on"})
        assert told.status_code == 302

    def bss_order(self) -> None:
        new = f"/bss/orders/new/?account={self.account.number}"
        form = form_of(self.back_office.get(new), "/bss/orders/new/")
        told = self.back_office.post("/bss/orders/new/", form | {"product": "standard-plan", "cycle": "month"})
        assert told.status_code == 302, told.content.decode()
        page = told["Location"].partition("?")[0]
        item = Order.objects.get(account=self.account, state="draft").items.get()
        if typed := self.typed():
            edit = f"{page}items/{item.pk}/edit/"
            told = self.back_office.post(edit, form_of(self.back_office.get(edit), edit) | typed | {"cycle": "month"})
            assert told.status_code == 302, told.content.decode()
        form = form_of(self.back_office.get(page), f"{page}execute/")
        assert self.back_office.post(f"{page}execute/", form).status_code == 302

    def dialog(self) -> None:
        self._save(f"/bss/accounts/{self.account.number}/upgrade/standard/")

    def subscription(self) -> None:
        self._save(f"/bss/subscriptions/{self.number()}/upgrade/")

    def _save(self, url: str) -> None:
        form = form_of(self.back_office.get(url), url)
        assert self.back_office.post(url, form | self.typed() | {"cycle": "month"}).status_code == 302

    def own_subscription(self) -> None:
        url = f"/subscriptions/{self.number()}/upgrade/"
        form = form_of(self.shop.get(url), url)
        assert self.shop.post(url, form | {"cycle": "month", "terms": "on"}).status_code == 302

    def api(self) -> None:
        erp = Program(token_of(self.operator, self.maren))
        wanted = {"account": self.account.number, "plan": "standard", "cycle": "month"} | self.typed()
        shown = erp.post("plan-changes/preview/", wanted).json()
        told = erp.post("plan-changes/", wanted | {"fingerprint": shown["fingerprint"]})
        assert told.status_code == 201, told.json()


FROM_BASIC: list[Callable] = [Doors.basket, Doors.bss_order, Doors.dialog, Doors.api]
FROM_FREE: list[Callable] = [*FROM_BASIC, Doors.subscription, Doors.own_subscription]
SELF_SERVICE = {Doors.basket, Doors.own_subscription}


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
    door(Doors(account))
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
