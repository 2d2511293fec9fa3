"""A cache that is away is a miss, quickly; only who relies on it is told."""

import time

import pytest
from django.core.cache import cache

from config.cache import CacheUnreachable, JsonSerializer, PatientRedisCache
from tests.config.surroundings import refusing_server, silent_server


def away(url: str) -> PatientRedisCache:
    return PatientRedisCache(url, {"KEY_PREFIX": "uplift"})


def test_what_is_put_in_comes_out():
    cache.set_many({"a": {"deep": [1, "zwei", None]}, "n": 3})
    assert cache.get_many(["a", "n", "none"]) == {"a": {"deep": [1, "zwei", None]}, "n": 3}
    assert cache.incr("n") == 4
    assert cache.add("n", 9) is False
    assert cache.delete("a") is True
    assert cache.get("a", "gone") == "gone"
    assert cache.alive()


def test_nothing_in_it_can_run_code():
    with pytest.raises(TypeError):
        cache.set("object", object())
    with pytest.raises(ValueError, match="Expecting value"):
        JsonSerializer().loads(b"cos\nsystem\n(S'true'\ntR.")


@pytest.mark.parametrize("kind", ["refuses", "hangs"])
def test_a_dead_cache_is_a_miss_and_costs_half_a_second_once(kind):
    with silent_server() as silent:
        dead = away(silent if kind == "hangs" else refusing_server())
        start = time.monotonic()
        assert dead.get("a", "default") == "default"
        assert time.monotonic() - start < 0.9
        start = time.monotonic()
        assert dead.get_many(["a"]) == {}
        assert dead.has_key("a") is False
        assert dead.set("a", 1) is None
        assert dead.set_many({"a": 1}) == ["a"]
        assert dead.add("a", 1) is False
        assert dead.touch("a") is False
        with pytest.raises(ValueError, match="not found"):
            dead.incr("a")
        assert dead.alive() is False
        assert time.monotonic() - start < 0.1


@pytest.mark.parametrize("what", ["delete", "delete_many", "clear"])
def test_deleting_from_a_dead_cache_is_no_success(what):
    arguments = {"delete": ["a"], "delete_many": [["a"]], "clear": []}[what]
    with pytest.raises(CacheUnreachable):
        getattr(away(refusing_server()), what)(*arguments)


def test_it_is_asked_again_after_a_rest(settings):
    cache_with_past = PatientRedisCache(settings.CACHES["default"]["LOCATION"], {})
    cache_with_past._away_until = time.monotonic() + 0.2
    assert not cache_with_past.alive()
    time.sleep(0.25)
    assert cache_with_past.alive()


@pytest.mark.django_db
def test_a_session_survives_without_cache(client, settings, django_user_model):
    """The row is the session; the cache only makes it quick."""
    user = django_user_model.objects.create_user("somebody@example.com", "a-long-password")
    client.force_login(user)
    cache.clear()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": refusing_server()}}
    assert client.session["_auth_user_id"] == str(user.pk)
