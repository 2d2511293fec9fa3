"""The Celery application: tasks are doorbells, the rows they point at are the truth.

A web process must never wait for the broker: settings give publishing about one second. A worker waits on the broker by
trade (it blocks in BRPOP), so its sockets get more time as soon as it is known to be a worker.
"""

import os

from celery import Celery
from celery.signals import celeryd_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("uplift")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # gunicorn's threads find it as celery.current_app, too
app.autodiscover_tasks()


def get_ready_to_publish(celery: Celery) -> None:
    """Import the transport and build the queues now, so that the first order of a process need not wait for that."""
    celery.amqp.router  # noqa: B018  these are built when first looked at
    celery.connection_for_write().transport  # noqa: B018


@celeryd_init.connect
def wait_longer_in_workers(*, conf, **_: object) -> None:
    """A consumer blocks for answers: with the web's one second it would drop its connection all the time."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        "socket_timeout": 10,
        "socket_connect_timeout": 2,
    }


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Being connected is the point: Celery then leaves logging as Django's settings made it."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)
