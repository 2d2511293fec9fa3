"""The lists and records of the back office beside a bare view, in a small world. `bin/bench` compares big ones."""

import statistics

import pytest

from plans.demo.scale import grow
from tests import cast
from tests.api.calling import BSS
from tests.bench.back_office import LIST, F, one_round, sides
from tests.sharing import IS_SHARED_RUN

pytestmark = [pytest.mark.bench, pytest.mark.shared, pytest.mark.django_db]
ROUNDS = 1 if IS_SHARED_RUN else 3


def test_lists_and_records_beside_a_bare_view(settings, capsys):
    settings.BSS_HOST = BSS
    operator = cast.distributor()
    cast.on_plan(cast.reseller(operator, "Harbor IT"), "free", alias="harborit")
    for _ in grow(operator, accounts=60):
        pass
    there = sides(operator, settings=settings)
    one_round(there, times=1)
    rounds = [one_round(there, times=1) for _ in range(ROUNDS)]
    took = {name: statistics.median(each[name] for each in rounds) for name in there}
    with capsys.disabled():
        print(f"\n  F = {took[F]:.2f} ms, a bare list of 50 is {took[LIST] / took[F]:.1f} F")
        for name, value in took.items():
            print(f"  {value / took[F]:5.1f} F  {name}")
