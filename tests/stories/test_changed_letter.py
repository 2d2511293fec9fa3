"""Staff change the welcome letter; whatever door a reseller is upgraded by, both readers get the changed letter."""

from collections.abc import Callable

import pytest

from notifications.models import Notification
from plans import links
from plans.execution import execute_order
from plans.models import Account, Activity, Order, User
from plans.ordering import Confirmation, draft_order, order_change, place_order
from plans.preview import Wanted
from plans.previewing import preview_order
from tests import cast
from tests.bss.conftest import sign_in

pytestmark = pytest.mark.django_db
EDITOR = "/bss/setup/notifications/customer/accounts/welcome_standard/"
PARTNERS = "partners@nordwind.example"
SUBJECT = "{{ account_name }}: sell at {{ storefront_url }}"


@pytest.fixture
def nordwind(db):
    return cast.distributor()


@pytest.fixture
def maren(nordwind, settings):
    settings.BSS_HOST = "bss.disti.test"
    return sign_in(User.objects.get(email="maren.holt@nordwind.example"))


def basket(account: Account, alias: str, *, by: User) -> Order:
    """Door 1, the storefront."""
    return cast.order_plan(account, "standard", alias=alias)


def staff_order(account: Account, alias: str, *, by: User) -> Order:
    """Door 2, an order of the staff."""
    wanted = [Wanted(cast.plan_product(account.operator, "standard"), "month")]
    return place_order(draft_order(account, wanted=wanted, channel="bss_order", by=by, alias=alias), by=by)


def shortcut(account: Account, alias: str, *, by: User, channel: str = "shortcut", asks: str | None = "") -> Order:
    """Door 3, Upgrade Resellers."""
    wanted = Wanted(cast.plan_product(account.operator, "standard"), "month")
    shown = preview_order(account, wanted=[wanted], by=by, channel=channel)
    confirmed = Confirmation(shown.fingerprint, f"{channel}-{account.pk}", accepted=True)
    return order_change(
        account, wanted=wanted, alias=alias if asks == "" else None, confirmed=confirmed, channel=channel, by=by
    )


def subscription(account: Account, alias: str, *, by: User) -> Order:
    """Door 4, the subscription's Upgrade: from Free, the alias is kept."""
    account = cast.on_plan(account, "free", alias=alias)
    return shortcut(account, alias, by=by, channel="subscription", asks=None)


def own_subscription(account: Account, alias: str, *, by: User) -> Order:
    """Door 5, the same on the storefront."""
    account = cast.on_plan(account, "free", alias=alias)
    return shortcut(account, alias, by=cast.buyer_of(account), channel="storefront", asks=None)


DOORS: list[Callable] = [basket, staff_order, shortcut, subscription, own_subscription]


def typed(maren, **changes) -> dict[str, str]:
    form = maren.get(EDITOR).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


def test_both_readers_get_the_changed_letter_by_every_door(maren, nordwind):
    reseller = cast.reseller(nordwind, "Tech Solutions")
    form = typed(maren, subject=SUBJECT, added=f"cc: {PARTNERS}")

    preview = maren.post(f"{EDITOR}preview/", form | {"account": reseller.number})
    expected = f"Tech Solutions: sell at {links.storefront_url(nordwind, 'tech-solutions')}"
    assert preview.context["preview"]["subject"] == expected
    assert expected in preview.content.decode()
    assert not Notification.objects.exists()

    assert maren.post(f"{EDITOR}test/", form | {"to": "maren.holt@nordwind.example"}).status_code == 302
    [test] = Notification.objects.all()
    assert (test.recipient_email, test.subject) == ("maren.holt@nordwind.example", f"[Test] {expected}")
    assert (test.account, test.order, test.state) == (None, None, "queued")

    assert maren.post(EDITOR, form).status_code == 302

    by = User.objects.get(email="maren.holt@nordwind.example")
    accounts = {door: cast.reseller(nordwind, f"Reseller {door.__name__.title()}") for door in DOORS}
    for door, account in accounts.items():
        alias = f"shop-{door.__name__.replace('_', '-')}"
        order = door(Account.objects.select_related("operator").get(pk=account.pk), alias, by=by)
        execute_order(order.pk)
        order.refresh_from_db()
        assert order.state == "executed", (door.__name__, order.error_message)

        letters = Notification.objects.filter(order=order, template_code="welcome_standard").order_by("pk")
        url = links.storefront_url(nordwind, alias)
        primary = account.contacts.get(is_primary=True)
        assert [(letter.recipient_email, letter.kind) for letter in letters] == [
            (primary.email, "to"),
            (PARTNERS, "cc"),
        ], door.__name__
        for letter in letters:
            assert letter.subject == f"{account.name}: sell at {url}"
            assert url in letter.text.split(), letter.text
            assert f'<a href="{url}">' in letter.html
            assert "Hello Jonas," in letter.text
        assert "Copy to: partners@nordwind.example" in letters[0].text
        assert "because you are a recipient of" in letters[1].text

    changes = Activity.objects.filter(verb="template.changed")
    said = ["Welcome to Standard Reseller Storefront changed: subject, recipients."]
    assert list(changes.values_list("text", flat=True)) == said
    assert [row.sent for row in maren.get("/bss/setup/notifications/customer/accounts/").context["rows"]][:1] == [0]
