"""What a template said before: each save leaves a version, and a version can be read and brought back."""

from django.utils import timezone

from .defaults import Words
from .models import NotificationTemplate, TemplateVersion
from .variants import TEXTS

MOST_SHOWN = 20


def keep_version(
    row: NotificationTemplate, *, language: str, before: Words, after: Words, changed: list[str], by
) -> None:
    """Keep what this save made of the words, in its transaction. `row` has the version that it was saved from."""
    about = {"template": row, "language": language}
    if not TemplateVersion.objects.filter(**about).exists():
        TemplateVersion.objects.create(**about, number=row.version, saved_at=row.updated_at, **vars(before))
    said = ", ".join(changed)[:200]
    TemplateVersion.objects.create(
        **about, number=row.version + 1, changed=said, saved_by=by, saved_at=timezone.now(), **vars(after)
    )


def versions_of(template: NotificationTemplate) -> list[TemplateVersion]:
    """The newest, of all languages. One query."""
    if not template.pk:
        return []
    found = TemplateVersion.objects.filter(template=template).select_related("saved_by")
    return list(found.order_by("-number", "language").defer("body")[:MOST_SHOWN])


def words_of_version(version: TemplateVersion) -> Words:
    return Words(**{name: getattr(version, name) for name in TEXTS})
