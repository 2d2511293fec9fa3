"""What a reseller prepared before it bought is its storefront's brand afterwards, and no draft any more."""

import pytest

from plans.models import Picture, StorefrontDraft
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_storefront_opens_with_what_was_prepared():
    account = cast.reseller(cast.distributor())
    of = {"operator": account.operator, "account": account}
    logo = Picture.objects.create(**of, width=512, height=256)
    StorefrontDraft.objects.create(**of, name="Tech", tagline="We pick up", brand_colour="#6a35c9", logo=logo)
    shown = cast.on_plan(account).storefront
    assert (shown.name, shown.tagline, shown.brand_colour, shown.logo) == ("Tech", "We pick up", "#6a35c9", logo)
    assert not StorefrontDraft.objects.exists()


def test_without_a_draft_it_has_the_accounts_name_and_the_usual_colour():
    shown = cast.on_plan(cast.reseller(cast.distributor())).storefront
    assert (shown.name, shown.brand_colour, shown.logo) == ("Tech Solutions", "#08758a", None)
