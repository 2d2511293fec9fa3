"""What happened to a reseller's storefront and its customers, as the reseller may read it."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from plans.models import Account, Activity, Contact, Storefront

# How the verbs begin: of the reseller's own storefront, and of its customers. All else that is kept of these accounts
# (the reseller's own record, orders, what staff note) is told elsewhere, or to nobody here.
OF_STOREFRONT = ("storefront.",)
OF_CUSTOMERS = ("account.", "contact.", "user.")


def history_of(storefront: Storefront) -> QuerySet[Activity]:
    """What was done to the storefront, and what the reseller and its customers' own people did to the customers.

    What the distributor's staff do to a customer's record they do in their own back office, in their own words.
    """
    is_own = Q(account=storefront.account_id)
    of_customers = ~is_own & _begins(OF_CUSTOMERS) & Q(actor__in=_people(storefront).values("user_id"))
    return Activity.objects.filter(is_own & _begins(OF_STOREFRONT) | of_customers, account__in=_accounts(storefront))


def own_people(storefront: Storefront, activities: list[Activity]) -> set[int]:
    """The ids of the users among the actors who belong to the reseller or a customer of its. One query.

    Everybody else is somebody of the distributor's, whose names are none of the reseller's business.
    """
    actors = {each.actor_id for each in activities if each.actor_id}
    return set(_people(storefront).filter(user__in=actors).values_list("user_id", flat=True)) if actors else set()


def _accounts(storefront: Storefront) -> QuerySet:
    """The ids of the reseller and its customers. As a question of its own: a join with OR would read all there are."""
    return Account.objects.filter(Q(pk=storefront.account_id) | Q(parent=storefront.account_id)).values("pk")


def _people(storefront: Storefront) -> QuerySet[Contact]:
    return Contact.objects.filter(account__in=_accounts(storefront), user__isnull=False)


def _begins(starts: tuple[str, ...]) -> Q:
    return reduce(or_, (Q(verb__startswith=start) for start in starts))
