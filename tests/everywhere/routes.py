"""Every route of the running site, and the addresses they make in the world of the tests."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from storefront.tenancy import URLCONFS
from tests import world as worlds
from tests.world import World

PREFIX = {"store": "/", "reseller": "/techsolutions/", "bss": "/bss/", "api": "/api/"}
FACE_HOSTS = {"store": worlds.STORE, "reseller": worlds.STORE, "bss": worlds.BSS, "api": worlds.BSS}


def routes(face: str) -> Iterator[str]:
    """Every route of a face, as it is written: orders/<slug:number>/"""

    def walk(entries: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for entry in entries:
            route = before + str(entry.pattern).removeprefix("^").removesuffix("$")
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            else:
                yield route

    return walk(get_resolver(URLCONFS[face]).url_patterns, "")


def addresses(face: str, world: World) -> list[str]:
    """Every route of a face as an address with what is in the world; a new kind of part must be told here."""
    found = []
    for route in routes(face):
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
        names = re.findall(r"<(?:\w+:)?(\w+)>", path)
        for name in names:
            part = str(worlds.part_of(world.parts, f"{face}/{route}", name))
            path = re.sub(rf"<(?:\w+:)?{name}>", part, path, count=1)
        found.append(f"http://{FACE_HOSTS[face]}{PREFIX[face]}{path}")
    return found
