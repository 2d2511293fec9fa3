"""See your storefront before you buy it: by a signed link, with the real catalogue; only the draft is written."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from plans.models import Storefront, StorefrontDraft
from reselling import branding, previews
from reselling.branding import Changes
from tests import cast, watching
from tests.reselling import zoo
from tests.storefront.visits import signed_in, words

TYPED = {"name": "Tech & Söhne", "brand_colour": "#6a35c9", "version": 0}
WRITTEN = {"plans_storefrontdraft", "plans_picture"}


@pytest.fixture
def account(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    account = cast.reseller(cast.distributor())
    cast.product(account.operator, summary="Mail, chat and files", description="All of it.")
    cast.product(account.operator, "Backup Vault", "9.90")
    return account


@pytest.fixture
def buyer(account) -> Client:
    return signed_in(cast.buyer_of(account))


def see(buyer: Client, **typed) -> str:
    """The address of the preview, once name, logo and colour are given."""
    logo = zoo.upload(zoo.TAKEN["a PNG"][0])
    response = buyer.post("/preview/", TYPED | {"do": "see", "logo": logo} | typed)
    assert response.status_code == 302, words(response)
    return response.headers["Location"]


def test_it_shows_the_brand_and_the_real_catalogue_to_who_has_the_link(account, buyer):
    address = see(buyer)
    assert re.fullmatch(r"/preview/[\w:-]+/", address)
    for visitor in (Client(), buyer):
        home = visitor.get(address)
        assert "Tech & Söhne" in words(home) and "Backup Vault" in words(home)
        assert f"{address}-/pictures/{StorefrontDraft.objects.get().logo_id}/256.webp" in home.text
        assert '<meta name="robots" content="noindex">' in home.text and "canonical" not in home.text
        assert home["X-Robots-Tag"] == "noindex" and "origin" in home["Referrer-Policy"]
        assert "Nordwind" not in home.text and "Jonas Brandt" not in home.text
        css = re.search(rf'href="({re.escape(address)}-/theme/\d+/\d+\.css)"', home.text)[1]
        assert "light-dark(#6a35c9" in visitor.get(css).text
        assert "Workplace Suite" in words(visitor.get(f"{address}products/?q=mail"))
        assert "All of it." in words(visitor.get(f"{address}products/workplace-suite/"))
        assert visitor.get(f"{address}products/unknown/").status_code == 404
        assert visitor.get(address.removesuffix("/")).headers["Location"] == address


def test_what_it_links_to_beyond_that_says_that_it_is_a_preview(account, buyer):
    address = see(buyer)
    for path in ("portal/", "login/", "password/reset/", "admin/", "admin/branding/"):
        assert "This is a preview" in words(buyer.get(address + path)), path
    before = watching.digests()
    response = buyer.post(f"{address}login/", {"login": cast.buyer_of(account).email, "password": cast.PASSWORD})
    assert "This is a preview" in words(response)
    buyer.post(f"{address}admin/branding/", TYPED | {"do": "publish", "support_email": "a@b.example"})
    assert watching.changed(before) == set()


def test_nothing_but_the_draft_and_its_picture_is_written(account, buyer):
    before = watching.digests()
    address = see(buyer)
    assert watching.changed(before) == WRITTEN
    before = watching.digests()
    for path in ("", "products/", "products/workplace-suite/", "portal/"):
        buyer.get(address + path)
    buyer.get("/preview/")
    buyer.post("/preview/typed/", TYPED)
    buyer.post("/preview/", TYPED | {"version": 1, "take": "#14683a"})
    assert watching.changed(before) == set()


def test_a_link_that_ran_out_or_was_altered_or_is_of_elsewhere_is_not_found(account, buyer):
    address, visitor = see(buyer), Client()
    token = address.split("/")[2]
    draft = StorefrontDraft.objects.get()
    long_ago = signing.TimestampSigner(salt=previews.SALT)
    long_ago.timestamp = lambda: signing.b62_encode(int((timezone.now() - previews.VALID_FOR).timestamp()) - 1)
    just_now = signing.TimestampSigner(salt=previews.SALT)
    just_now.timestamp = lambda: signing.b62_encode(
        int((timezone.now() - previews.VALID_FOR + timedelta(minutes=1)).timestamp())
    )
    assert visitor.get(f"/preview/{just_now.sign_object(draft.pk)}/").status_code == 200
    wrong = [
        long_ago.sign_object(draft.pk),
        signing.dumps(draft.pk, salt="another"),
        signing.dumps(draft.pk + 1, salt=previews.SALT),
        f"{token}x",
        token[:-1],
        str(draft.pk),
        "%00",
    ]
    cast.distributor("Sudlicht", host="sudlicht.test")
    for other in wrong:
        assert visitor.get(f"/preview/{other}/").status_code == 404, other
        assert visitor.get(f"/preview/{other}/products/").status_code == 404, other
    assert Client(headers={"host": "sudlicht.test"}).get(address).status_code == 404


def test_what_was_previewed_is_what_stands(account, buyer):
    address = see(buyer)
    seen = [Client().get(address + path) for path in ("", "products/", "products/backup-vault/")]
    draft = StorefrontDraft.objects.get()
    cast.on_plan(account)
    shown = Storefront.objects.get(account=account)
    assert shown.brand() == draft.brand()
    stands = [Client().get(f"/techsolutions/{path}") for path in ("", "products/", "products/backup-vault/")]
    for one, other in zip(seen, stands, strict=True):
        assert as_read(one.text, address) == as_read(other.text, "/techsolutions/")
    css = re.compile(r'href="(\S+/-/theme/\d+/\d+\.css)"')
    assert Client().get(css.search(stands[0].text)[1]).content.startswith(b":root {\n  --accent: light-dark(#6a35c9")
    assert Client().get(address).status_code == 404, "the link ends with the purchase"


def as_read(text: str, root: str) -> str:
    """A page without what belongs to its address, its moment and its being a preview."""
    text = re.sub(
        r'<aside class="adminbar.*?</aside>|<meta name="(robots|description)".*?>|<link rel="canon.*?>',
        "",
        text,
        flags=re.S,
    )
    text = re.sub(r'value="[\w-]{64}"|nonce="[^"]*"|/-/theme/\d+/\d+\.css', "", text.replace(root, "/"))
    return " ".join(text.split())


def test_only_who_may_buy_and_has_no_storefront_is_asked(account, buyer):
    viewer = cast.person(account, "viewer@techsolutions.example", roles=("viewer",)).user
    assert signed_in(viewer).get("/preview/").status_code == 403
    assert "/login/" in Client().get("/preview/").headers["Location"]
    assert "/preview/" in buyer.get("/plans/").text and "/preview/" not in Client().get("/plans/").text
    cast.on_plan(account)
    assert buyer.get("/preview/").headers["Location"] == "/plans/"
    before = watching.digests()
    assert buyer.post("/preview/", TYPED | {"do": "see"}).headers["Location"] == "/plans/"
    assert "/preview/" not in buyer.get("/plans/").text
    assert watching.changed(before) == set()


def test_the_checkout_leads_there(account, buyer):
    cast.basket(account, cast.plan_product(account.operator, "standard"))
    assert 'href="/preview/" target="_blank"' in buyer.get("/checkout/").text


def test_what_is_typed_wrongly_or_too_late_is_said_and_kept(account, buyer):
    response = buyer.post("/preview/", TYPED | {"brand_colour": "blue", "do": "see"})
    assert response.status_code == 422 and 'value="blue"' in response.text
    response = buyer.post("/preview/", TYPED | {"logo": zoo.upload(zoo.SVG, "logo.png"), "do": "see"})
    assert response.status_code == 422 and 'id="logo_error"' in response.text and not StorefrontDraft.objects.exists()
    branding.save_draft(account, changes=Changes({"name": "Theirs"}), seen=0, by=None)
    response = buyer.post("/preview/", TYPED | {"do": "see"})
    assert response.status_code == 409 and "changed this branding at" in words(response)
    assert StorefrontDraft.objects.get().name == "Theirs"


def test_staff_open_it_for_the_account(account):
    """From the Upgrade Resellers dialog: they write the draft and get the link."""
    staff, page = signed_in(cast.staff(account.operator).user), f"/bss/accounts/{account.number}/storefront-preview/"
    bss = {"headers": {"host": "localhost"}}
    assert page in staff.get(f"/bss/accounts/{account.number}/upgrade/standard/", **bss).text
    assert page in staff.get(f"/bss/accounts/{account.number}/storefront/", **bss).text
    before = watching.digests()
    typed = {"name": "Tech", "brand_colour": "#14683a", "version": 0, "logo": zoo.upload(zoo.TAKEN["a PNG"][0])}
    assert staff.post(page, typed, **bss).headers["Location"] == page
    assert watching.changed(before) == WRITTEN
    assert StorefrontDraft.objects.get().changed_by.email == "administrator@nordwind.example"
    link = re.search(r'href="http://testserver(/preview/[^"]+)"', staff.get(page, **bss).text)[1]
    assert "Backup Vault" in words(Client().get(link))
    assert staff.post(page, typed | {"logo": zoo.upload(zoo.SVG), "version": 1}, **bss).status_code == 422
    assert "changed this branding at" in words(staff.post(page, typed, **bss))
    assert staff.post(page, typed | {"do": "remove_logo", "version": 1}, **bss).status_code == 302
    assert StorefrontDraft.objects.get().logo_id is None
    cast.on_plan(account)
    assert staff.get(page, **bss).headers["Location"].endswith("/storefront/")
