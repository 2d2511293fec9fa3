"""Create a real distributor: plans, prices, terms, letters, own storefront, first administrator. No demo rows."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plans import links
from plans.founding import CannotFound, Details, found_operator
from plans.models import Operator

# option -> (detail, help)
NEEDED = {
    "--name": ("name", "Full name, as in 'Nordwind Distribution'"),
    "--short-name": ("short_name", "What people call it, as in 'Nordwind'"),
    "--address": ("address", "Postal address on one line; it stands under letters"),
    "--store-host": ("store_host", "Host of its storefront, as in cloud.disti.com"),
    "--currency": ("currency", "ISO 4217 code, as in EUR"),
    "--time-zone": ("time_zone", "IANA name, as in Europe/Berlin; its days begin there"),
    "--tax-rate": ("tax_rate", "Per cent, as in 19"),
    "--sender-email": ("sender_email", "Address its letters come from"),
    "--admin-name": ("admin_name", "Name of the first administrator"),
    "--admin-email": ("admin_email", "Email of the first administrator, who gets the invitation letter"),
}
OPTIONAL = {
    "--tax-name": ("tax_name", "Name of the tax (default: VAT)"),
    "--sender-name": ("sender_name", "Name its letters come from (default: its full name)"),
    "--support-email": ("support_email", "Where customers write to (default: the sender's address)"),
    "--support-phone": ("support_phone", "Where customers call"),
    "--operations-email": ("operations_email", "Who is told when an order fails"),
}


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        for options, is_needed in ((NEEDED, True), (OPTIONAL, False)):
            for option, (detail, words) in options.items():
                parser.add_argument(option, dest=detail, required=is_needed, default="", help=words)
        parser.add_argument(
            "--price",
            action="append",
            default=[],
            metavar="PRODUCT/CYCLE=AMOUNT",
            help="Own price of a plan product, as in standard-plan/month=129.00; may be given several times",
        )

    def handle(self, **options) -> None:
        existing = Operator.objects.filter(store_host=options["store_host"].strip().lower()).first()
        if existing:
            if existing.name != options["name"].strip():
                raise CommandError(
                    f"--store-host: {existing.store_host} belongs to {existing.name}. Nothing was changed."
                )
            self.stdout.write(f"{existing.name} exists already at {links.store_url(existing)}. Nothing was changed.")
            return
        details = {detail: options[detail] for detail, _ in (NEEDED | OPTIONAL).values()}
        try:
            operator = found_operator(Details(**details, prices=read_prices(options["price"])))
        except CannotFound as refusal:
            raise CommandError(explain(refusal.problems)) from None
        self.report(operator, admin_email=options["admin_email"])

    def report(self, operator: Operator, *, admin_email: str) -> None:
        self.stdout.write(f"Created {operator.name}.")
        self.stdout.write(f"  Storefront   {links.store_url(operator)}")
        self.stdout.write(f"  Back office  {links.bss_url()}")
        self.stdout.write(f"  Invitation   to {admin_email.lower()}, sent by the mail worker")
        self.stdout.write("  Prices       of the plans are the starting prices where --price said nothing else")


def read_prices(given: list[str]) -> dict[tuple[str, str], str]:
    """["standard-plan/month=129.00"] as {("standard-plan", "month"): "129.00"}."""
    prices = {}
    for text in given:
        key, separator, amount = text.partition("=")
        slug, slash, cycle = key.partition("/")
        if not (separator and slash):
            raise CommandError(f"--price {text}: write it as standard-plan/month=129.00. Nothing was changed.")
        prices[slug, cycle] = amount.strip()
    return prices


def explain(problems: dict[str, str]) -> str:
    """One line per option that is wrong."""
    options = {detail: option for option, (detail, _) in (NEEDED | OPTIONAL).items()} | {"prices": "--price"}
    lines = [f"  {options[detail]}: {problem}" for detail, problem in problems.items()]
    return "\n".join(["Nothing was changed. These options are not right:", *lines])
