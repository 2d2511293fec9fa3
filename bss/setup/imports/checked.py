"""What was checked, as the browser carries it from the check to Apply: compressed and signed, for one person."""

from dataclasses import dataclass

from django.core import signing

from plans.models import StaffMembership

SALT = "bss.setup.imports"
VALID_FOR = 3600  # seconds
LONGEST = 900_000  # what one form may carry beside its token (DATA_UPLOAD_MAX_MEMORY_SIZE)


@dataclass(frozen=True)
class Checked:
    content: bytes
    filename: str
    send_letters: bool


def seal(checked: Checked, *, staff: StaffMembership) -> str:
    """As text for a form; empty when it is too long for one."""
    whole = {
        "staff": staff.pk,
        "text": checked.content.decode(),
        "filename": checked.filename,
        "letters": checked.send_letters,
    }
    sealed = signing.dumps(whole, salt=SALT, compress=True)
    return sealed if len(sealed) <= LONGEST else ""


def unseal(text: str, *, staff: StaffMembership) -> Checked | None:
    """What this person checked within the last hour at this operator; None for anything else."""
    try:
        whole = signing.loads(text, salt=SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError):
        return None
    if whole["staff"] != staff.pk:
        return None
    return Checked(whole["text"].encode(), whole["filename"], whole["letters"])
