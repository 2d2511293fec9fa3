"""For somebody who lost their phone and their recovery codes: they set up a new second factor at the next sign-in."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from plans.models import User
from plans.staffing import note_second_factor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options) -> None:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {email}.")
        with transaction.atomic():
            gone, _ = Authenticator.objects.filter(user=user).delete()
            if gone:
                note_second_factor(user, text=f"The second factor of {user.email} was removed.", by=None)
        self.stdout.write(f"{email} has no second factor{' any more' if gone else ''}.")
