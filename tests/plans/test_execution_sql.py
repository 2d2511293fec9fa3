"""How many statements a placed order costs to execute: few round trips are what makes it fast."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.execution import carry_out, claim, execute_order
from tests import cast

pytestmark = pytest.mark.django_db


def statements(captured: CaptureQueriesContext) -> int:
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return sum(query["sql"].split(maxsplit=1)[0] in kinds for query in captured)


def test_the_one_transaction_takes_14_statements():
    order = cast.order_plan(cast.reseller(cast.distributor()))
    lease = claim(order.pk)
    with CaptureQueriesContext(connection) as captured:
        carry_out(lease)
    assert statements(captured) == 14


def test_claiming_and_executing_take_17_statements_and_a_second_ring_one():
    order = cast.order_plan(cast.reseller(cast.distributor()))
    with CaptureQueriesContext(connection) as captured:
        execute_order(order.pk)
    assert statements(captured) == 17
    with CaptureQueriesContext(connection) as captured:
        execute_order(order.pk)
    assert statements(captured) == 1
