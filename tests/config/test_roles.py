"""deploy/roles.sql on a real PostgreSQL: the serving role does the main job, and rewrites no history."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models.functions import Now
from django.test import Client

from notifications.models import DeliveryEvent, Notification, NotificationAttempt
from plans.models import Account, Activity, Charge, Order, Subscription
from plans.sweeping import sweep
from plans.verify import broken
from tests import cast

ROOT = Path(__file__).resolve().parents[2]
ROLE = f"uplift_app_{os.getpid()}"
pytestmark = [
    pytest.mark.pg,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no roles"),
    pytest.mark.django_db(transaction=True),
]


def run_as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def reseller(transactional_db) -> Account:
    return cast.reseller(cast.distributor())


@pytest.fixture
def serving(reseller: Account) -> Iterator[None]:
    """From here on this process is the serving role."""
    run_as_owner(f"CREATE ROLE {ROLE}")
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql", path=f"/{database()}"))
    command = ["psql", "-v", "ON_ERROR_STOP=1", "-v", f"app={ROLE}", "-q", "-f", str(ROOT / "deploy/roles.sql"), url]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    run_as_owner(f"SET ROLE {ROLE}")
    yield
    run_as_owner("RESET ROLE")
    run_as_owner(f"DROP OWNED BY {ROLE}")
    run_as_owner(f"DROP ROLE {ROLE}")


def database() -> str:
    return str(connection.settings_dict["NAME"])


def refused(write) -> bool:
    try:
        with transaction.atomic():
            write()
    except ProgrammingError as problem:
        return "permission denied" in str(problem)
    return False


def test_the_serving_role_does_the_main_job_and_rewrites_no_history(reseller, serving):
    client = Client(headers={"host": "testserver"})
    assert (
        client.post("/login/", {"login": "owner@techsolutions.example", "password": cast.PASSWORD}).status_code == 302
    )
    cast.executed(cast.order_plan(reseller))
    Notification.objects.update(next_attempt_at=Now() - timedelta(minutes=1))
    sweep(execute=True)
    assert Subscription.objects.active().for_plans().count() == 1
    assert client.get("/techsolutions/").status_code == 200
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert broken() == {}

    attempt = NotificationAttempt.objects.first()
    writes = [
        lambda: Activity.objects.update(text="Nothing happened."),
        lambda: Activity.objects.all().delete(),
        lambda: Charge.objects.update(net=0),
        lambda: Charge.objects.all()._raw_delete("default"),
        lambda: NotificationAttempt.objects.update(number=9),
        lambda: NotificationAttempt.objects.all()._raw_delete("default"),
        lambda: DeliveryEvent.objects.update(kind="delivered"),
        lambda: Order.objects.all()._raw_delete("default"),
        lambda: run_as_owner("TRUNCATE plans_activity"),
        lambda: run_as_owner("DELETE FROM django_migrations"),
        lambda: run_as_owner("CREATE TABLE mine (id int)"),
    ]
    assert attempt.outcome == "accepted"
    assert [refused(write) for write in writes] == [True] * len(writes)
