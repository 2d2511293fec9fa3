"""Whether a Storefront Alias could be had. Reading it promises nothing; drafting or confirming takes it."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plans import links
from plans.aliases import availability
from ui.alias_field import asks_too_often

from .accounts import account_of
from .callers import Caller
from .endpoints import Endpoint
from .fields import Body, Text
from .problems import Problem


class QuestionBody(Body):
    alias = Text(allow_blank=True)
    account = Text(max_length=20, required=False, help_text="For whom: its own holds do not stand in its way")


class AvailabilityBody(serializers.Serializer):
    alias = serializers.CharField(allow_blank=True, help_text="As it would be kept")
    is_free = serializers.BooleanField()
    url = serializers.CharField(allow_blank=True, help_text="Where the storefront would answer")
    code = serializers.CharField(allow_blank=True, help_text="Why it can’t be had: the code of a refusal")
    sentence = serializers.CharField(allow_blank=True)
    suggestions = serializers.ListField(child=serializers.CharField())


class AliasAvailability(Endpoint):
    def permission(self, caller: Caller, method: str) -> str:
        return "plan_changes" if caller.is_staff else "buy"

    @extend_schema(
        parameters=[OpenApiParameter("alias", str, required=True), OpenApiParameter("account", str)],
        responses=AvailabilityBody,
    )
    def get(self, request: Request) -> Response:
        """Thirty questions a minute, over all pages and programs of a user."""
        question = QuestionBody(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        number = question.validated_data.get("account")
        account = account_of(self.caller, number) if number is not None else self.caller.account
        if asks_too_often(self.caller.user):
            raise Problem(429, "throttled")
        found = availability(question.validated_data["alias"], operator=self.caller.operator, account=account)
        refusal = found.refusal
        return Response(
            {
                "alias": found.alias,
                "is_free": found.is_free,
                "url": links.storefront_url(self.caller.operator, found.alias) if found.is_free else "",
                "code": refusal.code if refusal else "",
                "sentence": refusal.sentence if refusal else "",
                "suggestions": found.suggestions,
            }
        )
