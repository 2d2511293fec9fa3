"""A storefront gets another Storefront Alias: the old one leads there, page by page, for as long as it is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from plans import aliases, periods
from plans.changing_down import change_down
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import Account, AliasClaim, Order, Plan, Storefront, User
from plans.ordering import draft_order, place_order
from plans.placing import Confirmation
from plans.preview import Timing, Wanted
from plans.previewing_down import preview_down
from plans.refusals import Refused
from plans.renaming import alias_now, preview_renaming, rename_storefront
from plans.suspending import suspend_storefront
from plans.verify import broken
from tests import cast
from tests.sharing import rounds
from tests.storefront.going_down import down_to, parked, placed_down

from .at_once import at_once, codes

pytestmark = pytest.mark.django_db
ROUNDS = rounds(50 if connection.vendor == "postgresql" else 10)  # SQLite has one writer at a time


@pytest.fixture
def account() -> Account:
    return cast.on_plan(cast.reseller(cast.distributor()), "free", alias="techsolutions")


def shown(account: Account) -> Storefront:
    return Storefront.objects.select_related("claim").get(account=account)


def rename(account: Account, alias: str, *, seen: int | None = None) -> str:
    """With the version as it is now, unless another one was seen."""
    by = User.objects.get(email="maren.holt@nordwind.example")
    return rename_storefront(account, alias=alias, seen=seen or shown(account).version, by=by)


def refusal_of(call) -> Refused:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value


# --- what becomes of both aliases ---


def test_the_storefront_stands_at_the_new_one_and_the_old_one_is_kept(account):
    before = Storefront.objects.values().get(account=account)
    assert rename(account, "  TechSolutions-IT ") == "techsolutions-it"
    after = Storefront.objects.values().get(account=account)
    assert {name for name in before if before[name] != after[name]} == {"claim_id", "version"}
    claims = {claim.alias: claim for claim in AliasClaim.objects.filter(account=account)}
    new, old = claims.pop("techsolutions-it"), claims.pop("techsolutions")
    assert claims == {}
    assert (new.state, new.held_until, new.quarantined_until) == ("in_use", None, None)
    assert (old.state, old.held_until) == ("quarantined", None)
    last = periods.today(account.operator) + timedelta(days=90)
    assert old.quarantined_until == periods.end_of(last, operator=account.operator)  # that day included
    told = account.activities.get(verb="storefront.renamed")
    assert told.text == (
        "Storefront Alias changed from techsolutions to techsolutions-it. The old address leads to the new one until "
        f"{last:%-d %b %Y}."
    )
    assert told.actor_name == "Maren Holt"
    assert broken() == {}


def test_nobody_is_written_to(account):
    before = account.notifications.count()
    rename(account, "harbor")
    assert account.notifications.count() == before


def test_the_old_one_leads_there_page_by_page(account, client):
    rename(account, "harbor")
    assert client.get("/harbor/").status_code == 200
    for path, to in {
        "": "/harbor/",
        "/": "/harbor/",
        "/products/": "/harbor/products/",
        "/products/?q=mail%20box&category=A%26B": "/harbor/products/?q=mail%20box&category=A%26B",
        "/nothing/a%20b/%C3%BC%3F/": "/harbor/nothing/a%20b/%C3%BC%3F/",
        "//evil.test/": "/harbor//evil.test/",
        "/admin/": "/harbor/admin/",
    }.items():
        for method in (client.get, client.head):
            answer = method(f"/techsolutions{path}")
            assert (answer.status_code, answer["Location"]) == (301, to), path
            assert answer["Cache-Control"] == "no-cache"
    assert client.get("/TechSolutions/products/")["Location"] == "/harbor/products/"


def test_a_form_that_was_open_comes_along(account):
    """A browser sends a 301 on without what was typed; 308 keeps method and fields."""
    rename(account, "harbor")
    client = Client(enforce_csrf_checks=True)
    for method in (client.post, client.put, client.delete, client.patch, client.options):
        answer = method("/techsolutions/login/?next=/techsolutions/portal/", {"login": "x"})
        assert (answer.status_code, answer["Cache-Control"]) == (308, "no-cache")
        assert answer["Location"] == "/harbor/login/?next=/techsolutions/portal/"


def test_a_path_without_its_slash_or_in_capitals_keeps_what_was_asked(account, client):
    assert client.get("/techsolutions?q=1")["Location"] == "/techsolutions/?q=1"
    assert client.get("/TechSolutions/products/?q=a%20b")["Location"] == "/techsolutions/products/?q=a%20b"


def test_both_show_it_at_once_where_the_cache_is_shared(account, client, django_capture_on_commit_callbacks):
    assert client.get("/techsolutions/").status_code == 200  # from now on it is in the cache
    assert client.get("/harbor/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        rename(account, "harbor")
    assert client.get("/techsolutions/").status_code == 301
    assert client.get("/harbor/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        rename(account, "techsolutions")
    assert (client.get("/techsolutions/").status_code, client.get("/harbor/").status_code) == (200, 301)


def test_renamed_twice_both_lead_straight_to_the_newest(account, client):
    rename(account, "harbor")
    rename(account, "harbor-it")
    for old in ("techsolutions", "harbor"):
        assert client.get(f"/{old}/products/")["Location"] == "/harbor-it/products/"
    assert broken() == {}


def test_renamed_back_the_other_one_leads_there(account, client):
    rename(account, "harbor")
    rename(account, "techsolutions")
    assert client.get("/techsolutions/").status_code == 200
    assert client.get("/harbor/")["Location"] == "/techsolutions/"
    states = dict(AliasClaim.objects.filter(account=account).values_list("alias", "state"))
    assert states == {"techsolutions": "in_use", "harbor": "quarantined"}
    assert broken() == {}


def test_while_the_account_holds_the_old_one_anew_it_still_leads(account, client):
    """As the dialog does on leaving the field, before it is sent."""
    rename(account, "harbor")
    aliases.hold("techsolutions", account=account, until=aliases.CHECKOUT_HOLD)
    assert client.get("/techsolutions/")["Location"] == "/harbor/"
    AliasClaim.objects.filter(alias="techsolutions").update(held_until=timezone.now() - timedelta(hours=1))
    assert client.get("/techsolutions/")["Location"] == "/harbor/"


def test_after_the_quarantine_it_leads_nowhere_and_somebody_else_may_have_it(account, client):
    rename(account, "harbor")
    other = cast.reseller(account.operator, "Other")
    assert refusal_of(lambda: cast.order_plan(other, "free", alias="techsolutions")).code == "alias_taken"
    AliasClaim.objects.filter(alias="techsolutions").update(quarantined_until=timezone.now() - timedelta(seconds=1))
    assert client.get("/techsolutions/").status_code == 404
    cast.on_plan(other, "free", alias="techsolutions")
    assert "Other" in client.get("/techsolutions/").text
    assert client.get("/harbor/").status_code == 200
    assert broken() == {}


def test_of_another_distributor_it_is_nobody(account):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    rename(account, "harbor")
    assert alias_now("techsolutions", operator_id=sudlicht.pk) == ""
    assert Client(headers={"host": "sudlicht.test"}).get("/techsolutions/").status_code == 404


def test_parked_it_leads_nowhere_and_comes_back_under_either(account, client):
    rename(account, "harbor")
    account = parked(account)
    assert client.get("/techsolutions/").status_code == 404
    assert client.get("/harbor/").status_code == 410
    cast.on_plan(account, "free", alias="techsolutions")
    assert client.get("/techsolutions/").status_code == 200
    assert client.get("/harbor/")["Location"] == "/techsolutions/"
    assert broken() == {}


def test_suspended_it_leads_to_what_says_so(account, client):
    rename(account, "harbor")
    suspend_storefront(account, reason="Imprint", by=None)
    assert client.get("/techsolutions/")["Location"] == "/harbor/"
    assert client.get("/harbor/").status_code == 503
    rename(account, "harbor-it")
    assert shown(account).state == "suspended"


# --- refusals: nothing is written, and each says why ---


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ("", "alias_required"),
        ("ab", "alias_invalid"),
        ("a--b", "alias_invalid"),
        ("hаrbor", "alias_invalid"),  # Cyrillic
        ("harbor\0", "alias_invalid"),
        ("x" * 5000, "alias_invalid"),
        ("admin", "alias_reserved"),
        ("baskets", "alias_reserved"),
        ("taken", "alias_taken"),
        (" TechSolutions ", "alias_unchanged"),
    ],
)
def test_an_alias_that_cannot_be_had(account, alias, code):
    cast.on_plan(cast.reseller(account.operator, "Taken"), "free", alias="taken")
    before = list(AliasClaim.objects.order_by("pk").values())
    assert refusal_of(lambda: rename(account, alias)).code == code
    assert [refusal.code for refusal in preview_renaming(account, typed=alias).refusals] == [code]
    assert list(AliasClaim.objects.order_by("pk").values()) == before
    assert shown(account).claim.alias == "techsolutions"


def test_not_while_a_plan_order_is_open(account):
    order = cast.order_plan(account, "standard", alias=None)
    refusal = refusal_of(lambda: rename(account, "harbor"))
    assert (refusal.code, refusal.values["order"]) == ("open_order_exists", order.number)
    assert not AliasClaim.objects.filter(alias="harbor").exists()


def test_a_draft_takes_the_new_alias_when_it_is_placed(account):
    """A draft agrees to nothing yet: what it would do is computed anew."""
    standard = cast.plan_product(account.operator, "standard")
    draft = draft_order(account, wanted=[Wanted(standard)], channel="bss_order", by=cast.buyer_of(account))
    rename(account, "harbor")
    place_order(Order.objects.get(pk=draft.pk), by=cast.buyer_of(account))
    execute_order(draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.preview["alias"], draft.items.get().alias) == ("executed", "harbor", "harbor")
    assert shown(account).claim.alias == "harbor"
    assert broken() == {}


def test_a_change_that_waits_for_its_day_goes_under_the_new_alias():
    """Renaming is not refused for weeks because a plan will end: what is parked then is where it stands by then."""
    account = cast.on_plan(cast.reseller(cast.distributor()), "standard", alias="techsolutions")
    by, basic = cast.buyer_of(account), Plan.objects.get(operator=account.operator, code="basic")
    asked = {"to_plan": basic, "timing": Timing("period_end"), "channel": Order.Channel.STOREFRONT, "by": by}
    shown_now = preview_down(account, **asked)
    change_down(account, confirmed=Confirmation(shown_now.fingerprint, "later"), typed_alias="techsolutions", **asked)
    rename(account, "harbor")
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert carry_out_due() == 1
        execute_order(Order.objects.open_plan_orders().get(account=account).pk)
        assert (shown(account).state, shown(account).claim.alias) == ("parked", "harbor")
        assert "harbor" in account.activities.get(verb="storefront.parked").text
        assert Client().get("/harbor/").status_code == 410
        assert Client().get("/techsolutions/").status_code == 404
        assert broken() == {}


def test_not_while_the_storefront_is_parked(account):
    account = parked(account)
    assert refusal_of(lambda: rename(account, "harbor")).code == "storefront_parked"
    Storefront.objects.filter(account=account).update(claim=None)  # somebody else took it
    assert refusal_of(lambda: rename(account, "harbor")).code == "storefront_parked"
    assert preview_renaming(account, typed="techsolutions").old_address == ""


def test_not_without_a_storefront(account):
    other = cast.reseller(account.operator, "Other")
    assert refusal_of(lambda: rename_storefront(other, alias="harbor", seen=1, by=None)).code == "no_storefront"


def test_who_saw_another_version_is_told_who_changed_it(account):
    seen = shown(account).version
    rename(account, "harbor")
    refusal = refusal_of(lambda: rename(account, "harbor-it", seen=seen))
    assert (refusal.code, refusal.values["name"]) == ("changed_meanwhile", "Maren Holt")
    assert not AliasClaim.objects.filter(alias="harbor-it").exists()


# --- at the same moment ---


def as_if_carried() -> None:
    """Nobody carries letters here, however long it takes."""
    Notification.objects.filter(state="queued").update(next_attempt_at=Now())


def one_legal_state(account: Account) -> str:
    """The alias of the storefront; every other claim of the account is in quarantine and leads to it."""
    as_if_carried()
    alias = shown(account).claim.alias
    states = dict(AliasClaim.objects.filter(account=account).values_list("alias", "state"))
    assert states.pop(alias) == "in_use"
    assert set(states.values()) <= {"quarantined"}
    assert all(alias_now(old, operator_id=account.operator_id) == alias for old in states)
    assert broken() == {}
    return alias


@pytest.mark.django_db(transaction=True)
def test_two_rename_it_at_once(account):
    for number in range(ROUNDS):
        seen = shown(account).version
        outcomes = at_once(
            *(lambda which=which: rename(account, f"{which}-{number}", seen=seen) for which in ("one", "two")),  # noqa: B023
            gate=Storefront,
        )
        assert codes(outcomes) == ["changed_meanwhile", "done"], outcomes
        [winner] = [outcome.value for outcome in outcomes if outcome.code == "done"]
        assert one_legal_state(account) == winner
        assert not AliasClaim.objects.filter(alias__in={f"one-{number}", f"two-{number}"} - {winner}).exists()


@pytest.mark.django_db(transaction=True)
def test_two_accounts_take_one_alias_at_once(account):
    harbor = cast.on_plan(cast.reseller(account.operator, "Harbor IT"), "free", alias="harborit")
    for number in range(ROUNDS):
        alias = f"alias-{number}"
        outcomes = at_once(
            *(lambda who=who: rename(who, alias) for who in (account, harbor)),  # noqa: B023
            gate=AliasClaim,
        )
        assert codes(outcomes) == ["alias_taken", "done"], outcomes
        assert sorted(one_legal_state(who) == alias for who in (account, harbor)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_takes_the_alias_at_once(account):
    for number in range(ROUNDS):
        alias, newcomer = f"alias-{number}", cast.reseller(account.operator, f"Newcomer {number}")
        outcomes = at_once(
            lambda: rename(account, alias),  # noqa: B023
            lambda: aliases.hold(alias, account=newcomer, until=aliases.CHECKOUT_HOLD),  # noqa: B023
            gate=AliasClaim,
        )
        assert codes(outcomes) == ["alias_taken", "done"], outcomes
        holder = AliasClaim.objects.get(alias=alias).account_id
        assert holder == (account.pk if outcomes[0].code == "done" else newcomer.pk)
        assert (one_legal_state(account) == alias) is (outcomes[0].code == "done")


def ends_well(account: Account, outcomes: list) -> None:
    """Whoever came second is told, or had looked only afterwards: what was agreed names the alias that is."""
    order = Order.objects.open_plan_orders().filter(account=account).first()
    fine = (["done", "open_order_exists"], ["done", "preview_stale"], ["done", "done"])
    assert codes(outcomes) in fine, outcomes
    assert (order is not None) is (outcomes[1].code == "done")
    alias = one_legal_state(account)
    as_if_carried()
    if order:
        execute_order(order.pk)
        order.refresh_from_db()
        assert (order.state, shown(account).claim.alias, broken()) == ("executed", alias, {})
        assert order.preview["alias"] == alias


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_is_ordered_at_once(account):
    for number in range(ROUNDS):
        outcomes = at_once(
            lambda: rename(account, f"alias-{number}"),  # noqa: B023
            lambda: cast.order_plan(account, "standard", alias=None),
            gate=Storefront if number % 2 else Order,
        )
        ends_well(account, outcomes)
        assert shown(account).state == "open"
        if account.plan_subscription().plan.code == "standard":
            down_to(account, "free")


@pytest.mark.django_db(transaction=True)
def test_the_plan_is_cancelled_at_once(account):
    for number in range(ROUNDS):
        outcomes = at_once(
            lambda: rename(account, f"alias-{number}"),  # noqa: B023
            lambda: placed_down(account, "basic"),
            gate=Storefront if number % 2 else Order,
        )
        ends_well(account, outcomes)
        assert (shown(account).state == "parked") is (outcomes[1].code == "done")
        if shown(account).state == "parked":
            cast.on_plan(account, "free", alias=shown(account).claim.alias)


@pytest.mark.django_db(transaction=True)
def test_the_storefront_is_parked_at_once(account):
    """As long as the order is open renaming is refused for it; afterwards because the plan has ended."""
    for number in range(ROUNDS):
        order = placed_down(account, "basic")
        outcomes = at_once(
            lambda: rename(account, f"alias-{number}"),  # noqa: B023
            lambda: execute_order(order.pk),  # noqa: B023
            gate=Storefront,
        )
        assert codes(outcomes) in (["done", "open_order_exists"], ["done", "storefront_parked"]), outcomes
        as_if_carried()
        assert shown(account).state == "parked" and shown(account).claim.alias == "techsolutions"
        assert broken() == {}
        account = cast.on_plan(account, "free", alias="techsolutions")
