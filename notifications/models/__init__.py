"""The nouns of the post room: a letter's words, who else gets them, the letter, and each try to hand it over."""

from .attempt import NotificationAttempt
from .notification import MOVES, Notification
from .template import NotificationTemplate, TemplateRecipient

__all__ = ["MOVES", "Notification", "NotificationAttempt", "NotificationTemplate", "TemplateRecipient"]
