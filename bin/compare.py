"""Compare the pages on two databases, a small one and a big one: `bin/bench SMALL_URL BIG_URL [ROUNDS]`.

Both are measured in one run through gunicorn, rounds interleaved, medians: what a request costs the worker's processor,
in F, which is a bare Django view on the same database; and how long an answer takes on the big one, the database's part
included, against the small one. Nothing but a session is written. docs/operating.md says how such databases are made.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import embedded_valkey

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def measuring(url: str) -> Iterator[subprocess.Popen]:
    """The program that measures one database, with a cache of its own."""
    with tempfile.TemporaryDirectory(prefix="uplift-bench-") as state:
        socket = Path(state) / "valkey.sock"
        command = embedded_valkey.command(embedded_valkey.server_binary(), socket=socket, data=Path(state) / "valkey")
        surroundings = {"STATE_DIR": state, "DATABASE_URL": url, "BSS_HOST": "bss.bench.test",
                        "DJANGO_SETTINGS_MODULE": "tests.settings"}  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | surroundings
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as cache:
            try:
                embedded_valkey.wait_until_it_answers(socket)
                with subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.rounds"], cwd=ROOT, env=environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                ) as program:  # fmt: skip
                    yield program
                    program.stdin.close()
            finally:
                cache.terminate()


def ask(program: subprocess.Popen, name: str) -> tuple[float, float]:
    """Milliseconds of the processor, and until the answer."""
    program.stdin.write(f"{name}\n")
    program.stdin.flush()
    return tuple(json.loads(program.stdout.readline()))


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    rounds = int(sys.argv[3]) if len(sys.argv) == 4 else 21
    with measuring(sys.argv[1]) as small, measuring(sys.argv[2]) as big:
        known = [json.loads(program.stdout.readline()) for program in (small, big)]
        names = [name for name in known[0] if name in known[1]]
        taken = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                taken[name].append((ask(small, name), ask(big, name)))
    unit = statistics.median(cost for pair in taken[names[0]] for cost, _ in pair)
    print(f"F = {unit:.2f} ms; medians of {rounds} rounds\n\nsmall, F | big, F | big : small, time |\n--:|--:|--:|---")
    for name, pairs in taken.items():
        ours = [statistics.median(pair[side][0] for pair in pairs) / unit for side in (0, 1)]
        slower = statistics.median(big for _, (_, big) in pairs) / statistics.median(small for (_, small), _ in pairs)
        print(f"{ours[0]:.1f} | {ours[1]:.1f} | {slower:.2f} | {name}")


if __name__ == "__main__":
    main()
