"""Write any number of resellers with orders and subscriptions, for benchmarks. Each run adds so many more."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plans.demo.scale import grow
from plans.models import Operator


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=int, required=True, help="How many resellers to add")
        parser.add_argument("--operator", default="", metavar="HOST", help="Store host; default: the first one")

    def handle(self, *, accounts: int, operator: str, **options) -> None:
        if accounts < 1:
            raise CommandError("--accounts: add at least one.")
        sellers = Operator.objects.select_related("account").order_by("pk")
        seller = sellers.filter(store_host=operator.lower()).first() if operator else sellers.first()
        if seller is None:
            raise CommandError("There is no such distributor. create_distributor or seed_demo makes one.")
        started = time.monotonic()
        for done in grow(seller, accounts=accounts):
            self.stdout.write(f"{done:,} of {accounts:,} after {time.monotonic() - started:.0f} s")
        self.stdout.write(f"{seller.name} has {accounts:,} more resellers.")
