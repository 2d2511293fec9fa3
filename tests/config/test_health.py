"""/healthz and /readyz: what machines ask before anybody else is let in."""

import pytest


def test_healthz_answers_on_any_host_and_touches_no_database(client):
    response = client.get("/healthz", headers={"host": "10.1.2.3:9999"})
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.django_db
def test_readyz_says_yes_on_a_quiet_house(client):
    response = client.get("/readyz", headers={"host": "nobody.example"})
    assert (response.status_code, response.json()) == (200, {"ok": True})
