"""Every form that anybody is shown, every field of it, gone wrong in every way; every parameter and header likewise.

The forms are read from the pages: a new one is fuzzed as soon as a page shows it. What a good form may write is told in
tests/sending.py; a form that writes and is not told fails. Which parameters a page has is seen by what it asks for.
"""

import re
from itertools import product
from urllib.parse import quote_plus, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from notifications.models import Notification
from plans.models import BasketItem, Operator, Order, Product
from storefront.tenancy import URLCONFS
from tests import cast, hostile, walking, watching
from tests import world as worlds
from tests.everywhere.routes import addresses
from tests.everywhere.walk import Found
from tests.hostile import Body
from tests.reading import Form
from tests.sending import Sender, leads_away
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.shared("postgresql")]
TOKEN = "csrfmiddlewaretoken"
TURN = 1 if connection.vendor == "postgresql" else 0  # what is left out on the one database is sent on the other
QUANTITY = "Enter a quantity from 1 to 10,000."
ONE_LINE = "Use one line of text without control characters."
INVALID = (
    "Use only lowercase letters, digits and hyphens, 3 to 40 characters, and start and end with a letter or digit."
)
EMAIL = "Enter an email address, as in bills@firm.com."
REQUIRED = "Fill in this field."
# Route, field, what is typed, and the sentence that then stands at the field.
SAID: list[tuple[str, str, list[str], str]] = [
    ("checkout", "alias", ["", "  "], "Enter a Storefront Alias."),
    (
        "checkout",
        "alias",
        ["ab", "-ab", "ab-", "a" * 41, "a--b", "a_b", "a b", "größe", "a\0b", "абв", "👍👍👍", "<b>"],
        INVALID,
    ),
    (
        "checkout",
        "alias",
        ["admin", "ADMIN", "basket"],
        "The alias {typed} is kept for the platform. Choose a different alias.",
    ),
    (
        "checkout",
        "alias",
        ["harborit", " HarborIT "],
        "The alias {typed} has already been assigned to someone else. Choose a different alias.",
    ),
    ("checkout", "reference", ["x" * 61, "ü" * 1000], "Use at most 60 characters."),
    ("checkout", "reference", ["a\0b", "a\nb", "\u202ea", "a\x7f", "a\u2028b"], ONE_LINE),
    ("checkout", "payment", ["", "cash", "\0"], "Choose how the order is paid."),
    ("checkout", "terms", [""], "Accept the terms for resellers to place the order."),
    ("order_retry", "alias", ["", "  "], "Enter a Storefront Alias."),
    ("order_retry", "alias", ["a b", "\0", "x" * 900], INVALID),
    (
        "basket_change",
        "quantity",
        ["0", "-1", "10001", "abc", "1.5", "NaN", "1e3", "9" * 5000, "²", "\0", "1 2"],
        QUANTITY,
    ),
    ("basket_change", "cycle", ["week", "\0", "MONTH"], "Choose monthly or yearly."),
    ("basket_add", "quantity", ["0", "-1", "10001", "abc", "1.5", "NaN", "9" * 5000, "\0"], QUANTITY),
    ("basket_add", "cycle", ["week", "\0"], "Choose monthly or yearly."),
    ("billing", "street", ["", " "], "Enter the street and number."),
    ("billing", "street", ["x" * 161], "Use at most 160 characters."),
    ("billing", "city", [""], "Enter the city."),
    ("billing", "city", ["a\nb", "a\0"], ONE_LINE),
    ("billing", "postal_code", ["1" * 21], "Use at most 20 characters."),
    ("billing", "country", ["", "XX", "\0"], "Choose a country."),
    ("billing", "billing_email", ["nobody", "a@b", "a\0@b.example", "x" * 300 + "@b.example"], EMAIL),
    ("account_login", "login", ["", "nobody", "a\0@b.example"], ""),
    ("account_login", "password", [""], ""),
    ("account_reset_password", "email", ["", "nobody", "a\0@b.example", "x" * 400 + "@b.example"], ""),
    ("account_reset_password_from_key", "password1", ["", "short", "password123", "12345678901234"], ""),
    ("account_edit", "name", ["", "  "], REQUIRED),
    ("account_edit", "name", ["a\nb", "a\0"], ONE_LINE),
    ("account_edit", "country", ["XX", "\0"], "Choose from the list."),
    ("account_new", "billing_email", ["nobody", "a@b"], "Enter an email address, as in name@firm.com."),
    ("account_deactivate", "reason", ["", " "], REQUIRED),
    ("contact_new", "email", ["nobody", "a\0@b.example"], "Enter an email address, as in name@firm.com."),
    ("contact_edit", "name", ["x" * 121], "Use at most 120 characters."),
    ("account_upgrade_plan", "alias", ["ab", "-ab", "größe"], INVALID),
    ("account_upgrade_plan", "alias", [""], "Enter a Storefront Alias."),
    ("product_new", "icon", ["skull", "\0"], "Choose an icon of the list."),
    ("organization", "tax_rate", [""], "Enter the tax rate."),
    ("organization", "currency", ["XXX", "\0"], "Choose a currency of the list."),
    ("organization", "time_zone", ["Mars"], "Choose a time zone of the list."),
    ("reserved_aliases", "alias", [""], "Enter an alias."),
    ("staff_invite", "email", ["nobody"], "Enter an email address, as in name@example.com."),
    ("staff_invite", "role", ["king", "\0"], "Choose a role."),
    ("api_token_new", "scope", ["all", "\0"], "Choose what the token may do."),
]


