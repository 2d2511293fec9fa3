"""STORY: a reseller writes the contact page, imprint, terms and privacy notice of its storefront, in its own words."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from plans.kept import forget_storefront
from plans.models import Activity, Storefront, StorefrontText, User
from plans.refusals import Refused
from plans.trail import remember

CHANGED = "storefront.text_changed"
LONGEST = StorefrontText._meta.get_field("text").max_length
LABELS = dict(StorefrontText.Kind.choices)


def texts_of(storefront: Storefront) -> dict[str, StorefrontText]:
    """Kind -> the text as it stands, for every kind; one that was never written has version 0. One query."""
    written = {each.kind: each for each in StorefrontText.objects.filter(storefront=storefront)}
    return {kind: written.get(kind) or StorefrontText(kind=kind, version=0) for kind in LABELS}


def text_of(storefront: Storefront, kind: str) -> StorefrontText:
    """One of them; with version 0 where it was never written."""
    written = StorefrontText.objects.filter(storefront=storefront, kind=kind).first()
    return written or StorefrontText(kind=kind, version=0)


@transaction.atomic
def save_text(storefront: Storefront, kind: str, *, text: str, seen: int, by: User | None) -> bool:
    """Make this the text; an empty one takes its page and the link to it away. False where nothing changed.

    Plain text, paragraphs parted by empty lines. `seen` is the version that the author had before them, 0 for none;
    refuses with changed_meanwhile where somebody else saved since.
    """
    before = text_of(storefront, kind)
    if before.version != seen:
        raise _meanwhile(storefront, kind)
    if before.text == text:
        return False
    if not (_change(before, text) if before.pk else _begin(storefront, kind, text)):
        raise _meanwhile(storefront, kind)
    done = "taken away" if not text else "changed" if before.text else "written"
    remember(storefront.operator_id, CHANGED, f"{LABELS[kind]}: text {done}.", by=by, account=storefront.account)
    forget_storefront(storefront)
    return True


def _begin(storefront: Storefront, kind: str, text: str) -> bool:
    try:
        with transaction.atomic():
            StorefrontText.objects.create(
                operator_id=storefront.operator_id, storefront=storefront, kind=kind, text=text
            )
    except IntegrityError:  # somebody else wrote the first one in this very moment
        return False
    return True


def _change(before: StorefrontText, text: str) -> bool:
    """One conditional UPDATE: of two who save at once one wins."""
    same = StorefrontText.objects.filter(pk=before.pk, version=before.version)
    return bool(same.update(text=text, changed_at=timezone.now(), version=F("version") + 1))


def _meanwhile(storefront: Storefront, kind: str) -> Refused:
    acts = Activity.objects.filter(account=storefront.account_id, verb=CHANGED, text__startswith=f"{LABELS[kind]}:")
    last = acts.order_by("-pk").first()
    at = timezone.localtime(last.at if last else timezone.now())
    name = last.actor_name if last else "Somebody else"
    return Refused("changed_meanwhile", name=name, object="text", time=f"{at:%H:%M} on {at:%-d %b %Y}")
