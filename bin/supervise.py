"""What bin/dev runs: the broker, two workers and the web in one terminal, looked after until Ctrl-C.

With `--mail` also a mail provider of its own (fake_provider.py), through which Uplift sends, with a demo inbox.
"""

import fcntl
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import demo_mail
import embedded_valkey
from children import Child, Minder

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve()
LOGS = STATE / "log"
PYTHON = sys.executable
SETTLING = 2.5  # seconds
DEMO = """
  sign in with                                     password of all: uplift-demo
    a Basic reseller      jonas.brandt@techsolutions.example
    a Standard reseller   owner@kestrelwick.example
    distributor's staff   maren.holt@nordwind.example
    another distributor   owner@lumendesk.example at {sudlicht}
"""


def main() -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    lock = take_lock()
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    port = choose_port()
    mail = choose_mail(port)
    broker = surroundings(port, mail)
    minder = Minder()
    running: list[Child] = []
    try:
        if broker:
            start_broker(broker, running, minder)
        facts = prepare()
        if not facts["broker"]:
            say("the broker at REDIS_URL does not answer: orders are executed without it, sign-in waits for it")
        running += [*workers(minder), web(port, minder)]
        if mail:
            running.append(Child("mail provider", mail.command(STATE / "provider"), LOGS / "provider.log", minder))
        for child in running:
            if child.process is None:
                child.start()
        look_after(running, minder, port=port, demo=facts["demo"], mail=mail)
    except KeyboardInterrupt:
        pass
    finally:
        stop(running)
        minder.leave()
        lock.close()


def take_lock() -> IO[str]:
    """One bin/dev per state folder: two would share a broker socket and a SQLite file."""
    lock = (STATE / "dev.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Uplift already runs from {STATE}. Stop it first, or set STATE_DIR to another folder.")
    return lock


