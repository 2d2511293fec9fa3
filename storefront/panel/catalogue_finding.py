"""Finding products in the Catalogue room: words, a category, listed or not; carried by every address of the room."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from plans.asking import askable
from plans.models import Product

LONGEST_SEARCH, LONGEST_CATEGORY = 80, 60
STATES = (("listed", "Listed"), ("unlisted", "Not listed"))


@dataclass(frozen=True)
class Sought:
    """What a manager looks for; empty: everything."""

    words: str = ""
    category: str = ""
    state: str = ""

    @classmethod
    def of(cls, typed: QueryDict) -> "Sought":
        """From `?q=&category=&state=`. What makes no sense is looked for in vain, or not at all."""
        state = typed.get("state", "")
        return cls(
            " ".join(askable(typed.get("q", ""), most=LONGEST_SEARCH).split()),
            askable(typed.get("category", ""), most=LONGEST_CATEGORY),
            state if state in dict(STATES) else "",
        )

    def among(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Of products as `catalogue_of` reads them those that are looked for."""
        if self.category:
            products = products.filter(category=self.category)
        if self.state:
            products = products.filter(is_listed=self.state == "listed")
        if self.words:
            products = products.filter(Q(name__icontains=self.words) | Q(summary__icontains=self.words))
        return products

    def query(self, **more: str) -> str:
        """The same as part of an address."""
        named = {"q": self.words, "category": self.category, "state": self.state} | more
        return urlencode({name: value for name, value in named.items() if value})
