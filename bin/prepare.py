"""Bring the database and static files up to date before anything runs; one Django start for all of it.

Prints one JSON line: whether demo data is there, and whether the broker answers.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command, get_commands
    from django.db import OperationalError

    with contextlib.redirect_stdout(sys.stderr):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as problem:
            sys.exit(f"The database does not answer: {problem}")
        if is_empty() and "seed_demo" in get_commands():
            print("uplift: an empty database, filling it with demo data", file=sys.stderr)
            call_command("seed_demo", force=True, verbosity=0, stdout=io.StringIO())  # the logins come when all is up
        call_command("collectstatic", interactive=False, verbosity=0)
    from django.core.cache import cache

    print(json.dumps({"demo": has_demo(), "broker": cache.alive()}))


def is_empty() -> bool:
    from plans.models import Operator

    return not Operator.objects.exists()


def has_demo() -> bool:
    from plans.models import User

    return User.objects.filter(email="jonas.brandt@techsolutions.example").exists()


if __name__ == "__main__":
    main()