def leave(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def choose_port() -> int:
    """PORT if it is free, else an end with one line; without PORT the first free one from 8000 on."""
    wanted = os.environ.get("PORT")
    for port in [int(wanted)] if wanted else range(8000, 8020):
        if port_is_free(port):
            if port != 8000 and not wanted:
                say(f"port 8000 is taken, using {port}")
            return port
    return sys.exit(f"Port {wanted or '8000 to 8019'} is taken. Choose another: PORT=8080 bin/dev")


def choose_mail(port: int) -> demo_mail.Provider | None:
    """Where `--mail` is asked for: at 8025, or the first free port after it."""
    if sys.argv[1:] not in ([], ["--mail"]):
        sys.exit("bin/dev [--mail]; settings come from the environment, see README.md.")
    if not sys.argv[1:]:
        return None
    free = (number for number in range(8025, 8125) if number != port and port_is_free(number))
    return demo_mail.Provider(port=next(free), smtp_port=next(free), web_port=port)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def surroundings(port: int, mail: demo_mail.Provider | None) -> Path | None:
    """Set the environment of all children, kept in dev.env for manage.py; the socket of our own broker, if any."""
    kept = STATE / "dev.env"
    before = dict(line.split("=", 1) for line in kept.read_text().splitlines()) if kept.exists() else {}
    own_broker = None if os.environ.get("REDIS_URL") else embedded_valkey.socket_path(STATE)
    chosen = {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or before.get("SECRET_KEY") or secrets.token_urlsafe(60),
        "STATE_DIR": str(STATE),
        "PUBLIC_SCHEME": os.environ.get("PUBLIC_SCHEME", "http"),
        "PUBLIC_PORT": os.environ.get("PUBLIC_PORT", str(port)),
        "BSS_HOST": os.environ.get("BSS_HOST", "localhost"),
        "REDIS_URL": os.environ.get("REDIS_URL") or embedded_valkey.url(own_broker),
    }
    chosen["STAFF_TWO_FACTOR_REQUIRED"] = os.environ.get("STAFF_TWO_FACTOR_REQUIRED", "0")
    for name in ("DATABASE_URL", "EMAIL_URL"):
        if os.environ.get(name):
            chosen[name] = os.environ[name]
    chosen |= mail.settings() if mail else {}
    write_private(kept, "".join(f"{name}={value}\n" for name, value in chosen.items()))
    os.environ.update(chosen, UPLIFT_ENV_FILE="")
    return own_broker


def write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def start_broker(path: Path, running: list[Child], minder: Minder) -> None:
    binary = embedded_valkey.server_binary()
    if not binary:
        sys.exit("No broker for this machine: install valkey or redis-server, or set REDIS_URL.")
    command = embedded_valkey.command(binary, socket=path, data=STATE / "valkey")
    broker = Child("broker", command, LOGS / "broker.log", minder)
    running.append(broker)
    broker.start()
    if not embedded_valkey.wait_until_it_answers(path):
        sys.exit(f"The broker does not start, see {broker.log}")


def prepare() -> dict:
    """Migrations, demo data for an empty database, static files."""
    done = subprocess.run([PYTHON, ROOT / "bin/prepare.py"], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit("Uplift cannot start: see above.")
    return json.loads(done.stdout.splitlines()[-1])


def workers(minder: Minder) -> list[Child]:
    """Orders and bulk work in one, letters in another: a slow mail server never holds up an order."""
    found = []
    for name, queues, slots in (("orders", "orders,bulk", "2"), ("mail", "mail", "2")):
        command = [PYTHON, "-m", "celery", "-A", "config", "worker", "-n", f"{name}@%h", "-Q", queues, "-c", slots]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        # On SIGTERM a worker gives its tasks 20 s and then ends; their rows are found again by the sweeper.
        environment = {"UPLIFT_PROCESS": "worker", "REMAP_SIGTERM": "SIGQUIT", "PYTHONWARNINGS": "ignore"}
        log = LOGS / f"worker-{name}.log"
        found.append(Child(f"worker-{name}", command, log, minder, environment, patience=25))
    return found


def web(port: int, minder: Minder) -> Child:
    command = [PYTHON, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    bind = os.environ.get("BIND") or f"127.0.0.1:{port}" + (f",[::1]:{port}" if has_ipv6() else "")
    return Child("web", command, LOGS / "web.log", minder, {"BIND": bind}, patience=12)


def has_ipv6() -> bool:
    """Browsers try ::1 first for localhost."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def look_after(running: list[Child], minder: Minder, *, port: int, demo: bool, mail: demo_mail.Provider | None) -> None:
    """Until a signal: start again what dies, and greet once when everything answers."""
    greeted, late_at = False, time.monotonic() + 60
    while True:
        minder.look_after()
        for child in running:
            event = child.look_after()
            if event:
                say(event)
        if not greeted and settled(running) and ready(port):
            greeted = True
            greet(port, demo=demo, mail=mail)
        elif not greeted and time.monotonic() > late_at:
            late_at = time.monotonic() + 60
            say(f"still not ready; see http://localhost:{port}/readyz and {LOGS}")
        time.sleep(0.2)


def settled(running: list[Child]) -> bool:
    """Whether all have been up long enough to have failed already, if they were going to."""
    now = time.monotonic()
    return all(child.process is not None and now - child.started_at > SETTLING for child in running)


def ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def greet(port: int, *, demo: bool, mail: demo_mail.Provider | None) -> None:
    say(f"ready. Logs are in {LOGS}; Ctrl-C stops everything.\n")
    print(f"  storefront              http://localhost:{port}/")
    print(f"  back office (BSS)       http://localhost:{port}/bss/")
    if mail:
        print(f"  demo inbox              http://localhost:{mail.port}/")
    if demo:
        print(DEMO.format(sudlicht=f"http://sudlicht.localhost:{port}/"))
    sys.stdout.flush()


def stop(running: list[Child]) -> None:
    """All but the broker at once, the broker last: a worker that loses it while stopping may hang."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if running:
        say("stopping")
    for child in running:
        if child.name != "broker":
            child.ask_to_stop()
    for child in reversed(running):
        child.stop()


def say(what: str) -> None:
    print(f"uplift: {what}", flush=True)


if __name__ == "__main__":
    main()
