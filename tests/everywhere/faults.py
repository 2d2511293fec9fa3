"""What is wrong with an answer: its status, its head, the forms on its page."""

from functools import cache
from urllib.parse import urlsplit

from django.urls import resolve

from storefront.tenancy import URLCONFS, find_place
from tests.walking import Visit

# The head of every answer. What a policy may not hold is named apart.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "base-uri 'none'", "form-action", "frame-ancestors")


def is_letter(visit: Visit) -> bool:
    return visit.path.endswith("/html/")


def faults_of_answer(visit: Visit) -> list[str]:
    """A link leads to a page. Where the walk began, a page may also say that this is not for everybody."""
    status = visit.response.status_code
    fine = {200, 302, 286} | ({403} if not visit.came_from else set())
    return [] if status in fine else [f"answers {status}, linked on {visit.came_from}"]


def faults_of_head(visit: Visit) -> list[str]:
    headers = visit.response.headers
    found = [f"{name}: {headers.get(name)}" for name, value in HEADERS.items() if headers.get(name) != value]
    if is_letter(visit) and headers["X-Frame-Options"] == "SAMEORIGIN":  # the back office shows it in a frame
        found.remove("X-Frame-Options: SAMEORIGIN")
    policy = headers.get("Content-Security-Policy", "")
    found += [f"no {part} in the policy" for part in POLICY if part not in policy]
    found += ["no X-Request-ID"] if "X-Request-ID" not in headers else []
    if not visit.path.startswith("/static/") and "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if "unsafe" in policy and not is_letter(visit):
        found.append(f"unsafe: {policy}")
    nonces = {script.get("nonce") for script in visit.page.all("script")} if visit.page else set()
    return found + [f"nonce {nonce!r} is not in the policy" for nonce in nonces if f"'nonce-{nonce}'" not in policy]


@cache
def place_of(action: str) -> tuple[str, str]:
    """The face and the route that a form goes to; an error where it leads nowhere. The same forms are on many pages."""
    parts = urlsplit(action)
    place = find_place(parts.netloc, parts.path)
    match = resolve(parts.path.removeprefix(f"/{place.segment}" if place.segment else ""), URLCONFS[place.face])
    return place.face, match.url_name or ""


def faults_of_forms(visit: Visit) -> list[str]:
    """A form goes to a route that we have, on the host that its page is on."""
    found = []
    for form in visit.page.forms:
        try:
            place_of(form.action.partition("?")[0])
        except Exception as problem:  # noqa: BLE001 - whatever it is, the form leads nowhere
            found.append(f"a form goes to {form.action}: {type(problem).__name__}")
        if form.method == "post" and visit.page.is_document and "csrfmiddlewaretoken" not in form.names:
            found.append(f"the form to {form.action} has no token")
    return found
