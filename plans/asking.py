"""RULE: what can be asked about at all of a text that somebody typed, in an address or a field."""


def askable(text: str, *, most: int) -> str:
    """Trimmed, of at most so many letters, and without NUL, which no database keeps and PostgreSQL refuses."""
    return text.replace("\0", "").strip()[:most]