@pytest.fixture(scope="module")
def forms(walk) -> list[Found]:
    return list(walk.forms.values())


@pytest.fixture
def sender(world, clients) -> Sender:
    return Sender(clients, world.parts["strangers"])


def foreign_values(world: World) -> dict[str, bytes]:
    """What belongs to others: rows, numbers, names. As a value of a field none of it may be reached."""
    other: Operator = world.parts["other"]
    values = {
        "another's basket item": BasketItem.objects.get(basket__user=world.users["neighbour"]).pk,
        "another distributor's basket item": BasketItem.objects.get(basket__operator=other).pk,
        "another's order": Order.objects.filter(account=world.neighbour).first().number,
        "another distributor's order": Order.objects.filter(operator=other).first().number,
        "another distributor's product": Product.objects.get(operator=other, name="Lumen Backup").slug,
        "another distributor": other.pk,
        "another's alias": "harborit",
        "another's email": world.users["neighbour"].email,
    }
    return {what: str(value).encode() for what, value in values.items()}


def test_every_field_of_every_form(world, sender, forms):
    """A share of all that is hostile, the largest in the distributor's shop; on the other database another one."""
    values, done = hostile.VALUES | foreign_values(world), set()
    for found in forms:
        in_bss = found.face == "bss"
        for name in (name for name in found.form.names if name != TOKEN):
            known, turn = (found.route, name) in done, len(done) + TURN  # known: another page has shown it already
            if known and in_bss:
                continue
            parts = 54 if in_bss else 27 if known or found.face == "reseller" else 6
            tried = dict(hostile.share(values.items(), parts, turn=turn))
            shapes = hostile.share(hostile.shapes(found.form.sent, name), min(parts, 12), turn=turn)
            for body in [*hostile.bodies(found.form.sent, name, tried), *shapes]:
                sender.send(found.who, found.form, body, route=found.route)
            done.add((found.route, name))
        whole = hostile.whole_bodies(found.form.sent) if found.form.method == "post" else ()
        for body in hostile.share(whole, 6 if in_bss else 2, turn=len(done) + TURN):
            sender.send(found.who, found.form, body, route=found.route)
    assert not sender.wrong, report(sender.wrong)
    assert not watching.changed(sender.before)
    assert {"checkout", "billing", "basket_change", "basket_add", "basket_remove", "order_retry", "account_login",
            "account_reset_password", "account_reset_password_from_key", "alias_hold", "alias_check", "choose_operator",
            "theme", "orders", "outbox", "catalogue"} <= {found.route for found in forms}  # fmt: skip


def report(wrong: list[str]) -> str:
    return "\n".join(wrong[:80]) + f"\n{len(wrong)} faults"


def form_with(forms: list[Found], route: str, name: str) -> list[Found]:
    return [found for found in forms if found.route == route and found.form.kind_of(name) not in ("", "hidden")]


def test_the_sentence_stands_at_the_field_and_what_was_typed_is_kept(sender, forms):
    """Tied by aria-describedby, marked by aria-invalid; in every face that has the form."""
    for route, name, typed, sentence in SAID:
        shown = form_with(forms, route, name)
        assert shown, f"no page shows {name} of {route}"
        for found, value in product(shown, typed):
            pairs = [(key, word) for key, word in found.form.sent.items() if key != name] + [(name, value)]
            body = hostile.encoded([(key, word.encode()) for key, word in pairs])
            told = Body(f"{name}: {value[:30]!r}", body, typed=value.encode())
            response = sender.send(found.who, found.form, told, route=route)
            said, wanted = said_at(response, found.form, name), sentence.format(typed=value.strip().lower())
            if response.status_code not in (200, 422) or not (wanted in said if wanted else said):
                sender.wrong.append(f"{found.form.action} {told.what}: {response.status_code} {said!r}, not {wanted!r}")
    assert not sender.wrong, report(sender.wrong)
    assert not watching.changed(sender.before)


