"""Resend through Anymail, with the one thing Anymail 15.2 leaves out: the key that makes a repeat harmless.

Resend knows a letter by the HTTP header `Idempotency-Key` for a day; Anymail passes headers of the *letter* only.
"""

from datetime import timedelta

from anymail.backends import resend

from .handover import LETTER


class EmailBackend(resend.EmailBackend):
    knows_keys_for = timedelta(hours=24)

    def build_message_payload(self, message, defaults) -> resend.ResendPayload:
        payload = super().build_message_payload(message, defaults)
        if token := getattr(message, "metadata", {}).get(LETTER):
            payload.headers["Idempotency-Key"] = token.rpartition("/")[2]
        return payload
