"""Resellers come in from a CSV file: the fate of every row first, then the rows, each by itself, and once."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Notification
from plans import periods, verify
from plans.import_file import FileRefused, read_rows
from plans.models import Account, Activity, AliasClaim, Charge, Contact, Order, Storefront, Subscription, User
from tests import cast

pytestmark = pytest.mark.django_db

HEAD = "account,contact,email,VAT ID,current plan,alias,start date\n"
GOOD = """\
Morrow IT,Jane Morrow,jane@morrow.example,DE811907980,Basic,,2025-01-15
Nine Pines,Otto Pine,Otto@NinePines.example,,Free,ninepines,2026-01-31
Quay Systems,"Quay, Ann",ann@quay.example,,Standard,quay-systems,2025-03-14
"""
BAD = """\
Bad Alias,Bob Bad,bob@badalias.example,,Standard,admin,2025-03-14
Bad Mail,Bob Bad,bob.badmail.example,,Basic,,
No Such Plan,Bob Bad,bob@nosuchplan.example,,Gold,,
"""
COUNTED = (Account, Contact, User, Order, Subscription, Storefront, AliasClaim, Notification, Activity)


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def run(nordwind, tmp_path, settings):
    """Runs the command on a text; answers with what it printed and whether it ended well."""
    settings.PUBLIC_PORT = 0

    def run(text: str | bytes, *options: str) -> tuple[str, bool]:
        file = tmp_path / "resellers.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        out = StringIO()
        try:
            call_command("import_resellers", str(file), f"--operator={nordwind.store_host}", *options, stdout=out)
        except CommandError as refusal:
            return f"{out.getvalue()}{refusal}", False
        return out.getvalue(), True

    return run


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_a_dry_run_tells_every_fate_and_writes_nothing(run):
    before = counts()
    told, is_well = run(HEAD + GOOD + BAD)
    assert told.splitlines()[:7] == [
        "line     2  create     Morrow IT on Basic",
        "line     3  create     Nine Pines on Free, at testserver/ninepines",
        "line     4  create     Quay Systems on Standard, at testserver/quay-systems",
        "line     5  refused    Bad Alias: The alias admin is kept for the platform. Choose a different alias.",
        "line     6  refused    Bad Mail: bob.badmail.example is not an email address.",
        "line     7  refused    No Such Plan: There is no plan Gold. Plans: Basic, Free, Standard, Tenant.",
        "3 to create, 0 unchanged, 3 refused.",
    ]
    assert "Nothing was written" in told
    assert not is_well
    assert counts() == before


def test_apply_brings_in_the_good_rows_and_names_the_bad_ones(run, nordwind):
    told, is_well = run(HEAD + GOOD + BAD, "--apply")
    assert "3 created, 0 unchanged, 3 refused." in told
    assert not is_well
    plans = {a.name: a.held().plan.code for a in Account.objects.resellers().filter(operator=nordwind)}
    assert plans == {"Morrow IT": "basic", "Nine Pines": "free", "Quay Systems": "standard"}
    assert verify.broken() == {}


def test_what_a_dry_run_says_is_what_apply_does(run):
    told, _ = run(HEAD + GOOD + BAD)
    done, _ = run(HEAD + GOOD + BAD, "--apply")
    fates = [line for line in told.splitlines() if line.startswith("line")]
    assert [line.replace("create ", "created") for line in fates] == [
        line for line in done.splitlines() if line.startswith("line")
    ]


def test_a_second_run_changes_nothing(run):
    run(HEAD + GOOD, "--apply")
    before = counts()
    told, is_well = run(HEAD + GOOD, "--apply", "--send-letters")
    assert "0 created, 3 unchanged, 0 refused." in told
    assert is_well
    assert counts() == before


def test_a_file_with_the_mistakes_corrected_brings_in_the_rest(run):
    run(HEAD + GOOD + BAD, "--apply")
    corrected = BAD.replace(",admin,", ",badalias,").replace("bob.bad", "bob@bad").replace("Gold", "Basic")
    told, is_well = run(HEAD + GOOD + corrected, "--apply")
    assert "3 created, 3 unchanged, 0 refused." in told
    assert is_well


def test_a_reseller_on_a_plan_has_an_executed_order_its_storefront_and_no_charge(run):
    run(HEAD + GOOD, "--apply")
    account = Account.objects.get(name="Quay Systems")
    order = account.orders.get()
    assert (order.channel, order.state, order.total) == ("import", "executed", 0)
    assert not Charge.objects.exists()
    storefront = Storefront.objects.get(account=account)
    assert (storefront.state, storefront.claim.alias, storefront.claim.state) == ("open", "quay-systems", "in_use")
    subscription = account.subscriptions.get()
    assert subscription.unit_price == Decimal("149")
    assert subscription.entitlements["customers"] is None
    verbs = account.activities.order_by("pk").values_list("verb", flat=True)
    assert next(iter(verbs)) == "account.imported"
    assert {"order.execute", "subscription.started", "storefront.opened"} <= {*verbs}


def test_the_subscription_keeps_its_start_and_its_day_of_the_month(run, nordwind):
    run(HEAD + GOOD, "--apply")
    pines = Subscription.objects.get(account__name="Nine Pines")
    assert pines.anchor_on == date(2026, 1, 31)
    assert pines.started_at.date() == date(2026, 1, 31)
    assert pines.period_start_on <= periods.today(nordwind) < pines.period_end_on
    assert 28 <= (pines.period_end_on - pines.period_start_on).days <= 31


@pytest.mark.parametrize(
    ("start", "cycle", "today", "expected"),
    [
        (date(2026, 1, 31), "month", date(2026, 3, 1), (date(2026, 2, 28), date(2026, 3, 31))),
        (date(2026, 1, 31), "month", date(2026, 2, 27), (date(2026, 1, 31), date(2026, 2, 28))),
        (date(2026, 1, 31), "month", date(2026, 2, 28), (date(2026, 2, 28), date(2026, 3, 31))),
        (date(2024, 2, 29), "year", date(2026, 11, 1), (date(2026, 2, 28), date(2027, 2, 28))),
        (date(2026, 5, 5), "month", date(2026, 5, 5), (date(2026, 5, 5), date(2026, 6, 5))),
    ],
)
def test_the_period_that_runs_today(start, cycle, today, expected):
    assert periods.running_period(start, cycle, on=today) == expected


def test_nobody_gets_a_letter_unless_it_is_asked_for(run):
    run(HEAD + GOOD, "--apply")
    assert not Notification.objects.exists()
    assert [order.preview["letters"] for order in Order.objects.all()] == [[], []]


def test_letters_invite_everybody_and_welcome_who_is_on_a_plan(run):
    run(HEAD + GOOD, "--apply", "--send-letters")
    letters = Notification.objects.values_list("recipient_email", "template_code")
    assert set(letters) == {
        ("jane@morrow.example", "invitation"),
        ("otto@ninepines.example", "invitation"),
        ("otto@ninepines.example", "welcome_free"),
        ("ann@quay.example", "invitation"),
        ("ann@quay.example", "welcome_standard"),
    }
    assert verify.broken() == {}


def test_the_contact_is_primary_may_do_everything_and_has_no_password(run):
    run(HEAD + GOOD, "--apply")
    contact = Contact.objects.get(email="ann@quay.example")
    assert (contact.name, contact.is_primary, contact.account.name) == ("Quay, Ann", True, "Quay Systems")
    assert [role.role for role in contact.roles.all()] == ["admin"]
    assert not contact.user.has_usable_password()
    assert contact.account.billing_email == "ann@quay.example"


def test_further_columns_and_semicolons_and_a_byte_order_mark(run):
    text = (
        "Account;Contact;E-Mail;Plan;Alias;Start_Date;Cycle;Tax_Treatment;Street;Postal code;City;Country;Phone\r\n"
        "Kölner IT;Jürgen Groß;j@koelner.example;standard;koelner-it;2026-02-01;year;reverse_charge;"
        "Domplatz 1;50667;Köln;de;+49 221 1\r\n"
    )
    told, is_well = run(text.encode("utf-8-sig"), "--apply")
    assert is_well, told
    account = Account.objects.get(name="Kölner IT")
    assert account.has_billing_details()
    assert (account.tax_treatment, account.country, account.city) == ("reverse_charge", "DE", "Köln")
    assert (account.subscriptions.get().cycle, account.contacts.get().phone) == ("year", "+49 221 1")


TOMORROW = (date.today() + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",Ann,a@a.example,,Basic,,", "The account is missing."),
        ("A,,a@a.example,,Basic,,", "The contact is missing."),
        ("A,Ann,,,Basic,,", "The email is missing."),
        ("A,Ann,a@a.example,,,,", "The plan is missing."),
        (f"{'A' * 121},Ann,a@a.example,,Basic,,", "longer than 120"),
        ("A\x00B,Ann,a@a.example,,Basic,,", "control characters"),
        ("A\x85B,Ann,a@a.example,,Basic,,", "control characters"),
        ("A,Ann,a@a.example,,Free,,", "Enter a Storefront Alias."),
        ("A,Ann,a@a.example,,Free,-a-,", "Use only lowercase letters"),
        ("A,Ann,a@a.example,,Free,login,", "kept for the platform"),
        ("A,Ann,a@a.example,,Basic,mine,", "there is no storefront: leave the alias empty"),
        ("A,Ann,a@a.example,,Tenant,tenants,", "The Tenant plan can’t be ordered yet."),
        ("A,Ann,a@a.example,,Basic,,15.01.2025", "is not a date"),
        ("A,Ann,a@a.example,,Basic,,2025-02-30", "is not a date"),
        (f"A,Ann,a@a.example,,Basic,,{TOMORROW}", "still to come"),
        ("A,Ann,a@a.example,,Basic,,0001-01-01", "too long ago"),
        ("A,Ann,a@a.example,,Basic", "It has 5 columns, the first line has 7."),
        ("A,Ann,a@a.example,,Basic,,,,", "It has 9 columns, the first line has 7."),
    ],
)
def test_a_bad_row_says_why_and_writes_nothing(run, row, sentence):
    before = counts()
    told, is_well = run(HEAD + row + "\n", "--apply")
    assert sentence in told
    assert "0 created, 0 unchanged, 1 refused." in told
    assert not is_well
    assert counts() == before


def test_an_alias_of_somebody_else_is_refused(run, nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    told, _ = run(HEAD + "A,Ann,a@a.example,,Free,TechSolutions,\n", "--apply")
    assert "The alias techsolutions has already been assigned to someone else." in told
    assert not Account.objects.filter(name="A").exists()


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ("One,Eve,eve@two.example,,Basic,,", "The account One stands in line 2 already."),
        ("Two,Eve,EVE@one.example,,Basic,,", "The email EVE@one.example stands in line 2 already."),
        ("Two,Eve,eve@two.example,,Free,ONE,", "The alias ONE stands in line 2 already."),
    ],
)
def test_the_same_twice_in_a_file_is_refused_in_a_dry_run_too(run, second, sentence):
    told, _ = run(f"{HEAD}One,Eve,eve@one.example,,Free,one,\n{second}\n")
    assert sentence in told


def test_half_a_match_is_refused(run):
    run(HEAD + GOOD, "--apply")
    told, _ = run(f"{HEAD}Morrow IT,Jim,jim@morrow.example,,Basic,,\nMorrow Two,Jane,jane@morrow.example,,Basic,,\n")
    assert "has this name, and another primary contact." in told
    assert "jane@morrow.example is a contact of Morrow IT" in told


def test_who_is_known_already_keeps_their_login(run):
    known = cast.user("jane@morrow.example", "Jane M.")
    run(HEAD + GOOD, "--apply")
    assert Contact.objects.get(email="jane@morrow.example").user == known
    known.refresh_from_db()
    assert known.check_password(cast.PASSWORD)


def test_a_reseller_of_another_distributor_is_none_of_ours(run):
    other = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.on_plan(cast.reseller(other, "Nine Pines", email="otto@ninepines.example"), "free", alias="ninepines")
    told, is_well = run(HEAD + GOOD, "--apply")
    assert is_well, told
    assert Account.objects.filter(name="Nine Pines").count() == 2
    assert verify.broken() == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"account,contact,email\nA,B,c@d.example\n", "Missing: plan."),
        (b"account,contact,email,plan,colour\n", "Unknown: colour."),
        (b"account,contact,email,plan,plan\n", "Twice: plan."),
        (b"", "Missing: account, contact, email, plan."),
        (b"\xff\xfea\x00", "not UTF-8"),
        ("account,contact,email,plan\nKölner".encode("latin-1"), "not UTF-8"),
        (b'account,contact,email,plan\n"A,B,c@d.example,Basic\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(run, text, sentence):
    before = counts()
    told, is_well = run(text, "--apply")
    assert sentence in told
    assert not is_well
    assert counts() == before


def test_a_file_that_is_not_there():
    with pytest.raises(FileRefused, match="No such file"):
        read_rows("/nowhere/resellers.csv")


def test_an_operator_that_is_not_there_names_those_that_are(nordwind):
    with pytest.raises(CommandError, match="There are: testserver"):
        call_command("import_resellers", "x.csv", "--operator=elsewhere.test")
