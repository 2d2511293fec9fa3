"""One JSON line per event, with the id of its request, and a traceback as plain text."""

import json

from tests.config.surroundings import fresh_process

LOG = """
import django, logging; django.setup()
from django.http import HttpResponse
from django.test import RequestFactory
from config.headers import RequestIdMiddleware
from django.utils.log import log_response

def view(request):
    logging.getLogger("plans.ordering").info("placed %s", "SO-1", extra={"order": 7})
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("plans").exception("failed")
    return HttpResponse(status=404)

request = RequestFactory().get("/?password=a-secret-that-was-typed")
response = RequestIdMiddleware(view)(request)
log_response("Not Found: %s", request.path, response=response, request=request)
logging.getLogger("plans").debug("not at this level")
print(response["X-Request-ID"])
"""


def test_a_line_is_json_with_the_id_and_nothing_that_was_typed():
    done = fresh_process(LOG)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("placed SO-1", "info"),
        ("failed", "error"),
        ("Not Found: /", "warning"),
    ]
    assert {line["request_id"] for line in lines} == {done.stdout.strip()}
    assert lines[0]["order"] == 7
    assert lines[1]["exception"].startswith("Traceback (most recent call last):")
    assert "a-secret-that-was-typed" not in done.stderr
