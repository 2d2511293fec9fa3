"""Put the demo data in place: two distributors, their resellers, orders and letters. A second run changes nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from plans import links
from plans.demo import cast, people, story
from plans.models import Operator

LOGINS = (
    ("Distributor staff", "maren.holt@nordwind.example", "bss"),
    ("Reseller on Basic", "jonas.brandt@techsolutions.example", "store"),
    ("Reseller on Free", "owner@alpinecloud.example", "store"),
    ("Reseller on Standard", "owner@kestrelwick.example", "store"),
)


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="Also where DEBUG is off")
        parser.add_argument(
            "--store-host",
            default=getattr(settings, "DEFAULT_STORE_HOST", cast.NORDWIND.store_host),
            help="Host of Nordwind's storefront (default: %(default)s)",
        )

    def handle(self, *, force: bool, store_host: str, **options) -> None:
        if not (settings.DEBUG or force):
            raise CommandError(
                "DEBUG is off. Everybody knows the password of the demo logins; --force makes them here."
            )
        try:
            with transaction.atomic():
                nordwind = self.seed(cast.NORDWIND.name, store_host, lambda: story.seed_nordwind(store_host=store_host))
                self.seed(cast.SUDLICHT.name, cast.SUDLICHT.store_host, story.seed_sudlicht)
        except IntegrityError:
            raise CommandError(
                "Somebody has an email address of the demo’s people already. Nothing was made."
            ) from None
        self.report(nordwind)

    def seed(self, name: str, host: str, tell) -> Operator:
        """The distributor, made now or there already. Somebody else's host is never touched."""
        existing = Operator.objects.filter(name=name).first()
        if existing:
            self.stdout.write(f"{name} is there already.")
            return existing
        if Operator.objects.filter(store_host=host).exists():
            raise CommandError(f"The host {host} belongs to another distributor. --store-host names a different one.")
        operator = tell()
        people.give_passwords(operator)
        self.stdout.write(f"{name} was made.")
        return operator

    def report(self, nordwind: Operator) -> None:
        doors = {"store": links.store_url(nordwind), "bss": links.bss_url()}
        for who, email, door in LOGINS:
            self.stdout.write(f"  {who:<21} {email:<36} {doors[door]}")
        self.stdout.write(f"  Every password: {cast.PASSWORD}")
