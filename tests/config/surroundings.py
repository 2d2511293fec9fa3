"""Servers that are no help, and fresh processes that meet them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

from tests.processes import free_port

KEY = "k" * 64


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """A redis:// address that accepts every connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)  # the kernel accepts for us
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def refusing_server() -> str:
    """A redis:// address where nobody listens."""
    return f"redis://127.0.0.1:{free_port()}/0"


def fresh_process(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `code` under config.settings in a process of its own, with this environment and no other of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "STATE_DIR", "HOME") if name in os.environ}
    given = {"DJANGO_SETTINGS_MODULE": "config.settings", "UPLIFT_ENV_FILE": "", "SECRET_KEY": KEY, **environment}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={**kept, **given}, capture_output=True, text=True, check=False, timeout=60)


def answer_of(code: str, **environment: str) -> dict:
    """What `code` prints as its last line, read as JSON."""
    done = fresh_process(code, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def settings_of(*names: str, **environment: str) -> dict:
    """These settings in this environment."""
    code = f"import json; from config import settings; print(json.dumps({{n: getattr(settings, n) for n in {names}}}))"
    return answer_of(code, **environment)
