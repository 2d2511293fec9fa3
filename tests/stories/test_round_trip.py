"""Down and up again, at once and at the end of the period: what a reseller made is there as it was, byte for byte."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from plans.changing_down import change_down
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import (
    Account,
    Contact,
    ContactRole,
    Listing,
    Order,
    PendingChange,
    Picture,
    Plan,
    Storefront,
    StorefrontText,
    Subscription,
)
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down
from plans.renewing import renew_due
from plans.verify import broken
from reselling import branding
from reselling.branding import Changes
from tests import cast
from tests.plans.all_rows import all_rows
from tests.reselling import zoo

pytestmark = pytest.mark.django_db

BEGUN = datetime(2027, 1, 31, 9, tzinfo=UTC)
COMES_AND_GOES = {"plans.PendingChange", "plans.BasketItem"}
LIFE = ("state", "parked_at", "version")  # of a storefront: what closing and opening it writes
OF_THE_MOMENT = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
THEME = re.compile(r"/techsolutions/-/theme/[0-9]+/[0-9]+[.]css")  # named by the storefront's version
PAGES = ("", "products/", "products/workplace-suite/", "contact/")


@pytest.fixture
def clock():
    with time_machine.travel(BEGUN, tick=False) as moved:
        yield moved


@pytest.fixture
def account(clock, tmp_path, settings) -> Account:
    """Tech Solutions on Standard, with all that a reseller makes."""
    settings.MEDIA_ROOT = tmp_path
    operator = cast.distributor()
    suite, vault = cast.product(operator), cast.product(operator, "Vault", "99.90")
    account = cast.on_plan(cast.reseller(operator), "standard")
    window = Storefront.objects.select_related("account__operator", "operator", "claim").get(account=account)
    logo = zoo.upload(zoo.TAKEN["a PNG"][0])
    words = {"name": "Tech & Söhne", "tagline": "We pick up", "brand_colour": "#6a35c9", "support_email": "a@b.example"}
    branding.publish(window, changes=Changes(words, logo), seen=0, by=cast.buyer_of(account))
    Storefront.objects.filter(pk=window.pk).update(
        headline="Hello", intro="Line one", markup="12.50", lists_everything=False, anonymous_browsing=True
    )
    of = {"operator": operator, "storefront": window}
    Listing.objects.create(**of, product=suite, is_listed=True, markup="7.25", featured=1)
    Listing.objects.create(**of, product=vault, is_listed=False, markup="3.00")
    StorefrontText.objects.create(**of, kind="contact", text="Kaiweg 14\n\n23552 Lübeck")
    for name in ("Millbrook", "Oakfield"):
        cast.customer(account, name)
    return account


def made_by(account: Account) -> dict[str, object]:
    """All that the reseller made, as rows and as files."""
    window = Storefront.objects.filter(account=account).values().get()
    mine = {"storefront_id": window["id"]}
    people = Contact.objects.filter(account__parent=account) | Contact.objects.filter(account=account)
    return {
        "storefront": {name: value for name, value in window.items() if name not in LIFE},
        "listings": list(Listing.objects.filter(**mine).order_by("pk").values()),
        "texts": list(StorefrontText.objects.filter(**mine).order_by("pk").values()),
        "customers": list(Account.objects.filter(parent=account).order_by("pk").values()),
        "people": list(people.order_by("pk").values()),
        "roles": list(ContactRole.objects.filter(contact__in=people).order_by("pk").values()),
        "pictures": list(Picture.objects.filter(account=account).order_by("pk").values()),
    }


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pages() -> dict[str, str]:
    cache.clear()
    found = {path: Client().get(f"/techsolutions/{path}") for path in PAGES}
    assert {answer.status_code for answer in found.values()} == {200}
    theme = Client().get(THEME.search(found[""].text)[0])
    shown = {path: OF_THE_MOMENT.sub("", THEME.sub("", answer.text)) for path, answer in found.items()}
    return shown | {"its style sheet": theme.text}


def down(account: Account, code: str, *, when: str) -> None:
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    to_plan = Plan.objects.get(operator=account.operator, code=code)
    asked = {"to_plan": to_plan, "timing": Timing(when), "channel": "storefront", "by": cast.buyer_of(account)}
    confirmed = Confirmation(preview_down(account, **asked).fingerprint, f"down-{Order.objects.count()}")
    change_down(account, confirmed=confirmed, typed_alias="techsolutions", **asked)


def let_it_happen() -> None:
    """What the sweeper and a worker do."""
    carry_out_due()
    for order in Order.objects.filter(state="placed").order_by("pk"):
        execute_order(order.pk)
    renew_due(seconds=20)
    assert not Order.objects.exclude(state="executed").exists()


def sizes() -> dict[str, int]:
    return {table: len(rows) for table, rows in all_rows().items() if table not in COMES_AND_GOES}


@pytest.mark.parametrize("days_away", [0, 20, 89])
@pytest.mark.parametrize("when", ["now", "period_end"])
@pytest.mark.parametrize("code", ["free", "basic"])
def test_everything_is_back(account, clock, tmp_path, code, when, days_away):
    before, shown, kept, sized = made_by(account), pages(), files(tmp_path), sizes()
    down(account, code, when=when)
    let_it_happen()
    if when == "period_end":
        assert pages() == shown and PendingChange.objects.count() == 1
        clock.move_to(datetime(2027, 2, 28, 9, tzinfo=UTC))  # the period's end; the anchor is the 31st
        let_it_happen()
    held = Subscription.objects.active().for_plans().filter(account=account).values_list("plan__code", flat=True)
    assert list(held) == ([] if code == "basic" else ["free"])
    cache.clear()  # as after the commit, which there is none of here
    answer = Client().get("/techsolutions/")
    assert answer.status_code == (410 if code == "basic" else 200)
    away = made_by(account)
    assert away == before and files(tmp_path) == kept
    assert all(many >= sized[table] for table, many in sizes().items())
    for _ in range(days_away):
        clock.shift(timedelta(days=1))
        let_it_happen()
    order = cast.order_plan(account, "standard", alias="techsolutions" if code == "basic" else None)
    let_it_happen()
    order.refresh_from_db()
    assert (order.state, order.preview["storefront"]) == ("executed", "restore" if code == "basic" else "keep")
    assert made_by(account) == before
    assert pages() == shown
    assert files(tmp_path) == kept
    assert all(many >= sized[table] for table, many in sizes().items())
    assert broken() == {}


def test_twin_where_parking_forgets_something(account, monkeypatch):
    from plans import upgrading

    real = upgrading.park_storefront

    def forgetful(account: Account, **about):
        Listing.objects.filter(storefront__account=account).update(markup=None)
        return real(account, **about)

    monkeypatch.setattr(upgrading, "park_storefront", forgetful)
    before = made_by(account)
    down(account, "basic", when="now")
    let_it_happen()
    with pytest.raises(AssertionError):
        assert made_by(account) == before
