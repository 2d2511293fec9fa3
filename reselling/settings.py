"""STORY: a reseller sets how its storefront behaves: its language, and whether strangers may look around."""

from dataclasses import dataclass

from django.db import transaction

from notifications.languages import languages
from plans.kept import forget_storefront
from plans.models import Storefront, User
from plans.trail import remember
from plans.versions import take_turn

CHANGED = "storefront.settings_changed"


@dataclass(frozen=True, kw_only=True)
class Settings:
    language: str  # of the letters to customers who have no wish of their own
    anonymous_browsing: bool  # else who is not signed in sees the sign-in and the legal pages, nothing more


@transaction.atomic
def change_settings(storefront: Storefront, *, seen: int, wanted: Settings, by: User | None) -> list[str]:
    """Make these the settings, and say what changed. ValueError for a language that no letter has words in.

    `seen` is the version of the storefront that the author had before them; refuses with changed_meanwhile.
    """
    known = languages()
    if wanted.language not in known:
        raise ValueError(f"No such language: {wanted.language!r}")
    before = Storefront.objects.get(pk=storefront.pk)
    changed = []
    if before.language != wanted.language:
        changed.append(f"the language of letters is {known[wanted.language]}")
    if before.anonymous_browsing != wanted.anonymous_browsing:
        who = "everybody" if wanted.anonymous_browsing else "customers who signed in"
        changed.append(f"the storefront is shown to {who}")
    if changed:
        take_turn(before, seen=seen, noun="storefront", verb=CHANGED, operator_id=before.operator_id, **vars(wanted))
        remember(before.operator_id, CHANGED, f"Settings: {'; '.join(changed)}.", by=by, account=before.account)
        forget_storefront(before)
    return changed
