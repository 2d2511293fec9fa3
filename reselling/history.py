"""What happened to a reseller's storefront, as the reseller may read it."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from plans.models import Activity, Contact, Storefront

# How the verbs of what a reseller does in its Storefront Admin Panel begin. What the distributor does in its back
# office (accounts, orders, contacts) has other ones.
OWN = ("storefront.",)


def history_of(storefront: Storefront) -> QuerySet[Activity]:
    """The activities of the storefront itself."""
    own = reduce(or_, (Q(verb__startswith=start) for start in OWN))
    return Activity.objects.filter(own, account_id=storefront.account_id)


def own_people(storefront: Storefront, activities: list[Activity]) -> set[int]:
    """The ids of the users among the actors who belong to the reseller or a customer of its. One query.

    Everybody else is somebody of the distributor's, whose names are none of the reseller's business.
    """
    actors = {each.actor_id for each in activities if each.actor_id}
    theirs = Q(account_id=storefront.account_id) | Q(account__parent_id=storefront.account_id)
    return set(Contact.objects.filter(theirs, user__in=actors).values_list("user_id", flat=True)) if actors else set()
