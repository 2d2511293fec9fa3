"""The judge: what is wrong with an order after the storm. Tests want no complaint, their twins want one."""

from collections import Counter
from email.message import EmailMessage

from notifications.models import Notification
from plans.models import Charge, Order, Storefront, Subscription
from plans.verify import broken


def complaints(order: Order, *, mails: list[EmailMessage], attempts: int | None = None, copies: int = 1) -> list[str]:
    """Everything that is lost or there twice, in words; [] when the order was executed once and told once.

    `attempts` is how often it may have been claimed (None: any number); `copies` is how often at most the mail server
    may have seen one letter (under one Message-ID).
    """
    order.refresh_from_db()
    found = [] if order.state == "executed" else [f"the order is {order.state}: {order.error_message}"]
    claims = order.activities.filter(verb="order.claim").count()
    if attempts is not None and (order.attempts, claims) != (attempts, attempts):
        found.append(f"{order.attempts} attempts, {claims} told, instead of {attempts}")
    found += _of_rows(order)
    found += _of_letters(order, mails, copies=copies)
    return found + [f"verify: {name}" for name in broken()]


def _of_rows(order: Order) -> list[str]:
    items = order.items.count()
    subscriptions = Subscription.objects.filter(order_item__order=order).count()
    found = [] if subscriptions == items else [f"{subscriptions} subscriptions of {items} items"]
    charges = Charge.objects.filter(order=order).count()
    if charges != len(order.preview["lines"]):
        found.append(f"{charges} charges of {len(order.preview['lines'])} lines")
    if not order.is_plan_order:
        return found
    active = Subscription.objects.active().for_plans().filter(account_id=order.account_id).count()
    opened = Storefront.objects.filter(account_id=order.account_id, state="open").count()
    found += [] if active == 1 else [f"{active} active plans"]
    return found + ([] if opened == 1 else [f"{opened} storefronts"])


def _of_letters(order: Order, mails: list[EmailMessage], *, copies: int) -> list[str]:
    welcome = order.to_plan.welcome_letter if order.is_plan_order else "order_received"
    letters = list(Notification.objects.filter(order=order))
    written = Counter((letter.template_code, letter.recipient_email) for letter in letters)
    found = [f"{n} letters {code} to {who}" for (code, who), n in written.items() if n > 1]
    found += [] if any(code == welcome for code, _ in written) else [f"no letter {welcome}"]
    for letter in letters:
        seen = [mail for mail in mails if mail["X-Uplift-Key"] == letter.key]
        if letter.state != "sent" or not seen:
            found.append(f"{letter.key} is {letter.state}, {len(seen)} mails")
        if len(seen) > copies or len({mail["Message-ID"] for mail in seen}) > 1:
            found.append(f"{letter.key} went out {len(seen)} times")
    return found


def traces(order: Order) -> list[str]:
    """What can be seen of an execution that has not been committed: nothing, or there is something to say."""
    rows = {
        "subscriptions": Subscription.objects.filter(order_item__order=order).count(),
        "storefronts": Storefront.objects.filter(created_by_order=order).count(),
        "charges": Charge.objects.filter(order=order).count(),
        "letters": Notification.objects.filter(order=order).count(),
    }
    return [f"{n} {name}" for name, n in rows.items() if n]
