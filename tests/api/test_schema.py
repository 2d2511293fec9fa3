"""The schema is true: everything that it allows is answered as it says, and nothing that anybody sends is a fault."""

import schemathesis
from django.test import Client
from drf_spectacular.validation import validate_schema
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.schema import document

from .calling import BSS, problem

SCHEMA = schemathesis.openapi.from_dict(document())
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


def test_it_is_openapi():
    validate_schema(document())
    assert len(OPERATIONS) >= 24


def test_it_is_for_who_is_known(nordwind, erp, db):
    assert erp.get("schema/").json()["info"]["title"] == "Uplift API"
    assert problem(Client().get("/api/v1/schema/", headers={"host": BSS}), 401) == "not_authenticated"
