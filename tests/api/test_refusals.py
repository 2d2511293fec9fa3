"""Every refusal that can arise by API, with its code; nothing is written, and nothing is answered with a fault."""

import json

import pytest
from django.core.cache import cache

from api import throttles
from plans.models import AliasClaim, Contact, Order, Plan, PlanEdge, Price, Product, Subscription
from plans.models.subscription import PendingChange
from tests import cast

from .calling import Program, problem, token_of

pytestmark = pytest.mark.django_db


def confirm(program: Program, account, *, plan: str = "standard", alias: str | None = "harbor", **more):
    """Look, then confirm exactly that."""
    wanted = {"account": account.number, "plan": plan, "alias": alias}
    shown = program.post("plan-changes/preview/", wanted, key=None)
    if shown.status_code != 200:
        return shown
    return program.post("plan-changes/", wanted | {"fingerprint": shown.json()["fingerprint"]} | more)


def _taken(account):
    other = cast.reseller(account.operator, "Harbor IT")
    AliasClaim.objects.create(operator=account.operator, alias="harbor", account=other, state="held")


def _pending(account):
    cast.on_plan(account, "free")
    held = Subscription.objects.get(account=account)
    default = Plan.objects.get(operator=account.operator, is_default=True)
    due_on = held.period_end_on
    PendingChange.objects.create(operator=account.operator, subscription=held, to_plan=default, due_on=due_on)


def _set(**fields):
    return lambda account: type(account).objects.filter(pk=account.pk).update(**fields)


SITUATIONS = {
    "alias_required": (lambda a: None, {"alias": ""}, 422),
    "alias_invalid": (lambda a: None, {"alias": "a b"}, 422),
    "alias_reserved": (lambda a: None, {"alias": "api"}, 422),
    "alias_taken": (_taken, {}, 409),
    "already_on_plan": (lambda a: cast.on_plan(a), {}, 409),
    "no_upgrade_path": (lambda a: PlanEdge.objects.filter(to_plan__code="standard").delete(), {}, 409),
    "open_order_exists": (lambda a: cast.order_plan(a), {}, 409),
    "not_a_reseller": (_set(reselling_enabled=False), {}, 409),
    "account_suspended": (_set(state="suspended"), {}, 409),
    "plan_not_offered": (lambda a: None, {"plan": "tenant"}, 409),
    "pending_change_exists": (_pending, {}, 409),
    "no_price": (lambda a: Price.objects.filter(product__plan__code="standard").delete(), {}, 422),
    "no_primary_contact": (lambda a: Contact.objects.filter(account=a).update(is_primary=False), {}, 409),
}


@pytest.mark.parametrize("code", SITUATIONS)
def test_a_plan_change_is_refused_with_its_code(erp, tech, code):
    arrange, asked, status = SITUATIONS[code]
    arrange(tech)
    before = Order.objects.count()
    answer = confirm(erp, tech, **asked)
    assert problem(answer, status) == code
    assert Order.objects.count() == before
    if code.startswith("alias_"):
        assert answer.json()["errors"] == {"alias": [answer.json()["detail"]]}


def test_what_was_looked_at_is_what_is_ordered(erp, tech):
    wanted = {"account": tech.number, "plan": "standard", "alias": "harbor"}
    shown = erp.post("plan-changes/preview/", wanted, key=None).json()
    Price.objects.filter(product__plan__code="standard").update(amount="160")
    stale = erp.post("plan-changes/", wanted | {"fingerprint": shown["fingerprint"]})
    assert problem(stale, 409) == "preview_stale"
    again = erp.post("plan-changes/", wanted | {"fingerprint": stale.json()["preview"]["fingerprint"]})
    assert again.status_code == 201
    assert again.json()["net"] == "160.00"


def test_an_order_that_is_not_where_it_must_be(erp, tech):
    order = cast.order_plan(tech)
    at = f"orders/{order.number}/"
    assert problem(erp.post(f"{at}place/", {"fingerprint": order.fingerprint}), 409) == "order_locked"
    assert problem(erp.post(f"{at}retry/"), 409) == "order_locked"
    item = order.items.get()
    assert problem(erp.patch(f"{at}items/{item.pk}/", {"alias": "other"}), 409) == "order_locked"
    assert problem(erp.get(f"{at}preview/"), 409) == "order_locked"
    Order.objects.filter(pk=order.pk).update(state="failed", error_code="alias_taken", error_message="Taken.")
    retried = erp.post(f"{at}retry/", {"alias": "other"})
    assert (retried.json()["state"], retried.json()["items"][0]["alias"]) == ("placed", "other")


