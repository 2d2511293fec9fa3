"""The check of a file says of each row what the import would: the rule is asked row by row, and held against it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plans import aliases
from plans.import_check import check_rows
from plans.import_file import rows_in
from plans.import_rules import Seen
from plans.importing import import_row
from plans.models import Operator, Plan, Price
from plans.reserving import reserve
from tests import cast

from .all_rows import all_rows

pytestmark = pytest.mark.django_db

HEAD = "account,contact,email,plan,alias,start date,cycle\n"
NAMES = ["Harbor IT", "HARBOR IT", "harbor it", "Straße 7", "STRASSE 7", "STRAßE 7", "Ärzte & Co", "ärzte & co",
         "100%", "100_", "Alpine Cloud", "New One", "New Two", "A\0B", "", "x" * 121]  # fmt: skip
EMAILS = ["owner@harborit.example", "OWNER@HarborIT.example", "owner@alpine.example", "buyer@millbrook.example",
          "aylin@alpine.example", "new@one.example", "new@two.example", "nobody", ""]  # fmt: skip
PLANS = ["Basic", "free", "Standard", "Tenant", "Gold", "Orphan", ""]
ALIASES = ["", "", "fresh", "FRESH", "ｆｒｅｓｈ", "alpinecloud", "Alpinecloud", "login", "partners", "partner", "-a-",
           "gone", "held"]  # fmt: skip
DAYS = ["", "", "2026-01-31", "2199-01-01", "0001-01-01", "15.01.2025"]
CYCLES = ["", "month", "YEAR", "week"]
ROWS = st.lists(
    st.tuples(*map(st.sampled_from, (NAMES, EMAILS, PLANS, ALIASES, DAYS, CYCLES))), min_size=1, max_size=14
)


@pytest.fixture
def nordwind() -> Operator:
    """Harbor IT on Basic, Straße 7 and ärzte & co too, Alpine Cloud on Free with a second person and a customer.

    No product sells Orphan, and Standard has no price for a year. `gone` was held once, `held` still is.
    """
    operator = cast.distributor()
    for name in ("Harbor IT", "Straße 7", "ärzte & co", "100x"):
        account = cast.reseller(operator, name)
    alpine = cast.reseller(operator, "Alpine Cloud", email="owner@alpine.example")
    cast.person(alpine, "aylin@alpine.example", roles=())
    cast.customer(cast.on_plan(alpine, "free", alias="alpinecloud"))
    Plan.objects.create(operator=operator, code="orphan", name="Orphan", rank=99)
    Price.objects.filter(product__plan__code="standard", cycle="year").delete()
    account.operator = operator
    for alias in ("gone", "held"):
        aliases.hold(alias, account=account, until=aliases.CHECKOUT_HOLD)
    account.alias_claims.filter(alias="gone").update(held_until="2020-01-01T00:00Z")
    reserve(operator, "partners", by=None)
    cast.on_plan(cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "New One"), alias="fresh")
    return Operator.objects.get(pk=operator.pk)


def file_of(rows) -> bytes:
    lines = [f"{name},Jo,{email},{plan},{alias},{day},{cycle}" for name, email, plan, alias, day, cycle in rows]
    return (HEAD + "\n".join(lines)).encode()


def told(fates) -> list[tuple]:
    return [(fate.row.line, fate.kind, fate.text) for fate in fates]


@given(rows=ROWS, letters=st.booleans())
@example(rows=[(f"N {a}{p}{c}", f"n@{i}-{p}-{c}.example", p, a, "", c) for i, a in enumerate(ALIASES) for p in PLANS
               for c in ("", "YEAR")], letters=False)  # fmt: skip
@example(rows=[(name, email, "Basic", "", "", "") for name in NAMES for email in EMAILS], letters=False)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_check_says_what_the_import_would_do(nordwind, rows, letters):
    rows, seen = rows_in(file_of(rows)), Seen()
    one_by_one = [import_row(row, operator=nordwind, seen=seen, send_letters=letters, dry_run=True) for row in rows]
    assert told(check_rows(rows, operator=nordwind, send_letters=letters)) == told(one_by_one)


def test_the_check_writes_nothing_and_asks_the_same_of_a_thousand_rows(nordwind):
    asked, before = [], all_rows()
    for many in (10, 1000):
        rows = rows_in(file_of(
            (f"Partner {n}", f"jo@partner-{n}.example", PLANS[n % 3], f"partner-{n}" if n % 3 else "", "", "")
            for n in range(many)
        ))  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            fates = list(check_rows(rows, operator=nordwind))
        assert {fate.kind for fate in fates} == {"create"}, fates
        asked.append(len(captured))
    assert asked[1] == asked[0] + 1  # the names, in two parts
    assert all_rows() == before
