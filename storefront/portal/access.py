"""Who may be where in the Customer Portal: the people of a customer, and for its users those who look after them."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from ..membership import member_may

OF_CUSTOMERS = "This page is for the people of your customers."


def customers_may(permission: str = "view") -> Callable:
    """Strangers sign in, the reseller's own people and a member without `permission` get 403."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.visitor.is_reseller:
                raise PermissionDenied(OF_CUSTOMERS)
            return view(request, *args, **kwargs)

        return member_may(permission)(guarded)

    return decorate
