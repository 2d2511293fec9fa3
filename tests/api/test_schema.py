"""The schema is true: everything that it allows is answered as it says, and nothing that anybody sends is a fault."""

import uuid

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.schema import document
from config.wsgi import application
from plans.models import Subscription, TenantRequest
from tests import cast

from .calling import BSS, problem

SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = application
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@pytest.fixture
def world(nordwind, erp, tech) -> dict[str, dict[str, object]]:
    """What is there to ask for: for each place of a path its key, and whatever else a call names."""
    cast.product(nordwind)
    alpine = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    draft = erp.post("orders/", {"account": tech.number, "items": [{"product": "standard-plan"}], "alias": "harbor"})
    letter = alpine.orders.get().notifications.first()
    asked = TenantRequest.objects.create(operator=nordwind, account=tech)
    return {
        "tenant-requests": {"id": asked.pk},
        "orders": {"number": draft.json()["number"], "id": draft.json()["items"][0]["id"]},
        "accounts": {"number": alpine.number},
        "charges": {"id": alpine.charges.get().pk},
        "subscriptions": {"number": Subscription.objects.get().number},
        "notifications": {"id": letter.pk},
        "plans": {"code": "free"},
        "products": {"slug": "workplace-suite"},
        "called": {"account": tech.number, "plan": "standard", "items": [{"product": "standard-plan"}]},
    }


@pytest.fixture
def open_connection(world):
    """The test's connection stays open between calls, as it does with Django's test client, which came first."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.shared
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_every_call_is_answered_as_described(world, erp, open_connection, operation):
    """Half of the calls are of what is there: else all answers would be 404."""
    room, told = operation.path.removeprefix("/api/v1/").partition("/")[0], set()

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_there=st.booleans())
    def call(case, is_there: bool) -> None:
        cache.clear()  # nobody is throttled here
        if is_there:
            case.path_parameters.update(world.get(room, {}))
            if isinstance(case.body, dict):
                case.body.update({name: value for name, value in world["called"].items() if name in case.body})
        headers = {"Authorization": f"Bearer {erp.secret}", "Idempotency-Key": str(uuid.uuid4())}
        answer = case.call(base_url=f"http://{BSS}", headers=headers)
        case.validate_response(answer, checks=CHECKS)
        told.add(answer.status_code)

    call()
    assert told & {200, 201, 409, 422}


def test_it_is_openapi():
    validate_schema(document())
    assert {tag for each in OPERATIONS for tag in each.definition.raw["tags"]} == {
        "accounts", "alias-availability", "charges", "notifications", "orders", "plan-changes", "plans", "products",
        "subscriptions", "tenant-requests",
    }  # fmt: skip
    assert len(OPERATIONS) >= 24


def test_it_is_for_who_is_known(nordwind, erp, db):
    assert erp.get("schema/").json()["info"]["title"] == "Uplift API"
    assert problem(Client().get("/api/v1/schema/", headers={"host": BSS}), 401) == "not_authenticated"
