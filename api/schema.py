"""OpenAPI: written from the serializers, and shown as pages that try it out."""

from functools import lru_cache

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from . import callers
from .endpoints import Endpoint
from .problems import CONTENT_TYPE, Problem, plain

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What programs look at: alias_taken, preview_stale, invalid ..."},
        "detail": {"type": "string", "description": "One sentence for people"},
        "mend": {"type": "string", "description": "What resolves it: alias, terms, billing, contact, order, account"},
        "errors": {"type": "object", "additionalProperties": {}, "description": "Field to messages"},
        "preview": {"type": "object", "description": "With preview_stale: what would happen now"},
    },
}
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="Yours for this one call. Sent again within 24 hours, it answers the same and does nothing.",
)  # fmt: skip


class Schema(AutoSchema):
    """Knows of what is alike everywhere: the key of unsafe calls, and that all that goes wrong is a problem."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        handler = getattr(self.view, self.method.lower(), None)
        return [KEY] if getattr(handler, "needs_key", False) else []

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        verb = {"GET": "look_at", "POST": "do", "PATCH": "amend"}[self.method]
        return f"{verb}_{name}"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/v1/").partition("/")[0]]  # SCHEMA_PATH_PREFIX_INSERT comes later


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of Setup, API: upl_..."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "session", "description": "Who is signed in here"}


def with_problems(result: dict, generator: SchemaGenerator, request: object, public: bool) -> dict:
    """Every call may answer with a problem document: `default` says so."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "A problem, by its code", "content": content}
    return result


class SchemaPage(Endpoint):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document())


@lru_cache(maxsize=1)
def document() -> dict:
    """The schema, written once: it depends on nothing but the code."""
    return SchemaGenerator(urlconf="api.urls").get_schema(request=None, public=True)


@method_decorator(csp_update({"img-src": ["data:"]}), name="get")
class Docs(View):
    """Swagger UI, from our own host. Who is not signed in signs in first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            sign_in = "/bss/login/" if request.is_bss_host else "/login/"
            return HttpResponseRedirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
        try:
            caller = callers.of_session(request.user, request)
        except Problem as problem:
            return plain(problem.status_code, problem.code)
        if caller is None:
            return plain(403, "not_permitted")
        return render(request, "api/docs.html", {"operator_name": caller.operator.name})
