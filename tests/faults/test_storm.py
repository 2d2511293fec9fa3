"""A small storm in every run: `bin/storm` as a person calls it. STORM says of how many upgrades."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from .clusters import programs

ROOT = Path(__file__).resolve().parents[2]
MANY = {"postgresql": 60, "sqlite": 20}


@pytest.mark.skipif(connection.vendor == "postgresql" and programs() is None, reason="no PostgreSQL of its own to kill")
def test_nothing_is_lost_and_nothing_is_there_twice():
    many = os.environ.get("STORM") or str(MANY[connection.vendor])
    database = "postgres" if connection.vendor == "postgresql" else "sqlite"
    command = [sys.executable, "-m", "tests.faults.storm", many, "--hurry", "--database", database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice" in done.stdout
