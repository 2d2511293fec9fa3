"""Door 1 below its pages: a Basic reseller orders a plan, a worker executes the order."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from notifications.models import Notification
from plans.baskets import lines_in, wanted_in
from plans.execution import execute_order
from plans.models import Account, Charge, Order, Storefront, Subscription, TermsAcceptance, TermsVersion
from plans.ordering import order_basket
from plans.previewing import preview_order
from plans.refusals import PreviewStale
from plans.verify import broken
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordwind():
    return cast.distributor()


def test_an_executed_order_leaves_one_of_everything(nordwind):
    account = cast.reseller(nordwind)
    order = cast.order_plan(account, "standard", alias="TechSolutions ")

    assert (order.state, order.is_plan_order, order.change) == ("placed", True, "upgrade")
    assert TermsAcceptance.objects.get(order=order).address == "192.0.2.7"
    execute_order(order.pk)

    order.refresh_from_db()
    assert (order.state, order.attempts, order.error_message) == ("executed", 1, "")
    subscription = Subscription.objects.get(account=account)
    assert (subscription.plan.code, subscription.state, subscription.unit_price) == ("standard", "active", 149)
    assert subscription.entitlements["own_prices"] is None
    storefront = Storefront.objects.get(account=account)
    assert (storefront.state, storefront.claim.alias, storefront.claim.state) == ("open", "techsolutions", "in_use")
    assert storefront.created_by_order == order
    charge = Charge.objects.get(account=account)
    assert (charge.net, charge.tax, charge.kind) == (Decimal("149.00"), Decimal("28.31"), "charge")
    letters = Notification.objects.filter(order=order).order_by("template_code")
    assert [(n.template_code, n.recipient_email) for n in letters] == [
        ("plan_changed_by_reseller", "ops@nordwind.example"),
        ("welcome_standard", "owner@techsolutions.example"),
    ]
    welcome = letters.get(template_code="welcome_standard")
    assert "http://testserver/techsolutions" in welcome.text
    assert "http://testserver/techsolutions/admin/" in welcome.text
    assert "log in and customize your Customer Portal" in welcome.text
    assert cast.PASSWORD not in welcome.text + welcome.html
    verbs = list(order.activities.order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "order.place", "order.claim", "subscription.started", "storefront.opened", "order.execute",
    ]  # fmt: skip
    assert broken() == {}


def test_ringing_again_does_nothing(nordwind):
    order = cast.order_plan(cast.reseller(nordwind))
    for _ in range(3):
        execute_order(order.pk)
    assert Subscription.objects.count() == 1
    assert Notification.objects.filter(template_code="welcome_standard").count() == 1
    assert Order.objects.get().attempts == 1


def test_free_then_standard_keeps_the_storefront_and_credits_what_was_paid(nordwind):
    account = cast.reseller(nordwind)
    with time_machine.travel("2027-02-20T09:00:00Z", tick=False):
        account = cast.on_plan(account, "free", alias="techsolutions")
    storefront = Storefront.objects.get(account=account)
    with time_machine.travel("2027-03-03T09:00:00Z", tick=False):
        account = cast.on_plan(account, "standard", alias=None)

    old, new = Subscription.objects.filter(account=account).order_by("id")
    assert (old.state, old.end_reason, new.replaces, new.plan.code) == ("ended", "superseded", old, "standard")
    assert (new.anchor_on, new.period_end_on) == (date(2027, 3, 3), date(2027, 4, 3))
    after = Storefront.objects.get(account=account)
    assert (after.pk, after.claim_id, after.opened_at) == (storefront.pk, storefront.claim_id, storefront.opened_at)
    lines = list(
        Charge.objects.filter(order=Order.objects.latest("id")).order_by("id").values_list("kind", "net", "tax")
    )
    assert lines == [("charge", Decimal(149), Decimal("28.31")), ("credit", 0, 0)]
    assert account.held().plan.code == "standard"
    assert broken() == {}


def test_an_order_without_a_plan_starts_its_subscriptions(nordwind):
    account = Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    suite, vault = cast.product(nordwind), cast.product(nordwind, "Backup Vault", "17.70")
    held = cast.basket(account, suite, vault)
    by = cast.buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    order = order_basket(held, account=account, alias=None, fingerprint=shown.fingerprint, accepted=False,
                         reference="PO 7", form_key="k", address=None, by=by)  # fmt: skip
    execute_order(order.pk)
    numbers = list(Subscription.objects.order_by("id").values_list("number", flat=True))
    assert numbers == [f"SUB-{order.number[3:]}", f"SUB-{order.number[3:]}-2"]
    assert (order.total, Order.objects.get().state) == (Decimal("35.82"), "executed")
    assert Notification.objects.get().template_code == "order_received"
    assert broken() == {}


def test_terms_published_after_the_page_was_shown_are_not_accepted_with_it(nordwind):
    account = Account.objects.select_related("operator", "account_manager").get(pk=cast.reseller(nordwind).pk)
    held = cast.basket(account, cast.plan_product(nordwind, "free"))
    by = cast.buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    TermsVersion.objects.create(operator=nordwind, number=2, text="Other terms.")
    with pytest.raises(PreviewStale):
        order_basket(held, account=account, alias="techsolutions", fingerprint=shown.fingerprint, accepted=True,
                     reference="", form_key="k", address=None, by=by)  # fmt: skip
    assert (Order.objects.count(), TermsAcceptance.objects.count()) == (0, 0)
