"""Bring a distributor's resellers in from a CSV file. Without --apply nothing is written: each row's fate is shown.

Columns, named in the first line: account, contact, email, plan. Optional: vat_id, alias, start_date (2026-11-15), cycle
(month, year), tax_treatment (normal, reverse_charge), street, postal_code, city, country (DE), phone.
"""

from argparse import RawDescriptionHelpFormatter
from collections import Counter

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plans.import_check import check_rows
from plans.import_file import FileRefused, Row, read_rows
from plans.importing import Fate, import_rows
from plans.models import Operator


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = True

    def create_parser(self, prog_name: str, subcommand: str, **kwargs) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="The CSV file, in UTF-8")
        parser.add_argument("--operator", required=True, metavar="HOST", help="Store host of the distributor")
        parser.add_argument("--apply", action="store_true", help="Write it")
        parser.add_argument(
            "--send-letters", action="store_true", help="Invite each contact, and welcome who is on a plan"
        )

    def handle(self, *, file: str, operator: str, apply: bool, send_letters: bool, **options) -> None:
        seller = Operator.objects.filter(store_host=operator.strip().lower()).first()
        if seller is None:
            hosts = ", ".join(Operator.objects.order_by("store_host").values_list("store_host", flat=True)) or "none"
            raise CommandError(
                f"--operator: there is no distributor with the store host {operator}. There are: {hosts}."
            )
        try:
            rows = read_rows(file)
        except FileRefused as refusal:
            raise CommandError(f"{refusal} Nothing was written.") from None
        counts = self.go_through(rows, operator=seller, apply=apply, send_letters=send_letters)
        self.summarise(counts, apply=apply)

    def go_through(self, rows: list[Row], *, operator: Operator, apply: bool, send_letters: bool) -> Counter:
        counts = Counter()
        look_at = import_rows if apply else check_rows
        for fate in look_at(rows, operator=operator, send_letters=send_letters):
            counts[fate.kind] += 1
            self.stdout.write(self.line(fate, apply=apply))
        return counts

    def line(self, fate: Fate, *, apply: bool) -> str:
        word = "created" if apply and fate.kind == "create" else fate.kind
        text = fate.text if fate.kind == "create" else f"{fate.row.account or '(no account)'}: {fate.text}"
        return f"line {fate.row.line:>5}  {word:<9}  {text}"

    def summarise(self, counts: Counter, *, apply: bool) -> None:
        created = "created" if apply else "to create"
        self.stdout.write(
            f"{counts['create']} {created}, {counts['unchanged']} unchanged, {counts['refused']} refused."
        )
        if not apply:
            self.stdout.write("Nothing was written. --apply brings in the rows that are to be created.")
        if counts["refused"]:
            raise CommandError(f"{counts['refused']} rows were refused. Correct them and run the file again.")
