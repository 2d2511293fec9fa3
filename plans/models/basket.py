"""Basket: not yet asked for. It belongs to one user on one storefront."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .product import Cycle


class Basket(models.Model):
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    user = models.ForeignKey("plans.User", models.CASCADE, related_name="baskets")
    storefront = models.ForeignKey("plans.Storefront", models.CASCADE, related_name="baskets")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "storefront"], name="one_basket_per_storefront")]


class BasketItem(models.Model):
    basket = models.ForeignKey(Basket, models.CASCADE, related_name="items")
    product = models.ForeignKey("plans.Product", models.CASCADE, related_name="+")
    is_plan = models.BooleanField(default=False)
    cycle = models.CharField(max_length=5, choices=Cycle, default=Cycle.MONTH)
    quantity = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket", "product"], name="product_once_per_basket"),
            models.UniqueConstraint(fields=["basket"], condition=Q(is_plan=True), name="one_plan_per_basket"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=10_000), name="basket_quantity"),
            models.CheckConstraint(condition=Q(is_plan=False) | Q(quantity=1), name="one_of_a_plan"),
        ]
