"""A first real distributor, from nothing: founded and filled by commands, then one of its resellers upgrades itself.

Hosts as in production (BSS and store apart), DEBUG off, letters through a real SMTP server, links taken out of them.
"""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from plans.models import Account, Operator, Storefront, Subscription
from plans.verify import broken
from tests.browser.hands import Mouse, heading
from tests.notifications.mailroom import SmtpHouse
from tests.processes import Processes, environment, free_port

PASSWORD = "a-long-way-to-hamburg"
FOUND = {
    "--name": "Disti Distribution",
    "--short-name": "Disti",
    "--address": "Speicherring 8, 20457 Hamburg, Germany",
    "--store-host": "cloud.disti.test",
    "--currency": "EUR",
    "--time-zone": "Europe/Berlin",
    "--tax-rate": "19",
    "--sender-email": "cloud@disti.test",
    "--admin-name": "Maren Holt",
    "--admin-email": "maren.holt@disti.test",
}
BAD_ROWS = [
    "No Mail GmbH,Nina Noll,not-an-address,DE1,Basic,,",
    "Gold Digger GmbH,Gerd Gold,gerd@golddigger.example,DE2,Gold,,",
    "Admin IT GmbH,Ada Adler,ada@adminit.example,DE3,Free,admin,2026-10-01",
]


def csv_file(folder) -> str:
    rows = ["account,contact,email,VAT ID,current plan,alias,start date"]
    rows += [f"Reseller {n:02} GmbH,Owner {n:02},owner{n:02}@reseller.example,DE8{n:08},Basic,," for n in range(1, 19)]
    rows += [
        f"Shop {n} GmbH,Owner {n},shop{n}@reseller.example,,{'Free' if n % 2 else 'Standard'},shop-{n},2026-10-0{n}"
        for n in range(1, 5)
    ]
    path = folder / "resellers.csv"
    path.write_text("\n".join([*rows, *BAD_ROWS]) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def mail():
    house = SmtpHouse()
    house.controller.start()
    yield house
    house.controller.stop()


class Installation:
    """Its processes and its commands share one environment."""

    def __init__(self, processes: Processes, mail: SmtpHouse) -> None:
        self.processes, self.port = processes, free_port()
        self.environment = {
            "BSS_HOST": "bss.disti.test",
            "PUBLIC_PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "DEBUG": "0",
        }

    def command(self, *words: str) -> subprocess.CompletedProcess:
        everything = {**os.environ, **environment(), **self.environment}
        line = [sys.executable, "manage.py", *words]
        return subprocess.run(line, env=everything, capture_output=True, text=True, timeout=120, check=False)

    def start(self) -> None:
        self.processes.web(port=self.port, **self.environment)
        self.processes.worker(**self.environment)

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"


def link_in(mail: SmtpHouse, to: str, pattern: str, *, page) -> str:
    """The first link of that kind in the newest letter to somebody; waits for the letter."""
    for _ in range(150):
        for letter in reversed(mail.letters):
            text = letter.get_body(("plain",)).get_content()
            if to in letter["To"] and (found := re.search(pattern, text)):
                return found[0]
        page.wait_for_timeout(200)
    raise AssertionError(f"No letter to {to} with {pattern}: {[(x['To'], x['Subject']) for x in mail.letters]}")


def choose_password(page, link: str, field: str) -> None:
    page.goto(link)
    hands = Mouse(page)
    hands.type(field, PASSWORD)
    hands.type(f"{field} again", PASSWORD)
    page.get_by_role("button", name=re.compile("password", re.I)).click()
    expect(page.get_by_label(field, exact=True)).to_have_count(0)


def test_from_an_empty_database_to_the_storefront_admin_panel(processes, mail, visitor, tmp_path):
    house = Installation(processes, mail)
    founded = house.command("create_distributor", *(word for pair in FOUND.items() for word in pair))
    assert founded.returncode == 0, founded.stderr
    again = house.command("create_distributor", *(word for pair in FOUND.items() for word in pair))
    assert "exists already" in again.stdout
    file = csv_file(tmp_path)
    tried = house.command("import_resellers", file, "--operator", "cloud.disti.test")
    assert (tried.returncode, Account.objects.filter(kind="reseller").count()) == (1, 0), tried.stdout + tried.stderr
    for _ in range(2):  # it can be run again: what is there is left alone
        done = house.command("import_resellers", file, "--operator", "cloud.disti.test", "--apply")
        assert (done.returncode, Account.objects.filter(kind="reseller").count()) == (1, 22), done.stdout + done.stderr
    assert Subscription.objects.active().count() == Storefront.objects.filter(is_own=False).count() == 4
    assert {row.split(",")[0] for row in BAD_ROWS} <= {
        line.split("refused", 1)[1].split(":")[0].strip() for line in done.stdout.splitlines() if "  refused " in line
    }, done.stdout

    house.start()
    page = visitor().new_page()
    choose_password(
        page, link_in(mail, "maren.holt@disti.test", r"http://\S+/password/reset/key/\S+", page=page), "Password"
    )
    page.goto(house.url("bss.disti.test", "/bss/"))
    if "/login/" in page.url:
        Mouse(page).type("Email", "maren.holt@disti.test")
        Mouse(page).type("Password", PASSWORD)
        Mouse(page).press("button", "Sign in")
    heading(page, "Dashboard")

    # An imported reseller has no password yet: it asks for one, as anybody who forgot theirs.
    buyer = "owner07@reseller.example"
    page = visitor().new_page()
    page.goto(house.url("cloud.disti.test", "/password/reset/"))
    hands = Mouse(page)
    hands.type("Email", buyer)
    page.get_by_role("main").locator("form").get_by_role("button").click()
    choose_password(page, link_in(mail, buyer, r"http://\S+/password/reset/key/\S+", page=page), "New password")
    page.goto(house.url("cloud.disti.test", "/login/"))
    if page.get_by_label("Password", exact=True).count():
        hands.type("Email", buyer)
        hands.type("Password", PASSWORD)
        hands.press("button", "Sign in")
    page.goto(house.url("cloud.disti.test"))
    hands.press("link", "Storefront: see reseller plans")
    hands.press("button", "Add to basket: Standard Plan")
    hands.press("link", "Proceed to Checkout")
    hands.press("link", "Enter the billing address")  # the file had none
    hands.type("Street and number", "Kaiweg 14")
    hands.type("City", "Lübeck")
    page.get_by_label("Country", exact=True).select_option("DE")
    hands.press("button", "Save address")
    hands.type("Storefront Alias", "reseller-seven")
    hands.tick("I accept the terms for resellers")
    hands.press("button", "Place order")
    heading(page, "Your storefront is ready")

    storefront = link_in(mail, buyer, r"http://cloud\.disti\.test:\d+/reseller-seven\b(?!/)", page=page)
    assert storefront == house.url("cloud.disti.test", "/reseller-seven")
    panel = link_in(mail, buyer, r"http://\S+/reseller-seven/admin/", page=page)
    enter_panel(visitor, panel, buyer)

    processes.stop()
    house.start()
    enter_panel(visitor, panel, buyer)
    assert Operator.objects.get().store_host == "cloud.disti.test"
    assert broken() == {}


def enter_panel(visitor, panel: str, buyer: str) -> None:
    """In a fresh browser: the link of the letter, the same password, the Storefront Admin Panel."""
    page = visitor().new_page()
    page.goto(panel)
    hands = Mouse(page)
    hands.type("Email", buyer)
    hands.type("Password", PASSWORD)
    hands.press("button", "Sign in")
    expect(page).to_have_url(panel)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
