"""Dialogs: every one is a page with an address of its own that works without JavaScript.

With JavaScript, static/js/dialogs.js fetches that page, shows its `data-dialog-content` in a `<dialog>` and sends its
form from there. It says so in a header, and a redirect then comes back as an address to go to: a script cannot see
where a redirect leads without following it, which would use up the message for the page that comes next.
"""

from django.http import HttpRequest, HttpResponse

ASKED_BY_SCRIPT, GO_TO = "X-Dialog", "X-Location"


def answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response as the page or the script that asked understands it."""
    if ASKED_BY_SCRIPT not in request.headers or response.status_code not in (301, 302, 303):
        return response
    told = HttpResponse(status=204, headers={GO_TO: response["Location"]})
    told.cookies = response.cookies
    return told
