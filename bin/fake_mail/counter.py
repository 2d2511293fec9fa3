"""The counter: where a letter from either door meets the weather, is known by its key, or is taken."""

import hashlib
import json
import threading
import time
from dataclasses import dataclass

from .journal import Journal
from .reports import Reports
from .weather import TAKES, Weather


@dataclass(frozen=True)
class Verdict:
    """`mode` is how to answer: a mode that takes the letter, 429, 500, reject, unverified, or the two below."""

    mode: str
    identity: str = ""


OTHER_LETTER = Verdict("other_letter")  # its key belongs to a letter with other words
AT_IT = Verdict("at_it")  # a letter of its key is being taken right now


class Counter:
    """With `keys` a letter is taken once per key, for ever; without, as by a provider that has none."""

    def __init__(self, journal: Journal, weather: Weather, reports: Reports, *, keys: bool = True) -> None:
        self.journal, self.weather, self.reports, self.keys = journal, weather, reports, keys
        self._lock = threading.Lock()
        self._being_taken: set[str] = set()

    def hand_in(self, letter: dict) -> Verdict:
        """`letter` has door, from, to, subject, message_id, key, headers, text, html."""
        digest = hashlib.sha256(json.dumps(letter, sort_keys=True).encode()).hexdigest()
        mode, key = self.weather.next(), letter["key"] if self.keys else ""
        with self._lock:
            if key in self._being_taken:
                return AT_IT
            known = self.journal.of_key(key) if key else None
            if known is None and mode in TAKES and key:
                self._being_taken.add(key)
        if mode == "slow":
            time.sleep(self.weather.slow_seconds)
        if mode not in TAKES:
            return Verdict(mode)
        if known is None:
            return self._take(letter | {"digest": digest, "mode": mode}, key, mode)
        self.journal.repeat(key)
        return Verdict(mode, known["id"]) if known["digest"] == digest else OTHER_LETTER

    def _take(self, letter: dict, key: str, mode: str) -> Verdict:
        try:
            taken = self.journal.take(letter)
        finally:
            with self._lock:
                self._being_taken.discard(key)
        self.reports.about(taken, mode)
        return Verdict(mode, taken["id"])

    def told(self) -> dict:
        counts = self.journal.counts()
        return counts | {"weather": self.weather.told(), "reports": self.reports.told(), "has_keys": self.keys}
