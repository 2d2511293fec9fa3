"""Logs: one JSON line per event on stderr, with the id of the request or task it belongs to.

Tracebacks are plain text on purpose: with `rich` installed a pretty one takes many seconds to draw.
"""

import structlog

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def configuration(*, level: str) -> dict:
    """The LOGGING setting; also makes `structlog.get_logger()` write through it."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    without_request,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(default=str),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": level},
            "celery.worker.strategy": {"level": "WARNING"},  # a line per message received says nothing new
        },
    }


def without_request(_logger: object, _method: str, event: dict) -> dict:
    """Django hangs whole requests on its records: keep the id, the rest may hold what a person typed.

    Django reports answers of 400 and above after all middleware, so the id is no longer bound then.
    """
    given = getattr(event.pop("request", None), "request_id", "")
    if given:
        event.setdefault("request_id", given)
    event.pop("server_time", None)
    return event
