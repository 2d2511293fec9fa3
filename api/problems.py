"""What went wrong, as RFC 9457 problem documents. `code` is what programs look at: a refusal's own, or one of ours."""

from collections.abc import Mapping
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from plans.refusals import SENTENCES, PreviewStale, Refused

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:uplift:problem:"
# Refusals that another body of the same request would mend; all others say that the state of things forbids it.
MENDED_BY_THE_BODY = frozenset(
    """alias_required alias_invalid alias_reserved alias_unconfirmed terms_not_accepted no_price product_not_sold
    one_plan_per_order""".split()
)
WORDS = {
    "not_authenticated": "Send a token in the header Authorization: Bearer, or sign in.",
    "token_invalid": "The token is unknown, expired or revoked.",
    "csrf_failed": "The request of a browser session needs its X-CSRFToken.",
    "scope_missing": "The token may only read.",
    "not_in_plan": "The plan of the account does not include this use of the API.",
    "second_factor_missing": "Administrators show a second factor in the back office first.",
    "operator_not_chosen": "Choose in the back office which distributor you work for.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address does not answer that method.",
    "not_acceptable": "The API answers in JSON.",
    "unsupported_media_type": "Send JSON, with Content-Type: application/json.",
    "malformed": "The body is not JSON.",
    "too_large": "The body is too large.",
    "not_authentic": "This report is not signed with a secret that is known here, or its time is over.",
    "unreadable": "This is no report that the provider would send.",
    "invalid": "The request has fields that can’t be used. Nothing was written.",
    "throttled": "Too many requests. Try again later.",
    "idempotency_key_missing": "Send an Idempotency-Key: the same key is never carried out twice.",
    "idempotency_key_invalid": "An Idempotency-Key has 1 to 255 visible ASCII characters.",
    "idempotency_key_reused": "This Idempotency-Key has been used with another request.",
    "idempotency_in_flight": "The first request with this Idempotency-Key is still being worked on.",
    "unavailable": "The records can’t be reached right now. Send the same request again in a few seconds.",
    "fault": "Something went wrong here. It has been noted.",
}
STATUS_CODES = {
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "throttled",
}


class Problem(exceptions.APIException):
    """A problem of the request itself, by code. Those of the domain are raised as Refused."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(WORDS.get(code) or SENTENCES[code], code)
        self.status_code, self.code, self.more = status, code, more


def document(status: int, code: str, **more: object) -> dict[str, object]:
    return {
        "type": TYPE + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": WORDS.get(code) or SENTENCES.get(code, ""),
        **more,
    }


def answer(problem: Exception, context: dict[str, object]) -> Response | None:
    """DRF's exception handler. None for what is a fault: that is logged, and told by `config.outages`."""
    told = document_of(problem)
    if told is None:
        return None
    response = Response(told, status=told["status"], content_type=CONTENT_TYPE)
    if challenge := getattr(problem, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(problem, "wait", None):
        response["Retry-After"] = str(int(wait) or 1)
    return response


def document_of(problem: Exception) -> dict[str, object] | None:
    if isinstance(problem, Refused):
        return refusal_document(problem)
    if isinstance(problem, Problem):
        return document(problem.status_code, problem.code, **problem.more)
    if isinstance(problem, exceptions.ValidationError):
        return document(422, "invalid", errors=printable(problem.detail))
    if isinstance(problem, exceptions.ParseError | UnreadablePostError):
        return document(400, "malformed")
    if isinstance(problem, RequestDataTooBig):
        return document(413, "too_large")
    if isinstance(problem, Http404):
        return document(404, "not_found")
    if isinstance(problem, PermissionDenied):
        return document(403, "not_permitted")
    if isinstance(problem, exceptions.APIException) and problem.status_code in STATUS_CODES:
        return document(problem.status_code, STATUS_CODES[problem.status_code])
    return None


def refusal_document(refusal: Refused) -> dict[str, object]:
    code = refusal.code
    status = 422 if code in MENDED_BY_THE_BODY else 403 if code == "not_permitted" else 409
    more: dict[str, object] = {"detail": refusal.sentence, "mend": refusal.mend}
    if refusal.field:
        more["errors"] = {refusal.field: [refusal.sentence]}
    if isinstance(refusal, PreviewStale):
        more["preview"] = refusal.preview.as_dict() | {"fingerprint": refusal.preview.fingerprint}
    return document(status, code, **more)


def printable(detail: object) -> object:
    """Messages may repeat what was sent, and that may be nothing that a database or a terminal can hold."""
    if isinstance(detail, Mapping):
        return {_printable(str(key)): printable(value) for key, value in detail.items()}
    if isinstance(detail, list | tuple):
        return [printable(value) for value in detail]
    return _printable(str(detail))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:300])


def plain(status: int, code: str) -> JsonResponse:
    """The same document where no view of the API was reached."""
    return JsonResponse(document(status, code), status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(413, "too_large") if isinstance(exception, RequestDataTooBig) else plain(400, "malformed")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return plain(403, "not_permitted")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return plain(404, "not_found")


def unavailable() -> JsonResponse:
    told = {"Retry-After": "5", "Cache-Control": "no-store"}
    return JsonResponse(document(503, "unavailable"), status=503, content_type=CONTENT_TYPE, headers=told)
