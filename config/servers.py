"""DATABASE_URL and REDIS_URL, turned into what Django and Celery want to hear."""

from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # a deferred one that turns into a writer fails with "database is locked"
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;",
}


def database(parsed: dict, *, process: str) -> dict:
    """The DATABASES entry for what DATABASE_URL names.

    `process` is "web", "worker" or "command". The web keeps a pool; workers and commands open a connection when they
    need one. Statements of the web and of workers end after 30 s; a command may take its time over a large table.
    """
    if parsed["ENGINE"].endswith("sqlite3"):
        return {**parsed, "OPTIONS": {**parsed.get("OPTIONS", {}), **SQLITE_OPTIONS}}
    limits = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
    if process != "command":
        limits["statement_timeout"] = "30s"
    options = {
        **parsed.get("OPTIONS", {}),
        "application_name": f"uplift-{process}",
        "connect_timeout": 5,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }
    if process == "web":
        # More connections than threads, so nobody queues for one: a wait means that the database is away. The pool asks
        # again at ever longer intervals; giving up early keeps them short, and the next request starts anew.
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 10}
    return {**parsed, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def broker_and_cache(redis_url: str) -> tuple[str, str]:
    """Where the broker is, and where the cache: the same server, its next database.

    Takes redis:// and rediss://host:port/n, and a unix socket as unix:///path?db=n or redis+socket:///path?virtual_host=n.
    """
    parts = urlsplit(redis_url)
    if parts.scheme in ("unix", "redis+socket"):
        query = parse_qs(parts.query)
        number = int((query.get("db") or query.get("virtual_host") or ["0"])[0])
        path = quote(parts.path)
        return f"redis+socket://{path}?virtual_host={number}", f"unix://{path}?db={number + 1}"
    number = int(parts.path.strip("/") or 0)
    return (
        urlunsplit(parts._replace(path=f"/{number}")),
        urlunsplit(parts._replace(path=f"/{number + 1}")),
    )
