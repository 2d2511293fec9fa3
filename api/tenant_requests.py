"""Tenant requests, as they stand."""

from django.db.models import QuerySet
from rest_framework import serializers

from plans.models import TenantRequest

from .endpoints import Row, Rows
from .filters import TenantRequestFilters


class TenantRequestBody(serializers.ModelSerializer):
    account = serializers.SlugRelatedField("number", read_only=True)

    class Meta:
        model = TenantRequest
        fields = ("id", "account", "state", "price_list", "language", "note", "created_at", "closed_at")
        read_only_fields = fields


class TenantRequests:
    queryset = TenantRequest.objects.none()
    serializer_class = TenantRequestBody

    def get_queryset(self) -> QuerySet:
        caller = self.caller
        rows = TenantRequest.objects.filter(operator=caller.operator).select_related("account")
        return rows if caller.is_staff else rows.filter(account=caller.account)


class TenantRequestList(TenantRequests, Rows):
    filterset_class = TenantRequestFilters


class TenantRequestPage(TenantRequests, Row):
    lookup_field = "pk"