def said_at(response, form: Form, name: str) -> str:
    """The words that describe the field, which must be marked as wrong."""
    page = walking.page_of(response, form.action)
    marked = [c for f in page.forms for c in f.controls if c.get("name") == name and c.get("aria-invalid") == "true"]
    around = [e for e in page.all("fieldset") if e.get("aria-describedby")]
    names = [word for element in [*marked, *around] for word in element.get("aria-describedby").split()]
    return " ".join(" ".join(page.by_id(word).text.split()) for word in names) if marked else ""


def asked_for(client, target: str) -> set[str]:
    """The parameters that a page looks at."""
    names = set()

    def told(method):
        def look(self, key, *arguments):
            names.add(key)
            return getattr(super(QueryDict, self), method)(key, *arguments)

        return look

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "__contains__", "getlist"):
            patch.setattr(QueryDict, method, told(method), raising=False)
        with watching.undone():
            walking.get(client, target)
    return names


@pytest.fixture(scope="module")
def parameters(world, clients, django_db_blocker) -> list[tuple[str, str, str]]:
    """(who, address, parameter), each route's parameters once, asked by somebody who may see the page."""
    found = {}
    people = {
        "store": ("basic", "anonymous"),
        "reseller": ("admin", "anonymous"),
        "bss": ("staff_administrator", "anonymous", "staff_of_both"),
        "api": ("staff_administrator", "anonymous"),
    }
    with django_db_blocker.unblock():
        for face in URLCONFS:
            for who in people[face]:
                for target in addresses(face, world):
                    for name in asked_for(clients[who], target):
                        found.setdefault((target, name), who)
    return [(who, target, name) for (target, name), who in found.items()]


def test_every_parameter_of_every_page(sender, parameters):
    done = set()
    for who, target, name in parameters:
        room = (target.rstrip("/").rpartition("/")[2], name)  # the rooms of signing in are the same in each face
        parts = 54 if "/bss/" in target or "/api/" in target else 27 if room in done else 6
        for what, value in hostile.share(hostile.VALUES.items(), parts, turn=len(done) + TURN):
            sender.send(who, Form("get", target), Body(f"{name}: {what}", hostile.encoded([(name, value)])))
        for query in (f"{name}=1&{name}=2", name, f"{name}[]=1", f"{name}=%zz%"):
            sender.send(who, Form("get", target), Body(f"{name}: {query}", query.encode()))
        done.add(room)
    assert not sender.wrong, report(sender.wrong)
    assert not watching.changed(sender.before)
    assert {"q", "category", "after", "before", "state", "alias", "next"} <= {name for _, _, name in parameters}


def test_no_next_leads_away(world, sender, forms, parameters):
    """Wherever a form or a page takes an address to come back to, right in all else."""
    good = {"login": world.users["admin"].email, "password": cast.PASSWORD, "theme": "dark"}
    good["operator"] = str(world.operator.pk)
    led, routes = 0, set()
    for found in [
        f for f in forms if f.form.method == "post" and (f.route == "account_login" or "next" in f.form.names)
    ]:
        routes.add((found.route, found.face))
        fields = found.form.sent | {name: value for name, value in good.items() if name in found.form.names}
        pairs = [(key, value.encode()) for key, value in fields.items() if key != "next"]
        for address in hostile.addresses_elsewhere(urlsplit(found.form.action).netloc)[TURN::2]:
            body = Body(f"next: {address!r}", hostile.encoded([*pairs, ("next", address.encode())]))
            led += sender.send(found.who, found.form, body, route=found.route).status_code == 302
    taking = []
    for _, target, name in parameters:
        who = "staff_administrator" if "/bss/" in target else "admin"
        form = Form("get", target)
        if name != "next" or sender.send(who, form, Body("next: good", b"next=/")).status_code != 302:
            continue
        taking.append(target)
        for address in hostile.addresses_elsewhere(urlsplit(target).netloc)[TURN::2]:
            sender.send(who, form, Body(f"next: {address!r}", f"next={quote_plus(address)}".encode()))
    assert not sender.wrong, report(sender.wrong)
    wanted = {("account_login", "store"), ("account_login", "bss"), ("choose_operator", "bss")}
    assert wanted | {("theme", face) for face in URLCONFS if face != "api"} <= routes
    assert led > 150
    assert any("/login/" in target for target in taking)


def test_what_leads_away_is_known():
    """The judge of the test above: it must not be blind."""
    away = "//evil.test http://evil.test/ /\\evil.test javascript:alert(1) http:evil.test http://own.test@evil.test".split()
    for address in [*away, "\t//evil.test", "/\t/evil.test", "http://own.test.evil.test"]:
        assert leads_away(address, "own.test"), address
    for address in ("/", "/orders/", "/%5Cevil.test", "http://own.test/orders/", "orders/", "/?next=//evil.test"):
        assert not leads_away(address, "own.test"), address


