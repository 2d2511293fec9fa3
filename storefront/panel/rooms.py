"""The rooms of the Storefront Admin Panel, in the order of its menu."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Room:
    """`route` is the name of its first page, whose other pages begin with it; `icon` a symbol of the sprite."""

    label: str
    route: str
    icon: str


ROOMS = (
    Room("Overview", "panel", "grid"),
    Room("Branding", "branding", "brush"),
    Room("Home page", "panel_home", "shop"),
    Room("Catalogue", "panel_catalogue", "box"),
    Room("Customers", "panel_customers", "users"),
    Room("Texts", "texts", "file"),
    Room("Settings", "settings", "gear"),
    Room("Activity", "activity", "clock"),
)


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """The links of the menu; the current room is the one whose route the page's name begins with."""
    here = request.resolver_match.url_name or ""
    return [
        {
            "label": room.label,
            "url": reverse(room.route),
            "icon": room.icon,
            "is_current": here == room.route or (room.route != "panel" and here.startswith(f"{room.route}_")),
        }
        for room in ROOMS
    ]


def address_of(label: str) -> str:
    """Where the room with this label is; empty where there is none."""
    return next((reverse(room.route) for room in ROOMS if room.label == label), "")
