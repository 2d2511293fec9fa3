"""The way down by API: look, then do exactly that; now, or at the end of the period, and undo what waits."""

from decimal import Decimal

import pytest
import time_machine

from plans.execution import execute_order
from plans.models import Account, Charge, Order, PendingChange, Plan, PlanEdge, Storefront, Subscription
from plans.verify import broken
from tests import cast
from tests.plans.all_rows import all_rows

from .calling import STORE, Program, problem, token_of

pytestmark = pytest.mark.django_db
NOW = {"plan": "basic", "when": "now", "confirm_alias": "techsolutions"}
LATER = NOW | {"when": "period_end"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-15T09:00:00Z", tick=False) as moved:
        yield moved


@pytest.fixture
def tech(nordwind) -> Account:
    """Tech Solutions on Standard, paid from 15 November to 15 December."""
    return cast.on_plan(cast.reseller(nordwind), "standard")


@pytest.fixture
def own(nordwind, tech) -> Program:
    """The reseller's own program."""
    return Program(token_of(nordwind, cast.buyer_of(tech), account=tech), host=STORE)


@pytest.fixture
def number(tech) -> str:
    return tech.subscriptions.get().number


def look(program: Program, account: Account, **wanted):
    asked = {"account": account.number} | wanted
    asked.pop("confirm_alias", None)
    return program.post("plan-changes/preview/", asked, key=None)


def change(program: Program, account: Account, *, key: str = "", **wanted):
    """Look, then confirm exactly that."""
    shown = look(program, account, **wanted)
    if shown.status_code != 200:
        return shown
    sent = {"account": account.number, "fingerprint": shown.json()["fingerprint"]} | wanted
    return program.post("plan-changes/", sent, key=key)


def test_the_preview_is_the_impact_report(erp, tech):
    cast.customer(tech)
    shown = look(erp, tech, plan="basic").json()
    told = {name: shown[name] for name in ("change", "when", "on", "storefront", "alias", "kept_until", "total")}
    assert told == {
        "change": "cancel", "when": "period_end", "on": "2026-12-15", "storefront": "park", "alias": "techsolutions",
        "kept_until": "2027-03-15", "total": "0",
    }  # fmt: skip
    assert (shown["touched"]["customers"], "own_prices" in shown["frozen"]) == (1, True)
    assert [letter["template"] for letter in shown["letters"]] == ["change_scheduled", "plan_cancelled"]
    assert look(erp, tech, plan="free").json()["change"] == "downgrade"


def test_cancelled_now_with_credit(erp, tech, clock):
    clock.move_to("2026-11-25T09:00:00Z")
    answer = change(erp, tech, **NOW, with_credit=True)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert {name: told[name] for name in ("state", "change", "channel", "to_plan", "total")} == {
        "state": "placed", "change": "cancel", "channel": "api", "to_plan": "basic", "total": "-118.20",
    }  # fmt: skip
    execute_order(Order.objects.get(number=told["number"]).pk)
    assert Charge.objects.get(kind="credit").net == Decimal("-99.33")
    assert Storefront.objects.get(account=tech).state == "parked"
    assert broken() == {}


def test_a_downgrade_waits_and_is_undone(erp, tech, number):
    answer = change(erp, tech, plan="free")
    assert answer.status_code == 201, answer.content
    waits = {"to_plan": "free", "due_on": "2026-12-15"}
    assert (answer.json()["number"], answer.json()["pending_change"]) == (number, waits)
    assert erp.get(f"subscriptions/{number}/").json()["pending_change"] == waits
    undone = erp.post(f"subscriptions/{number}/undo/")
    assert (undone.status_code, undone.json()["pending_change"]) == (200, None)
    assert problem(erp.post(f"subscriptions/{number}/undo/"), 409) == "change_gone"
    assert broken() == {}


@pytest.mark.parametrize("wanted", [NOW, LATER])
def test_the_same_key_changes_it_once(erp, tech, wanted):
    shown = look(erp, tech, **wanted).json()
    sent = {"account": tech.number, "fingerprint": shown["fingerprint"]} | wanted
    first, again = (erp.post("plan-changes/", sent, key="once") for _ in range(2))
    assert (first.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert Order.objects.exclude(change="upgrade").count() + PendingChange.objects.count() == 1


def test_of_a_subscription(erp, tech, number):
    """The same verbs, asked of what is held."""
    shown = look(erp, tech, plan="free", when="now").json()["fingerprint"]
    asked = {"plan": "free", "when": "now", "fingerprint": shown}
    told = erp.post(f"subscriptions/{number}/downgrade/", asked)
    assert (told.status_code, told.json()["change"]) == (201, "downgrade")
    execute_order(Order.objects.get(number=told.json()["number"]).pk)
    held = Subscription.objects.active().get(account=tech).number
    assert problem(erp.post(f"subscriptions/{number}/downgrade/", asked), 404) == "not_found"  # it has ended
    shown = look(erp, tech, plan="basic").json()
    told = erp.post(
        f"subscriptions/{held}/cancel/", {"fingerprint": shown["fingerprint"], "confirm_alias": "techsolutions"}
    )
    assert (told.status_code, told.json()["change"]) == (201, "cancel")  # nothing is paid for: now
    Order.objects.filter(number=told.json()["number"]).update(state="cancelled")
    shown = look(erp, tech, plan="standard").json()
    told = erp.post(f"subscriptions/{held}/upgrade/", {"plan": "standard", "fingerprint": shown["fingerprint"]})
    assert (told.status_code, told.json()["change"]) == (201, "upgrade")


def test_each_verb_goes_its_own_way_only(erp, tech, number):
    up, down = look(erp, tech, plan="standard").json(), look(erp, tech, plan="free").json()
    before = Order.objects.count()
    told = erp.post(f"subscriptions/{number}/upgrade/", {"plan": "free", "fingerprint": down["fingerprint"]})
    assert problem(told, 409) == "preview_stale"
    assert "no_upgrade_path" in {refusal["code"] for refusal in told.json()["preview"]["refusals"]}
    told = erp.post(f"subscriptions/{number}/downgrade/", {"plan": "standard", "fingerprint": up["fingerprint"]})
    assert problem(told, 409) == "preview_stale"
    assert Order.objects.count() == before


def test_a_reseller_cancels_itself(own, tech, number):
    """It gives no credit, and who looks after the reseller is told."""
    shown = look(own, tech, plan="basic", when="now").json()
    assert [letter["template"] for letter in shown["letters"]] == ["plan_cancelled", "plan_changed_by_reseller"]
    told = change(own, tech, **NOW)
    assert (told.status_code, told.json()["channel"], told.json()["total"]) == (201, "own_api", "0.00")


def test_a_reseller_schedules_and_undoes(own, tech, number):
    told = change(own, tech, **LATER)
    assert (told.status_code, told.json()["pending_change"]["to_plan"]) == (201, "basic")
    assert own.post(f"subscriptions/{number}/undo/").status_code == 200


@pytest.mark.parametrize("role", ["buyer", "viewer", "storefront_manager"])
def test_a_reseller_needs_the_role(nordwind, tech, number, role):
    user = cast.person(tech, f"{role}@x.example", roles=(role,)).user
    program = Program(token_of(nordwind, user, account=tech), host=STORE)
    assert problem(change(program, tech, **NOW), 403) == "not_permitted"
    for verb in ("upgrade", "downgrade", "cancel", "undo"):
        assert problem(program.post(f"subscriptions/{number}/{verb}/"), 403) == "not_permitted"


def test_others_are_not_there(nordwind, own, tech, number):
    harbor = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit")
    theirs = harbor.subscriptions.get().number
    assert problem(look(own, harbor, plan="basic"), 404) == "not_found"
    body = {"plan": "free", "fingerprint": "x"}
    for verb, sent in (("upgrade", body), ("downgrade", body), ("cancel", {"fingerprint": "x"}), ("undo", {})):
        assert problem(own.post(f"subscriptions/{theirs}/{verb}/", sent), 404) == "not_found"


def test_what_does_not_fit_is_refused_at_its_field(erp, own, tech):
    basic = cast.reseller(tech.operator, "Harbor IT")
    wrong = [
        (erp, basic, {"plan": "standard", "alias": "harbor", "when": "period_end"}, {"when"}),
        (erp, basic, {"plan": "standard", "alias": "harbor", "with_credit": True}, {"with_credit"}),
        (erp, tech, {"plan": "free", "alias": "other"}, {"alias"}),
        (erp, tech, {"plan": "free", "with_credit": True}, {"with_credit"}),  # at the end of the period
        (erp, tech, {"plan": "free", "when": "period_end", "with_credit": True}, {"with_credit"}),
        (own, tech, {"plan": "free", "when": "now", "with_credit": True}, {"with_credit"}),
        (erp, tech, {"plan": "free", "when": "tomorrow"}, {"when"}),
        (erp, tech, {"plan": "free", "with_credit": "yes"}, {"with_credit"}),
    ]
    for program, account, sent, fields in wrong:
        told = look(program, account, **sent)
        assert (problem(told, 422), set(told.json()["errors"])) == ("invalid", fields), sent


# --- Refused, each with its code ---


def _pending(account):
    held = account.held().subscription
    default = Plan.objects.get(operator=account.operator, is_default=True)
    PendingChange.objects.create(
        operator=account.operator, subscription=held, to_plan=default, due_on=held.period_end_on
    )


def _order(account):
    order = cast.order_plan(cast.on_plan(cast.reseller(account.operator, "Harbor IT"), "free", alias="harbor"))
    Order.objects.filter(pk=order.pk).update(account=account)


SITUATIONS = {
    "alias_unconfirmed": (lambda a: None, {"confirm_alias": "TechSolutions"}, 422),
    "no_upgrade_path": (lambda a: PlanEdge.objects.filter(direction="down").delete(), {"plan": "free"}, 409),
    "already_on_plan": (lambda a: None, {"plan": "standard"}, 409),
    "pending_change_exists": (_pending, {}, 409),
    "open_order_exists": (_order, {}, 409),
    "account_suspended": (lambda a: Account.objects.filter(pk=a.pk).update(state="suspended"), {}, 409),
    "no_primary_contact": (cast.without_primary_contact, {}, 409),
}


def kept_rows() -> dict[str, list[tuple]]:
    """All but what says that somebody has called."""
    of_the_call = ("plans.IdempotencyRecord", "plans.ApiToken")
    return {name: rows for name, rows in all_rows().items() if name not in of_the_call}


@pytest.mark.parametrize("code", SITUATIONS)
def test_it_is_refused_with_its_code(erp, tech, code):
    arrange, asked, status = SITUATIONS[code]
    arrange(tech)
    before = kept_rows()
    answer = change(erp, tech, **NOW | asked)
    assert problem(answer, status) == code
    assert kept_rows() == before
    if code == "alias_unconfirmed":
        assert answer.json()["errors"] == {"confirm_alias": ["Type techsolutions exactly to confirm."]}


def test_what_was_looked_at_is_what_happens(erp, tech, clock):
    shown = look(erp, tech, **NOW).json()
    clock.move_to("2026-11-16T09:00:00Z")
    sent = {"account": tech.number, "fingerprint": shown["fingerprint"]} | NOW
    stale = erp.post("plan-changes/", sent)
    assert problem(stale, 409) == "preview_stale"
    again = erp.post("plan-changes/", sent | {"fingerprint": stale.json()["preview"]["fingerprint"]})
    assert again.status_code == 201
