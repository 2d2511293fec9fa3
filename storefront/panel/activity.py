"""Activity: who changed what on the storefront, and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.models import Activity
from reselling.history import history_of, own_people

from ..keyset import newest_first
from .access import managers_only


@require_safe
@managers_only
def activity(request: HttpRequest) -> HttpResponse:
    page = newest_first(history_of(request.storefront).select_related("account"), request)
    known = own_people(request.storefront, page.rows)
    shown = [_line(each, known, request) for each in page.rows]
    return render(request, "storefront/panel/activity.html", {"page": page, "activities": shown})


def _line(activity: Activity, known: set[int], request: HttpRequest) -> dict[str, object]:
    """Who is nobody of the reseller's or its customers' goes by the distributor's name."""
    is_known = activity.actor_id is None or activity.actor_id in known
    of_whom = "" if activity.account_id == request.storefront.account_id else activity.account.name
    who = activity.actor_name if is_known else request.operator.short_name
    return {"verb": activity.verb, "text": activity.text, "at": activity.at, "who": who, "of_whom": of_whom}
