"""A small storm in every run: `bin/storm` as a person calls it. STORM says of how many upgrades."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from .clusters import programs
from .storm.guards import GUARDS, taken_away

ROOT = Path(__file__).resolve().parents[2]
MANY = {"postgresql": 60, "sqlite": 24}


@pytest.mark.shared("postgresql")  # whose sessions can be cut, and whose server restarted
@pytest.mark.skipif(connection.vendor == "postgresql" and programs() is None, reason="no PostgreSQL of its own to kill")
def test_nothing_is_lost_and_nothing_is_there_twice():
    many = os.environ.get("STORM") or str(MANY[connection.vendor])
    database = "postgres" if connection.vendor == "postgresql" else "sqlite"
    command = [sys.executable, "-m", "tests.faults.storm", many, "--hurry", "--database", database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice" in done.stdout


def test_every_guard_that_can_be_taken_away_is_there():
    """A constraint that has another name by now would be missed by nobody."""
    for name, guard in GUARDS.items():
        assert guard.take_away or guard.model or guard.also, name
        if guard.model:
            model = apps.get_model("plans", guard.model)
            assert set(guard.constraints) <= {constraint.name for constraint in model._meta.constraints}, name
            assert all(model._meta.get_field(field).unique for field in guard.one_to_one), name
    assert len(taken_away(["fence and constraints"])) == 7


def test_the_product_knows_no_way_to_take_a_guard_away():
    rooms = ("api", "bss", "config", "notifications", "plans", "reselling", "storefront", "ui", "bin")
    told = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "STORM_WITHOUT" in path.read_text()]
    assert told == []
