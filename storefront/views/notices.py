"""The bell, and the terms."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from notifications.models import Notification
from plans.models import TermsVersion

from ..keyset import newest_first
from ..membership import member_may


@require_http_methods(["GET", "HEAD", "POST"])
@member_may("view")
def notifications(request: HttpRequest) -> HttpResponse:
    """The letters written to the visitor. POST marks them as read."""
    letters = Notification.objects.for_user(request.user, request.operator)
    if request.method == "POST":
        letters.unread().update(read_at=timezone.now())
        return redirect("notifications")
    page = newest_first(letters.select_related("order").defer("html"), request)
    return render(request, "storefront/notifications.html", {"page": page})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    current = TermsVersion.objects.current(request.operator.pk)
    if current is None:
        raise Http404
    return render(request, "storefront/terms.html", {"terms": current})
