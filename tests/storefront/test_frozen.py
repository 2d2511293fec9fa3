"""From Standard to Free and back: what Free lacks is kept, shown as frozen, refused by the server, and counts again."""

from decimal import Decimal

import pytest
from django.test import Client

from plans.models import Account, ApiToken, Contact, Entitlement, Listing, Price, Product, Storefront, StorefrontText
from plans.refusals import Refused
from plans.verify import broken
from reselling.catalogue import Choice, catalogue_of, change_catalogue, change_listing, list_products
from reselling.customers import CustomerDetails, invite_customer
from tests import cast
from tests.api.calling import STORE, Program, problem, token_of
from tests.storefront.going_down import down_to
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
ROOM = "/techsolutions/admin/"
VAULT = f"{ROOM}catalogue/products/backup-vault/"
KEPT = (Storefront, Listing, Contact, ApiToken, StorefrontText)


@pytest.fixture
def tech() -> Account:
    """On Standard, with all that Free lacks: markups, an unbranded footer, a token that writes, three customers."""
    operator = cast.distributor()
    for name, cost, recommended in (("Backup Vault", "10.00", "15.00"), ("Mail Archive", "20.00", None)):
        product = cast.product(operator, name, cost)
        Price.objects.filter(product=product).update(recommended=recommended)
    account = cast.on_plan(cast.reseller(operator), "standard")
    Entitlement.objects.filter(plan__operator=operator, plan__code="free", code="customers").update(limit=2)
    by, shop = cast.buyer_of(account), Storefront.objects.get(account=account)
    change_catalogue(shop, seen=shop.version, lists_everything=True, markup=Decimal(20), by=by)
    vault = Product.objects.get(slug="backup-vault")
    change_listing(shop, product=product_of(shop, vault), seen=Choice(), wanted=Choice(True, Decimal(50)), by=by)
    for name in ("Millbrook", "Oakfield", "Ashford"):
        cast.customer(account, name)
    StorefrontText.objects.create(operator=operator, storefront=shop, kind="imprint", text="Tech Solutions, Lübeck")
    account.token = token_of(operator, by, account=account)
    return account


def product_of(shop: Storefront, product: Product) -> Product:
    return catalogue_of(shop).get(pk=product.pk)


@pytest.fixture
def manager(tech) -> Client:
    return signed_in(cast.buyer_of(tech))


@pytest.fixture
def free(tech, django_capture_on_commit_callbacks) -> Account:
    """The same reseller on Free, by an order of its own."""
    assert Client().get("/techsolutions/").status_code == 200  # from now on it is in the cache
    with django_capture_on_commit_callbacks(execute=True):
        account = down_to(tech, "free")
    account.token = tech.token
    return account


def rows(account: Account) -> dict[str, list]:
    """All that the reseller made, column by column; a token's last use and the storefront's version aside."""
    found = {model.__name__: list(model.objects.order_by("pk").values()) for model in KEPT}
    found["customers"] = list(Account.objects.customers_of(account).order_by("pk").values())
    for row in found["ApiToken"]:
        row.pop("last_used_at")
    return found


def public(account: Account) -> list[str]:
    """What a visitor reads on its pages."""
    pages = ("", "products/", "products/backup-vault/", "products/mail-archive/", "imprint/")
    return [words(Client().get(f"/techsolutions/{page}")) for page in pages]


# --- both directions ---


def test_down_and_up_again_everything_is_as_it_was(tech, manager, django_capture_on_commit_callbacks):
    before, shown = rows(tech), public(tech)
    panel = [words(manager.get(page)) for page in (f"{ROOM}catalogue/", VAULT, f"{ROOM}catalogue/every-product/")]
    with django_capture_on_commit_callbacks(execute=True):
        down_to(tech, "free")
    assert rows(tech) == before
    assert public(tech) != shown
    with django_capture_on_commit_callbacks(execute=True):
        cast.on_plan(tech, "standard", alias=None)
    assert rows(tech) == before
    assert public(tech) == shown
    now = [words(manager.get(page)) for page in (f"{ROOM}catalogue/", VAULT, f"{ROOM}catalogue/every-product/")]
    assert now == panel
    assert broken() == {}


