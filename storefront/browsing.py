"""Who may look around on a reseller's storefront: everybody, or its own customers alone."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse


def browsing(view: Callable) -> Callable:
    """For pages that the reseller may keep to its own customers; others sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.storefront.anonymous_browsing and not request.visitor.is_member:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
