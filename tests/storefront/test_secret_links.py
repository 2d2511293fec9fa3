"""Personal links: an invitation works for two weeks, a forgotten password's link for an hour, each of them once."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account import app_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storefront.secret_tokens import TokenGenerator
from tests import cast

pytestmark = pytest.mark.django_db


def still_works(user, *, after: timedelta) -> bool:
    generator = app_settings.PASSWORD_RESET_TOKEN_GENERATOR()
    token = generator.make_token(user)
    with time_machine.travel(timezone.now() + after, tick=False):
        return generator.check_token(user, token)


def test_an_invitation_works_for_two_weeks():
    invited = cast.user("new@techsolutions.example", password=None)
    assert still_works(invited, after=timedelta(days=13, hours=23))
    assert not still_works(invited, after=timedelta(days=14, hours=1))


def test_a_forgotten_passwords_link_works_for_an_hour():
    forgetful = cast.user("old@techsolutions.example")
    assert still_works(forgetful, after=timedelta(minutes=59))
    assert not still_works(forgetful, after=timedelta(minutes=61))


def test_a_link_works_once():
    invited = cast.user("new@techsolutions.example", password=None)
    generator = app_settings.PASSWORD_RESET_TOKEN_GENERATOR()
    token = generator.make_token(invited)
    invited.set_password("a-long-way-to-hamburg")
    invited.save()
    assert not generator.check_token(invited, token)


def test_a_link_is_made_and_looked_at_without_a_word_written():
    user = cast.user("jonas.brandt@techsolutions.example")
    with CaptureQueriesContext(connection) as queries:
        token = TokenGenerator().make_token(user)
        assert TokenGenerator().check_token(user, token)
    assert list(queries) == []