def test_public_prices_fall_back_to_what_is_recommended(tech, django_capture_on_commit_callbacks):
    assert "€15.00" in words(Client().get("/techsolutions/products/backup-vault/"))  # 10 and 50 %
    assert "€24.00" in words(Client().get("/techsolutions/products/mail-archive/"))  # 20 and 20 %
    Price.objects.filter(product__slug="backup-vault").update(recommended="13.00")
    with django_capture_on_commit_callbacks(execute=True):
        down_to(tech, "free")
    assert "€13.00" in words(Client().get("/techsolutions/products/backup-vault/"))
    assert "Ask for a price" in words(Client().get("/techsolutions/products/mail-archive/"))


def test_the_footer_names_the_distributor_at_once(free, django_capture_on_commit_callbacks):
    assert "Powered by Nordwind" in Client().get("/techsolutions/").text
    with django_capture_on_commit_callbacks(execute=True):
        cast.on_plan(free, "standard", alias=None)
    assert "Nordwind" not in Client().get("/techsolutions/").text


def test_a_token_that_writes_reads_only(free):
    program = Program(free.token, host=STORE)
    assert program.get("subscriptions/").status_code == 200
    assert problem(program.post("plan-changes/"), 403) == "not_in_plan"
    cast.on_plan(free, "standard", alias=None)
    assert program.post("plan-changes/").json()["code"] != "not_in_plan"  # asked what to change to


# --- shown as frozen, with the reason and the way back ---


def test_the_overview_says_what_is_kept_and_how_it_comes_back(free, manager):
    page = manager.get(ROOM)
    told = words(page)
    for said in (
        "Kept from your former plan",
        "Frozen Markup on every product: 20 % Your plan has no own prices",
        "Frozen Products with a markup of their own: 1",
        "Over the limit Active customers: 3 Your plan allows 2. All stay, none can be added until there are fewer.",
        "Frozen Footer without “Powered by Nordwind” Your plan has this line on every page.",
        "Frozen API tokens that write: 1 Your plan only reads.",
    ):
        assert said in told
    number = free.plan_subscription().number
    assert f'href="http://testserver/subscriptions/{number}/upgrade/">Upgrade</a>' in page.text
    assert manager.get(f"/subscriptions/{number}/upgrade/").status_code == 200


def test_on_standard_nothing_is_frozen(tech, manager):
    for page in (ROOM, f"{ROOM}catalogue/", VAULT, f"{ROOM}catalogue/every-product/"):
        assert "Frozen" not in words(manager.get(page))


def test_who_was_never_on_a_larger_plan_sees_nothing_of_it():
    account = cast.on_plan(cast.reseller(cast.distributor()), "free")
    assert "Kept from your former plan" not in words(signed_in(cast.buyer_of(account)).get(ROOM))


def test_who_may_not_change_the_plan_is_told_who_can(free):
    person = cast.person(free, "shop@techsolutions.example", roles=("storefront_manager",)).user
    page = signed_in(person).get(ROOM)
    assert "An Admin of your company can upgrade the plan." in words(page)
    assert "/upgrade/" not in page.text


def test_the_catalogue_shows_each_markup_as_frozen(free, manager):
    told = words(manager.get(f"{ROOM}catalogue/"))
    assert "Frozen Markups Your plan has no own prices" in told and "50 % own markup Frozen" in told
    for page, said in ((VAULT, "Frozen Own markup: 50 %"), (f"{ROOM}catalogue/every-product/", "Markup on every")):
        answer = manager.get(page)
        assert said in words(answer) and ">Upgrade</a>" in answer.text
        assert 'name="markup"' not in answer.text


def test_the_overview_costs_a_few_queries_more(tech, manager):
    manager.get(ROOM)
    with statements() as before:
        manager.get(ROOM)
    down_to(tech, "free")
    manager.get(ROOM)
    with statements() as now:
        manager.get(ROOM)
    assert now.many <= before.many + 1, now.text


