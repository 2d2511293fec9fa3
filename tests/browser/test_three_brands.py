"""Three brands in one browser: two resellers upgrade, brand and publish; with the distributor they stay three."""

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from notifications.models import Notification
from plans.models import Account, Price, Storefront, User
from plans.verify import broken
from reselling.catalogue import change_catalogue
from reselling.customers import CustomerDetails, invite_customer
from tests import cast
from tests.browser.conftest import Shop
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in
from tests.browser.test_main_job import upgrade
from tests.reselling.zoo import drawn, saved


@dataclass
class Brand:
    """A reseller; `words` are on its own pages and in its own letters, and nowhere else."""

    account: Account
    alias: str
    plan: str
    name: str
    colour: str
    markup: Decimal
    words: tuple[str, ...]  # its customer, who works there, and what it asks for the Workplace Suite

    @property
    def owner(self) -> User:
        return cast.buyer_of(self.account)


@pytest.fixture
def brands(shop) -> list[Brand]:
    Price.objects.filter(product__plan=None).update(recommended="17.77")
    harbor = cast.reseller(shop.operator, "Harbor IT")
    return [
        Brand(shop.account, "techsolutions", "Standard", "Fernblick Cloud", "#7a1fa2", Decimal(33),
              ("Zirbelkiefer", "Quendel", "16.49")),
        Brand(harbor, "harborit", "Standard", "Morgentau IT", "#0b6e4f", Decimal(50),
              ("Silberdistel", "Ackerwinde", "18.60")),
    ]  # fmt: skip


def publish(hands: Mouse, brand: Brand) -> None:
    """From the finished order to a brand of one's own."""
    heading(hands.page, "Your storefront is ready")
    hands.press("link", "Customise it")
    hands.press("link", "Branding")
    hands.type("Storefront name", brand.name)
    hands.type("Brand colour", brand.colour)
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": saved(drawn(colour=brand.colour))}
    hands.page.locator("input[type=file]").set_input_files(logo)
    hands.press("button", "Publish changes")
    expect(hands.page.get_by_role("status").filter(has_text=re.compile("ublished"))).to_be_visible()


def sell(brand: Brand) -> None:
    """A customer, and prices of one's own."""
    customer, person, _ = brand.words
    shown = Storefront.objects.get(account=brand.account)
    change_catalogue(shown, seen=shown.version, lists_everything=True, markup=brand.markup, by=brand.owner)
    details = CustomerDetails(name=f"{customer} GmbH")
    account = Account.objects.select_related("operator").get(pk=brand.account.pk)
    email = f"{person.lower()}@customer.example"
    invite_customer(account, details=details, name=f"Jo {person}", email=email, by=brand.owner)
    someone = User.objects.get(email=email)
    someone.set_password(cast.PASSWORD)
    someone.save()


def strange_words(text: str, brand: Brand | None, brands: list[Brand]) -> list[str]:
    """What of others stands there."""
    return [word for each in brands if each is not brand for word in (*each.words, each.name) if word in text]


def looks_like(page: Page, brand: Brand) -> None:
    """The name, the logo, and the colour of what one presses."""
    expect(page).to_have_title(re.compile(brand.name))
    logo = page.get_by_role("banner").locator("img")
    expect(logo).to_have_count(1)
    assert logo.evaluate("image => image.complete && image.naturalWidth > 0")
    colour = page.get_by_role("link", name="Browse products").evaluate("link => getComputedStyle(link).backgroundColor")
    wanted = "rgb({}, {}, {})".format(*bytes.fromhex(brand.colour[1:]))
    assert colour == wanted


def sees_nothing_of_others(context: BrowserContext, shop: Shop, brands: list[Brand], *, me: Brand | None) -> None:
    """Tabs side by side: each storefront's pages, exports and error pages say nothing of another's."""
    for brand in brands:
        home = f"{shop.base}/{brand.alias}/"
        for path in ("", "products/", "products/workplace-suite/", "portal/", "admin/", "admin/customers/", "no-such/",
                     "admin/customers/export/", "admin/catalogue/"):  # fmt: skip
            answer = context.request.get(home + path)
            if path == "products/workplace-suite/":
                assert brand.words[2] in answer.text()
            if path == "admin/customers/" and brand is me:
                assert brand.words[0] in answer.text()
            assert strange_words(answer.text(), brand, brands) == [], f"{home}{path} as {me and me.name}"
            if path.startswith("admin/") and brand is not me:
                assert not [word for word in brand.words[:2] if word in answer.text()], f"{home}{path}"
                assert answer.status == 403 or "/login/" in answer.url
    for path in ("", "products/workplace-suite/", "basket/", "orders/", "no-such/"):
        text = context.request.get(f"{shop.base}/{path}").text()
        assert strange_words(text, None, [each for each in brands if each is not me]) == []


def test_three_brands_stay_three(shop, brands, visitor):
    first, second = brands
    for brand, way, options in ((first, Keyboard, {}), (second, Mouse, {"java_script_enabled": False})):
        hands = way(visitor(**options).new_page())
        upgrade(hands, Shop(shop.base, shop.operator, brand.account), brand.plan, brand.alias)
        publish(hands, brand)
        if way is Keyboard:
            look_for_barriers(hands.page)
        sell(brand)

    stranger = visitor()
    page = stranger.new_page()
    for brand in brands:
        page.goto(f"{shop.base}/{brand.alias}/")
        looks_like(page, brand)
        look_for_barriers(page)
    sees_nothing_of_others(stranger, shop, brands, me=None)

    one_browser = visitor()
    tabs = [one_browser.new_page() for _ in range(3)]
    for brand in (first, second):
        sign_in(Mouse(tabs[0]), shop.base, brand.owner.email, cast.PASSWORD)
        for tab, path in zip(tabs, ("", "techsolutions/", "harborit/"), strict=True):
            tab.goto(f"{shop.base}/{path}")
        for tab, whose in zip(tabs[1:], brands, strict=True):
            looks_like(tab, whose)
            is_mine = whose is brand
            expect(tab.get_by_role("link", name="Storefront Admin Panel")).to_have_count(1 if is_mine else 0)
        tabs[0].goto(f"{shop.base}/products/workplace-suite/")
        tabs[0].get_by_role("button", name="Add to basket").first.click()
        heading(tabs[0], "Basket")
        sees_nothing_of_others(one_browser, shop, brands, me=brand)
        tabs[0].goto(f"{shop.base}/logout/")
        tabs[0].get_by_role("button", name="Sign out").first.click()

    for brand in brands:
        customer = visitor().new_page()
        email = f"{brand.words[1].lower()}@customer.example"
        sign_in(Mouse(customer), f"{shop.base}/{brand.alias}", email, cast.PASSWORD)
        customer.goto(f"{shop.base}/{brand.alias}/portal/")
        expect(customer.get_by_text(brand.words[0]).first).to_be_visible()
        look_for_barriers(customer)
        sees_nothing_of_others(customer.context, shop, brands, me=None)

    for letter in Notification.objects.filter(account__parent__isnull=False).select_related("account"):
        own = next(each for each in brands if each.account.pk in (letter.account_id, letter.account.parent_id))
        assert strange_words(f"{letter.subject} {letter.text} {letter.html} {letter.from_name}", own, brands) == []
    assert broken() == {}
