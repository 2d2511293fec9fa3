"""Forty clients ask for one alias at the same moment: one has it, the others are told so, and nothing else happens."""

from itertools import product

import pytest

from plans import aliases
from plans.aliases import claims_in_force
from plans.baskets import lines_in, wanted_in
from plans.mending import amend_item
from plans.models import Account, AliasClaim, NumberSeries, Order
from plans.ordering import draft_order, order_basket, place_order
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.reserving import reserve
from plans.verify import broken
from tests import cast

from .at_once import Outcome, at_once, codes, without

pytestmark = pytest.mark.django_db(transaction=True)

# As people type it. All of these are one alias ...
SPELLINGS = ["harbor", "HARBOR", "Harbor", " harbor ", "ｈａｒｂｏｒ", "ＨＡＲＢＯＲ", "\u3000harbor\n", "ⓗⓐⓡⓑⓞⓡ"]
# ... and these are none: a Cyrillic letter, a joiner that nobody sees, a dotless i in its place.
LOOK_ALIKES = ["hаrbor", "harbоr", "har\u200dbor", "harbo\u0433"]
CLIENTS = 40


def ask_as_many(operator) -> list[Outcome]:
    """Each client is a reseller of its own; one in ten types a look-alike."""
    numbers = NumberSeries.take(operator.id, "AC", count=CLIENTS)
    resellers = Account.objects.bulk_create(
        Account(operator=operator, parent=operator.account, kind="reseller", number=n, name=n, currency="EUR")
        for n in numbers
    )
    typed = [LOOK_ALIKES[at // 10] if at % 10 == 9 else SPELLINGS[at % len(SPELLINGS)] for at in range(CLIENTS)]
    return at_once(
        *(
            lambda text=text, account=account: (
                aliases.hold(text, account=account, until=aliases.CHECKOUT_HOLD),
                account.pk,
            )
            for text, account in zip(typed, resellers, strict=True)
        ),
        gate=AliasClaim,
    )


def exactly_one_has_it(outcomes: list[Outcome]) -> None:
    look_alikes = len(LOOK_ALIKES)
    assert codes(outcomes) == ["alias_invalid"] * look_alikes + ["alias_taken"] * (CLIENTS - look_alikes - 1) + ["done"]
    [winner] = [outcome.value for outcome in outcomes if outcome.code == "done"]
    [claim] = AliasClaim.objects.all()
    assert (claim.alias, claim.account_id) == winner
    assert claim.alias == "harbor"
    sentences = {o.problem.sentence for o in outcomes if o.code == "alias_taken"}
    assert sentences == {"The alias harbor has already been assigned to someone else. Choose a different alias."}


def test_forty_clients_one_alias():
    exactly_one_has_it(ask_as_many(cast.distributor()))


def test_twin_without_the_constraint_many_have_it():
    operator = cast.distributor()
    with without((AliasClaim, "alias_claimed_once")):
        outcomes = ask_as_many(operator)
        with pytest.raises(AssertionError):
            exactly_one_has_it(outcomes)
        assert codes(outcomes).count("done") > 1


def test_twin_that_looks_before_it_writes_breaks(monkeypatch):
    """Asking whether it is free and then writing is not enough: somebody is between the two."""

    def look_then_write(text, *, account, until, by=None):
        answer = aliases.availability(text, operator=account.operator, account=account)
        if answer.refusal:
            raise answer.refusal
        AliasClaim.objects.create(operator_id=account.operator_id, alias=answer.alias, account=account, state="held")
        return answer.alias

    monkeypatch.setattr(aliases, "hold", look_then_write)
    outcomes = ask_as_many(cast.distributor())
    with pytest.raises(AssertionError):
        exactly_one_has_it(outcomes)
    assert "IntegrityError" in codes(outcomes)


class Doors:
    """The ways in which an alias is entered, each for a reseller of its own that stands right before it."""

    def __init__(self, operator) -> None:
        self.operator = operator
        self.staff = cast.user("ops@nordwind.example")
        self.standard = cast.plan_product(operator, "standard")
        self.resellers = 0

    def _reseller(self) -> Account:
        self.resellers += 1
        account = cast.reseller(self.operator, f"Reseller {self.resellers}")
        return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)

    def _draft(self, account: Account, alias: str = "") -> Order:
        return draft_order(account, wanted=[Wanted(self.standard)], channel="bss_order", by=self.staff, alias=alias)

    def checkout_field(self, alias: str):
        account = self._reseller()
        return lambda: aliases.hold(alias, account=account, until=aliases.CHECKOUT_HOLD)

    def checkout(self, alias: str):
        account = self._reseller()
        basket, by = cast.basket(account, self.standard), cast.buyer_of(account)
        shown = preview_order(account, wanted=wanted_in(lines_in(basket)), by=by)
        return lambda: order_basket(
            basket, account=account, alias=alias, fingerprint=shown.fingerprint, accepted=True, reference="",
            form_key=f"form-{account.pk}", address=None, by=by,
        )  # fmt: skip

    def saved_draft(self, alias: str):
        account = self._reseller()
        return lambda: self._draft(account, alias)

    def pencil(self, alias: str):
        item = self._draft(self._reseller()).items.get()
        return lambda: amend_item(item, alias=alias, by=self.staff)

    def placing_after_the_hold_ran_out(self, alias: str):
        order = self._draft(self._reseller())
        order.items.update(alias=alias)
        return lambda: place_order(order, by=self.staff)


DOORS = [name for name in vars(Doors) if not name.startswith("_")]


def test_every_door_against_every_other():
    """Twenty-five ordered pairs; the loser is told at once, in the words of a taken alias, and never when executed."""
    doors = Doors(cast.distributor())
    for number, (first, second) in enumerate(product(DOORS, repeat=2)):
        alias = f"harbor-{number}"
        outcomes = at_once(getattr(doors, first)(alias), getattr(doors, second)(alias.upper()), gate=AliasClaim)
        assert codes(outcomes) == ["alias_taken", "done"], (first, second, outcomes)
    assert AliasClaim.objects.count() == 25
    assert broken() == {}


def test_every_door_against_who_reserves_the_alias():
    """Whoever is second is told; never is an alias both reserved and somebody's. Its plural is kept with it."""
    operator = cast.distributor()
    doors = Doors(operator)
    for number, (door, plural) in enumerate(product(DOORS, ("", "s"))):
        alias = f"harbor-{number}"
        for wanted in (alias, f"{alias}-over"):
            take = getattr(doors, door)(f"{wanted}{plural}")
            if wanted != alias:  # as if somebody's hold on it had run out
                claim = {"operator": operator, "alias": f"{wanted}{plural}", "account": cast.reseller(operator, wanted)}
                AliasClaim.objects.create(state="held", held_until="2020-01-01T00:00Z", **claim)
            outcomes = at_once(take, lambda: reserve(operator, wanted, by=None), gate=AliasClaim)  # noqa: B023
            assert codes(outcomes) in (["alias_live", "done"], ["alias_reserved", "done"]), (door, wanted, outcomes)
            is_taken = outcomes[0].code == "done"
            operator.refresh_from_db()
            assert (wanted in operator.reserved_aliases) is not is_taken
            assert claims_in_force([f"{wanted}{plural}"], operator=operator).exists() is is_taken
    assert not AliasClaim.objects.filter(account=operator.account_id).exists()
    assert broken() == {}


def test_the_loser_of_a_checkout_wrote_nothing():
    doors = Doors(cast.distributor())
    outcomes = at_once(*(doors.checkout("harbor") for _ in range(5)), gate=AliasClaim)
    assert codes(outcomes) == ["alias_taken"] * 4 + ["done"]
    [order] = Order.objects.all()
    assert order.items.get().alias == "harbor"
    assert AliasClaim.objects.get().account_id == order.account_id
