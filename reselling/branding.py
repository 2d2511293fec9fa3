"""STORY: a reseller changes its brand. A draft is seen by nobody else; publishing shows it to everybody at once."""

from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from plans.kept import forget_storefront
from plans.models import Account, Activity, Picture, Storefront, StorefrontDraft
from plans.models.brand import first_brand
from plans.refusals import Refused
from plans.trail import remember

from . import pictures

PUBLISHED, DISCARDED = "storefront.published", "storefront.discarded"
CALLED = {
    "name": "name",
    "tagline": "tagline",
    "brand_colour": "colour",
    "logo_id": "logo",
    "support_email": "support email",
    "support_phone": "phone",
    "address": "address",
}


@dataclass(frozen=True)
class Changes:
    """What was entered: columns of a Brand by name, the logo aside; and perhaps a new logo, or that there is none."""

    details: dict[str, str] = field(default_factory=dict)
    logo: UploadedFile | None = None
    removes_logo: bool = False


def draft_of(account: Account) -> StorefrontDraft | None:
    return StorefrontDraft.objects.filter(account=account).first()


def save_draft(account: Account, *, changes: Changes, seen: int, by) -> StorefrontDraft:
    """Keep the changes for the account alone. `seen` is the draft's version, 0 where there was none.

    Refuses with changed_meanwhile, and with a picture_ code: then nothing is written. Leaves no Activity: nobody but
    who writes the draft sees it, and it says itself who changed it last.
    """
    before = draft_of(account)
    if (before.version if before else 0) != seen:
        raise _meanwhile(account)
    picture = pictures.keep(account, upload=changes.logo, by=by) if changes.logo else None
    try:
        with transaction.atomic():
            draft = _write(account, changes=changes, picture=picture, before=before, by=by)
            pictures.forget_unused(account)
    except BaseException:
        if picture:
            pictures.take_back(picture)
        raise
    return draft


def publish(storefront: Storefront, *, changes: Changes, seen: int, by) -> list[str]:
    """Save the changes, and make the draft what everybody sees. Gives what is different now, in words.

    Refuses like `save_draft`; nothing of the storefront is changed then.
    """
    draft = save_draft(storefront.account, changes=changes, seen=seen, by=by)
    with transaction.atomic():
        _end(draft)
        now = Storefront.objects.select_for_update().get(pk=storefront.pk)
        different = [word for name, word in CALLED.items() if getattr(now, name) != getattr(draft, name)]
        if different:
            Storefront.objects.filter(pk=now.pk).update(version=F("version") + 1, **draft.brand())
            text = f"Branding published: {', '.join(different)}."
            remember(now.operator_id, PUBLISHED, text, by=by, account=now.account)
        pictures.forget_unused(draft.account)
        forget_storefront(now)
    return different


def discard(account: Account, *, seen: int, by) -> None:
    """Forget the draft; what everybody sees stays. Refuses with changed_meanwhile."""
    draft = draft_of(account)
    if draft is None and seen == 0:
        return
    if draft is None or draft.version != seen:
        raise _meanwhile(account)
    with transaction.atomic():
        _end(draft)
        remember(account.operator_id, DISCARDED, "Changes of the branding discarded.", by=by, account=account)
        pictures.forget_unused(account)


def _write(
    account: Account, *, changes: Changes, picture: Picture | None, before: StorefrontDraft | None, by
) -> StorefrontDraft:
    logo = picture.pk if picture else None
    columns = changes.details | {"changed_by": by, "changed_at": timezone.now()}
    if picture or changes.removes_logo:
        columns["logo_id"] = logo
    if before:
        rows = StorefrontDraft.objects.filter(pk=before.pk, version=before.version)
        if not rows.update(version=F("version") + 1, **columns):
            raise _meanwhile(account)
        return StorefrontDraft.objects.select_related("account").get(pk=before.pk)
    shown = Storefront.objects.filter(account=account).first()
    columns = (shown.brand() if shown else first_brand(account)) | columns
    try:
        with transaction.atomic():
            return StorefrontDraft.objects.create(operator_id=account.operator_id, account=account, **columns)
    except IntegrityError:
        raise _meanwhile(account) from None


def _end(draft: StorefrontDraft) -> None:
    ended, _ = StorefrontDraft.objects.filter(pk=draft.pk, version=draft.version).delete()
    if not ended:
        raise _meanwhile(draft.account)


def _meanwhile(account: Account) -> Refused:
    """Who saved, published or discarded last, and when."""
    draft = StorefrontDraft.objects.filter(account=account).select_related("changed_by").first()
    last = Activity.objects.filter(account=account, verb__in=(PUBLISHED, DISCARDED)).order_by("-pk").first()
    if draft:
        name, at = str(draft.changed_by or "Somebody else"), draft.changed_at
    else:
        name, at = (last.actor_name, last.at) if last else ("Somebody else", timezone.now())
    time = f"{timezone.localtime(at):%H:%M on %-d %b %Y}"
    return Refused("changed_meanwhile", name=name, object="branding", time=time)
