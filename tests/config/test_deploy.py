"""The files of deploy/: they name settings that exist, programs that are there, queues that somebody rings."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in COMPOSE.items() if service["image"] == "uplift"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
QUEUES = {"orders", "bulk", "mail"}
SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
# Read by gunicorn.py, Celery, Python, libpq's programs and bin/release.
BESIDE = {"BIND", "WEB_CONCURRENCY", "REMAP_SIGTERM", "PYTHONUNBUFFERED", "APP_ROLE", "UPLIFT_ENV_FILE"}
DOCS = (ROOT / "docs/operating.md").read_text()


def unit(path: Path) -> configparser.SectionProxy:
    """Its [Service]; keys that stand twice are joined by a line break."""
    parsed = configparser.RawConfigParser(strict=False, delimiters="=", dict_type=Joined)
    parsed.optionxform = str
    parsed.read(path)
    return parsed["Service"]


class Joined(dict):
    def __setitem__(self, key: str, value: object) -> None:
        known = self.get(key)
        super().__setitem__(key, [*known, *value] if isinstance(known, list) and isinstance(value, list) else value)


def programs() -> dict[str, list[list[str]]]:
    """Every command of ours that some file starts, by the file or service."""
    found = {f"compose {name}": [service["command"]] for name, service in OURS.items() if "command" in service}
    for path in UNITS:
        found[path.name] = [line.split() for line in unit(path)["ExecStart"].splitlines()]
    return found


def names_given() -> dict[str, set[str]]:
    found = {f"compose {name}": set(service.get("environment", {})) for name, service in OURS.items()}
    for path in UNITS:
        given = " ".join(unit(path)["Environment"].splitlines())
        found[path.name] = {word.partition("=")[0] for word in given.split()}
    example = (DEPLOY / "uplift.env.example").read_text()
    found["uplift.env.example"] = set(re.findall(r"^#?([A-Z_]+)=", example, re.M))
    image = re.search(r"^ENV (.*)$", (DEPLOY / "Containerfile").read_text(), re.M)[1]
    found["Containerfile"] = {word.partition("=")[0] for word in image.split()}
    return found


@pytest.mark.parametrize("where", names_given())
def test_every_name_in_an_environment_is_one_that_somebody_reads(where):
    assert names_given()[where] - SETTINGS - BESIDE == set()


def test_every_setting_is_in_the_manual():
    assert len(SETTINGS) > 20
    assert {name for name in SETTINGS if f"`{name}`" not in DOCS} == set()


@pytest.mark.parametrize("where", programs())
def test_every_program_is_there(where):
    for command in programs()[where]:
        path = command[0].removeprefix("/opt/uplift/")
        assert (ROOT / path).exists() or (ROOT / ".venv/bin" / path).exists(), command
        if "gunicorn" in path:
            assert (ROOT / command[command.index("-c") + 1]).exists()
        if path.endswith("python"):
            assert command[2] in get_commands()


def queues_of(commands: list[list[str]]) -> list[str]:
    return [queue for command in commands if "-Q" in command for queue in command[command.index("-Q") + 1].split(",")]


def test_every_queue_has_a_worker_and_no_worker_another_queue():
    in_compose = queues_of([service["command"] for service in OURS.values() if "command" in service])
    in_units = queues_of([command for path in UNITS for command in programs()[path.name]])
    assert sorted(in_compose) == sorted(in_units) == sorted(QUEUES)
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} <= QUEUES


def test_workers_and_web_serve_as_the_role_that_rewrites_nothing():
    """Only release, backups and drills know the owner's password."""
    owners = {name for name, service in OURS.items() if "OWNER_PASSWORD" in str(service)}
    assert owners == {"release", "backup", "drill"}
    assert "PASSWORD" not in (DEPLOY / "uplift.env.example").read_text()
    for name in ("web", "orders", "mail"):
        assert OURS[name]["environment"]["DATABASE_URL"].startswith("postgres://uplift_app:")
    for path in UNITS:
        owns = path.stem in ("uplift-nightly", "uplift-release")
        expected = "owner.env" if owns else "uplift.env"
        assert unit(path)["EnvironmentFile"] == f"/etc/uplift/{expected}"


def test_no_secret_and_no_history_goes_into_the_image():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "var", "deploy/*.env"} <= set(left_out)
    assert "deploy/*.env" in (ROOT / ".gitignore").read_text().split()


def test_a_worker_has_longer_to_stop_than_it_gives_its_tasks():
    patience = settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    for name in ("orders", "mail"):
        assert int(OURS[name]["stop_grace_period"].removesuffix("s")) > patience
        assert int(unit(DEPLOY / f"systemd/uplift-{name}@.service")["TimeoutStopSec"]) > patience
        assert OURS[name]["environment"]["REMAP_SIGTERM"] == "SIGQUIT"


def test_scripts_of_the_shell_can_be_read_by_it():
    for path in [*DEPLOY.glob("*.sh"), *(ROOT / "bin").glob("re*")]:
        if path.read_bytes().startswith(b"#!/bin/sh"):
            assert subprocess.run(["sh", "-n", path], capture_output=True).returncode == 0, path
