"""The main job by API: look, confirm, and the order runs like that of any other door."""

import pytest

from plans.execution import execute_order
from plans.models import Order, Storefront, Subscription

from .calling import problem

pytestmark = pytest.mark.django_db


def test_a_plan_change_is_looked_at_confirmed_and_executed(erp, tech):
    wanted = {"account": tech.number, "plan": "standard", "cycle": "month", "alias": "techsolutions"}
    shown = erp.post("plan-changes/preview/", wanted, key=None)
    assert shown.status_code == 200, shown.content
    preview = shown.json()
    assert (preview["total"], preview["storefront"], preview["refusals"]) == ("177.31", "open", [])
    assert Order.objects.count() == 0
    ordered = erp.post("plan-changes/", wanted | {"fingerprint": preview["fingerprint"], "reference": "PO 7"})
    assert ordered.status_code == 201, ordered.content
    told = ordered.json()
    assert (told["state"], told["channel"], told["reference"]) == ("placed", "api", "PO 7")
    assert told["moves"] == ["cancel"]
    execute_order(Order.objects.get().pk)
    assert Storefront.objects.get(account=tech).claim.alias == "techsolutions"
    now = erp.get(f"orders/{told['number']}/").json()
    assert now["state"] == "executed"
    assert {name: now["agreed"][name] for name in preview if name != "fingerprint"} == {
        name: value for name, value in preview.items() if name != "fingerprint"
    }
    account = erp.get(f"accounts/{tech.number}/").json()
    assert account["plan"] == "standard"
    assert account["storefront"]["url"] == "http://testserver/techsolutions"
    [held] = erp.get("subscriptions/").json()["results"]
    assert (held["plan"], held["unit_price"], held["order"]) == ("standard", "149.00", told["number"])
    assert held["number"] == Subscription.objects.get().number
    [letter] = erp.get("notifications/", order=told["number"]).json()["results"]
    assert letter["template"] == "welcome_standard"


def test_an_order_is_drafted_mended_looked_at_and_placed(erp, tech):
    items = [{"product": "standard-plan"}]
    draft = erp.post("orders/", {"account": tech.number, "items": items})
    assert draft.status_code == 201, draft.content
    number, [item] = draft.json()["number"], draft.json()["items"]
    assert draft.json()["moves"] == ["place", "cancel"]
    preview = erp.get(f"orders/{number}/preview/").json()
    assert [refusal["code"] for refusal in preview["refusals"]] == ["alias_required"]
    refused = erp.post(f"orders/{number}/place/", {"fingerprint": preview["fingerprint"]})
    assert problem(refused, 422) == "alias_required"
    assert refused.json()["errors"] == {"alias": ["Enter a Storefront Alias."]}
    mended = erp.patch(f"orders/{number}/items/{item['id']}/", {"alias": "Harbor"})
    assert mended.status_code == 200, mended.content
    assert mended.json()["items"][0]["alias"] == "harbor"
    preview = erp.get(f"orders/{number}/preview/").json()
    placed = erp.post(f"orders/{number}/place/", {"fingerprint": preview["fingerprint"]})
    assert placed.status_code == 200, placed.content
    assert placed.json()["state"] == "placed"
    cancelled = erp.post(f"orders/{number}/cancel/")
    assert cancelled.json()["state"] == "cancelled"
    assert problem(erp.post(f"orders/{number}/cancel/"), 409) == "order_locked"
