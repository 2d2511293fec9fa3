"""bin/storm N: what happens in which order. Ends with 1 where anything is lost, twice, stuck or wrong."""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "bin"))

from children import Minder  # noqa: E402
from servers_for_tests import free_port  # noqa: E402

from tests.faults import clusters  # noqa: E402
from tests.faults.storm.guards import GUARDS  # noqa: E402

LEAST = 24


def main() -> int:
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    folder = Path(os.environ.get("STORM_FOLDER") or f"/tmp/uplift-storm-{os.getpid()}")
    folder.mkdir(parents=True)
    minder = Minder()
    with contextlib.ExitStack() as stack:
        stack.callback(minder.leave)
        broker_port = free_port()
        cluster = surroundings(folder, minder, asked.database, broker_port)
        if cluster:
            stack.callback(cluster.remove)
        import django

        django.setup()
        from .storm import blow

        migrate(cluster)
        told = f"seed {asked.seed}, {asked.many:,} upgrades on {asked.database}, mail by {asked.mail}"
        print(f"storm: {told}; logs in {folder}/log", flush=True)
        is_clean = blow(asked, folder=folder, minder=minder, cluster=cluster, broker_port=broker_port, started=started)
    if is_clean and not asked.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_clean else 1


def migrate(cluster: clusters.OwnCluster | None) -> None:
    """Migrating takes 13 seconds of CPU: what comes of it is kept in .venv, as for the tests."""
    from django.core.management import call_command
    from django.db import connection

    from tests import migrated

    kept = migrated.kept()
    if cluster is None and kept.exists():
        shutil.copyfile(kept, connection.settings_dict["NAME"])
        return
    kept = kept.with_suffix(".sql")
    if cluster and kept.exists():
        return cluster.restore("storm", kept)
    call_command("migrate", interactive=False, verbosity=0)
    if cluster and kept.parent.is_dir():
        for old in kept.parent.glob("migrated-*.sql"):
            old.unlink(missing_ok=True)
        cluster.dump("storm", kept)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/storm", description=__doc__)
    parser.add_argument("many", type=int, metavar="N", help="how many upgrades")
    parser.add_argument("--seed", type=int, default=1, help="decides who dies when (default 1)")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--mail", choices=["http", "smtp"], default="http", help="http: the provider knows keys")
    parser.add_argument("--hurry", action="store_true", help="afterwards, do not wait for leases and pauses to end")
    parser.add_argument("--aims-only", action="store_true", help="the blows that are aimed at a guard each, no weather")
    parser.add_argument("--without", default="", metavar="GUARD,GUARD", help=f"without: {', '.join(GUARDS)}")
    parser.add_argument("--keep", action="store_true", help="keep the logs")
    asked = parser.parse_args()
    asked.without = [name.strip() for name in asked.without.split(",") if name.strip()]
    if unknown := set(asked.without) - set(GUARDS):
        parser.error(f"no such guard: {', '.join(unknown)}")
    if asked.many < LEAST:
        parser.error(f"at least {LEAST}: each aimed blow takes one")
    return asked


def surroundings(folder: Path, minder: Minder, database: str, broker_port: int) -> clusters.OwnCluster | None:
    """The environment of all processes, this one among them; and the cluster, started."""
    for name in ("CACHE_URL", "EMAIL_URL", "DEBUG", "FAULTS_FILE", "TEST_SHARE", "REMOVE_STATE_DIR", "BSS_HOST"):
        os.environ.pop(name, None)
    cluster = None
    url = f"sqlite:///{folder}/storm.sqlite3"
    if database == "postgres":
        if clusters.programs() is None:
            sys.exit("bin/storm: no PostgreSQL in /usr/lib/postgresql; --database sqlite needs none.")
        cluster = clusters.OwnCluster(minder)
        cluster.start()
        cluster.create("storm")
        url = cluster.url("storm")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=url, STATE_DIR=str(folder),
        REDIS_URL=f"redis://127.0.0.1:{broker_port}/0", SECRET_KEY=secrets.token_urlsafe(60), UPLIFT_ENV_FILE="",
        LOG_LEVEL="INFO",
    )  # fmt: skip
    return cluster


if __name__ == "__main__":
    sys.exit(main())
