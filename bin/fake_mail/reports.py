"""Delivery reports: what the provider tells afterwards, signed as Resend signs (Svix), told again until it is heard."""

import base64
import hashlib
import heapq
import hmac
import http.client
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

PAUSES = (1.0, 3.0, 10.0, 30.0)  # seconds before the second telling, the third ...
AFTER = {
    "bounce": ["email.sent", "email.bounced"],
    "complain": ["email.sent", "email.delivered", "email.complained"],
}
BOUNCE = {"message": "The recipient's email provider sent a hard bounce message.", "type": "Permanent"}


def signed(body: bytes, *, secret: str, event_id: str, at: int | None = None) -> dict[str, str]:
    """The headers of a report. `secret` is a whsec_... of base64."""
    at = at or int(time.time())
    words = f"{event_id}.{at}.".encode() + body
    mark = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), words, hashlib.sha256).digest()
    return {
        "svix-id": event_id,
        "svix-timestamp": str(at),
        "svix-signature": f"v1,{base64.b64encode(mark).decode()}",
        "Content-Type": "application/json",
    }


def report(letter: dict, kind: str, *, at: datetime) -> dict:
    """The body of a report of what happens at that moment, as Resend writes it."""
    data = {
        "email_id": letter["id"],
        "from": letter["from"],
        "to": letter["to"],
        "subject": letter["subject"],
        "created_at": letter["at"],
        "headers": [{"name": name, "value": value} for name, value in letter["headers"].items()],
    }
    if kind == "email.bounced":
        data["bounce"] = BOUNCE
    return {"type": kind, "created_at": at.isoformat(), "data": data}


class Reports:
    """A thread that tells. Without an address nothing is told. What waits is forgotten when the process ends."""

    def __init__(self, *, url: str = "", secret: str = "", delay: float = 1.0) -> None:
        self.url, self.secret, self.delay = url, secret, delay
        self.answers: Counter[str] = Counter()
        self._waiting: list[tuple[float, str, int, bytes]] = []
        self._news = threading.Condition()
        if url:
            threading.Thread(target=self._tell_all, daemon=True).start()

    def about(self, letter: dict, mode: str) -> None:
        """Tell of this letter what the mode brings: it arrived, bounced, or was called spam."""
        for number, kind in enumerate(AFTER.get(mode, ["email.sent", "email.delivered"]), start=1):
            pause = self.delay * number
            body = json.dumps(report(letter, kind, at=datetime.now(UTC) + timedelta(seconds=pause))).encode()
            self._later(pause, f"msg_{letter['id']}_{number}", 0, body)

    def told(self) -> dict:
        return {"url": self.url, "waiting": len(self._waiting), "answers": dict(self.answers)}

    def _later(self, seconds: float, event_id: str, times: int, body: bytes) -> None:
        if not self.url:
            return
        with self._news:
            heapq.heappush(self._waiting, (time.monotonic() + seconds, event_id, times, body))
            self._news.notify()

    def _tell_all(self) -> None:
        while True:
            with self._news:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    self._news.wait(max(self._waiting[0][0] - time.monotonic(), 0) if self._waiting else None)
                _, event_id, times, body = heapq.heappop(self._waiting)
            answer = self._tell(event_id, body)
            self.answers[answer] += 1
            if not answer.startswith("2") and times < len(PAUSES):
                self._later(PAUSES[times], event_id, times + 1, body)

    def _tell(self, event_id: str, body: bytes) -> str:
        there = urlsplit(self.url)
        try:
            connection = http.client.HTTPConnection(there.netloc, timeout=10)
            connection.request("POST", there.path, body, signed(body, secret=self.secret, event_id=event_id))
            status = connection.getresponse().status
            connection.close()
        except (OSError, http.client.HTTPException):
            return "no answer"
        return str(status)
