"""Activity: who changed what on the storefront, and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reselling.history import history_of, own_people

from ..keyset import newest_first
from .access import managers_only


@require_safe
@managers_only
def activity(request: HttpRequest) -> HttpResponse:
    page = newest_first(history_of(request.storefront), request)
    known = own_people(request.storefront, page.rows)
    distributor = request.operator.short_name
    shown = [
        {
            "verb": each.verb,
            "text": each.text,
            "at": each.at,
            "who": each.actor_name if each.actor_id in known or not each.actor_id else distributor,
        }
        for each in page.rows
    ]
    return render(request, "storefront/panel/activity.html", {"page": page, "activities": shown})
