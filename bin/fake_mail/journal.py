"""The journal: one JSON line for each letter taken, on disk before the answer is given; read again at start."""

import json
import os
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path


class Journal:
    """`journal.jsonl` in the folder, for its owner's eyes only: letters hold links that sign people in."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "journal.jsonl"
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b")
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}  # id of a letter -> where its line begins
        self._by_key: dict[str, dict] = {}
        self.keys: Counter[str] = Counter()
        self.message_ids: Counter[str] = Counter()
        self.repeats: Counter[str] = Counter()
        self._read_again()

    def take(self, letter: dict) -> dict:
        """Write the letter down, safe from a power cut; it comes back with its number, id and time."""
        with self._lock:
            line = {"n": len(self._places) + 1, "id": str(uuid.uuid4()), "at": datetime.now(UTC).isoformat()} | letter
            self._append(line)
        return line

    def repeat(self, key: str) -> None:
        """A letter of this key was handed over again, and known."""
        with self._lock:
            self._append({"repeat": key, "at": datetime.now(UTC).isoformat()})

    def of_key(self, key: str) -> dict | None:
        return self._by_key.get(key)

    def letter(self, identity: str) -> dict | None:
        place = self._places.get(identity)
        if place is None:
            return None
        with self._lock:
            self._file.seek(place)
            return json.loads(self._file.readline())

    def newest(self, *, before: int | None = None, limit: int = 50) -> list[dict]:
        """Letters from the last one back."""
        last = len(self._places) if before is None else before - 1
        return [self.letter(identity) for identity in list(self._places)[max(last - limit, 0) : max(last, 0)][::-1]]

    def counts(self) -> dict:
        """How many letters were taken, under how many keys and Message-IDs, and which of them more than once."""
        return {
            "taken": len(self._places),
            "repeats": self.repeats.total(),
            "keys": len(self.keys),
            "message_ids": len(self.message_ids),
            "keys_twice": sorted(key for key, times in self.keys.items() if times > 1),
            "message_ids_twice": sorted(name for name, times in self.message_ids.items() if times > 1),
        }

    def _append(self, line: dict) -> None:
        place = self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._remember(line, place)

    def _remember(self, line: dict, place: int) -> None:
        if "repeat" in line:
            self.repeats[line["repeat"]] += 1
            return
        self._places[line["id"]] = place
        self.message_ids[line["message_id"]] += 1
        if key := line["key"]:
            self.keys[key] += 1
            self._by_key.setdefault(key, {"id": line["id"], "digest": line["digest"]})

    def _read_again(self) -> None:
        place = 0
        for raw in self._file:
            if not raw.endswith(b"\n"):  # half a line: the machine went down, and nobody was told that it was taken
                self._file.truncate(place)
                break
            self._remember(json.loads(raw), place)
            place += len(raw)
