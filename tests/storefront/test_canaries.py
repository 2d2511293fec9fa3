"""A reseller's customers meet the reseller alone: each name of the distributor is a word that nothing else has."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from notifications.models import Notification
from plans.models import Account, Operator, Storefront, StorefrontText, Subscription
from reselling.texts import save_text
from tests import cast
from tests.everywhere.routes import routes
from tests.storefront.visits import signed_in

pytestmark = pytest.mark.django_db
CANARIES = "Zwergkiefer Quittengelee Wacholdereck Ackerwinde Silberdistel Lerchensporn 555-0199".split()


@pytest.fixture
def operator() -> Operator:
    long, short, street, sender, support, staff, phone = CANARIES
    made = cast.distributor(
        long,
        short_name=short,
        address=f"{street} 8, 20457 Hamburg",
        sender_name=sender,
        support_email=f"help@{support}.example",
        support_phone=phone,
        operations_email=f"ops@{staff}.example",
        admin_name=staff,
        sender_email="cloud@letters.example",
    )
    cast.product(made)
    return made


@pytest.fixture
def kestrel(operator) -> Account:
    """On a plan without a line in the footer, with all that it can show."""
    account = cast.on_plan(cast.reseller(operator, "Kestrel"), "standard", alias="kestrel")
    for kind in StorefrontText.Kind.values:
        save_text(account.storefront, kind, text=f"Our {kind}.", seen=0, by=None)
    cache.clear()
    return account


def names(text: str) -> list[str]:
    return [word for word in CANARIES if word.lower() in text.lower()]


def addresses(account: Account) -> list[str]:
    parts = {":slug": "workplace-suite", ":uidb36": "1", ":key": "set-password", ":kind": "imprint", ":pk": 1,
             ":storefront_id": account.storefront.pk, ":version": account.storefront.version}  # fmt: skip
    found = []
    for route in routes("reseller"):
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
        for name in re.findall(r"<(?:\w+:)?(\w+)>", path):
            known = parts.get(f":{name}") or "1"
            path = re.sub(rf"<(?:\w+:)?{name}>", str(known), path, count=1)
        found.append(f"/kestrel/{path}")
    return found


def test_the_words_are_seen_where_they_may_be(operator):
    assert len(names(Client().get("/").text)) >= 2


def test_no_page_of_the_storefront_names_the_distributor(kestrel):
    customer = signed_in(cast.buyer_of(cast.customer(kestrel)))
    seen = []
    for client in (Client(), customer):
        for path in addresses(kestrel):
            for answer in (client.get(path, follow=True), client.post(path, follow=True)):
                if any(not url.startswith("/kestrel/") for url, _ in getattr(answer, "redirect_chain", [])):
                    continue
                seen.append(answer.status_code)
                assert names(answer.text) == [], (path, answer.status_code)
                assert names(str(answer.headers)) == []
    assert {200, 403, 404, 405} <= set(seen)


def test_no_error_of_the_storefront_does(kestrel, monkeypatch):
    client = Client(raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answers = {
        "404": client.get("/kestrel/nothing/"),
        "403": signed_in(cast.buyer_of(cast.customer(kestrel))).get("/kestrel/admin/"),
        "403 csrf": strict.post("/kestrel/login/", {"login": "a@b.example"}),
        "413": client.post("/kestrel/login/", {"login": "x" * 2_000_000}),
        "429": [client.post("/kestrel/password/reset/", {"email": "a@b.example"}) for _ in range(25)][-1],
    }
    monkeypatch.setattr("storefront.views.texts.page", lambda *_, **__: 1 / 0)
    answers["500"] = client.get("/kestrel/imprint/")
    shown = Storefront.objects.filter(account=kestrel)
    shown.update(state="suspended")
    cache.clear()
    answers["503"] = client.get("/kestrel/")
    shown.update(state="parked", parked_at=kestrel.created_at)
    cache.clear()
    answers["410"] = client.get("/kestrel/")
    assert {what: answer.status_code for what, answer in answers.items()} == {
        what: int(what.split()[0]) for what in answers
    }
    assert {what: said for what, answer in answers.items() if (said := names(answer.text))} == {}


def test_no_letter_of_the_storefront_does(kestrel):
    buyer = cast.buyer_of(cast.customer(kestrel))
    Storefront.objects.filter(account=kestrel).update(support_email="", support_phone="")
    cache.clear()
    Client().post("/kestrel/password/reset/", {"email": buyer.email})
    letter = Notification.objects.get(template_code="password_reset")
    whole = [letter.subject, letter.text, letter.html, letter.from_name, letter.reply_to, letter.reason]
    assert [names(part) for part in whole] == [[]] * len(whole)


def test_on_a_plan_with_the_line_it_is_one_line(operator):
    cast.on_plan(cast.reseller(operator, "Alpine Cloud"), "free", alias="alpinecloud")
    assert "unbranded" not in Subscription.objects.get(account__name="Alpine Cloud").entitlements
    for path in ("/alpinecloud/", "/alpinecloud/products/", "/alpinecloud/login/"):
        text = Client().get(path).text
        line = f"Powered by {operator.short_name}"
        assert text.count(line) == 1
        assert names(text.replace(line, "")) == []
