"""Walking through the site as somebody: from a few addresses along every link, on our own hosts, each address once."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

from .reading import Page

NOT_WALKED = ("mailto", "tel", "data")
MOST = 1000  # addresses that anybody is shown: links that multiply are a fault of their own


@dataclass
class Visit:
    address: str
    came_from: str  # empty: where the walk began
    response: HttpResponse
    page: Page | None  # None where the answer is no page

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


def get(client: Client, address: str, **options) -> HttpResponse:
    parts = urlsplit(address)
    path = parts.path or "/"
    return client.get(path + (f"?{parts.query}" if parts.query else ""), headers={"host": parts.netloc}, **options)


def page_of(response: HttpResponse, address: str) -> Page | None:
    if not response.headers.get("Content-Type", "").startswith("text/html") or not response.content:
        return None
    return Page(response.content.decode(), address=address)


def walk(
    client: Client, starts: list[str], *, hosts: set[str], known: set[str] = frozenset(), alike: int
) -> tuple[list[Visit], list[str]]:
    """All visits, and the links that lead away from our hosts.

    `known` are addresses that need no visit (assets). Of pages that differ only in whose record they show, or in what a
    list is asked, `alike` many are visited.
    """
    waiting = deque((start, "") for start in starts)
    seen, visits, astray, kinds = set(starts), [], [], Counter()
    while waiting:
        address, came_from = waiting.popleft()
        response = get(client, address)
        page = page_of(response, address)
        visits.append(Visit(address, came_from, response, page))
        assert len(seen) < MOST, f"the links of {came_from} never end: {address}"
        for link in _onward(visits[-1]):
            parts = urlsplit(link)
            if parts.scheme in NOT_WALKED:
                continue
            if parts.scheme != "http" or parts.netloc not in hosts:
                astray.append(f"{link} on {address}")
            elif (target := link.partition("#")[0]) not in seen and target not in known:
                seen.add(target)
                kinds[kind := _kind(target)] += 1
                if kinds[kind] <= alike:
                    waiting.append((target, address))
    return visits, astray


def _kind(address: str) -> tuple:
    """An address without the numbers of records and the codes of letters, and without the values of what is asked."""
    parts = urlsplit(address)
    segments = [re.sub(r".*[\d_].*", "#", segment) for segment in parts.path.split("/")]
    return parts.netloc, *segments, *sorted(parse_qs(parts.query, keep_blank_values=True))


def _onward(visit: Visit) -> list[str]:
    """Where one may go from here by asking for a page: links, redirects and forms that only ask."""
    if 300 <= visit.response.status_code < 400 and "Location" in visit.response:
        return [Page("", address=visit.address).at(visit.response["Location"])]
    if visit.page is None:
        return []
    forms = [form for form in visit.page.forms if form.method == "get"]
    asking = [f"{form.action.partition('?')[0]}?{urlencode(form.sent)}" for form in forms]
    return visit.page.links + asking


def dead_anchors(visits: list[Visit]) -> list[str]:
    """Links to a place on a page that has no such place, on the same page or on another that was visited."""
    pages = {visit.address.partition("#")[0]: visit.page for visit in visits if visit.page}
    found = []
    for visit in visits:
        for link in visit.page.links if visit.page and visit.page.is_document else ():
            address, _, anchor = link.partition("#")
            there = pages.get(address) if address != visit.address else visit.page
            if anchor and there is not None and anchor not in there.ids:
                found.append(f"{link} on {visit.address}")
    return found
