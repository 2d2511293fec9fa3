"""The reseller's own words: Texts, Settings, Activity and the checklist, and the pages that they make."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as some

from plans.models import Account, Activity, Storefront, StorefrontText
from plans.refusals import Refused
from plans.trail import remember
from reselling import settings as rules
from reselling.settings import Settings, change_settings
from reselling.texts import save_text
from storefront.panel.texts import TextForm
from tests import cast
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db
KINDS = ("contact", "imprint", "terms", "privacy")


@pytest.fixture
def alpine() -> Account:
    operator = cast.distributor()
    cast.product(operator)
    cast.staff(operator, "operations")
    return cast.on_plan(cast.reseller(operator, "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def owner(alpine) -> Client:
    return signed_in(cast.buyer_of(alpine))


@pytest.fixture
def save(django_capture_on_commit_callbacks):
    """What is let go of after a commit is let go of at once: these tests never commit."""

    def post(client: Client, path: str, typed: dict[str, str]):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, typed)

    return post


def write(account: Account, kind: str, text: str, *, seen: int = 0) -> None:
    save_text(account.storefront, kind, text=text, seen=seen, by=cast.buyer_of(account))


def acts(account: Account) -> list[str]:
    found = Activity.objects.filter(account=account, verb__startswith="storefront.").order_by("pk")
    return [each.text for each in found]


# --- Texts ---


def test_a_text_makes_its_page_and_the_link_to_it(alpine, owner, save):
    room = "/alpinecloud/admin/texts/imprint/"
    assert Client().get("/alpinecloud/imprint/").status_code == 404
    assert 'href="/alpinecloud/imprint/"' not in Client().get("/alpinecloud/").text
    answer = save(
        owner, room, {"version": "0", "text": "Alpine Cloud\r\nKaiweg 14\r\n\r\n<b>https://alpine.example</b>"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/alpinecloud/admin/texts/")
    page = Client().get("/alpinecloud/imprint/")
    assert "<p>Alpine Cloud<br>Kaiweg 14</p>" in page.text
    assert "<p>&lt;b&gt;https://alpine.example&lt;/b&gt;</p>" in page.text
    assert 'href="/alpinecloud/imprint/">Imprint</a>' in Client().get("/alpinecloud/products/").text
    save(owner, room, {"version": "1", "text": ""})
    assert Client().get("/alpinecloud/imprint/").status_code == 404
    assert 'href="/alpinecloud/imprint/"' not in Client().get("/alpinecloud/").text
    assert acts(alpine)[-2:] == ["Imprint: text written.", "Imprint: text taken away."]
    assert {each.actor for each in Activity.objects.filter(verb="storefront.text_changed")} == {cast.buyer_of(alpine)}


def test_a_preview_writes_nothing(alpine, owner):
    before = acts(alpine)
    page = owner.post("/alpinecloud/admin/texts/terms/", {"version": "0", "text": "Be <i>fair</i>.", "preview": "1"})
    assert page.status_code == 200
    assert "As you typed it. Not saved yet." in words(page)
    assert page.text.count("Be &lt;i&gt;fair&lt;/i&gt;.") == 2  # in the field, and beside it
    assert not StorefrontText.objects.exists()
    assert acts(alpine) == before


@pytest.mark.parametrize("first", ["", "As it was."])
def test_of_two_who_write_one_is_told_of_the_other(alpine, owner, first):
    if first:
        write(alpine, "privacy", first)
    seen = 1 if first else 0
    write(alpine, "privacy", "Theirs.", seen=seen)
    before = acts(alpine)
    page = owner.post("/alpinecloud/admin/texts/privacy/", {"version": str(seen), "text": "Mine."})
    assert page.status_code == 422
    assert re.search(r"Jonas Brandt changed this text at \d\d:\d\d", words(page))
    assert "Mine.</textarea>" in page.text
    assert StorefrontText.objects.get().text == "Theirs."
    assert acts(alpine) == before


@pytest.mark.parametrize("typed", ["a\0b", "a\x07b", "\u202eabc", "x" * 20_001])
def test_what_is_no_plain_text_is_said_at_the_field(alpine, owner, typed):
    page = owner.post("/alpinecloud/admin/texts/contact/", {"version": "0", "text": typed})
    assert page.status_code == 422
    assert "There is a problem" in words(page)
    assert not StorefrontText.objects.exists()


def test_the_same_text_again_is_no_change(alpine, owner):
    write(alpine, "contact", "Call us.")
    before = acts(alpine)
    owner.post("/alpinecloud/admin/texts/contact/", {"version": "1", "text": "Call us."})
    assert StorefrontText.objects.get().version == 1
    assert acts(alpine) == before
    assert owner.get("/alpinecloud/admin/texts/colophon/").status_code == 404


@few(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.text(max_size=200))
def test_every_text_is_refused_with_a_sentence_or_shown_without_markup_of_its_own(typed):
    form = TextForm({"version": "0", "text": f"{typed}<a href=x>"})
    if not form.is_valid():
        assert form.errors["text"]
    else:
        assert "\0" not in form.cleaned_data["text"]
        assert "\r\n" not in form.cleaned_data["text"]


def test_rooms_and_pages_ask_the_same_whatever_is_written(alpine, owner):
    def asked(client: Client, path: str) -> int:
        assert client.get(f"/alpinecloud/{path}").status_code == 200
        with statements() as counted:
            client.get(f"/alpinecloud/{path}")
        return counted.many

    rooms = ("admin/", "admin/texts/", "admin/activity/", "admin/settings/")
    write(alpine, "contact", "Words.")
    little = [asked(owner, path) for path in rooms]
    for kind in KINDS[1:]:
        write(alpine, kind, "Words.")
    for number in range(60):
        by = cast.buyer_of(alpine)
        remember(alpine.operator_id, "storefront.text_changed", f"Change {number}.", by=by, account=alpine)
    assert [asked(owner, path) for path in rooms] == little == [7, 3, 4, 3]
    assert [asked(Client(), f"{kind}/") for kind in KINDS] == [1, 1, 1, 1]


def test_the_contact_page_says_how_to_reach_the_reseller(alpine):
    shown = Storefront.objects.filter(account=alpine)
    shown.update(support_email="hello@alpine.example", support_phone="+49 451 555", address="Kaiweg 14")
    for kind in ("contact", "imprint"):
        write(alpine, kind, "Words.")
    cache.clear()
    said = words(Client().get("/alpinecloud/contact/"))
    assert "Words. Email hello@alpine.example Phone +49 451 555 Address Kaiweg 14" in said
    assert "Phone" not in words(Client().get("/alpinecloud/imprint/"))


# --- Settings ---


def test_kept_to_customers_a_storefront_shows_strangers_the_way_in_and_the_legal_pages(alpine, owner, save):
    for kind in KINDS:
        write(alpine, kind, "Words.")
    seen = Storefront.objects.get(account=alpine).version
    typed = {"version": str(seen), "language": "en"}  # the box not ticked
    assert save(owner, "/alpinecloud/admin/settings/", typed)["Location"] == "/alpinecloud/admin/settings/"
    assert acts(alpine)[-1] == "Settings: the storefront is shown to customers who signed in."
    for path in ("", "products/", "products/workplace-suite/", "products/?q=a", "portal/", "admin/"):
        answer = Client().get(f"/alpinecloud/{path}")
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/alpinecloud/login/?next=/alpinecloud/"), path
    for path in ("login/", "password/reset/", "password/reset/done/", *(f"{kind}/" for kind in KINDS)):
        assert Client().get(f"/alpinecloud/{path}").status_code == 200, path
    assert signed_in(cast.buyer_of(cast.customer(alpine))).get("/alpinecloud/products/").status_code == 200
    stranger = cast.buyer_of(cast.reseller(alpine.operator, "Harbor IT"))
    assert signed_in(stranger).get("/alpinecloud/").status_code == 302
    typed = {"version": str(seen + 1), "language": "en", "anonymous_browsing": "on"}
    save(owner, "/alpinecloud/admin/settings/", typed)
    assert Client().get("/alpinecloud/").status_code == 200


def test_settings_of_an_old_page_overwrite_nothing(alpine, owner):
    shown = Storefront.objects.get(account=alpine)
    wanted = Settings(language="en", anonymous_browsing=False)
    change_settings(shown, seen=shown.version, wanted=wanted, by=cast.buyer_of(alpine))
    page = owner.post(
        "/alpinecloud/admin/settings/", {"version": str(shown.version), "language": "en", "anonymous_browsing": "on"}
    )
    assert page.status_code == 422
    assert "Jonas Brandt changed this storefront at" in words(page)
    assert Storefront.objects.get(account=alpine).anonymous_browsing is False
    with pytest.raises(Refused):
        change_settings(
            shown, seen=shown.version, wanted=Settings(language="en", anonymous_browsing=True), by=cast.buyer_of(alpine)
        )


def test_a_language_without_words_is_refused(alpine, owner):
    page = owner.post("/alpinecloud/admin/settings/", {"version": "1", "language": "tlh"})
    assert (page.status_code, "Choose a language of the list." in words(page)) == (422, True)
    with pytest.raises(ValueError):
        change_settings(alpine.storefront, seen=1, wanted=Settings(language="tlh", anonymous_browsing=True), by=None)
    assert list(rules.languages()) == ["en", "de"]


# --- Activity, Overview ---


def test_the_activity_is_the_storefronts_and_names_nobody_of_the_distributors(alpine, owner):
    staff = alpine.operator.staff.get(role="operations").user
    neighbour = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")
    write(alpine, "terms", "Words.")
    write(neighbour, "privacy", "Words.")
    remember(alpine.operator_id, "account.changed", "Internal note.", by=staff, account=alpine)
    remember(alpine.operator_id, "storefront.renamed", "Moved to another alias.", by=staff, account=alpine)
    mine, theirs = cast.customer(alpine, "Millbrook"), cast.customer(neighbour, "Oakfield")
    for customer, by in ((mine, cast.buyer_of(alpine)), (theirs, cast.buyer_of(neighbour))):
        remember(alpine.operator_id, "account.created", f"{customer.name} invited.", by=by, account=customer)
    remember(alpine.operator_id, "account.changed", "Debtor.", by=staff, account=mine)
    said = words(owner.get("/alpinecloud/admin/activity/"))
    assert "Terms: text written.Jonas Brandt ·" in said
    assert f"Moved to another alias.{alpine.operator.short_name} ·" in said
    assert "Millbrook invited.Jonas Brandt · Millbrook ·" in said
    for internal in ("Internal note.", "Debtor.", "Oakfield", str(staff), staff.email, "Privacy: text"):
        assert internal not in said


def test_every_activity_is_on_exactly_one_page(alpine, owner):
    for number in range(45):
        remember(alpine.operator_id, "storefront.text_changed", f"Change {number:02}.", by=None, account=alpine)
    path, seen = "/alpinecloud/admin/activity/", []
    while path:
        text = owner.get(path).text
        seen += re.findall(r"Change (\d\d)\.", text)
        following = re.search(r'href="(\?[^"]+)">Next page', text)
        path = "/alpinecloud/admin/activity/" + following[1] if following else ""
    assert seen == [f"{number:02}" for number in reversed(range(45))]


def test_its_manager_alone_is_asked_to_make_it_their_own(alpine, owner):
    shown = Storefront.objects.filter(account=alpine)
    shown.update(support_email="", brand_colour="#08758a")
    cache.clear()
    page = owner.get("/alpinecloud/")
    asked = "Make it yours Logo, open: The letter A stands in for it. Brand colour, open:"
    assert asked in words(page)
    assert 'href="/alpinecloud/admin/branding/">Logo' in page.text
    for client in (Client(), signed_in(cast.buyer_of(cast.customer(alpine)))):
        assert "Make it yours" not in client.get("/alpinecloud/").text


def test_the_checklist_says_what_is_there_and_leads_to_the_rest(alpine, owner):
    shown = Storefront.objects.filter(account=alpine)
    shown.update(support_email="", support_phone="", headline="", brand_colour="#08758a")

    def checklist() -> dict[str, bool]:
        page = owner.get("/alpinecloud/admin/").text
        part = page[page.index('id="ready"') :]
        found = re.findall(r'<li( class="no")?>.*?<(?:a|strong)[^>]*>([^<]+)</', part, re.S)
        return {name: not is_open for is_open, name in found}

    before = checklist()
    names = ["Logo", "Brand colour", "Support contact", "Products", "Headline", "Legal texts", "First customer"]
    assert list(before) == names
    assert [name for name, done in before.items() if done] == ["Products"]
    assert ">1 of 7<" in owner.get("/alpinecloud/admin/").text
    shown.update(support_email="hello@alpine.example", headline="IT that runs", brand_colour="#6a35c9", version=9)
    cast.customer(alpine)
    for kind in KINDS[1:]:
        assert checklist()["Legal texts"] is False
        write(alpine, kind, "Words.")
    cache.clear()
    assert [name for name, done in checklist().items() if not done] == ["Logo"]
    assert 'href="/alpinecloud/admin/texts/">Legal texts' in owner.get("/alpinecloud/admin/").text
    shown.update(lists_everything=False)
    cache.clear()
    assert checklist()["Products"] is False
