"""The weather: which mode the next letter meets, by shares and a seed, so that a run can be told again."""

import random
import threading
from collections import Counter

MODES = ("ok", "slow", "429", "500", "reset", "bounce", "complain", "reject", "unverified")
TAKES = frozenset({"ok", "slow", "reset", "bounce", "complain"})  # in these the letter is taken


class Weather:
    """Shares of modes, as in {"429": 0.2, "reset": 0.1}; what they leave is "ok"."""

    def __init__(self, *, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self.met: Counter[str] = Counter()
        self.change({"shares": {}, "seed": seed, "slow_seconds": 3.0, "retry_after": "2"})

    def change(self, wish: dict) -> None:
        """Any of: `mode` (it alone from now on), `shares`, `seed`, `slow_seconds`, `retry_after`. Or ValueError."""
        shares = {wish["mode"]: 1.0} if "mode" in wish else wish.get("shares")
        strange = set(wish) - {"mode", "shares", "seed", "slow_seconds", "retry_after"} | set(shares or {}) - set(MODES)
        if strange:
            raise ValueError(f"unknown: {', '.join(sorted(strange))}; modes are {', '.join(MODES)}")
        with self._lock:
            if shares is not None:
                self.shares = {mode: float(share) for mode, share in shares.items()}
            if "seed" in wish:
                self.seed = int(wish["seed"])
                self._random = random.Random(self.seed)
            self.slow_seconds = float(wish.get("slow_seconds", getattr(self, "slow_seconds", 3.0)))
            self.retry_after = str(wish.get("retry_after", getattr(self, "retry_after", "2")))

    def next(self) -> str:
        with self._lock:
            drawn, mode = self._random.random(), "ok"
            for name, share in self.shares.items():
                if drawn < share:
                    mode = name
                    break
                drawn -= share
            self.met[mode] += 1
            return mode

    def told(self) -> dict:
        shown = {name: getattr(self, name) for name in ("shares", "seed", "slow_seconds", "retry_after")}
        return shown | {"met": dict(self.met)}


def shares_from(text: str) -> dict[str, float]:
    """As on the command line: "429=0.2,reset=0.1", or one mode's name for all letters."""
    parts = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    return {mode: float(share or 1) for mode, _, share in parts}
