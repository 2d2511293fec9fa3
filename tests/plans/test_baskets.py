"""What may lie in a basket together, and what does not happen to it when two tabs put something in at once."""

import pytest
from django.db import DatabaseError, transaction

from plans.baskets import MOST_OF_ONE, basket_of, change_item, lines_of, put_in_basket, take_out
from plans.models import Basket, BasketItem, Storefront
from plans.refusals import Refused
from tests import cast
from tests.plans.at_once import at_once, codes


class Shop:
    """Jonas of Tech Solutions at the Nordwind storefront, with its two plans and one ordinary product."""

    def __init__(self) -> None:
        self.operator = cast.distributor()
        self.window = Storefront.objects.get(operator=self.operator, is_own=True)
        self.jonas = cast.buyer_of(cast.reseller(self.operator))
        self.free, self.standard = (cast.plan_product(self.operator, code) for code in ("free", "standard"))
        self.suite = cast.product(self.operator)

    def put(self, product, **how):
        return put_in_basket(self.jonas, self.window, product, **how)

    def held(self) -> list[tuple[str, str, int]]:
        return [(item.product.name, item.cycle, item.quantity) for item in lines_of(self.jonas, self.window)]


@pytest.fixture
def shop(db) -> Shop:
    return Shop()


def test_another_plan_replaces_the_first_and_says_so(shop):
    assert shop.put(shop.free).replaced == ""
    assert shop.put(shop.standard, cycle="year").replaced == "Free Plan"
    assert shop.held() == [("Standard Plan", "year", 1)]


def test_the_same_plan_again_replaces_nothing_and_takes_the_new_cycle(shop):
    shop.put(shop.standard)
    assert shop.put(shop.standard, cycle="year").replaced == ""
    assert shop.held() == [("Standard Plan", "year", 1)]


def test_a_plan_comes_once_whatever_quantity_is_asked_for(shop):
    shop.put(shop.standard, quantity=7)
    assert shop.held() == [("Standard Plan", "month", 1)]


def test_other_products_lie_beside_the_plan_and_add_up(shop):
    shop.put(shop.suite, quantity=3)
    shop.put(shop.standard)
    assert shop.put(shop.suite, quantity=4).replaced == ""
    assert shop.held() == [("Standard Plan", "month", 1), ("Workplace Suite", "month", 7)]
    shop.put(shop.suite, quantity=MOST_OF_ONE)
    assert shop.held()[1] == ("Workplace Suite", "month", MOST_OF_ONE)


def test_what_is_not_sold_here_is_refused(shop):
    lumen = cast.product(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Suite")
    hidden = cast.product(shop.operator, "Old Suite", is_sold=False)
    for product in (lumen, hidden):
        with pytest.raises(Refused) as refused:
            shop.put(product)
        assert (refused.value.code, shop.held()) == ("product_not_sold", [])
    assert basket_of(shop.jonas, shop.window) is None


def test_items_change_and_go(shop):
    suite, plan = shop.put(shop.suite).item, shop.put(shop.standard).item
    change_item(shop.jonas, shop.window, suite.pk, cycle="year", quantity=5)
    change_item(shop.jonas, shop.window, plan.pk, cycle="year", quantity=5)
    assert shop.held() == [("Standard Plan", "year", 1), ("Workplace Suite", "year", 5)]
    assert take_out(shop.jonas, shop.window, suite.pk) == "Workplace Suite"
    assert take_out(shop.jonas, shop.window, suite.pk) == ""
    assert shop.held() == [("Standard Plan", "year", 1)]


def test_the_items_of_others_are_not_there(shop):
    item = shop.put(shop.suite, quantity=2).item
    stranger = cast.buyer_of(cast.reseller(shop.operator, "Harbor IT"))
    change_item(stranger, shop.window, item.pk, cycle="year", quantity=9)
    assert take_out(stranger, shop.window, item.pk) == ""
    elsewhere = Storefront.objects.get(operator=cast.distributor("Sudlicht", host="sudlicht.test"), is_own=True)
    assert take_out(shop.jonas, elsewhere, item.pk) == ""
    assert shop.held() == [("Workplace Suite", "month", 2)]


def test_two_storefronts_keep_two_baskets(shop):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    elsewhere = Storefront.objects.get(operator=sudlicht, is_own=True)
    shop.put(shop.suite)
    put_in_basket(shop.jonas, elsewhere, cast.product(sudlicht, "Lumen Suite"))
    assert [name for name, *_ in shop.held()] == ["Workplace Suite"]
    assert [item.product.name for item in lines_of(shop.jonas, elsewhere)] == ["Lumen Suite"]


def test_the_database_holds_the_promises_whoever_writes(shop):
    basket = shop.put(shop.standard).item.basket
    wrong = [
        {"product": shop.free, "is_plan": True},
        {"product": shop.suite, "quantity": 0},
        {"product": shop.suite, "quantity": MOST_OF_ONE + 1},
        {"product": shop.free, "is_plan": True, "quantity": 2},
        {"product": shop.standard, "is_plan": True},
    ]
    for values in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            basket.items.create(**values)
    assert shop.held() == [("Standard Plan", "month", 1)]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_leave_one_basket_with_one_plan():
    shop = Shop()
    for _ in range(3):  # without a basket the first time, with an empty one then
        outcomes = at_once(
            *(lambda product=product: shop.put(product) for product in (shop.free, shop.standard) * 4), gate=BasketItem
        )
        assert codes(outcomes) == ["done"] * 8
        assert Basket.objects.count() == 1
        assert [name for name, *_ in shop.held()] in (["Free Plan"], ["Standard Plan"])
        BasketItem.objects.all().delete()
