"""Nobody is the primary contact: staff are refused at each door and led to Add contact; a reseller that acts for itself
is written to as whoever ordered. Never is staff written to in their place."""

import pytest

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Account, Order, StaffMembership
from plans.refusals import SENTENCES
from tests import cast
from tests.api.calling import BSS, STORE, Program, token_of
from tests.storefront.visits import words
from tests.stories.doors import FROM_BASIC, FROM_FREE, SELF_SERVICE, WAYS_DOWN, Doors, Send

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
BY_API = {Doors.api, Doors.api_order, Doors.api_way_down}
BUYER = "owner@techsolutions.example"


def own_api_way_down(doors: Doors, plan: str) -> Send:
    """The reseller's own program; its plan has to include the API."""
    program = Program(token_of(doors.operator, cast.buyer_of(doors.account), account=doors.account), host=STORE)
    wanted = {"account": doors.account.number, "plan": plan, "when": "now"}
    shown = program.post("plan-changes/preview/", wanted).json()
    return lambda: program.post("plan-changes/", wanted | {"fingerprint": shown["fingerprint"]})


UP = [*((door, "", "harbor") for door in FROM_BASIC), *((door, "free", None) for door in FROM_FREE)]
DOWN = [*((door, "standard", "free") for door in WAYS_DOWN), *((door, "standard", "basic") for door in WAYS_DOWN)]
EVERY_DOOR = [*UP, *DOWN, (own_api_way_down, "standard", "free")]
OWN = {*SELF_SERVICE, Doors.own_way_down, own_api_way_down}


@pytest.fixture
def account(settings) -> Account:
    settings.BSS_HOST = BSS
    return cast.reseller(cast.distributor(host=STORE))


def letters_to_customers() -> list[Notification]:
    contractual = [code for code, kind in CATALOGUE.items() if kind.contractual]
    return list(Notification.objects.filter(template_code__in=contractual).order_by("pk"))


@pytest.mark.parametrize(
    ("door", "start", "typed"),
    [pytest.param(*each, id=f"{each[0].__name__}-{each[1] or 'basic'}-{each[2] or 'standard'}") for each in EVERY_DOOR],
)
def test_at_this_door(account, door, start, typed):
    if start:
        account = cast.on_plan(account, start, alias="alpine")
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    manager = cast.staff(account.operator, "account_manager")
    Account.objects.filter(pk=account.pk).update(account_manager=manager.user)
    send = door(Doors(account), typed)
    cast.without_primary_contact(account)
    Notification.objects.all().delete()
    placed = set(Order.objects.exclude(state="draft").values_list("pk", flat=True))
    answer = send()
    asked = Order.objects.exclude(state="draft").exclude(pk__in=placed)
    if door in OWN:
        [order] = asked
        execute_order(order.pk)
        order.refresh_from_db()
        assert order.state == "executed", order.error_message
        readers = {letter.recipient_email for letter in letters_to_customers()}
        assert readers == {BUYER}
        works_here = set(StaffMembership.objects.values_list("user__email", flat=True))
        assert not works_here & readers
        return
    sentence = SENTENCES["no_primary_contact"].format(account="Tech Solutions")
    assert not asked.exists() and not Notification.objects.exists()
    if door in BY_API:
        told = answer.json()
        shown = [told, *told.get("preview", {}).get("refusals", [])]
        assert answer.status_code == 409
        assert [each.get("detail") or each["sentence"] for each in shown if each["code"] == "no_primary_contact"] == [
            sentence
        ]
    else:
        assert answer.status_code in (409, 422), answer.status_code
        assert sentence in words(answer)
        assert f'href="/bss/accounts/{account.number}/contacts/' in answer.text and "Add a contact" in answer.text


def test_every_door_is_walked():
    """A door that is built later has to be told of here."""
    doors = {name for name in vars(Doors) if not name.startswith("_")} - {"bss_item"}  # where an alias is typed alone
    assert doors == {door.__name__ for door, *_ in EVERY_DOOR if door is not own_api_way_down}
