"""/metrics: the vital signs in Prometheus' text format, for who has METRICS_TOKEN; without a token it is not there.

Written here in a few lines: prometheus-client keeps figures per process, and ours are rows that all processes share.
"""

import hmac
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import celery
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from notifications import doorbell, refused_reports
from plans import vital_signs
from plans.models import Operator

from .version import VERSION

logger = logging.getLogger(__name__)
KIND = "text/plain; version=0.0.4; charset=utf-8"
QUEUES = ("orders", "bulk", "mail")
Labels = dict[str, object]
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass
class Gauge:
    """One figure, told once for each set of labels."""

    name: str
    help: str
    values: list[tuple[Labels, float]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield f"# HELP uplift_{self.name} {self.help}"
        yield f"# TYPE uplift_{self.name} gauge"
        for labels, value in self.values:
            told = ",".join(f'{name}="{str(label).translate(_ESCAPES)}"' for name, label in labels.items())
            yield f"uplift_{self.name}{{{told}}} {value:g}" if told else f"uplift_{self.name} {value:g}"


def answer(request: HttpRequest) -> HttpResponse:
    """404 where METRICS_TOKEN is not set, 401 without it as a bearer token."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    text = "".join(f"{line}\n" for gauge in gauges() for line in gauge.lines())
    return HttpResponse(text, content_type=KIND, headers={"Cache-Control": "no-store"})


def gauges() -> Iterable[Gauge]:
    started = time.monotonic()
    yield Gauge("info", "Always 1; which version answers.", [({"version": VERSION}, 1)])
    operators = list(vital_signs.with_oldest_renewal())
    waiting = vital_signs.unapplied_migrations()
    yield Gauge("migrations_waiting", "Migrations that this code needs and the database lacks.", _one(waiting))
    yield from _rows(operators)
    yield from _ages(operators)
    yield from _workers()
    yield from _broker()
    took = time.monotonic() - started
    yield Gauge("metrics_seconds", "How long these figures took.", [({}, took)])


def _rows(operators: list[Operator]) -> Iterable[Gauge]:
    hosts = {operator.pk: operator.store_host for operator in operators}
    settled = vital_signs.settled()
    for noun, open_ones in (("orders", vital_signs.open_orders), ("letters", vital_signs.open_letters)):
        tallies = open_ones(list(hosts))
        told = [(tally.operator_id, tally.state, tally.rows) for tally in tallies] + settled[noun]
        rows = [({"operator": hosts.get(pk, pk), "state": state}, count) for pk, state, count in told]
        yield Gauge(noun, f"{noun.title()} by state. Settled ones are counted every 5 minutes.", rows)
        tries = [({"operator": hosts[each.operator_id], "state": each.state}, each.attempts) for each in tallies]
        yield Gauge(f"{noun}_attempts", f"Attempts made for the {noun} that are not settled.", tries)
    reports = [({"provider": provider, "kind": kind}, count) for provider, kind, count in settled["reports"]]
    yield Gauge("delivery_reports", "Reports of mail providers by webhook, counted every 5 minutes.", reports)
    refused = _one(refused_reports.lately())
    yield Gauge("delivery_reports_refused", "Reports that nobody signed, in this hour and the one before.", refused)


def _ages(operators: list[Operator]) -> Iterable[Gauge]:
    order, letter, run = vital_signs.oldest_due_order(), vital_signs.oldest_due_letter(), vital_signs.oldest_import()
    yield Gauge("oldest_due_order_seconds", "How long the oldest due order waits.", _one(order))
    yield Gauge("oldest_due_letter_seconds", "How long the oldest due letter waits.", _one(letter))
    yield Gauge("oldest_import_seconds", "Age of the oldest import under way.", _one(run))
    renewals = [({"operator": each.store_host}, vital_signs.renewal_waits(each)) for each in operators]
    yield Gauge("oldest_due_renewal_seconds", "Since the day of the oldest renewal that is due began.", renewals)


def _workers() -> Iterable[Gauge]:
    known = vital_signs.workers()
    beats = [({"worker": worker.name}, worker.beat) for worker in known]
    yield Gauge("worker_last_beat_seconds", "Since each worker last said that it lives.", beats)
    swept = [worker.swept for worker in known if worker.swept is not None]
    yield Gauge("sweeper_last_run_seconds", "Since any sweeper last came round.", _one(min(swept)) if swept else [])


def _broker() -> Iterable[Gauge]:
    """Doorbells that wait. Lost ones lose nothing; many mean that workers are away."""
    lengths: list[tuple[Labels, float]] = []
    try:
        with celery.current_app.connection_for_write(transport_options=doorbell.PATIENCE) as connection:
            lengths = [({"queue": queue}, connection.default_channel.client.llen(queue)) for queue in QUEUES]
    except Exception as problem:  # noqa: BLE001  whatever the transport raises: it does not answer
        logger.warning("broker_unreachable", extra={"problem": repr(problem)})
    yield Gauge("broker_up", "Whether the broker answers.", _one(bool(lengths)))
    yield Gauge("cache_up", "Whether the cache answers.", _one(cache.alive()))
    yield Gauge("queue_length", "Doorbells that wait for a worker.", lengths)
    yield Gauge("time_seconds", "The clock of the process that answers.", _one(timezone.now().timestamp()))


def _one(value: float) -> list[tuple[Labels, float]]:
    return [({}, value)]
