"""What the shell of the BSS asks for."""

from django import template

from .. import theme

register = template.Library()


@register.simple_tag(takes_context=True)
def chosen_theme(context: dict) -> str:
    """Light or dark as the visitor chose; empty: the page follows the system."""
    request = context.get("request")
    choice = request.COOKIES.get(theme.COOKIE, "") if request else ""
    return choice if choice in theme.CHOICES else ""
