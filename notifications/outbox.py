"""The embedded default: letters land in a folder, one .eml a letter, as a mail program would get them.

The real secret links are only in these files, which is why nobody but the owner may read them. The file is named by the
Message-ID: a letter that is handed over twice is there once.
"""

import os
import re
import tempfile
from email.message import EmailMessage as Message
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages) -> int:
        """Write each letter whole or not at all. Returns how many were written."""
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for email_message in email_messages:
            message = email_message.message()
            _write(folder, _file_name(message), message.as_bytes())
        return len(email_messages)


def _file_name(message: Message) -> str:
    name = re.sub(r"[^A-Za-z0-9@.-]", "", str(message["Message-ID"]))
    return f"{name.partition('@')[0].lstrip('.') or 'letter'}.eml"


def _write(folder: Path, name: str, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")  # 0600 by itself
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, folder / name)
    except BaseException:
        os.unlink(draft)
        raise
