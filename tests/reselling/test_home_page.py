"""Which products stand on the home page, and how many at the most."""

import pytest

from plans.models import Storefront
from plans.refusals import Refused
from reselling import home_page
from reselling.catalogue import catalogue_of
from tests import cast


@pytest.mark.django_db
def test_it_has_room_for_so_many(monkeypatch):
    operator = cast.distributor()
    for name in ("Backup Vault", "Mail Archive"):
        cast.product(operator, name)
    shop = Storefront.objects.get(account=cast.on_plan(cast.reseller(operator), "standard"))
    monkeypatch.setattr(home_page, "MOST_FEATURED", 1)
    first, second = catalogue_of(shop).order_by("name")
    home_page.feature(shop, product=first, seen=shop.version, by=None)
    shop.refresh_from_db()
    with pytest.raises(Refused, match="shows up to 1 products") as refused:
        home_page.feature(shop, product=second, seen=shop.version, by=None)
    assert refused.value.code == "featured_full"
