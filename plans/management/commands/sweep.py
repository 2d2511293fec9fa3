from django.core.management.base import BaseCommand

from plans.sweeping import sweep


class Command(BaseCommand):
    help = "Find orders, renewals and letters that are due with nobody working on them, and work them off here."

    def handle(self, **options) -> None:
        found = sweep(execute=True)
        self.stdout.write(f"{found['orders']} orders, {found['renewals']} renewals, {found['letters']} letters")
