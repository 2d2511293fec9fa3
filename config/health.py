"""/healthz: this process answers. /readyz: and it can work: database, migrations, orders that do not pile up.
/metrics: figures about all of it (config/metrics.py)."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from plans import vital_signs

from . import metrics

STALE_AFTER = 60  # seconds that a due order may wait


class HealthMiddleware:
    """Answers them on any host name and without a session: whoever asks for them is a machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return JsonResponse({"ok": True}, headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            found = problems()
            status = 503 if found else 200
            return JsonResponse({"ok": not found, **found}, status=status, headers={"Cache-Control": "no-store"})
        if request.path_info == "/metrics":
            return metrics.answer(request)
        return self.get_response(request)


def problems() -> dict[str, str]:
    """What keeps this installation from working, by name; empty when nothing does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = vital_signs.unapplied_migrations()
        if waiting:
            return {"migrations": f"{waiting} to apply"}
        seconds = int(vital_signs.oldest_due_order())
    except Error as problem:
        return {"database": type(problem).__name__}
    return {"orders": f"the oldest due one waits for {seconds} s"} if seconds > STALE_AFTER else {}
