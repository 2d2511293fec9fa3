"""Questions whose SQL is written once: they answer as the ORM would, for whoever asks, each time anew."""

import itertools
import sys
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import Notification
from plans.models import Account, Operator, Order, Plan, Subscription, TenantRequest, User
from plans.prepared import Prepared
from tests import cast

HOUSE = ("bss.", "plans.", "storefront.")


def all_of_the_house() -> dict[str, Prepared]:
    """By their names: every one that a module of the house keeps."""
    import config.urls  # noqa: F401  imports the pages

    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith(HOUSE) and module]
    found = {id(it): (f"{module.__name__}.{name}", it) for module in modules for name, it in vars(module).items()
             if isinstance(it, Prepared)}  # fmt: skip
    return dict(found.values())


def columns(row, *, deep: int = 3) -> dict:
    """Everything that is known of a row, and of the rows that were read with it."""
    fields = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    others = row._state.fields_cache.items() if deep else ()
    return fields | {name: other and columns(other, deep=deep - 1) for name, other in others}


@pytest.mark.django_db
def test_each_answers_as_the_orm_does():
    operator = cast.distributor()
    cast.distributor("Sudlicht", host="sudlicht.test")
    accounts = [cast.on_plan(cast.reseller(operator), "standard"), cast.reseller(operator, "Harbor IT")]
    TenantRequest.objects.create(operator=operator, account=accounts[0])
    Notification.objects.filter(account=accounts[0]).update(state="failed")
    Order.objects.update(executed_at=timezone.now())
    ids = {"operator": Operator, "account": Account, "order": Order, "subscription": Subscription, "plan": Plan,
           "user": User}  # fmt: skip
    known = {name: list(model.objects.values_list("pk", flat=True)) for name, model in ids.items()}
    numbers = [model.objects.values_list("number", flat=True) for model in (Account, Order, Subscription)]
    known["number"] = [*itertools.chain(*numbers), "nobody's"]
    for name, question in all_of_the_house().items():
        many = 0
        for values in itertools.product(*(known[what] for what in question.asked)):
            asked = dict(zip(question.asked, values, strict=True))
            rows = question(**asked)
            assert [*map(columns, rows)] == [*map(columns, question.build(**asked))], (name, asked)
            many += len(rows)
        assert many, f"{name}: nothing was found, so nothing was compared"


@pytest.mark.django_db
def test_a_moment_is_not_kept():
    late = Prepared(lambda account: Order.objects.filter(account=account, created_at__lt=timezone.now()), account=int)
    with pytest.raises(TypeError):
        late(account=1)


@pytest.mark.django_db(transaction=True)
def test_two_threads_ask_by_their_own_connections():
    operator = cast.distributor()
    numbers = [cast.reseller(operator, name).number for name in ("Harbor IT", "Alpine Cloud")]
    by_number = Prepared(lambda number: Account.objects.filter(number=number), number=str)
    heard: dict[str, list[str]] = {}

    def ask(number: str) -> None:
        try:
            heard[number] = [by_number(number=number)[0].number for _ in range(50)]
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {number: [number] * 50 for number in numbers}
