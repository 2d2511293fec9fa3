from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from bss import paging
from bss.lists import ListExport, ListPage
from notifications.models import Notification
from ui.filters.notifications import VIEWS, NotificationFilters

from .outbox_rows import COLUMNS, EXPORTED, HEADS, cells_of, row_of

BY_TIME = paging.Sorting("created_at")


class Outbox(ListPage):
    template = "bss/setup/notifications/outbox.html"
    filters = NotificationFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return Notification.objects.of_operator(self.request.operator)

    def rows_of(self, found: list) -> list:
        return [row_of(letter, operator=self.request.operator) for letter in found]

    def order(self, request: HttpRequest) -> paging.Sorting:
        """By time where days are asked for: an index leads to the first of them. Else as usual, the newest first."""
        return BY_TIME if request.GET.get("since") or request.GET.get("until") else self.usual

    def more(self, request: HttpRequest) -> dict[str, object]:
        choices = {
            name: one.extra["choices"] for name, one in self.filters.base_filters.items() if "choices" in one.extra
        }
        return {
            "states": choices["state"],
            "letter_kinds": choices["template"],
            "entities": choices["entity"],
            "views": VIEWS,
            "panel": self.panel(request, choices["state"]),
            "export": paging.address(request),
            "is_filtered": any(name in self.filters.base_filters and value for name, value in request.GET.items()),
        }

    def panel(self, request: HttpRequest, states: list) -> list[dict[str, object]]:
        """What the panel leads to; each keeps whatever else was asked for."""
        entries = [
            ("", "", "All"),
            *(("view", *each) for each in VIEWS.items()),
            *(("state", *each) for each in states),
        ]
        shown = {name: request.GET.get(name, "") for name in ("view", "state")}
        return [
            {
                "word": word,
                "url": paging.address(request, **{"view": "", "state": ""} | ({name: code} if name else {})),
                "here": shown[name] == code if name else not any(shown.values()),
            }
            for name, code, word in entries
        ]


class OutboxExport(ListExport, Outbox):
    filename, export_heads, columns = "letters", HEADS, EXPORTED

    def export(self, rows: QuerySet) -> Iterable:
        return cells_of(rows)
