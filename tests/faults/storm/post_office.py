"""The provider of a storm: the house's own, which puts letters off and leaves others without an answer."""

import json
from collections import Counter, defaultdict
from pathlib import Path

from children import Minder

from tests.faults.proxy import Proxy
from tests.mail_provider import MailProvider

# While it storms, for a share of the letters. Those of `reset` are taken, and nobody is told.
MOODS = {"429": 0.03, "500": 0.02, "reset": 0.03, "slow": 0.01}


class PostOffice(MailProvider):
    """By HTTP it knows letters by their keys, and takes none twice; by SMTP there is nothing to know them by."""

    def __init__(self, folder: Path, minder: Minder, *, seed: int, by: str) -> None:
        super().__init__(folder, "--seed", str(seed))
        minder.watch(self.process.pid, patience=2)
        self.by = by
        self.way = Proxy(("127.0.0.1", self.http if by == "http" else self.smtp))  # between us and its door

    def environment(self) -> dict[str, str]:
        if self.by == "http":
            return super().environment(port=self.way.port)
        return {"EMAIL_URL": f"smtp://127.0.0.1:{self.way.port}"}

    def lose_an_answer(self) -> None:
        """The next letter is taken, and whoever sent it hears nothing."""
        self.way.lose_answer(word=b"POST " if self.by == "http" else b"\r\n.\r\n")

    def stop(self) -> None:
        self.way.close()
        super().stop()

    def grow_moody(self) -> None:
        self.control(shares=MOODS)

    def calm_down(self) -> dict[str, int]:
        """Take every letter from now on; the moods that letters have met."""
        met = self.counts()["weather"]["met"]
        self.control(mode="ok")
        return met

    def taken(self) -> tuple[dict[str, list[str]], Counter]:
        """Under which Message-IDs each letter was taken, by its key; how often each was known already."""
        taken, repeats = defaultdict(list), Counter()
        for line in map(json.loads, (self.folder / "journal.jsonl").read_text().splitlines()):
            if "repeat" in line:
                repeats[line["repeat"]] += 1
            else:
                taken[line["headers"]["X-Uplift-Key"]].append(line["message_id"])
        return taken, repeats
