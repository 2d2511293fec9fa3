import json
import sys

from django.core.management.base import BaseCommand

from plans.verify import INVARIANTS, broken


class Command(BaseCommand):
    help = "Check the invariants. Exit 0: all hold. Exit 1: the rows that break them, as JSON."

    def handle(self, **options) -> None:
        found = broken()
        if found:
            self.stdout.write(json.dumps(found, indent=2, default=str))
            sys.exit(1)
        self.stdout.write(f"{len(INVARIANTS)} invariants hold.")