EVIL = ["evil.test", "http://evil.test/", "cloud.disti.test, evil.test", "\x7f\x01", "a" * 9000, "ü'\"><b>"]
COOKIES = [
    "session=\x01; csrf=\x02",
    "session=../../x; theme=<script>",
    *(f"{name}={'a' * 32}" for name in ("session", "csrf")),
]
HEADERS = """
    X-Forwarded-Host X-Forwarded-Server X-Host Forwarded X-Original-URL X-Rewrite-URL X-Forwarded-Prefix
    X-Real-IP X-Forwarded-Port X-Forwarded-Proto X-Forwarded-For X-Request-ID Referer Origin Accept-Language
    Accept If-None-Match If-Modified-Since Range User-Agent HX-Request HX-Current-URL X-HTTP-Method-Override
    Content-Encoding
""".split()


@pytest.mark.shared("sqlite")
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_is_believed(world, settings, proxies):
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    email, wrong = world.users["admin"].email, []
    asked = [("get", "/", {}), ("post", "/password/reset/", {"email": email}),
             ("post", "/techsolutions/login/", {"login": email, "password": "wrong"})]  # fmt: skip
    for name, value in [*product(HEADERS, EVIL), *product(["Cookie"], COOKIES)]:
        for method, path, sent in asked:
            with watching.undone():
                client = world.client("anonymous")
                response = getattr(client, method)(path, sent, headers={"host": worlds.STORE, name: value})
                told = response.content.decode() + repr(response.headers) + letters_of(email)
            usual = {200} if method == "get" or "login" in path else {302}
            fine = usual if re.search("Host|Server|URL|Prefix|Port", name) else usual | {304, 400, 403}
            if response.status_code not in fine or "evil.test" in told:
                wrong.append(f"{name}: {value[:40]!r} {method} {path}: {response.status_code}")
    assert not wrong, report(wrong)
    with watching.undone():
        world.client("anonymous").post("/password/reset/", {"email": email})
        assert f"http://{worlds.STORE}/password/reset/key/" in letters_of(email)


def letters_of(email: str) -> str:
    """The letters about a password that are on their way, with the links made when they leave."""
    told = ""
    for letter in Notification.objects.filter(template_code="password_reset", recipient_email=email):
        told += letter.text + letter.html + letter.subject
        told += import_string("storefront.secret_links.password_reset")(letter)
    return told


STRANGE = """evil.test evil.test:80 cloud.disti.test.evil.test cloud.disti.test@evil.test cloud.disti.test:evil.test
    evil.test/cloud.disti.test [::1] clöud.disti.test * .. evil.test#""".split()


@pytest.mark.shared("sqlite")
@pytest.mark.parametrize("host", [*STRANGE, "", "a" * 300, "cloud.disti.test\0", "cloud.disti.test, evil.test"])
def test_a_strange_host_gets_one_sentence_and_writes_no_letter(world, host):
    client, before = world.client("anonymous"), Notification.objects.count()
    for method, path in (("get", "/"), ("get", "/login/"), ("post", "/password/reset/"), ("get", "/bss/")):
        response = getattr(client, method)(path, {"email": world.users["admin"].email}, headers={"host": host})
        assert response.status_code == 400, (method, path)
        assert "evil" not in response.text
    assert Notification.objects.count() == before
    client.post("/password/reset/", {"email": world.users["admin"].email}, headers={"host": "CLOUD.disti.test:8443"})
    assert Notification.objects.count() == before + 1
    assert "8443" not in letters_of(world.users["admin"].email)


anything = st.text(st.characters(exclude_categories=()), max_size=90)


def test_any_text_in_all_fields_at_once(world, sender, forms):
    """Whatever Unicode has, lone surrogates too, into every field of every form that is sent."""
    posted = [found for found in forms if found.form.method == "post"]

    @settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(anything, min_size=6, max_size=6))
    def fill(texts: list[str]) -> None:
        for found in posted:
            names = [name for name in found.form.names if name != TOKEN]
            token = [(TOKEN, found.form.sent.get(TOKEN, "").encode())]
            typed = [(name, texts[i % 6].encode("utf-8", "surrogatepass")) for i, name in enumerate(names)]
            sender.send(
                found.who, found.form, Body(f"all: {texts!r}", hostile.encoded(token + typed)), route=found.route
            )
        assert not sender.wrong, report(sender.wrong)

    fill()
    assert not watching.changed(sender.before)
