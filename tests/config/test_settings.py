"""What a start refuses, and what follows from the environment."""

import pytest

from config import servers
from tests.config.surroundings import fresh_process, settings_of

PG = {"ENGINE": "django.db.backends.postgresql", "NAME": "uplift"}


@pytest.mark.parametrize("key", ["", "short", "k" * 49, "django-insecure-" + "k" * 60])
def test_no_start_without_a_secret_of_its_own(key):
    done = fresh_process("import django; django.setup()", SECRET_KEY=key)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_tls_brings_host_cookies_hsts_and_the_redirect():
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "PUBLIC_PORT")
    assert settings_of(*names, PUBLIC_SCHEME="https", PUBLIC_PORT="443") == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "PUBLIC_PORT": 0,
    }
    assert settings_of(*names, PUBLIC_SCHEME="http", PUBLIC_PORT="8000") == {
        "SESSION_COOKIE_NAME": "session",
        "CSRF_COOKIE_NAME": "csrf",
        "SESSION_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
        "PUBLIC_PORT": 8000,
    }


def test_a_mail_server_or_a_provider_or_the_local_outbox():
    names = ("EMAIL_BACKEND", "EMAIL_TIMEOUT")
    assert settings_of(*names)["EMAIL_BACKEND"] == "notifications.outbox.EmailBackend"
    smtp = settings_of(*names, "EMAIL_HOST", "EMAIL_PORT", EMAIL_URL="smtp://127.0.0.1:2525")
    assert (
        smtp["EMAIL_BACKEND"].rpartition(".")[0],
        smtp["EMAIL_HOST"],
        smtp["EMAIL_PORT"],
        smtp["EMAIL_TIMEOUT"],
    ) == (
        "django.core.mail.backends.smtp",
        "127.0.0.1",
        2525,
        15,
    )
    provider = "anymail.backends.postmark.EmailBackend"
    assert settings_of(*names, EMAIL_BACKEND=provider)["EMAIL_BACKEND"] == provider


def test_pictures_lie_in_the_state_folder_or_where_they_are_told_to():
    assert settings_of("STORAGES")["STORAGES"]["default"]["BACKEND"].endswith("FileSystemStorage")
    elsewhere = '{"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "pictures"}}'
    told = settings_of("STORAGES", MEDIA_STORAGE=elsewhere)["STORAGES"]["default"]
    assert told["OPTIONS"] == {"bucket_name": "pictures"}


@pytest.mark.parametrize(
    ("given", "rings_at", "cache"),
    [
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/1"),
        ("rediss://u:p@h:7/14", "rediss://u:p@h:7/14", "rediss://u:p@h:7/15"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3", "unix:///run/v.sock?db=4"),
        (
            "redis+socket:///run/v.sock?virtual_host=2",
            "redis+socket:///run/v.sock?virtual_host=2",
            "unix:///run/v.sock?db=3",
        ),
    ],
)
def test_the_cache_is_the_next_database_of_the_broker(given, rings_at, cache):
    assert servers.broker_and_cache(given) == (rings_at, cache)


def test_only_the_web_keeps_a_pool_and_only_commands_may_take_their_time():
    made = {process: servers.database(PG, process=process) for process in ("web", "worker", "command")}
    assert {name for name, entry in made.items() if "pool" in entry["OPTIONS"]} == {"web"}
    assert {name for name, entry in made.items() if "statement_timeout=30s" in entry["OPTIONS"]["options"]} == {
        "web",
        "worker",
    }
    assert all("lock_timeout=5s" in entry["OPTIONS"]["options"] for entry in made.values())
    assert all(entry["CONN_MAX_AGE"] == 0 and entry["CONN_HEALTH_CHECKS"] for entry in made.values())
    assert made["worker"]["OPTIONS"]["application_name"] == "uplift-worker"


def test_sqlite_writers_queue_up_instead_of_failing():
    entry = servers.database({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}, process="web")
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in entry["OPTIONS"]["init_command"]
