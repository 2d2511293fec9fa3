"""Who may be in the Storefront Admin Panel: a manager of the very account that owns the storefront."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from plans.refusals import SENTENCES

from ..membership import member_may


def managers_only(view: Callable) -> Callable:
    """Strangers sign in; other members get 403, an end customer who is Admin of its own company among them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.visitor.manages(request.storefront):
            raise PermissionDenied(SENTENCES["not_permitted"])
        return view(request, *args, **kwargs)

    return member_may("manage_storefront")(guarded)
