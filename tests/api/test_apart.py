"""Nobody sees past their own: other operators, other resellers. Lists cost the same however long they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from plans.models import TenantRequest
from tests import cast

from .calling import STORE, Program, problem, token_of

pytestmark = pytest.mark.django_db
LISTS = "accounts charges notifications orders plans products subscriptions tenant-requests".split()


@pytest.fixture
def standing(tech):
    """Tech Solutions, on a plan."""
    return cast.on_plan(tech)


@pytest.fixture
def rows(nordwind, standing):
    """Addresses of Tech Solutions' own, and a program of another operator's staff."""
    tech = standing
    wish = TenantRequest.objects.create(operator=nordwind, account=tech, note="Zwergkiefer")
    order = tech.orders.get()
    letter = Notification.objects.filter(account=tech).first()
    subscription = tech.subscriptions.get()
    return [
        f"accounts/{tech.number}/", f"accounts/{tech.number}/contacts/", f"orders/{order.number}/",
        f"subscriptions/{subscription.number}/", f"notifications/{letter.pk}/", f"tenant-requests/{wish.pk}/",
        f"charges/{tech.charges.get().pk}/",
    ]  # fmt: skip


@pytest.fixture
def elsewhere(nordwind):
    other = cast.distributor("Sudlicht", host="other.test")
    return Program(token_of(other, cast.staff(other).user))


def test_another_operators_rows_are_not_there(rows, erp, elsewhere, tech):
    for row in rows:
        assert erp.get(row).status_code == 200, row
        assert problem(elsewhere.get(row), 404) == "not_found", row
    for name in LISTS:
        assert "Tech Solutions" in erp.get("accounts/").content.decode()
        shown = elsewhere.get(f"{name}/").content.decode()
        for canary in ("Tech Solutions", "techsolutions", "Zwergkiefer", tech.number):
            assert canary not in shown, name
    order = tech.orders.get()
    for verb, body in (("cancel", {}), ("retry", {}), ("place", {"fingerprint": "x"})):
        assert problem(elsewhere.post(f"orders/{order.number}/{verb}/", body), 404) == "not_found"
    item = order.items.get().pk
    assert problem(elsewhere.patch(f"orders/{order.number}/items/{item}/", {"alias": "x"}), 404) == "not_found"
    wanted = {"account": tech.number, "plan": "standard"}
    assert problem(elsewhere.post("plan-changes/preview/", wanted, key=None), 404) == "not_found"
    foreign = {"account": tech.number, "items": [{"product": "standard-plan"}]}
    assert problem(elsewhere.post("orders/", foreign), 404) == "not_found"


@pytest.fixture
def own(nordwind, standing):
    """The reseller's own program, on its distributor's store host."""
    return Program(token_of(nordwind, cast.buyer_of(standing), account=standing), host=STORE)


def test_a_reseller_sees_its_own(rows, own, nordwind):
    neighbour = cast.on_plan(cast.reseller(nordwind, "Quittengelee"), alias="quittengelee")
    for row in rows:
        assert own.get(row).status_code == 200, row
    for name in LISTS:
        assert "uittengelee" not in own.get(f"{name}/").content.decode(), name
    order = neighbour.orders.get().number
    for row in (f"accounts/{neighbour.number}/", f"orders/{order}/", f"accounts/{neighbour.number}/contacts/"):
        assert problem(own.get(row), 404) == "not_found"
    assert problem(own.post(f"orders/{order}/cancel/"), 404) == "not_found"
    wanted = {"account": neighbour.number, "plan": "standard"}
    assert problem(own.post("plan-changes/preview/", wanted, key=None), 404) == "not_found"


def test_a_reseller_upgrades_itself(nordwind, tech):
    """From a plan with an API that writes upward is not sold yet; the free plan gets it here as its own."""
    tech = cast.on_plan(tech, "free")
    held = tech.subscriptions.get()
    held.entitlements |= {"api_write": None}
    held.save()
    own = Program(token_of(nordwind, cast.buyer_of(tech), account=tech), host=STORE)
    wanted = {"account": tech.number, "plan": "standard"}
    shown = own.post("plan-changes/preview/", wanted, key=None).json()
    assert [letter["template"] for letter in shown["letters"]] == ["welcome_standard", "plan_changed_by_reseller"]
    sent = wanted | {"fingerprint": shown["fingerprint"]}
    assert problem(own.post("plan-changes/", sent), 422) == "terms_not_accepted"
    ordered = own.post("plan-changes/", sent | {"accept_terms": True})
    assert ordered.status_code == 201, ordered.content
    assert ordered.json()["channel"] == "own_api"


def test_what_a_plan_includes_decides(nordwind, tech):
    own = Program(token_of(nordwind, cast.buyer_of(tech), account=tech), host=STORE)
    assert problem(own.get("orders/"), 403) == "not_in_plan"
    cast.on_plan(tech, "free")
    assert own.get("orders/").status_code == 200
    order = tech.orders.get().number
    assert problem(own.post(f"orders/{order}/cancel/"), 403) == "not_in_plan"


def test_a_reseller_drafts_nothing_and_is_unknown_elsewhere(own, nordwind, tech):
    assert problem(own.post("orders/", {}), 403) == "not_permitted"
    cast.distributor("Sudlicht", host="other.test")
    for host in ("bss.disti.test", "other.test"):
        stranger = Program(own.secret, host=host)
        assert problem(stranger.get("orders/"), 401) == "token_invalid"
    viewer = cast.person(tech, "viewer@x.example", roles=("viewer",)).user
    looking = Program(token_of(nordwind, viewer, account=tech), host=STORE)
    assert problem(looking.post(f"orders/{tech.orders.get().number}/cancel/"), 403) == "not_permitted"


def test_lists_ask_the_same_however_long_they_are(erp, nordwind):
    erp.get("plans/")  # that the token was used is noted now, and not again in this minute
    counts: dict[str, set[int]] = {name: set() for name in LISTS}
    for many in (1, 5, 12):
        for number in range(many):
            account = cast.on_plan(cast.reseller(nordwind, f"R{many}x{number}"), alias=f"alias-{many}-{number}")
            TenantRequest.objects.create(operator=nordwind, account=account)
        for name in LISTS:
            with CaptureQueriesContext(connection) as asked:
                assert erp.get(f"{name}/").status_code == 200
            counts[name].add(len(asked))
    assert {name: many for name, many in counts.items() if len(many) > 1 or max(many) > 6} == {}


def test_pages_follow_each_other(erp, nordwind):
    made = [cast.reseller(nordwind, f"R{number}").number for number in range(7)]
    seen, address = [], "/api/v1/accounts/?kind=reseller&page_size=3"
    while address:
        page = erp.client.get(address, headers=erp.headers()).json()
        seen.append([row["number"] for row in page["results"]])
        before, address = page["previous"], page["next"]
    assert seen == [made[6:3:-1], made[3:0:-1], made[:1]]
    back = erp.client.get(before, headers=erp.headers()).json()
    assert [row["number"] for row in back["results"]] == seen[1]
