"""A reseller's own storefront: its public side, and the Customer Portal behind its sign-in."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from plans.models import Product, Subscription

from ..keyset import by_name, newest_first
from ..membership import member_may
from ..revalidation import page

ON_HOME = 6


def browsing(view: Callable) -> Callable:
    """For pages that the reseller may keep to its own customers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.storefront.anonymous_browsing and not request.visitor.is_member:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@browsing
def home(request: HttpRequest) -> HttpResponse:
    popular = Product.objects.sold_by(request.operator.pk).ordinary().order_by("name", "pk")
    shown = list(popular.defer("description")[:ON_HOME])
    return page(request, "storefront/reseller_home.html", {"products": shown}, shows=shown)


@require_safe
@browsing
def products(request: HttpRequest) -> HttpResponse:
    listed = Product.objects.sold_by(request.operator.pk).ordinary()
    found = by_name(listed.defer("description"), request)
    return page(request, "storefront/reseller_products.html", {"page": found}, shows=[*found.rows, found.following])


@require_safe
@browsing
def product(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Product.objects.sold_by(request.operator.pk).ordinary(), slug=slug)
    return page(request, "storefront/reseller_product.html", {"product": shown}, shows=[shown])


@require_safe
@member_may("view")
def portal(request: HttpRequest) -> HttpResponse:
    """What an end customer has from the reseller. The reseller's own people hold nothing here."""
    account = request.visitor.account
    held = Subscription.objects.of_account(account).select_related("product")
    if account.pk == request.storefront.account_id:
        held = held.none()
    return render(request, "storefront/portal.html", {"page": newest_first(held, request)})
