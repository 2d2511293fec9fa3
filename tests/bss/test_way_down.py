"""Shortcuts > Downgrade and Cancel, and Keep plan: what the dialog shows, what it does, and what it refuses where."""

import re
from datetime import timedelta

import pytest

from plans.execution import execute_order
from plans.models import Order, PendingChange, Storefront, Subscription
from tests import cast
from tests.plans.all_rows import all_rows


@pytest.fixture
def harbor(nordwind):
    """A reseller on Standard at /harborit."""
    return cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit")


@pytest.fixture
def url(harbor) -> str:
    return f"/bss/subscriptions/{harbor.subscriptions.get().number}/"


def form_of(client, url: str, **typed: str) -> dict[str, str]:
    page = client.get(url).text
    hidden = dict(re.findall(r'<input type="hidden" name="((?:form_key|fingerprint)[^"]*)" value="([^"]*)"', page))
    chosen = re.search(r'name="when" value="([^"]*)" checked', page)[1]
    return {"when": chosen} | hidden | typed


def test_the_shortcuts_lead_to_both(maren, url):
    page = maren.get(url).text
    assert f'href="{url}downgrade/"' in page and f'href="{url}cancel/"' in page


def test_downgrade_shows_the_impact_and_waits_for_the_renewal(maren, harbor, url):
    held = harbor.subscriptions.get()
    for name in ("Millbrook", "Oakfield"):
        cast.customer(harbor, name)
    page = maren.get(f"{url}downgrade/").text
    for said in ("Downgrade to Free", "Keep Standard plan", "The storefront stays online at", "Own prices and margins",
                 "kept, but frozen", "its 2 customers", f"At the next renewal, {held.period_end_on:%-d %b %Y}",
                 "Reseller plan change scheduled goes to owner@harborit.example", "nothing is credited"):  # fmt: skip
        assert said in page
    assert "confirm_alias" not in page
    answer = maren.post(f"{url}downgrade/?to=free", form_of(maren, f"{url}downgrade/"))
    assert (answer.status_code, answer["Location"]) == (302, url)
    change = PendingChange.objects.get()
    assert (change.to_plan.code, change.due_on, change.channel) == ("free", held.period_end_on, "subscription")
    page = maren.get(url).text
    assert "The plan changes to Free on" in page and f'action="{url}undo/"' in page
    assert page.count("A change of this plan is already scheduled") == 2  # beside Downgrade and Cancel
    assert maren.post(f"{url}undo/").status_code == 302
    assert not PendingChange.objects.exists()
    assert "Harbor IT stays on the Standard plan." in maren.get(url).text
    maren.post(f"{url}undo/")
    assert "No change of this plan is scheduled any more" in maren.get(url).text


def test_cancel_now_asks_for_the_alias_and_closes_the_storefront(maren, harbor, url):
    before = all_rows()
    form = form_of(maren, f"{url}cancel/", when="now_credit")
    refused = maren.post(f"{url}cancel/", form | {"confirm_alias": "harbor"})
    assert refused.status_code == 422
    assert "Type harborit exactly to confirm." in refused.text and 'value="harbor"' in refused.text
    assert 'aria-invalid="true" aria-describedby="confirm-alias-wrong"' in refused.text
    assert re.search(r'value="now_credit" checked', refused.text)
    assert all_rows() == before
    answer = maren.post(f"{url}cancel/", form | {"confirm_alias": "harborit"})
    order = Order.objects.get(change="cancel")
    assert answer["Location"] == f"/bss/orders/{order.number}/"
    assert (order.channel, order.net) == ("subscription", -149)
    execute_order(order.pk)
    assert Storefront.objects.get(account=harbor).state == "parked"
    page = maren.get(answer["Location"]).text
    for said in ("Subscription ended", "Storefront closed", "Credit: "):
        assert said in page
    assert maren.get(f"/bss/accounts/{harbor.number}/").status_code == 200
    ended = maren.get(url)
    assert "Ended" in ended.text and "This subscription has ended." in ended.text
    assert maren.get(f"{url}cancel/").status_code == 404


def test_pressed_twice_it_is_one(maren, url):
    form = form_of(maren, f"{url}cancel/", confirm_alias="harborit")
    assert {maren.post(f"{url}cancel/", form).status_code for _ in range(2)} == {302}
    assert PendingChange.objects.count() == 1
    maren.post(f"{url}undo/")
    now = form_of(maren, f"{url}cancel/", confirm_alias="harborit", when="now")
    first, second = (maren.post(f"{url}cancel/", now) for _ in range(2))
    assert first["Location"] == second["Location"]


