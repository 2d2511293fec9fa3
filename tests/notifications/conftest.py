import celery
import kombu.pools
import pytest

from notifications import doorbell

from . import mailroom, people


@pytest.fixture
def nordwind(db):
    """The distributor, with no template rows: letters use the starter words."""
    return people.make_operator()


@pytest.fixture
def smtp(settings):
    """A real SMTP server, and Django set to use it."""
    house = mailroom.SmtpHouse()
    house.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", house.port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield house
    house.controller.stop()


@pytest.fixture
def provider(settings):
    """A provider's HTTP API, and Anymail set to use it."""
    house = mailroom.Provider()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": house.url, "REQUESTS_TIMEOUT": 2}
    yield house
    house.close()


@pytest.fixture
def outbox(settings, tmp_path):
    """The embedded default: a folder."""
    settings.EMAIL_BACKEND = "notifications.outbox.EmailBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


def _forget_connections() -> None:
    """Celery keeps connections to the broker it met first; the doorbell keeps silent for a while after a failure."""
    kombu.pools.reset()
    celery.current_app._pool = None
    celery.current_app.amqp._producer_pool = None
    doorbell._silent_until = 0.0


@pytest.fixture
def mail_queue():
    """A question to the real broker: what was rung for on the mail queue since it was last asked."""
    _forget_connections()
    with celery.current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("mail")

        def rung() -> list:
            found = []
            while True:
                try:
                    message = queue.get(timeout=0.2)
                except queue.Empty:
                    return found
                message.ack()
                found.append(message.payload[0][0])

        rung()
        yield rung
        queue.close()


@pytest.fixture
def no_broker():
    """Celery with a broker that refuses connections."""
    _forget_connections()
    conf = celery.current_app.conf
    before = conf.broker_write_url
    conf.broker_write_url = f"redis://127.0.0.1:{mailroom.unused_port()}/0"
    yield
    conf.broker_write_url = before
    _forget_connections()
