"""One crowded world for all tests that go everywhere, and one walk through it."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.template import Template
from django.test import Client

from tests import crowd
from tests import world as worlds
from tests.everywhere.walk import Walk, walk_everywhere
from tests.world import World


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker, broker) -> Iterator[World]:
    """Two hosts as in production; and no rate limits: one client plays everybody."""
    settings = pytest.MonkeyPatch()
    settings.setattr(django_settings, "BSS_HOST", worlds.BSS)
    settings.setattr(django_settings, "ACCOUNT_RATE_LIMITS", False)
    settings.setattr("ui.alias_field.CHECKS_A_MINUTE", 10**9)
    settings.setattr("api.throttles.A_MINUTE", {"reads": 10**9, "writes": 10**9})
    settings.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))  # as in life
    logging.disable(logging.CRITICAL)
    with crowd.for_a_while(django_db_blocker) as world:
        yield world
    logging.disable(logging.NOTSET)
    settings.undo()


@pytest.fixture(scope="package")
def clients(world: World, django_db_blocker) -> dict[str, Client]:
    with django_db_blocker.unblock():
        return crowd.clients(world)


@pytest.fixture(scope="package")
def walk(world: World, clients: dict[str, Client], django_db_blocker) -> Walk:
    with django_db_blocker.unblock():
        return walk_everywhere(world, clients)
