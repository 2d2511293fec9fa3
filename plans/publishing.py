"""STORY: a new version of the terms for resellers is published. Older ones stay, with who accepted them."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from .kept import forget_operator
from .models import Activity, Operator, TermsVersion, User
from .refusals import Refused
from .trail import remember

PUBLISHED = "terms.published"


@transaction.atomic
def publish_terms(operator: Operator, text: str, *, after: int, by: User | None) -> TermsVersion:
    """The text as the next version; orders from now on accept it. `after` is the number that the author saw as current.

    Refuses with changed_meanwhile where somebody else published first, terms_unchanged where the text is the same.
    """
    current = TermsVersion.objects.current(operator.pk)
    if (current.number if current else 0) != after:
        raise _meanwhile(operator)
    if current and current.text == text:
        raise Refused("terms_unchanged", number=current.number)
    try:
        with transaction.atomic():
            published = TermsVersion.objects.create(operator=operator, number=after + 1, text=text)
    except IntegrityError:
        raise _meanwhile(operator) from None
    remember(operator.pk, PUBLISHED, f"Version {published.number} of the terms was published.", by=by)
    forget_operator(operator)
    return published


def _meanwhile(operator: Operator) -> Refused:
    last = Activity.objects.filter(operator=operator, verb=PUBLISHED).order_by("-pk").first()
    at = timezone.localtime(last.at if last else timezone.now())
    name = last.actor_name if last else "Somebody else"
    return Refused("changed_meanwhile", name=name, object="text", time=f"{at:%H:%M} on {at:%-d %b %Y}")
