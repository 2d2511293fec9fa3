import django_filters
from django.db.models import Q, QuerySet

from plans.models import Product

SOLD = (("yes", "Sold on the storefront"), ("no", "Not sold"))


class ProductFilters(django_filters.FilterSet):
    """`?q=backup&category=Security&sold=yes`."""

    q = django_filters.CharFilter(method="search", max_length=120)
    category = django_filters.CharFilter(field_name="category", lookup_expr="exact", max_length=60)
    sold = django_filters.ChoiceFilter(choices=SOLD, method="by_sold")

    def search(self, products: QuerySet[Product], _name: str, text: str) -> QuerySet[Product]:
        return products.filter(Q(name__icontains=text) | Q(slug__istartswith=text))

    def by_sold(self, products: QuerySet[Product], _name: str, choice: str) -> QuerySet[Product]:
        return products.filter(is_sold=choice == "yes")
