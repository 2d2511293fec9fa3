"""/healthz and /readyz: what machines ask before anybody else is let in."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from plans import vital_signs
from plans.models import Order
from tests import cast


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(vital_signs, "_migrated_until", 0.0)


def ask(client, path: str = "/readyz"):
    response = client.get(path, headers={"host": "10.1.2.3:9999"})
    return response.status_code, response.json()


def test_healthz_answers_on_any_host_and_touches_no_database(client):
    assert ask(client, "/healthz") == (200, {"ok": True})  # pytest-django refuses databases here


@pytest.mark.django_db
def test_a_quiet_house_is_ready(client):
    assert ask(client) == (200, {"ok": True})


@pytest.mark.django_db
def test_a_migration_that_waits_is_named(client):
    MigrationRecorder(connection).migration_qs.filter(app="plans").latest("id").delete()
    assert ask(client) == (503, {"ok": False, "migrations": "1 to apply"})


@pytest.mark.django_db
def test_a_database_that_is_away_is_named(client, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "cursor", away)
    assert ask(client) == (503, {"ok": False, "database": "OperationalError"})


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "in_words"), [(0, None), (2, "the oldest due one waits for 1"), (-5, None)])
def test_an_order_that_nobody_works_on_is_noticed(client, minutes, in_words):
    order = cast.order_plan(cast.reseller(cast.distributor()))
    due = timezone.now() - timedelta(minutes=minutes)
    Order.objects.filter(pk=order.pk).update(next_attempt_at=due, placed_at=due)
    status, answer = ask(client)
    assert (status, answer.get("orders", "")[:30]) == ((503, in_words) if in_words else (200, ""))