# Field or body, and where the message stands.
WRONG = [
    ({}, {"account", "items"}),
    ([], {"body"}),
    ("text", {"body"}),
    (7, {"body"}),
    ({"account": 7, "items": [{"product": "standard-plan"}]}, {"account"}),
    ({"account": "AC-1", "items": []}, {"items"}),
    ({"account": "AC-1", "items": "x"}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "nothing"}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan", "quantity": "2"}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan", "quantity": 2}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan", "cycle": "week"}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan"}, {"product": "free-plan"}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan", "price": "0"}]}, {"items"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan"}], "colour": 1}, {"colour"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan"}], "a\x00\ud800": 1}, {"a\ufffd\ufffd"}),
    ({"account": "a\x00", "items": [{"product": "standard-plan"}]}, {"account"}),
    ({"account": "\ud800", "items": [{"product": "standard-plan"}]}, {"account"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan"}], "reference": "a\nb"}, {"reference"}),
    ({"account": "AC-1", "items": [{"product": "standard-plan"}], "reference": "x" * 61}, {"reference"}),
]


@pytest.mark.parametrize(("body", "fields"), WRONG, ids=range(len(WRONG)))
def test_a_body_is_refused_at_its_fields(erp, nordwind, body, fields):
    answer = erp.post("orders/", json.dumps(body).encode())
    assert problem(answer, 422) == "invalid"
    assert set(answer.json()["errors"]) == fields
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"\xff", 400, "malformed"),
        (b"[" * 200_000, 400, "malformed"),
        (b'{"account": NaN}', 400, "malformed"),
        (b'{"account": ' + b"9" * 9000 + b"}", 400, "malformed"),
        (b'{"account": "' + b"x" * 1_100_000 + b'"}', 413, "too_large"),
    ],
    ids=range(6),
)
def test_a_body_that_is_none(erp, body, status, code):
    assert problem(erp.post("orders/", body), status) == code


def test_other_ways_to_ask_wrongly(erp, tech):
    assert problem(erp.get("nothing/"), 404) == "not_found"
    assert problem(erp.get("orders/SO-99999/"), 404) == "not_found"
    assert problem(erp.send("DELETE", f"accounts/{tech.number}/"), 405) == "method_not_allowed"
    assert problem(erp.send("OPTIONS", "orders/"), 405) == "method_not_allowed"
    form = erp.client.post("/api/v1/plan-changes/preview/", {"account": "x"}, headers=erp.headers())
    assert problem(form, 415) == "unsupported_media_type"
    xml = erp.client.get("/api/v1/orders/", headers=erp.headers() | {"accept": "application/xml"})
    assert problem(xml, 406) == "not_acceptable"
    unknown = {"account": tech.number, "plan": "gold"}
    assert problem(erp.post("plan-changes/preview/", unknown, key=None), 422) == "invalid"


@pytest.mark.parametrize(
    "query",
    ["sate=failed", "state=fialed", "cursor=x", "cursor=cD14", "cursor=cD0tMQ%3D%3D", "page_size=0", "page_size=x",
     "page_size=201", "cursor=%00", "account=%00"],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused(erp, query):
    answer = erp.client.get(f"/api/v1/orders/?{query}", headers=erp.headers())
    assert problem(answer, 422) == "invalid"
    assert set(answer.json()["errors"]) == {query.partition("=")[0]}


def test_alias_availability_is_asked_thirty_times_a_minute(erp, tech):
    for alias, code in (("harbor", ""), ("api", "alias_reserved"), ("a b", "alias_invalid"), ("", "alias_required")):
        told = erp.get("alias-availability/", alias=alias).json()
        assert (told["is_free"], told["code"]) == (not code, code)
    cast.on_plan(tech, alias="harbor")
    taken = erp.get("alias-availability/", alias=" HARBOR ").json()
    assert (taken["alias"], taken["code"]) == ("harbor", "alias_taken")
    assert taken["suggestions"]
    cache.clear()
    answers = [erp.get("alias-availability/", alias="x-y-z") for _ in range(31)]
    if answers[-1].status_code == 200:  # the minute turned over in between
        answers += [erp.get("alias-availability/", alias="x-y-z") for _ in range(31)]
    assert problem(answers[-1], 429) == "throttled"


def test_a_token_is_throttled(nordwind, erp, monkeypatch):
    monkeypatch.setitem(throttles.A_MINUTE, "reads", 3)
    answers = [erp.get("plans/") for _ in range(8)]
    if answers[-1].status_code == 200:  # the minute turned over in between
        answers += [erp.get("plans/") for _ in range(8)]
    assert problem(answers[-1], 429) == "throttled"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    other = Program(token_of(nordwind, cast.staff(nordwind, "finance").user))
    assert other.get("plans/").status_code == 200


def test_a_product_that_is_not_sold_is_staffs_to_sell(erp, tech):
    Product.objects.filter(plan__code="standard").update(is_sold=False)
    assert confirm(erp, tech).status_code == 201
