"""A copy becomes a house again: kept, everything destroyed, restored, judged, and no letter lost or sent twice."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import copying
import psycopg
import pytest
import restoring
from django.db import connection
from django.db.models.functions import Now
from psycopg.sql import SQL, Identifier

from notifications.models import Notification
from plans.models import Account
from reselling import pictures
from tests import cast
from tests.processes import environment
from tests.reselling.zoo import drawn, saved, upload

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class House:
    """A database and a state folder of our own, filled with the rows of the test."""

    state: Path
    url: str
    mail: str

    def run(self, *command: str, ok: bool = True) -> str:
        """Run one of our programs in this house; what it said."""
        done = subprocess.run(
            self._program(command), env=self._surroundings(), cwd=ROOT, capture_output=True, text=True
        )
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *command: str) -> subprocess.Popen:
        return subprocess.Popen(self._program(command), env=self._surroundings(), cwd=ROOT, stdout=subprocess.PIPE)

    def _program(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "manage.py", *command[1:]] if command[0] == "manage.py" else [*command]

    def _surroundings(self) -> dict[str, str]:
        own = {"STATE_DIR": str(self.state), "DATABASE_URL": self.url, "EMAIL_URL": self.mail}
        return {**os.environ, **environment(), "PYTHONPATH": str(ROOT), **own}

    def build(self, *, of: str | None = None) -> None:
        """An empty database, or one that is a copy of the test's own."""
        if connection.vendor == "sqlite":
            if of:
                with closing(sqlite3.connect(of)) as source, closing(sqlite3.connect(self.file)) as target:
                    source.backup(target)
            return
        template = SQL("TEMPLATE {}").format(Identifier(of)) if of else SQL("TEMPLATE template0")
        self._administer(SQL("CREATE DATABASE {} ").format(Identifier(self.name)) + template)

    def destroy(self) -> None:
        """The database and everything that was uploaded."""
        shutil.rmtree(self.state / "media", ignore_errors=True)
        if connection.vendor == "sqlite":
            for path in self.state.glob("house.sqlite3*"):
                path.unlink()
        else:
            self._administer(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(self.name)))

    @property
    def file(self) -> Path:
        return self.state / "house.sqlite3"

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.removeprefix("/")

    def _administer(self, statement: SQL) -> None:
        server = urlunsplit(urlsplit(self.url)._replace(scheme="postgresql", path="/postgres"))
        with psycopg.connect(server, autocommit=True) as administrator:
            administrator.execute(statement)


@pytest.fixture
def house(reseller: Account, tmp_path: Path, post_office, settings) -> Iterator[House]:
    """A reseller on Standard with a logo. Its welcome letter is written, and no worker has carried it yet."""
    settings.MEDIA_ROOT = tmp_path / "media"
    account = cast.on_plan(reseller)
    pictures.keep(account, upload=upload(saved(drawn())), by=cast.buyer_of(account))
    Notification.objects.update(next_attempt_at=Now() - timedelta(minutes=2))  # the mail system was away
    live = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{tmp_path}/house.sqlite3"
    if connection.vendor == "postgresql":
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/house_{os.getpid()}"))
    connection.close()  # nobody may be in a database that is copied
    mine = House(tmp_path, url, f"smtp://127.0.0.1:{post_office.port}")
    mine.build(of=live)
    yield mine
    mine.destroy()


def test_what_was_destroyed_is_restored_and_a_queued_letter_is_sent_once(house, journal, tmp_path):
    queued = set(Notification.objects.values_list("message_id", flat=True))
    folder = tmp_path / "copies"
    copy = house.run("bin/backup", str(folder)).strip()
    pictures = sorted(path.name for path in (tmp_path / "media").rglob("*.webp"))
    assert "nothing was changed" in house.run("bin/restore", copy, ok=False)  # never over what is there
    assert "each picture has its file" in house.run("bin/restore-drill", str(folder))  # nor is the drill's

    house.destroy()
    house.build()
    said = house.run("bin/restore", copy)

    assert "Due since the copy, the first worker makes up for it: I9 no letter is stuck" in said
    assert "invariants hold, each picture has its file" in said
    assert sorted(path.name for path in (tmp_path / "media").rglob("*.webp")) == pictures != []
    both = [house.start("manage.py", "sweep") for _ in range(2)]
    assert [sweeper.wait(60) for sweeper in both] == [0, 0]
    assert sorted(letter["Message-ID"] for letter in journal) == sorted(queued) != []
    assert "invariants hold" in house.run("manage.py", "verify")

    (Path(copy) / "media.tar").write_bytes(b"half a file")
    assert "is not what was written" in house.run("bin/restore-drill", str(folder), ok=False)


def test_what_comes_after_a_restore_shares_no_number_and_no_id_with_what_was_lost(db):
    operator = cast.distributor()
    before = cast.reseller(operator)
    restoring.leave_numbers_out()
    after = cast.reseller(operator, "Harbor IT")
    assert int(after.number[3:]) == int(before.number[3:]) + 1 + restoring.NUMBERS_LEFT_OUT
    assert after.pk == before.pk + 1 + restoring.IDS_LEFT_OUT


def test_old_copies_are_removed_and_half_ones_are_none(tmp_path, monkeypatch, capsys):
    def make(folder: Path, name: str = "2026-11-29T030000Z") -> Path:
        (folder / name).mkdir()
        (folder / name / copying.ABOUT).write_text("{}")
        return folder / name

    for name in ("2026-11-26T030000Z", "2026-11-27T030000Z", "2026-11-28T030000Z"):
        make(tmp_path, name)
    (tmp_path / ".2026-11-28T040000Z.partial").mkdir()
    (tmp_path / "2026-11-28T050000Z").mkdir()  # of something else: it has no copy.json
    monkeypatch.setattr(copying, "make", make)
    monkeypatch.setattr(sys, "argv", ["bin/backup", str(tmp_path), "--keep", "2"])
    copying.main()
    assert [copy.name for copy in copying.copies(tmp_path)] == ["2026-11-28T030000Z", "2026-11-29T030000Z"]
    assert capsys.readouterr().out.strip().endswith("2026-11-29T030000Z")
