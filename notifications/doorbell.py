"""Ring a worker: "look at this row". A hint that may get lost; the row is the truth and the sweeper finds it."""

import logging
import time

import celery

logger = logging.getLogger(__name__)
REST_AFTER_FAILURE = 5.0  # seconds
ANSWER_KEPT = 20.0
PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.7}
_silent_until = 0.0
_asked = (-ANSWER_KEPT, False)


def ring(task: str, pk: int, *, queue: str) -> bool:
    """Tell a worker of `queue` that row `pk` waits for `task`; whether the broker took it.

    Call it after commit. Never raises and never waits long: a broker that refuses or hangs costs about a second once,
    then this process rings nobody for some seconds.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        celery.current_app.send_task(task, args=[{"id": pk, "v": 1}], queue=queue, retry=False, ignore_result=True)
    except Exception as problem:  # noqa: BLE001  whatever the transport raises, the caller's work is done and safe
        _silent_until = time.monotonic() + REST_AFTER_FAILURE
        logger.warning("doorbell_failed", extra={"task": task, "pk": pk, "problem": repr(problem)})
        return False
    return True


def is_answered() -> bool:
    """Whether the broker answers; what it did some seconds ago is believed. Waits a second at most, in workers too."""
    global _asked
    asked_at, answered = _asked
    if time.monotonic() - asked_at > ANSWER_KEPT:
        answered = _ping()
        _asked = (time.monotonic(), answered)
    return answered


def _ping() -> bool:
    try:
        with celery.current_app.connection_for_write(transport_options=PATIENCE) as connection:
            connection.default_channel.client.ping()
    except Exception as problem:  # noqa: BLE001  whatever the transport raises: it does not answer
        logger.warning("broker_unreachable", extra={"problem": repr(problem)})
        return False
    return True
