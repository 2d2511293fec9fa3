"""The nouns of the post room: a letter's words, who else gets them, the letter, each try to hand it over, and what the
provider told of it later."""

from .attempt import NotificationAttempt
from .delivery_event import DeliveryEvent
from .notification import MOVES, Notification
from .template import NotificationTemplate, TemplateRecipient
from .version import TemplateVersion

__all__ = [
    "MOVES",
    "DeliveryEvent",
    "Notification",
    "NotificationAttempt",
    "NotificationTemplate",
    "TemplateRecipient",
    "TemplateVersion",
]
