"""Which customers: always those of the account that is signed in to its own panel."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from plans.models import Account, Contact, Subscription

from .forms import StateFilter


def customers_of(request: HttpRequest) -> QuerySet[Account]:
    return Account.objects.customers_of(request.visitor.account)


def one_customer(request: HttpRequest, number: str) -> Account:
    """The reseller's customer with this number, else 404."""
    customer = get_object_or_404(customers_of(request), number=number)
    customer.operator, customer.parent = request.operator, request.visitor.account
    return customer


def one_user(customer: Account, pk: int) -> Contact:
    """A person who signs in for the customer, else 404."""
    contact = get_object_or_404(customer.contacts.filter(user__isnull=False).select_related("user"), pk=pk)
    contact.account = customer
    return contact


def wanted_of(request: HttpRequest) -> dict[str, str]:
    """Search and filter as they were asked for; nonsense is left out."""
    form = StateFilter(request.GET)
    form.is_valid()
    return {name: form.cleaned_data.get(name) or "" for name in form.fields}


def matching(customers: QuerySet[Account], *, wanted: dict[str, str]) -> QuerySet[Account]:
    """By name, number, or the email of a person, and by state."""
    if wanted["state"]:
        customers = customers.filter(state=wanted["state"])
    if text := wanted["q"]:
        people = Contact.objects.filter(account=OuterRef("pk"), email__icontains=text)
        customers = customers.filter(Q(name__icontains=text) | Q(number__iexact=text) | Exists(people))
    return customers


def counted(customers: QuerySet[Account]) -> QuerySet[Account]:
    """With how many people sign in, and how many subscriptions run; looked up for the rows of the page alone."""
    people = Contact.objects.filter(account=OuterRef("pk"), user__isnull=False)
    running = Subscription.objects.active().filter(account=OuterRef("pk"))
    return customers.annotate(users=_how_many(people), running=_how_many(running))


def _how_many(rows: QuerySet) -> Coalesce:
    many = rows.order_by().annotate(none=Value(1)).values("none").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(many), 0)
