"""The first of a month: how many subscriptions a worker renews in a second, alone and beside others."""

import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from plans.models import Charge, Operator, Subscription
from plans.periods import today
from plans.renewing import renew_due
from plans.verify import broken
from tests import cast
from tests.plans.at_once import at_once
from tests.sharing import IS_SHARED_RUN

pytestmark = [pytest.mark.bench, pytest.mark.shared("postgresql"), pytest.mark.django_db(transaction=True)]
MANY = 200 if IS_SHARED_RUN else 5_000
FEWEST = 0 if IS_SHARED_RUN else 150  # in a second, on a machine that is busy with other things


def all_due_today() -> int:
    """Everything that was sold renews today: each period is moved, with its charge."""
    operator = Operator.objects.get()
    on = today(operator)
    for day in Subscription.objects.active().values_list("period_end_on", flat=True).distinct():
        back = day - on
        held = Subscription.objects.active().filter(period_end_on=day)
        Charge.objects.filter(subscription__in=held).update(
            period_start_on=F("period_start_on") - back, period_end_on=F("period_end_on") - back
        )
        held.update(anchor_on=F("anchor_on") - back, period_start_on=F("period_start_on") - back, period_end_on=on)
    return Subscription.objects.active().count()


def test_the_first_of_a_month():
    cast.distributor()
    call_command("seed_scale", accounts=MANY, verbosity=0)
    many = all_due_today()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    began = time.monotonic()
    alone = renew_due(seconds=2.0)
    rate = alone / (time.monotonic() - began)
    print(f"one worker: {alone} in a round, {rate:.0f} a second")
    began, workers = time.monotonic(), 2 if connection.vendor == "postgresql" else 1
    outcomes = at_once(*[lambda: renew_due(seconds=60)] * workers)
    rest = sum(outcome.value for outcome in outcomes)
    shares = [outcome.value for outcome in outcomes]
    print(f"{workers} workers: {shares}, {rest / (time.monotonic() - began):.0f} a second")
    assert alone + rest + renew_due(seconds=60) == many
    assert broken() == {}
    assert rate > FEWEST
