"""How long a personal link works: two weeks for who never chose a password, an hour for who forgot one.

Named in settings, because sign-in at every face uses it. A link is used up by choosing a password, and by signing in.
"""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.conf import settings
from django.utils.http import base36_to_int

from plans.models import User


class TokenGenerator(EmailAwarePasswordResetTokenGenerator):
    """`settings.PASSWORD_RESET_TIMEOUT` is the longest, for invitations; FORGOTTEN_PASSWORD_TIMEOUT the shorter one."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made_at = base36_to_int(token.split("-")[0])
        age = self._num_seconds(self._now()) - made_at
        return not user.has_usable_password() or age <= settings.FORGOTTEN_PASSWORD_TIMEOUT
