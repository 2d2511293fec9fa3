"""How far an order has come, as steps in the order in which they become true. Faces put them into words."""

from dataclasses import dataclass
from datetime import datetime

from notifications.catalogue import CATALOGUE
from notifications.models import Notification, notification

from . import links
from .models import Activity, Operator, Order
from .prepared import Prepared

DONE, NOW, WAIT, FAIL, UNSURE = "done", "now", "wait", "fail", "unsure"
WELL, LOST = frozenset(notification.WELL), frozenset(notification.LOST)
OVER = frozenset({Order.State.EXECUTED, Order.State.FAILED, Order.State.CANCELLED})


@dataclass(frozen=True)
class Step:
    """`key`: received, executing, subscription, ended, storefront, parked or letter. `state`: done, now, wait, fail or
    unsure: a letter of which nobody can say whether it left, until somebody looks.

    `detail` is a value and no sentence: the order's number, the reason of a failure or of the last pause, the numbers
    of the subscriptions, the storefront's URL, who the letter goes to. `letters`: those that were written.
    """

    key: str
    state: str
    at: datetime | None = None
    detail: str = ""
    letters: tuple[Notification, ...] = ()


def trail_of(order: Order) -> list[Activity]:
    """What happened to the order, oldest first. One query."""
    return TRAIL(order=order.pk)


TRAIL = Prepared(
    lambda order: Activity.objects.filter(order=order).select_related("subscription").order_by("id"), order=int
)


def steps(order: Order, *, operator: Operator, trail: list[Activity] | None = None) -> list[Step]:
    """The steps of an order that has been asked for. Three queries at the most, whatever hangs on it; two with its
    `trail` at hand."""
    happened: dict[str, list[Activity]] = {}
    for activity in trail_of(order) if trail is None else trail:
        happened.setdefault(activity.verb, []).append(activity)
    found = [
        Step("received", DONE, order.placed_at or order.created_at, order.number),
        _executing(order, happened),
        _subscription(order, happened),
    ]
    if order.preview.get("storefront", "none") != "none":
        found.append(_storefront(order, operator=operator))
    if codes := _agreed_letters(order):
        found.extend(_letter(order, codes))
    return found


def is_over(order: Order, found: list[Step]) -> bool:
    """Whether nothing will change any more without somebody doing something."""
    return order.state in OVER and not any(step.state == NOW for step in found)


def _executing(order: Order, happened: dict[str, list[Activity]]) -> Step:
    if order.state == Order.State.EXECUTED:
        return Step("executing", DONE, order.executed_at)
    if order.state == Order.State.FAILED:
        return Step("executing", FAIL, order.failed_at, order.error_message)
    if order.state == Order.State.CANCELLED:
        return Step("executing", FAIL, order.cancelled_at)
    if order.state == Order.State.AWAITING_APPROVAL:
        return Step("executing", WAIT)
    paused = happened.get("order.try_later", [])
    return Step("executing", NOW, None, paused[-1].text if paused and order.attempts else "")


def _subscription(order: Order, happened: dict[str, list[Activity]]) -> Step:
    """What starts; of a plan that is cancelled, what ends."""
    is_cancelled = order.change == Order.Change.CANCEL
    key, verb = ("ended", "subscription.ended") if is_cancelled else ("subscription", "subscription.started")
    if order.state != Order.State.EXECUTED:
        return Step(key, WAIT)
    numbers = [activity.subscription.number for activity in happened.get(verb, []) if activity.subscription]
    return Step(key, DONE, order.executed_at, ", ".join(numbers))


def _storefront(order: Order, *, operator: Operator) -> Step:
    alias = order.preview.get("alias", "")
    url = links.storefront_url(operator, alias) if alias else ""
    key = "parked" if order.preview.get("storefront") == "park" else "storefront"
    if order.state != Order.State.EXECUTED:
        return Step(key, WAIT, None, url)
    return Step(key, DONE, order.executed_at, url)


def _agreed_letters(order: Order) -> list[str]:
    """The letters to the customer. What goes to the operator's own people is not the customer's business."""
    agreed = [letter["template"] for letter in order.preview.get("letters", []) if letter["recipients"]]
    return [code for code in agreed if CATALOGUE[code].contractual]


def _letter(order: Order, codes: list[str]) -> list[Step]:
    """One step for all of them; none when the template is switched off."""
    if order.state != Order.State.EXECUTED:
        return [Step("letter", WAIT)]
    posted = list(order.notifications.filter(template_code__in=codes, kind="to").defer("text", "html").order_by("id"))
    resent = {letter.resend_of_id for letter in posted}  # what a later letter stands for
    sent = [ltr for ltr in posted if ltr.state != Notification.State.SKIPPED and ltr.pk not in resent]
    if not sent:
        return []
    readers = ", ".join(letter.recipient_email for letter in sent)
    states = {letter.state for letter in sent}
    times = [letter.sent_at for letter in sent if letter.sent_at]
    at = max(times) if times else None
    if states & LOST:
        came = FAIL
    elif states <= WELL:
        came = DONE
    else:
        came = UNSURE if states <= {*WELL, Notification.State.UNKNOWN} else NOW
    return [Step("letter", came, at, readers, tuple(sent))]
