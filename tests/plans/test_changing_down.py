"""The way down: what the impact report says is what happens, now or on the day, and all of it comes back."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from notifications.models import Notification
from plans.changing_down import change_down, withdraw_change
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import (
    Account,
    Activity,
    AliasClaim,
    Charge,
    Listing,
    Order,
    PendingChange,
    Plan,
    Storefront,
    Subscription,
)
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down, usual_timing
from plans.refusals import PreviewStale, Refused
from plans.verify import broken
from reselling.catalogue import listed
from tests import cast

pytestmark = pytest.mark.django_db

NOW, LATER = Timing(), Timing("period_end")
STAFF, RESELLER = Order.Channel.SUBSCRIPTION, Order.Channel.STOREFRONT


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-15T09:00:00Z", tick=False) as moved:
        yield moved


@pytest.fixture
def account(clock) -> Account:
    """Tech Solutions on Standard, paid from 15 November to 15 December."""
    return cast.on_plan(cast.reseller(cast.distributor()), "standard")


@pytest.fixture
def maren(account):
    return cast.staff(account.operator).user


def plan(account: Account, code: str) -> Plan:
    return Plan.objects.get(operator=account.operator, code=code)


def fresh(account: Account) -> Account:
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


def down(account: Account, code: str, timing: Timing, *, by, channel=STAFF, typed="techsolutions", key="a form"):
    account = fresh(account)
    asked = {"to_plan": plan(account, code), "timing": timing, "channel": channel, "by": by}
    shown = preview_down(account, **asked)
    return change_down(account, confirmed=Confirmation(shown.fingerprint, key), typed_alias=typed, **asked)


def test_standard_becomes_free_at_once(account, maren):
    order = down(account, "free", NOW, by=maren)
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.change, order.error_message) == ("executed", "downgrade", "")
    held = fresh(account).plan_subscription()
    assert (held.plan.code, held.unit_price, held.period_start_on) == ("free", 0, date(2026, 11, 15))
    window = Storefront.objects.select_related("claim").get(account=account)
    assert (window.state, window.claim.alias, window.claim.state) == ("open", "techsolutions", "in_use")
    assert order.items.get().alias == "techsolutions"
    letter = Notification.objects.get(order=order, template_code="plan_downgraded")
    assert "storefront stays open" in letter.text and "testserver/techsolutions" in letter.text
    assert broken() == {}


def test_cancelled_with_credit_on_the_tenth_day(account, maren, clock):
    clock.move_to("2026-11-25T09:00:00Z")
    order = down(account, "basic", Timing("now", with_credit=True), by=maren)
    assert order.preview["kept_until"] == "2027-02-23"
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.change, order.total) == ("executed", "cancel", Decimal("-118.20"))
    charge = Charge.objects.get(order=order)
    assert (charge.kind, charge.net, charge.tax) == ("credit", Decimal("-99.33"), Decimal("-18.87"))
    assert fresh(account).plan_subscription() is None
    ended = Subscription.objects.get(account=account)
    assert (ended.state, ended.end_reason) == ("ended", "cancelled")
    window, claim = Storefront.objects.get(account=account), AliasClaim.objects.get(account=account)
    assert (window.state, claim.state) == ("parked", "quarantined")
    assert claim.quarantined_until.isoformat() == "2027-02-23T23:00:00+00:00"
    letter = Notification.objects.get(order=order, template_code="plan_cancelled")
    assert "until 23 Feb 2027" in " ".join(letter.text.split())
    verbs = list(Activity.objects.filter(order=order).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["order.place", "order.claim", "subscription.ended", "storefront.parked", "order.execute"]
    assert broken() == {}


def test_the_resellers_own_now_gives_no_credit(account):
    shown = preview_down(
        fresh(account), to_plan=plan(account, "basic"), timing=Timing("now", True), by=cast.buyer_of(account),
        channel=RESELLER,
    )  # fmt: skip
    assert (shown.lines, shown.timing) == ([], NOW)
    assert [letter.template for letter in shown.letters] == ["plan_cancelled", "plan_changed_by_reseller"]


@pytest.mark.parametrize("typed", ["", "TechSolutions", "tech", "techsolutions2"])
def test_what_closes_a_storefront_asks_for_its_alias(account, maren, typed):
    with pytest.raises(Refused) as refused:
        down(account, "basic", NOW, by=maren, typed=typed)
    assert refused.value.sentence == "Type techsolutions exactly to confirm."
    assert Order.objects.count() == 1


def test_a_change_waits_for_its_day_and_happens_as_it_was_agreed(account, maren, clock):
    assert usual_timing(account.plan_subscription()) == LATER
    change = down(account, "free", LATER, by=cast.buyer_of(account), channel=RESELLER)
    assert isinstance(change, PendingChange) and change.due_on == date(2026, 12, 15)
    assert fresh(account).plan_subscription().plan.code == "standard"
    told = Notification.objects.filter(subscription=change.subscription, template_code="change_scheduled").get()
    assert "15 Dec 2026" in told.text
    manager = Notification.objects.filter(template_code="plan_changed_by_reseller").latest("pk")
    told = " ".join(manager.text.split())
    assert "from Standard to Free on the storefront. The change counts from 15 Dec 2026." in told
    clock.move_to("2026-12-14T22:59:00Z")
    assert carry_out_due() == 0
    clock.move_to("2026-12-14T23:01:00Z")  # the 15th in Berlin
    assert (carry_out_due(), carry_out_due()) == (1, 0)
    order = Order.objects.get(channel="automatic")
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_message, PendingChange.objects.count()) == ("executed", "", 0)
    held = fresh(account).plan_subscription()
    assert (held.plan.code, held.period_start_on) == ("free", date(2026, 12, 15))
    codes = set(Notification.objects.filter(order=order).values_list("template_code", flat=True))
    assert codes == {"plan_downgraded"}
    assert broken() == {}


def test_a_change_that_was_withdrawn_does_not_happen(account, maren, clock):
    change = down(account, "basic", LATER, by=maren)
    held = Subscription.objects.select_related("account__operator", "account__account_manager").get(account=account)
    withdraw_change(held, channel=STAFF, by=maren)
    with pytest.raises(Refused, match="change_gone"):
        withdraw_change(held, channel=STAFF, by=maren)
    clock.move_to("2026-12-20T09:00:00Z")
    assert carry_out_due() == 0
    assert fresh(account).plan_subscription().plan.code == "standard"
    assert Notification.objects.filter(template_code="change_withdrawn").count() == 1
    verbs = list(Activity.objects.filter(verb__startswith="plan.change").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["plan.change_scheduled", "plan.change_withdrawn"]
    assert change.pk


def test_the_same_form_twice_is_one_change(account, maren):
    asked = {"to_plan": plan(account, "basic"), "timing": LATER, "channel": STAFF, "by": maren}
    confirmed = Confirmation(preview_down(fresh(account), **asked).fingerprint, "one form")
    first, second = (
        change_down(fresh(account), confirmed=confirmed, typed_alias="techsolutions", **asked) for _ in range(2)
    )
    assert first.pk == second.pk and PendingChange.objects.count() == 1


def test_nothing_else_can_be_asked_for_while_a_change_waits(account, maren):
    down(account, "free", LATER, by=maren)
    with pytest.raises(Refused, match="pending_change_exists"):
        down(account, "basic", NOW, by=maren, key="another form")
    assert Order.objects.count() == 1


def test_what_was_shown_and_is_not_so_any_more_is_shown_again(account, maren, clock):
    asked = {"to_plan": plan(account, "basic"), "timing": NOW, "channel": STAFF, "by": maren}
    seen = preview_down(fresh(account), **asked)
    clock.move_to("2026-11-16T09:00:00Z")
    with pytest.raises(PreviewStale):
        change_down(fresh(account), confirmed=Confirmation(seen.fingerprint, "k"), typed_alias="techsolutions", **asked)
    assert Order.objects.count() == 1


def test_a_due_change_waits_for_an_open_plan_order(account, maren, clock):
    down(account, "free", LATER, by=maren)
    standing = Order.objects.get()
    Order.objects.filter(pk=standing.pk).update(state="failed", executed_at=None, error_code="x", error_message="x")
    clock.move_to("2026-12-15T09:00:00Z")
    assert carry_out_due() == 0
    Order.objects.filter(pk=standing.pk).update(state="cancelled")
    assert carry_out_due() == 1


def test_up_again_brings_everything_back(account, maren):
    execute_order(down(account, "basic", NOW, by=maren).pk)
    before = Storefront.objects.filter(account=account).values().get()
    order = cast.order_plan(account, "standard", alias="techsolutions")
    assert order.preview["storefront"] == "restore"
    execute_order(order.pk)
    after = Storefront.objects.filter(account=account).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"state", "parked_at", "version"}
    assert set(Notification.objects.filter(order=order).values_list("template_code", flat=True)) == {
        "storefront_restored", "plan_changed_by_reseller",
    }  # fmt: skip
    assert broken() == {}


def test_who_is_touched(account, maren):
    for name in ("Millbrook", "Oakfield"):
        cast.customer(account, name)
    cast.product(account.operator)
    shown = preview_down(fresh(account), to_plan=plan(account, "basic"), timing=NOW, by=maren, channel=STAFF)
    assert shown.touched == {"customers": 2, "users": 2, "listed_products": 1, "open_orders": 0}


@pytest.mark.parametrize("lists_everything", [True, False])
def test_what_is_listed_is_counted_as_the_catalogue_shows_it(account, maren, lists_everything):
    window = Storefront.objects.get(account=account)
    window.lists_everything = lists_everything
    window.save(update_fields=["lists_everything"])
    of = {"operator": account.operator, "storefront": window}
    for name, chosen in (("Suite", True), ("Vault", False), ("Mail", None), ("Away", True)):
        product = cast.product(account.operator, name, is_sold=name != "Away")
        if chosen is not None:
            Listing.objects.create(**of, product=product, is_listed=chosen)
    shown = preview_down(fresh(account), to_plan=plan(account, "basic"), timing=NOW, by=maren, channel=STAFF)
    assert shown.touched["listed_products"] == listed(window).count() == (2 if lists_everything else 1)


def test_an_order_whose_subscription_was_renewed_meanwhile_is_refused(account, maren, clock):
    """The agreed credit is for a period that is not the one that is paid now."""
    order = down(account, "basic", Timing("now", with_credit=True), by=maren)
    held = Subscription.objects.filter(account=account)
    held.update(period_start_on=date(2026, 12, 15), period_end_on=date(2027, 1, 15))
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_code) == ("failed", "preview_stale")
    assert held.get().state == "active" and not Charge.objects.filter(order=order).exists()


@pytest.mark.parametrize(("channel", "read_by"), [(STAFF, set()), (RESELLER, {"owner@techsolutions.example"})])
def test_without_a_primary_contact_staff_never_read_in_its_place(account, maren, channel, read_by):
    down(account, "free", LATER, by=maren)
    by = maren if channel == STAFF else cast.buyer_of(account)
    cast.without_primary_contact(account)
    held = Subscription.objects.select_related("account__operator", "account__account_manager").get(account=account)
    withdraw_change(held, channel=channel, by=by)
    told = Notification.objects.filter(template_code="change_withdrawn")
    assert set(told.values_list("recipient_email", flat=True)) == read_by
