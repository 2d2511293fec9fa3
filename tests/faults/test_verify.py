"""Each invariant is planted a row that breaks it, and `manage.py verify` finds it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from notifications.models import Notification, NotificationTemplate
from notifications.post import resend
from plans.models import (
    Activity,
    ApiToken,
    Listing,
    Operator,
    PendingChange,
    Picture,
    Storefront,
    StorefrontDraft,
    StorefrontText,
    TenantRequest,
)
from plans.verify import BETWEEN, CROSSING, INVARIANTS, broken, rows_across_operators
from tests import cast
from tests.processes import environment

from .wreckage import BREAKING, World, a_charge_of_another_sum, copy, make_world


@pytest.fixture
def world(db) -> World:
    return make_world()


def test_every_invariant_is_broken_here():
    assert {wreck.__doc__ for wreck in BREAKING} == set(INVARIANTS)


@pytest.mark.parametrize("wreck", BREAKING, ids=lambda wreck: wreck.__name__)
def test_a_broken_invariant_is_found(wreck, world, capsys):
    assert broken() == {}
    with transaction.atomic():
        wreck(world)
        found = broken()
        with pytest.raises(SystemExit) as end:
            call_command("verify")
        transaction.set_rollback(True)
    assert found[wreck.__doc__]
    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)[wreck.__doc__]
    assert broken() == {}


@pytest.fixture
def everything(world) -> Operator:
    """A row of every kind, and an operator that has none of them."""
    letter = Notification.objects.get(order=world.order, template_code="welcome_standard")
    resend(letter)
    template = NotificationTemplate.objects.filter(operator=world.order.operator).first()
    template.recipients.create(contact=world.account.contacts.get())
    cast.basket(world.account, cast.product(world.order.operator))
    about = {"operator": world.order.operator}
    TenantRequest.objects.create(account=world.account, **about)
    ApiToken.objects.create(account=world.account, user=cast.buyer_of(world.account), name="ERP", digest="d", **about)
    PendingChange.objects.create(
        subscription=world.subscription, to_plan=world.order.from_plan, due_on="2030-01-01", **about
    )
    show_something(world.account.storefront)
    return copy(Operator.objects.get(pk=world.stranger.pk), store_host="strange.test", account=None)


def show_something(storefront: Storefront) -> None:
    """All that a reseller can put on its storefront."""
    about = {"operator": storefront.operator}
    logo = Picture.objects.create(account=storefront.account, width=512, height=256, **about)
    Storefront.objects.filter(pk=storefront.pk).update(logo=logo)
    StorefrontDraft.objects.create(account=storefront.account, name="Draft", logo=logo, **about)
    product = cast.plan_product(storefront.operator, "standard")
    Listing.objects.create(storefront=storefront, product=product, is_listed=True, **about)
    StorefrontText.objects.create(storefront=storefront, kind="imprint", text="Kaiweg 14", **about)
    Notification.objects.filter(account=storefront.account).update(storefront=storefront)


def test_every_row_of_every_kind_is_seen_to_cross(world, everything):
    """One row of each kind says that it is a stranger's: then each of its references crosses."""
    unseen = []
    for model, field in CROSSING:
        row = model.objects.filter(**{f"{field}__isnull": False}, operator=world.order.operator).first()
        with transaction.atomic():
            if model is Activity:  # only ever added to
                row = copy(row, operator=everything)
            else:
                model.objects.filter(pk=row.pk).update(operator=everything)
            if {"model": model.__name__, "field": field, "id": row.pk} not in rows_across_operators():
                unseen.append((model.__name__, field))
            transaction.set_rollback(True)
    assert unseen == []


def test_what_stands_between_two_operators_is_seen(world, everything):
    unseen = []
    for model, _, other in BETWEEN:
        row = model.objects.filter(**{f"{other}__operator": world.order.operator}).first()
        with transaction.atomic():
            type(getattr(row, other)).objects.filter(pk=getattr(row, f"{other}_id")).update(operator=everything)
            if {"model": model.__name__, "field": other, "id": row.pk} not in rows_across_operators():
                unseen.append((model.__name__, other))
            transaction.set_rollback(True)
    assert unseen == []


def verify() -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "verify"]
    return subprocess.run(
        command, env={**os.environ, **environment()}, cwd=Path(__file__).parents[2], capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_command_as_a_process():
    world = make_world()
    clean = verify()
    assert (clean.returncode, clean.stdout.strip()) == (0, f"{len(INVARIANTS)} invariants hold."), clean.stderr
    a_charge_of_another_sum(world)
    found = verify()
    assert (found.returncode, list(json.loads(found.stdout))) == (1, ["I16 charges add up to what was agreed"])
