"""What happened, as lists of activities show it."""

from django import template
from django.utils.html import format_html

from ..activity_icons import icon_of

register = template.Library()
ICON = '<svg class="icon" viewBox="0 0 24 24"><use href="#i-{}"/></svg>'
DOT = f'<span class="dot {{}}" aria-hidden="true">{ICON}</span>'


@register.simple_tag
def activity_dot(verb: str) -> str:
    """The dot before an activity, with the icon of its kind. The text beside it says the same."""
    symbol, tone = icon_of(verb)
    return format_html(DOT, tone, symbol)
