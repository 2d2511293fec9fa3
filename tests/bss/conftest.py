"""Nordwind's back office and who works there."""

import pytest
from django.conf import settings
from django.test import Client

from plans.models import User
from tests import cast


@pytest.fixture
def nordwind(db):
    return cast.distributor()


@pytest.fixture(autouse=True)
def kept_alarms(monkeypatch):
    """What the head of each page says of the house stays known, however long a slow machine takes."""
    monkeypatch.setattr("bss.alarms.KEPT", 3600)


@pytest.fixture
def office(settings):
    """Signs somebody in at the back office of the BSS host."""
    settings.BSS_HOST = "bss.disti.test"
    return sign_in


def sign_in(user: User | None = None) -> Client:
    client = Client(headers={"host": "bss.disti.test"})
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def maren(nordwind, office):
    """The administrator's browser."""
    return office(User.objects.get(email="maren.holt@nordwind.example"))
