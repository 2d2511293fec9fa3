"""HTTP: Resend's send call as Anymail makes it, the control, the counts, and the pages of the inbox."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from . import inbox
from .counter import Counter, Verdict
from .smtp_door import LONGEST, hang_up

LOCAL = {"localhost", "127.0.0.1", "[::1]"}
REFUSALS = {
    "429": (429, "rate_limit_exceeded", "Too many requests. You can only make 2 requests per second."),
    "500": (500, "application_error", "An unexpected error occurred."),
    "reject": (422, "validation_error", "Invalid `to` field. The address does not exist."),
    "unverified": (403, "validation_error", "The domain of the sender is not verified."),
    "at_it": (409, "concurrent_idempotent_requests", "A request with this idempotency key is in progress."),
    "other_letter": (409, "invalid_idempotent_request", "This idempotency key was used with another request body."),
}


class Door(BaseHTTPRequestHandler):
    timeout = 60

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not self._from_here():
            self._json(403, {"message": "Only by the name of this machine."})
        elif url.path == "/counts":
            self._json(200, self.server.counter.told())
        elif url.path == "/control":
            self._json(200, self.server.counter.weather.told())
        else:
            self._page(url.path, before=parse_qs(url.query).get("before", [""])[0])

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            self._json(400, {"name": "validation_error", "message": "No JSON object."})
        elif self.path == "/emails":
            self._send_call(body)
        elif self.path == "/control" and self._from_here():
            self._control(body)
        else:
            self._json(404, {"name": "not_found", "message": "Not here."})

    def _send_call(self, body: dict) -> None:
        if self.headers.get("Authorization", "") != f"Bearer {self.server.api_key}":
            self._json(401, {"name": "missing_api_key", "message": "This API key is not known."})
            return
        headers = {str(name): str(value) for name, value in (body.get("headers") or {}).items()}
        letter = {
            "door": "http",
            "from": str(body.get("from", "")),
            "to": [str(one) for one in body.get("to") or []],
            "subject": str(body.get("subject", "")),
            "message_id": headers.get("Message-ID", ""),
            "key": self.headers.get("Idempotency-Key", ""),
            "headers": headers,
            "text": str(body.get("text", "")),
            "html": str(body.get("html", "")),
        }
        self._answer(self.server.counter.hand_in(letter))

    def _answer(self, verdict: Verdict) -> None:
        if verdict.mode == "reset":
            hang_up(self.connection)
            self.close_connection = True
        elif verdict.mode in REFUSALS:
            status, name, message = REFUSALS[verdict.mode]
            more = {"Retry-After": self.server.counter.weather.retry_after} if status == 429 else {}
            self._json(status, {"statusCode": status, "name": name, "message": message}, more)
        else:
            self._json(200, {"id": verdict.identity})

    def _control(self, wish: dict) -> None:
        try:
            self.server.counter.weather.change(wish)
        except (ValueError, TypeError, AttributeError) as error:
            self._json(400, {"message": str(error)})
        else:
            self._json(200, self.server.counter.weather.told())

    def _page(self, path: str, *, before: str) -> None:
        journal = self.server.counter.journal
        first, _, rest = path.strip("/").partition("/")
        letter = journal.letter(rest.removesuffix("/html")) if first == "letters" else None
        if path == "/":
            letters = journal.newest(before=int(before) if before.isdecimal() else None)
            self._html(inbox.list_page(letters, total=journal.counts()["taken"]))
        elif path == "/inbox.css":
            self._write(200, inbox.STYLE.encode(), {"Content-Type": "text/css"})
        elif letter and path.endswith("/html"):
            self._html(inbox.letter_itself(letter), policy=inbox.LETTER_POLICY)
        elif letter:
            self._html(inbox.letter_page(letter))
        else:
            self._html(inbox.nothing_page(), status=404)

    def _from_here(self) -> bool:
        """By a name of this machine: no page of the internet that points its name at us reads letters."""
        return (self.headers.get("Host") or "localhost").rpartition(":")[0] in LOCAL

    def _body(self) -> dict | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST:
            return None
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _html(self, page: str, *, status: int = 200, policy: str = inbox.PAGE_POLICY) -> None:
        self._write(
            status, page.encode(), {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        )

    def _json(self, status: int, answer: dict, more: dict | None = None) -> None:
        self._write(status, json.dumps(answer).encode(), {"Content-Type": "application/json"} | (more or {}))

    def _write(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            {"X-Content-Type-Options": "nosniff", "Content-Length": str(len(content))} | headers
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """The journal is what is worth keeping."""


class HttpServer(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, counter: Counter, *, api_key: str) -> None:
        self.counter, self.api_key = counter, api_key
        super().__init__(("127.0.0.1", port), Door)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news."""
