"""The trail: who did what to which record, when, as whom. Stories that are about no order leave their mark here."""

from notifications.request_id import request_id

from .models import Activity


def remember(operator_id: int, verb: str, text: str, *, by, account=None, **about) -> Activity:
    """Write an Activity in the caller's transaction. `verb` as in account.changed; `text` is one sentence."""
    return Activity.objects.create(
        operator_id=operator_id,
        account=account,
        verb=verb,
        text=text[:300],
        actor=by,
        actor_name=(str(by) if by else "Automatic")[:120],
        request_id=request_id.get(),
        **about,
    )
