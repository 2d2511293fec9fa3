"""docs/faults.md: every fault, every alarm; from Operations each alarm's thing or its mending is one click away."""

import re
from pathlib import Path

import pytest

from bss.setup.operations.alarms import LISTS, MENDS
from plans import heartbeats, vital_signs
from plans.alarm_kinds import ALARM_KINDS
from tests import cast
from tests.bss.test_operations import URL
from tests.plans.test_findings import WRONG

TABLE = re.findall(
    r"^\| (F\d+) [^|]+\| ([^|]+) \| ([^|]+) \|$", (Path(__file__).parents[2] / "docs/faults.md").read_text(), re.M
)
# What no click can mend: a process to start, a clock to set, a disk to empty, a provider's settings.
BY_HAND = set(
    "no_worker sweeper_silent clock_off broker_away disk_full migrations_wait reports_unclaimed reports_refused".split()
)


def test_every_fault_has_its_line_and_every_alarm_its_fault():
    assert [fault for fault, *_ in TABLE] == [f"F{number}" for number in range(1, 39)]
    told = {code for _, read, _ in TABLE for code in re.findall(r"`([a-z_]+)`", read)}
    assert set(ALARM_KINDS) <= told
    others = {code for code in told - set(ALARM_KINDS) if not code.startswith("uplift_")}
    assert others == {"attempts_used_up", "database", "mail_report_refused", "migrations", "renewal_failed"}
    assert all(mending for *_, mending in TABLE)


def test_every_alarm_names_what_mends_it():
    assert set(LISTS) | set(MENDS) <= set(ALARM_KINDS)


@pytest.fixture
def trouble(maren, nordwind, monkeypatch):
    """A house with a subscription, an order and letters, in which nothing is wrong."""
    monkeypatch.setattr(vital_signs, "_migrated_until", 0.0)
    heartbeats.beat("orders@here", found={})
    cast.on_plan(cast.reseller(nordwind))
    cast.order_plan(cast.reseller(nordwind, "Harbor IT"), alias="harborit")
    return maren


@pytest.mark.parametrize("code", WRONG)
def test_from_operations_its_thing_or_its_mending_is_one_click_away(trouble, code):
    WRONG[code]()
    page = trouble.get(URL)
    text = page.content.decode()
    [row] = [row for row in page.context["alarms"] if row.kind.code == code]
    assert row.kind.title in text and (row.since is not None) is ("Just now" not in text)
    for link in row.links:
        assert trouble.get(link.url).status_code == 200
        assert f'href="{link.url}"' in text
    for act in row.acts:
        assert f'<form action="{act.url}" method="post"' in text
        assert trouble.post(act.url, {"worker": act.value}).status_code == 302
    assert (row.links or row.acts) or code in BY_HAND
