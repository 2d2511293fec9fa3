"""Faults on purpose: they fire where and as often as the file says, and nowhere in production."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.checks import run_checks

from notifications import faults

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(settings, tmp_path):
    path = tmp_path / "faults"
    settings.FAULTS_FILE, settings.FAULTS_ALLOWED = str(path), True
    return path


def fires(point: str, pk: int | None = None) -> bool:
    try:
        faults.hit(point, pk)
    except faults.Fault:
        return True
    return False


def test_without_a_file_nothing_happens(settings):
    settings.FAULTS_FILE, settings.FAULTS_ALLOWED = "", True
    assert not fires("send.claimed", 1)


def test_a_file_that_is_not_there_yet_is_no_error(file):
    assert not fires("send.claimed", 1)


def test_point_and_row(file):
    file.write_text("send.claimed:7=raise\nexec.claimed=raise\n\n")
    assert fires("send.claimed", 7) and fires("exec.claimed", 1) and fires("exec.claimed")
    assert not fires("send.claimed", 8) and not fires("send.claimed") and not fires("send.claimed2", 7)


def test_as_often_as_the_line_says(file):
    file.write_text("a=raise*2\nb=raise*1")
    assert [fires("a"), fires("a"), fires("a"), fires("b"), fires("b")] == [True, True, False, True, False]


def test_sleep_and_wait(file, tmp_path):
    file.write_text(f"a=sleep=0.2*1\nb=wait={tmp_path / 'go'}")
    began = time.monotonic()
    faults.hit("a")
    assert time.monotonic() - began >= 0.2
    threading.Timer(0.2, (tmp_path / "go").touch).start()
    began = time.monotonic()
    faults.hit("b")
    assert 0.1 < time.monotonic() - began < 5


def test_kill_once_is_once_for_all_processes(file):
    file.write_text("a=kill*1")
    code = (
        "import django; from django.conf import settings;"
        f"settings.configure(FAULTS_FILE={str(file)!r}, FAULTS_ALLOWED=True); django.setup();"
        "from notifications import faults; faults.hit('a', 1); print('alive')"
    )
    results = [subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True) for _ in range(3)]
    assert [result.returncode for result in results] == [-9, 0, 0]
    assert [result.stdout for result in results] == [b"", b"alive\n", b"alive\n"]


def test_in_production_a_file_alone_does_nothing(db, file, settings):
    file.write_text("a=raise")
    settings.DEBUG, settings.FAULTS_ALLOWED = False, False
    assert not fires("a")
    assert [error.id for error in run_checks(tags=["security"]) if error.id.startswith("notifications")] == [
        "notifications.E001"
    ]
    settings.FAULTS_ALLOWED = True
    deploy = run_checks(tags=["security"], include_deployment_checks=True)
    assert [error.id for error in deploy if error.id.startswith("notifications")] == ["notifications.E002"]
    settings.FAULTS_FILE = ""
    deploy = run_checks(tags=["security"], include_deployment_checks=True)
    assert not [error.id for error in deploy if error.id.startswith("notifications")]


def test_an_unknown_action_is_said(file):
    file.write_text("a=explode")
    with pytest.raises(ValueError, match="explode"):
        faults.hit("a")
