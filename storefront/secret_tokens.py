"""How long a personal link works: two weeks for who never chose a password, an hour for who forgot one.

Named in settings, because sign-in at every face uses it. A link is used up by choosing a password, and by signing in.
"""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from plans.models import User


class TokenGenerator(PasswordResetTokenGenerator):
    """`settings.PASSWORD_RESET_TIMEOUT` is the longest, for invitations; FORGOTTEN_PASSWORD_TIMEOUT the shorter one."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """As allauth makes it, whose own generator writes down the address on the way: looking at a link is a GET."""
        return super()._make_hash_value(user, timestamp) + user.email

    def check_token(self, user: User | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made_at = base36_to_int(token.split("-")[0])
        age = self._num_seconds(self._now()) - made_at
        return not user.has_usable_password() or age <= settings.FORGOTTEN_PASSWORD_TIMEOUT
