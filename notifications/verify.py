"""What must always hold in the post room, as questions that find the rows which break it."""

from .models import Notification


def broken() -> dict[str, list[dict]]:
    """Rows by invariant; an empty list means that it holds."""
    stuck = Notification.objects.stuck().order_by("id").values("id", "state", "attempts", "operator_id")
    return {"I9 no letter is stuck": list(stuck)}
