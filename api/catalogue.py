"""Plans and products: what there is, and what it costs."""

from django.db.models import QuerySet
from rest_framework import serializers

from plans.models import Entitlement, Plan, Price, Product

from .endpoints import Row, Rows
from .fields import Money, MoneyOrNone
from .filters import ProductFilters


class EntitlementBody(serializers.ModelSerializer):
    class Meta:
        model = Entitlement
        fields = ("code", "limit")
        read_only_fields = fields


class PlanBody(serializers.ModelSerializer):
    key_features = serializers.ListField(child=serializers.CharField())
    entitlements = EntitlementBody(many=True)
    product = serializers.SerializerMethodField(help_text="Slug of the product that grants it; empty: none does.")

    class Meta:
        model = Plan
        fields = ("code", "name", "rank", "tagline", "key_features", "is_default", "is_offered", "product",
                  "entitlements", "version")  # fmt: skip
        read_only_fields = fields

    def get_product(self, plan: Plan) -> str:
        product = getattr(plan, "product", None)
        return product.slug if product else ""


class PriceBody(serializers.ModelSerializer):
    amount = Money("amount")
    recommended = MoneyOrNone("recommended")

    class Meta:
        model = Price
        fields = ("cycle", "currency", "amount", "recommended")
        read_only_fields = fields


class ProductBody(serializers.ModelSerializer):
    plan = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    prices = PriceBody(many=True)

    class Meta:
        model = Product
        fields = ("slug", "name", "category", "summary", "description", "unit", "is_sold", "plan", "prices",
                  "created_at", "version")  # fmt: skip
        read_only_fields = fields


class Plans:
    queryset = Plan.objects.none()
    serializer_class = PlanBody

    def get_queryset(self) -> QuerySet:
        rows = Plan.objects.filter(operator=self.caller.operator)
        return rows.select_related("product").prefetch_related("entitlements")


class PlanList(Plans, Rows):
    pass


class PlanPage(Plans, Row):
    lookup_field = "code"


class Products:
    queryset = Product.objects.none()
    serializer_class = ProductBody

    def get_queryset(self) -> QuerySet:
        rows = Product.objects.filter(operator=self.caller.operator)
        rows = rows if self.caller.is_staff else rows.filter(is_sold=True)
        return rows.select_related("plan").prefetch_related("prices")


class ProductList(Products, Rows):
    filterset_class = ProductFilters


class ProductPage(Products, Row):
    lookup_field = "slug"