# --- the server refuses, and says why ---


@pytest.mark.parametrize("typed", ["99", "abc", "0", "\0"])
def test_a_page_that_was_open_cannot_change_a_markup_now(tech, manager, typed, django_capture_on_commit_callbacks):
    pages = (VAULT, f"{ROOM}catalogue/every-product/")
    forms = {page: form_of(manager.get(page), None) for page in pages}
    down_to(tech, "free")
    before = rows(tech)
    for page, form in forms.items():
        answer = manager.post(page, form | {"markup": typed})
        assert answer.status_code == 422
        assert "Your plan has no own prices, so markups are frozen and can’t change now." in words(answer)
        assert manager.post(page, form).status_code in (302, 422)  # what stands there is no change
    assert [row["markup"] for row in rows(tech)["Listing"]] == [row["markup"] for row in before["Listing"]]
    assert Storefront.objects.get(account=tech).markup == Decimal(20)


def test_a_page_that_was_open_before_the_upgrade_clears_no_markup(free, manager):
    """It had no field for it: an answer without the field is no empty one."""
    pages = (VAULT, f"{ROOM}catalogue/every-product/")
    forms = {page: form_of(manager.get(page), None) for page in pages}
    cast.on_plan(free, "standard", alias=None)
    for page, form in forms.items():
        form.pop("is_listed", None)
        assert manager.post(page, form).status_code == 302
    assert (Listing.objects.get().markup, Listing.objects.get().is_listed) == (Decimal(50), False)
    assert Storefront.objects.get(account=free).markup == Decimal(20)


def test_the_stories_refuse_it_whoever_asks(free):
    shop, by = Storefront.objects.get(account=free), cast.buyer_of(free)
    vault = product_of(shop, Product.objects.get(slug="backup-vault"))
    for call in (
        lambda: change_catalogue(shop, seen=shop.version, lists_everything=True, markup=None, by=by),
        lambda: change_listing(shop, product=vault, seen=Choice(True, Decimal(50)), wanted=Choice(True), by=by),
    ):
        with pytest.raises(Refused, match="prices_frozen"):
            call()


def test_over_the_limit_all_customers_stay_and_none_is_added(free, manager):
    told = words(manager.get(f"{ROOM}customers/"))
    assert "3 of 2 customers are active. All stay, none can be added until there are fewer." in told
    for name in ("Millbrook", "Oakfield", "Ashford"):
        assert name in told
        customer = Account.objects.get(name=name)
        assert signed_in(cast.buyer_of(customer)).get("/techsolutions/portal/").status_code == 200
    details = {"details": CustomerDetails(name="Fourth"), "name": "Eve", "email": "eve@fourth.example"}
    with pytest.raises(Refused, match="customers_limit"):
        invite_customer(free, **details, by=cast.buyer_of(free))
    cast.on_plan(free, "standard", alias=None)
    assert invite_customer(free, **details, by=cast.buyer_of(free)).name == "Fourth"


def test_over_the_limit_of_listed_products_all_stay_and_none_is_added(tech, manager):
    operator = tech.operator
    shop, by = Storefront.objects.get(account=tech), cast.buyer_of(tech)
    plan = Entitlement.objects.filter(plan__operator=operator, plan__code="free").first().plan
    Entitlement.objects.update_or_create(plan=plan, code="listed_products", defaults={"limit": 1})
    down_to(tech, "free")
    assert "Over the limit Listed products: 2 Your plan allows 1. All stay listed" in words(manager.get(ROOM))
    assert Client().get("/techsolutions/products/mail-archive/").status_code == 200
    cast.product(operator, "Web Filter", "5.00")
    shop = Storefront.objects.select_related("account").get(pk=shop.pk)
    with pytest.raises(Refused, match="listed_full"):
        list_products(shop, products=catalogue_of(shop).filter(slug="web-filter"), by=by)
