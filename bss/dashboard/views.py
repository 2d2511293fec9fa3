from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from plans.heartbeats import somebody_lives

from ..permissions import StaffRequired
from . import numbers, work
from .attempts import Read, read
from .charts import plan_mix, upgrades_chart
from .figures import figures


class Dashboard(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = lambda question: read(partial(question, request.operator))  # noqa: E731  each card by itself
        resellers, held, weeks = ask(numbers.resellers), ask(numbers.held), ask(numbers.upgrades_per_week)
        context = {
            "now": timezone.localtime(),
            "figures": figures(
                request.operator,
                resellers=resellers,
                storefronts=ask(numbers.with_storefront),
                weeks=weeks,
                held=held,
                waited=ask(numbers.time_to_storefront),
            ),
            "chart": both(weeks, held).then(lambda _: upgrades_chart(weeks.value, held.value.plans)),
            "mix": both(held, resellers).then(lambda _: plan_mix(held.value, resellers.value)),
            "failed": ask(work.failed_orders),
            "waiting": ask(work.waiting_for_alias),
            "wishes": ask(work.open_wishes),
            "changes": ask(work.changes_that_wait),
            "letters": ask(work.lost_letters),
            "activities": ask(work.latest),
            "lives": read(somebody_lives),
        }
        return render(request, "bss/dashboard/dashboard.html", context)


def both(one: Read, other: Read) -> Read:
    """A card that needs two answers."""
    return Read(failed=one.failed or other.failed)