def test_what_changed_meanwhile_is_shown_first(maren, harbor, url):
    form = form_of(maren, f"{url}cancel/", confirm_alias="harborit")
    Subscription.objects.filter(account=harbor).update(
        period_end_on=harbor.subscriptions.get().period_end_on + timedelta(1)
    )
    before = all_rows()
    answer = maren.post(f"{url}cancel/", form)
    assert (answer.status_code, all_rows() == before) == (422, True)
    assert "Something changed. Look again." in answer.text and 'value="harborit"' in answer.text


def test_from_free_there_is_one_way_and_it_is_now(maren, nordwind):
    alpine = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    down = f"/bss/subscriptions/{alpine.subscriptions.get().number}/downgrade/"
    page = maren.get(down).text
    assert "Downgrade to Basic" in page and "Keep Free plan" in page and "now_credit" not in page
    assert re.search(r'value="now" checked', page)


@pytest.mark.parametrize("to", ["tenant", "standard", "nonsense", "\0"])
def test_another_way_is_none(maren, url, to):
    assert maren.get(f"{url}downgrade/", {"to": to}).status_code == 404


@pytest.mark.parametrize(
    "typed", [{}, {"when": "later"}, {"when": "\0"}, {"confirm_alias": "\ud800"}, {"form_key": "x" * 9000}]
)
def test_nonsense_changes_nothing(maren, url, typed):
    before = all_rows()
    form = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
    assert maren.post(f"{url}cancel/", form).status_code == 422
    assert all_rows() == before


def test_who_may_not_sees_why(nordwind, office, maren, url):
    maren.post(f"{url}downgrade/?to=free", form_of(maren, f"{url}downgrade/"))
    reader = office(cast.staff(nordwind, "read_only").user)
    page = reader.get(url).text
    for name in ("why-downgrade", "why-cancel", "no-undo"):
        assert f'aria-disabled="true" aria-describedby="{name}"' in page
    for what in ("downgrade", "cancel", "undo"):
        assert reader.post(f"{url}{what}/").status_code == 403
    assert PendingChange.objects.count() == 1


def test_the_customers_are_a_list(maren, nordwind, harbor, url):
    cast.customer(harbor, "Millbrook")
    cast.customer(cast.reseller(nordwind, "Other"), "Oakfield")
    listed = f"/bss/accounts/{harbor.number}/customers/"
    assert f'href="{listed}"' in maren.get(f"{url}downgrade/").text
    page = maren.get(listed).text
    assert "Millbrook" in page and "Oakfield" not in page


def test_the_list_of_customers_costs_the_same_for_many(maren, harbor, django_assert_num_queries):
    listed = f"/bss/accounts/{harbor.number}/customers/"
    maren.get(listed)
    for many in (1, 30):
        for one in range(many):
            cast.customer(harbor, f"Customer {one} of {many}")
        with django_assert_num_queries(7):
            maren.get(listed)


def test_a_change_that_waits_is_seen_wherever_staff_look(maren, harbor, url):
    held = harbor.subscriptions.get()
    listed = "/bss/subscriptions/?change=scheduled"
    assert held.number not in maren.get(listed).text
    assert "No plan change is scheduled." in maren.get("/bss/").text
    maren.post(f"{url}downgrade/?to=free", form_of(maren, f"{url}downgrade/"))
    day = f"{held.period_end_on:%-d %b %Y}"
    for page in (f"/bss/accounts/{harbor.number}/", url):
        assert f"The plan changes to Free on {day}." in maren.get(page).text
    assert held.number in maren.get(listed).text
    board = maren.get("/bss/").text
    assert f'href="{url}"' in board and day in board and f'href="{listed}"' in board
    account = maren.get(f"/bss/accounts/{harbor.number}/").text
    assert 'aria-describedby="why-downgrade"' in account and 'aria-describedby="why-cancel-plan"' in account


def test_the_account_leads_to_both(maren, harbor, url):
    page = maren.get(f"/bss/accounts/{harbor.number}/").text
    assert f'href="{url}downgrade/"' in page and f'href="{url}cancel/"' in page
