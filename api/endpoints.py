"""What every resource does alike: who may, how a body is read, how lists are filtered and paged."""

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer, ValidationError
from rest_framework.views import APIView

from .callers import Caller
from .pagination import CursorPages

NOT_A_FILTER = "There is no such filter."


class Endpoint(APIView):
    """`writes` is the permission that staff need for unsafe methods, `own_writes` that of resellers; empty: nobody."""

    writes = ""
    own_writes = ""
    writes_nothing = False  # a POST that only asks

    def permission(self, caller: Caller, method: str) -> str:
        if method in SAFE_METHODS:
            return "view"
        return self.writes if caller.is_staff else self.own_writes

    @property
    def caller(self) -> Caller:
        return self.request.auth

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        request._request.operator = self.caller.operator
        _ = request._request.body  # too large is said before anything is read

    def finalize_response(self, request: Request, response: Response, *args, **kwargs) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def sent(self, body: type[Serializer]) -> dict[str, object]:
        """The body's fields, or ValidationError at those that can't be used."""
        data = self.request.data
        read = body(data={} if data in (None, "") else data, context={"request": self.request})
        read.is_valid(raise_exception=True)
        return read.validated_data


class Filters(DjangoFilterBackend):
    """The FilterSet of the list, strictly: a filter that nobody knows, or that can't be used, is no filter at all."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view) -> QuerySet:
        wanted = self.get_filterset_class(view, queryset)
        known = {CursorPages.cursor_query_param, CursorPages.page_size_query_param}
        known |= set(wanted.base_filters) if wanted else set()
        unknown = {name: [NOT_A_FILTER] for name in request.query_params if name not in known}
        if unknown:
            raise ValidationError(unknown)
        return super().filter_queryset(request, queryset, view)


class Rows(Endpoint, ListAPIView):
    """`queryset` only says of what; which rows is asked of the caller (`get_queryset`)."""

    pagination_class = CursorPages
    filter_backends = [Filters]

    def order(self, request: Request) -> tuple[str, ...]:
        """The newest first: by number, or by another column that an index leads along, and that never changes."""
        return ("-pk",)


class Row(Endpoint, RetrieveAPIView):
    lookup_field = "number"
