"""Products: the list, what is sold at which price, and the catalogue that shows it at once."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bss.products.forms import ICONS
from plans.cataloguing import Offer, change_product, create_product, free_slug
from plans.models import Activity, Price, Product, Subscription, User
from plans.refusals import Refused
from tests import cast

SUITE, NEW = "/bss/products/workplace-suite/", "/bss/products/new/"
GOOD = {
    "name": "Mail Archive", "category": "Workplace", "icon": "mail", "summary": "Every letter, kept.", "unit": "user",
    "description": "Kept\nfor years.", "is_sold": "on", "price_EUR_month": "3.50", "price_EUR_year": "",
}  # fmt: skip


@pytest.fixture
def suite(nordwind) -> Product:
    return cast.product(nordwind)


def typed(client, url: str = SUITE, **changes) -> dict[str, str]:
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def save(client, url: str = SUITE, **changes):
    return client.post(url, typed(client, url, **changes))


def names(client, query: str = "") -> list[str]:
    return [row.name for row in client.get(f"/bss/products/?{query}").context["rows"]]


def sql(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert b"".join(client.get(url)) if url.endswith(".csv") else client.get(url)
    return len(queries)


def test_search_and_filters(maren, nordwind, suite):
    cast.product(nordwind, "Backup Vault", is_sold=False)
    Product.objects.filter(slug="backup-vault").update(category="Security")
    assert names(maren, "q=SUITE") == ["Workplace Suite"]
    assert names(maren, "q=ault") == ["Backup Vault"]
    assert names(maren, "category=Security") == ["Backup Vault"]
    assert names(maren, "sold=no") == ["Backup Vault", "Tenant Plan"]
    assert names(maren, "sold=yes&category=Workplace") == ["Workplace Suite"]
    assert names(maren, "q=%25") == names(maren, "q=_") == []
    assert names(maren, "sort=-name")[0] == "Workplace Suite"
    assert "No products match “nothing”." in maren.get("/bss/products/?q=nothing").text


@pytest.mark.parametrize("query", ["sold=maybe", "category=%00", "q=%00", "q=" + "x" * 999, "sort=x", "after=1.a%00"])
def test_nonsense_filters_nothing(maren, suite, query):
    assert len(names(maren, query)) == 4


def test_pages_by_name_lose_and_repeat_nothing(maren, nordwind):
    for number in range(70):
        cast.product(nordwind, f"P {number:02d}")
    page = maren.get("/bss/products/?category=Workplace").context["page"]
    rest = maren.get(f"/bss/products/{page.following}").context["page"]
    assert [row.name for row in page.rows + rest.rows] == [f"P {number:02d}" for number in range(70)]


def test_plan_products_lead_to_their_plan(maren, nordwind):
    assert 'href="/bss/setup/reseller-plans/standard/"' in maren.get("/bss/products/").text
    for answer in (maren.get("/bss/products/standard-plan/"), maren.post("/bss/products/standard-plan/", GOOD)):
        assert (answer.status_code, answer["Location"]) == (302, "/bss/setup/reseller-plans/standard/")


def test_the_export_is_the_list_and_no_formula(maren, nordwind, suite):
    Product.objects.filter(pk=suite.pk).update(name='=HYPERLINK("evil")', unit="@cmd")
    suite.prices.update(recommended="15.00")
    content = b"".join(maren.get("/bss/products/export.csv?q=hyper")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [
        [
            "Product",
            "Address",
            "Category",
            "Unit",
            "EUR per month",
            "EUR per year",
            "EUR recommended per month",
            "EUR recommended per year",
            "Sold",
        ],
        ['\'=HYPERLINK("evil")', "workplace-suite", "Workplace", "'@cmd", "12.40", "", "15.00", "", "yes"],
    ]


def test_a_product_is_created_and_in_the_catalogue_at_once(maren, nordwind, django_capture_on_commit_callbacks):
    shop = Client(headers={"host": nordwind.store_host})
    before = shop.get("/")
    assert "Mail Archive" not in before.text
    with django_capture_on_commit_callbacks(execute=True):
        answer = maren.post(NEW, GOOD | {"category": "Archives"})
    assert (answer.status_code, answer["Location"]) == (302, "/bss/products/mail-archive/")
    made = Product.objects.get(operator=nordwind, slug="mail-archive")
    assert (made.name, made.unit, made.icon, made.description) == ("Mail Archive", "user", "mail", "Kept\nfor years.")
    assert Price.objects.get(product=made).amount == Decimal("3.5")
    assert Activity.objects.get(verb="product.created").text == "Mail Archive is a product now."
    page = shop.get("/", headers={"if-none-match": before["ETag"]})
    assert page.status_code == 200
    assert "Mail Archive" in page.text and "3.50" in page.text and "Archives" in page.text
    assert shop.get("/products/mail-archive/").status_code == 200


def test_an_edit_is_in_the_catalogue_at_once(maren, nordwind, suite, django_capture_on_commit_callbacks):
    shop = Client(headers={"host": nordwind.store_host})
    old = shop.get("/products/workplace-suite/")
    with django_capture_on_commit_callbacks(execute=True):
        assert save(maren, name="Office Suite", category="Office", price_EUR_month="13.10").status_code == 302
    new = shop.get("/products/workplace-suite/", headers={"if-none-match": old["ETag"]})
    assert new.status_code == 200 and "Office Suite" in new.text and "13.10" in new.text
    home = shop.get("/").text
    assert "Office Suite" in home and "category=Office" in home and "category=Workplace" not in home
    with django_capture_on_commit_callbacks(execute=True):
        save(maren, is_sold=None)
    assert shop.get("/products/workplace-suite/").status_code == 404
    texts = list(Activity.objects.filter(verb="product.changed").order_by("pk").values_list("text", flat=True))
    assert texts == [
        "Office Suite changed: EUR per month 12.40 to 13.10; name Workplace Suite to Office Suite; category.",
        "Office Suite changed: not sold on the storefront any more.",
    ]


def test_what_end_customers_should_pay_stands_beside_the_price(maren, nordwind, suite):
    assert save(maren, recommended_EUR_month="15").status_code == 302
    assert suite.prices.get().recommended == Decimal(15)
    assert 'value="15.00"' in maren.get(SUITE).text
    said = "Workplace Suite changed: EUR recommended per month none to 15.00."
    assert Activity.objects.get(verb="product.changed").text == said
    save(maren, recommended_EUR_month="")
    assert suite.prices.get().recommended is None


def test_what_runs_keeps_its_price(maren, nordwind, suite):
    from plans.baskets import lines_in, wanted_in
    from plans.execution import execute_order
    from plans.ordering import order_basket
    from plans.previewing import preview_order

    account = cast.reseller(nordwind)
    held, by = cast.basket(account, suite), cast.buyer_of(account)
    account = cast.Account.objects.select_related("operator").get(pk=account.pk)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    order = order_basket(held, account=account, alias=None, fingerprint=shown.fingerprint, accepted=False, reference="",
                         form_key="a", address=None, by=by)  # fmt: skip
    execute_order(order.pk)
    sold = Subscription.objects.values().get(account=account)
    assert save(maren, name="Other", price_EUR_month="99").status_code == 302
    assert Subscription.objects.values().get(account=account) == sold
    assert order.items.get().name == "Workplace Suite"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Mail Archive", "mail-archive"), ("Workplace Suite", "workplace-suite-2"), ("New", "new-2"), ("日本", "product"),
     ("Ünïcode & more!", "unicode-more"), ("x" * 120, "x" * 70)],
)  # fmt: skip
def test_the_slug_is_made_from_the_name_and_is_free(nordwind, suite, name, slug):
    assert free_slug(name, operator=nordwind) == slug
    assert free_slug("Standard Plan", operator=nordwind) == "standard-plan-2"


def test_two_distributors_have_the_same_slug(maren, nordwind, suite):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    assert free_slug("Workplace Suite", operator=sudlicht) == "workplace-suite"
    theirs = cast.product(sudlicht, "Lumen Backup")
    assert maren.get("/bss/products/lumen-backup/").status_code == 404
    assert maren.post("/bss/products/lumen-backup/", GOOD).status_code == 404
    assert "Lumen" not in maren.get("/bss/products/").text
    theirs.refresh_from_db()
    assert theirs.name == "Lumen Backup"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("name", "a\0b"), ("name", "a\nb"), ("category", "x" * 61), ("unit", "x" * 41),
     ("summary", "x" * 201), ("description", "x" * 5001), ("description", "a\0b"), ("icon", "evil"), ("icon", ""),
     ("price_EUR_month", "-1"), ("price_EUR_month", "1.234"), ("price_EUR_year", "free"), ("new_currency", "EUR"),
     ("recommended_EUR_month", "-1"), ("recommended_EUR_month", "12,40"), ("recommended_EUR_year", "40")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_kept(maren, nordwind, field, value):
    answer = maren.post(NEW, GOOD | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Mail Archive"' in answer.text or field == "name"
    assert not Product.objects.ordinary().exists()


def test_who_saves_an_older_version_is_told(maren, nordwind, suite, office):
    mine = typed(maren, name="Mine")
    save(office(cast.staff(nordwind, "finance").user), name="Theirs")
    answer = maren.post(SUITE, mine)
    assert answer.status_code == 422
    assert "Finance changed this product at" in answer.text and 'value="Mine"' in answer.text
    suite.refresh_from_db()
    assert (suite.name, suite.version) == ("Theirs", 2)


def test_a_second_save_at_once_is_a_conflict(nordwind, suite):
    offer = Offer(name="A", prices={})
    same = Product.objects.get(pk=suite.pk)
    change_product(suite, seen=1, offer=offer, by=None)
    with pytest.raises(Refused, match="changed_meanwhile"):
        change_product(same, seen=1, offer=Offer(name="B", prices={}), by=None)
    assert Price.objects.filter(product=suite).count() == 0


@pytest.mark.parametrize("role", ["account_manager", "operations", "read_only"])
def test_who_may_not_change_products_reads_them(nordwind, suite, office, role):
    client = office(cast.staff(nordwind, role).user)
    assert "You can’t do this with your role." in client.get(SUITE).text
    page = client.get("/bss/products/").text
    assert "New product" in page and f'href="{NEW}"' not in page
    assert (client.get(NEW).status_code, client.post(SUITE, GOOD).status_code) == (403, 403)
    assert client.post("/bss/products/nothing/", GOOD).status_code == 403


def test_names_are_text(maren, nordwind):
    create_product(nordwind, offer=Offer(name="<img src=x>", category="<b>", prices={}), by=User.objects.first())
    for url in ("/bss/products/", "/bss/products/img-srcx/"):
        assert "<img src=x" not in maren.get(url).text


def test_every_icon_to_choose_is_drawn():
    sprite = Path("templates/ui/sprite.html").read_text()
    assert {f"i-{name}" for name, _ in ICONS} <= set(re.findall(r'<symbol id="(i-[a-z-]+)"', sprite))


def test_a_product_costs_ten_queries_at_most(maren, suite):
    assert sql(maren, SUITE) <= 10
    assert sql(maren, NEW) <= 10
