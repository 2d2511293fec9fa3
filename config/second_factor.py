"""How allauth keeps second factors: their secrets encrypted, and not to be given up by those who must have one."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from plans.models import StaffMembership


def is_required_of(user) -> bool:
    """Administrators of any back office need one, wherever the house asks for it."""
    if not settings.STAFF_TWO_FACTOR_REQUIRED:
        return False
    administrator = StaffMembership.Role.ADMINISTRATOR
    return StaffMembership.objects.filter(user=user, role=administrator, is_active=True).exists()


class SecondFactors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not correct. Enter the one that is shown now.",
        "cannot_delete_authenticator": "Administrators need a second factor.",
        "cannot_generate_recovery_codes": "Set up two-factor sign-in first.",
    }

    def get_totp_issuer(self) -> str:
        return f"Uplift {settings.BSS_HOST}"

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Under a key that is gone nothing can be read: then no code fits, and a recovery by hand is due."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""

    def can_delete_authenticator(self, authenticator) -> bool:
        return not is_required_of(authenticator.user)


def _cipher() -> MultiFernet:
    """Keys of the house: what was encrypted under an older one can still be read."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(f"second factor {key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
