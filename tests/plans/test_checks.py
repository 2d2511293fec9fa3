"""What the system checks refuse."""

import pytest
from django.core.checks import run_checks

from plans import aliases
from tests import cast

pytestmark = pytest.mark.django_db


def ids(**kwargs) -> set[str]:
    return {problem.id for problem in run_checks(**kwargs)}


def test_a_route_that_hides_a_live_storefront_is_an_error(monkeypatch):
    cast.on_plan(cast.reseller(cast.distributor()), alias="techsolutions")
    assert "plans.E001" not in ids(databases=["default"])
    monkeypatch.setattr(aliases, "route_words", lambda urlconf: frozenset({"techsolutions"}))
    assert "plans.E001" in ids(databases=["default"])


def test_one_host_for_all_is_refused_in_production(settings):
    cast.distributor(host="cloud.disti.test")
    settings.BSS_HOST = "bss.disti.test"
    assert "plans.E002" not in ids(include_deployment_checks=True)
    settings.BSS_HOST = "cloud.disti.test"
    assert "plans.E002" in ids(include_deployment_checks=True)
