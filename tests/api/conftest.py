"""Nordwind's programs: one of its administrator, and one of a reseller."""

import pytest

from plans.models import Account, User
from tests import cast

from .calling import BSS, STORE, Program, token_of


@pytest.fixture
def nordwind(db, settings):
    settings.BSS_HOST = BSS
    return cast.distributor(host=STORE)


@pytest.fixture
def maren(nordwind) -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


@pytest.fixture
def erp(nordwind, maren) -> Program:
    """The distributor's own program, with all that an administrator may do."""
    return Program(token_of(nordwind, maren))


@pytest.fixture
def tech(nordwind) -> Account:
    return cast.reseller(nordwind)
