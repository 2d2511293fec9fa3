"""RULE: who edits an old version of a record is told who changed it meanwhile, and overwrites nothing."""

from django.db import models
from django.db.models import F
from django.utils import timezone

from .models import Account, Activity, Contact, Order, Storefront
from .refusals import Refused


def take_turn(record: models.Model, *, seen: int, noun: str, verb: str, operator_id: int, **changes) -> None:
    """Write the changes and raise the version, if the record is still as it was seen. Refuses with changed_meanwhile.

    One conditional UPDATE: of two who save at once one wins. `noun` is what staff call the record, `verb` the one of
    its activities, whose text begins with the record's name. Of an account or an order it is how their verbs begin.
    """
    rows = type(record)._default_manager.filter(pk=record.pk, version=seen)
    if not rows.update(version=F("version") + 1, **changes):
        raise changed_meanwhile(record, noun=noun, verb=verb, operator_id=operator_id)


def changed_meanwhile(record: models.Model, *, noun: str, verb: str, operator_id: int) -> Refused:
    """The refusal that names who changed the record last, and when."""
    record.refresh_from_db()
    if isinstance(record, Account):
        activities = Activity.objects.filter(account=record, verb__startswith=verb)
    elif isinstance(record, Contact):
        activities = Activity.objects.filter(account=record.account_id, verb=verb, text__startswith=f"{record} ")
    elif isinstance(record, Order):
        activities = Activity.objects.filter(order=record, verb__startswith=verb)
    elif isinstance(record, Storefront):  # whatever of it was changed: all of it has one version
        activities = Activity.objects.filter(account=record.account_id, verb__startswith="storefront.")
    else:
        activities = Activity.objects.filter(operator_id=operator_id, verb=verb, text__startswith=f"{record} ")
    last = activities.order_by("-pk").first()
    name = last.actor_name if last else "Somebody else"
    at = timezone.localtime(last.at if last else timezone.now())
    return Refused("changed_meanwhile", name=name, object=noun, time=f"{at:%H:%M} on {at:%-d %b %Y}")
