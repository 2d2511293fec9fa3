"""Setup > Terms: versions are published and kept; who accepted which is a list of its own."""

import csv
import io

import pytest
from django.test import Client

from plans.models import Activity, Order, TermsAcceptance, TermsVersion
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.publishing import publish_terms
from plans.refusals import Refused
from tests import cast

HERE = "/bss/setup/terms/"
LOG = f"{HERE}acceptances/"


def publish(client, text: str = "New words.", **changes):
    form = client.get(f"{HERE}new/").context["form"]
    return client.post(f"{HERE}new/", {"after": form["after"].value(), "text": text} | changes)


def numbers(operator) -> list[int]:
    return list(TermsVersion.objects.filter(operator=operator).order_by("number").values_list("number", flat=True))


def test_a_new_version_is_published_and_the_old_one_stays(maren, nordwind):
    assert "1. " in maren.get(HERE).text
    assert publish(maren, "First.\r\n\r\nSecond <b>.").status_code == 302
    assert numbers(nordwind) == [1, 2]
    page = maren.get(HERE).text
    assert "<p>First.</p>" in page and "Second &lt;b&gt;." in page and "Version 2" in page
    old = maren.get(f"{HERE}1/").text
    assert "Replaced by version 2" in old and "Your plan" in old
    activity = Activity.objects.get(verb="terms.published")
    assert (activity.text, str(activity.actor)) == ("Version 2 of the terms was published.", "Maren Holt")


def test_the_next_order_accepts_the_new_version(maren, nordwind):
    first = cast.order_plan(cast.reseller(nordwind), "free", alias="techsolutions")
    publish(maren)
    second = cast.order_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harborit")
    accepted = dict(TermsAcceptance.objects.values_list("order__number", "terms__number"))
    assert accepted == {first.number: 1, second.number: 2}
    assert "New words." in Client(headers={"host": nordwind.store_host}).get("/terms/").text


def test_who_agreed_to_the_older_text_looks_again(maren, nordwind):
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    wanted = [Wanted(cast.plan_product(nordwind, "free"))]
    seen = preview_order(account, wanted=wanted, by=cast.buyer_of(account)).fingerprint
    publish(maren)
    with pytest.raises(Refused, match="preview_stale"):
        cast.order_plan(account, "free", fingerprint=seen)


def test_who_publishes_over_a_newer_one_is_told(maren, nordwind, office):
    publish(office(cast.staff(nordwind).user), "Theirs.")
    answer = publish(maren, "Mine.", after="1")
    assert answer.status_code == 422
    assert "Administrator changed this text at" in answer.text and "Mine." in answer.text
    assert numbers(nordwind) == [1, 2]


def test_the_same_text_is_no_new_version(maren, nordwind):
    publish(maren, "Words.")
    answer = publish(maren, " Words.\r\n")
    assert answer.context["form"].errors["text"] == ["This is the text of version 2 already."]


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "\x07", "x" * 100_001])
def test_what_is_no_text_is_refused(maren, nordwind, text):
    assert publish(maren, text).status_code == 422
    assert numbers(nordwind) == [1]


@pytest.mark.parametrize("after", ["", "0", "2", "-1", "9" * 30, "x", "\0"])
def test_a_version_that_is_not_current_is_a_conflict(maren, nordwind, after):
    assert publish(maren, after=after).status_code == 422
    assert numbers(nordwind) == [1]


def test_two_at_once_are_one_version(nordwind):
    publish_terms(nordwind, "A", after=1, by=None)
    with pytest.raises(Refused, match="changed_meanwhile"):
        publish_terms(nordwind, "B", after=1, by=None)
    assert numbers(nordwind) == [1, 2]


def test_the_first_terms_are_asked_for_at_once(maren, nordwind, django_capture_on_commit_callbacks):
    TermsVersion.objects.all().delete()
    shop = Client(headers={"host": nordwind.store_host})
    assert "/terms/" not in shop.get("/").text
    assert "No version yet" in maren.get(HERE).text
    with django_capture_on_commit_callbacks(execute=True):
        assert publish(maren).status_code == 302
    assert "/terms/" in shop.get("/").text


@pytest.mark.parametrize("number", ["0", "2", "9" * 30])
def test_a_version_that_never_was_is_not_found(maren, nordwind, number):
    assert maren.get(f"{HERE}{number}/").status_code == 404


def accepted(nordwind) -> tuple[Order, Order]:
    first = cast.order_plan(cast.reseller(nordwind), "free", alias="techsolutions")
    return first, cast.order_plan(cast.reseller(nordwind, "=Harbor IT", email="h@h.example"), "free", alias="harborit")


def found(client, query: str = "") -> list[str]:
    return [each["row"].order__number for each in client.get(f"{LOG}?{query}").context["rows"]]


def test_the_log_says_who_when_from_where_and_for_which_order(maren, nordwind):
    first, second = accepted(nordwind)
    page = maren.get(LOG).text
    for words in ("Tech Solutions", "owner@techsolutions.example", "192.0.2.7", first.number, "Version 1"):
        assert words in page, words
    assert found(maren) == [second.number, first.number]
    assert found(maren, "q=tech") == found(maren, f"q={first.number.lower()}") == [first.number]
    assert found(maren, f"q={second.account.number}") == [second.number]
    assert len(found(maren, "version=1")) == 2 and found(maren, "version=2") == []
    assert "No acceptances match “nobody”." in maren.get(f"{LOG}?q=nobody").text
    rows = list(csv.reader(io.StringIO(b"".join(maren.get(f"{LOG}export.csv")).decode("utf-8-sig"))))
    assert rows[0] == ["Accepted", "Version", "Account", "Account ID", "Name", "Email", "From", "Order"]
    assert [row[2] for row in rows[1:]] == ["'=Harbor IT", "Tech Solutions"]
    assert rows[2][4:] == ["Jonas Brandt", "owner@techsolutions.example", "192.0.2.7", first.number]


@pytest.mark.parametrize(
    "query", ["version=x", "version=²", "version=" + "9" * 40, "q=%00", "after=x", "q=so-" + "9" * 50]
)
def test_nonsense_is_never_a_fault(maren, nordwind, query):
    accepted(nordwind)
    assert maren.get(f"{LOG}?{query}").status_code == 200


def test_another_distributors_terms_and_log_are_its_own(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    order = cast.order_plan(cast.reseller(sudlicht, "Lumen Desk"), "free", alias="lumendesk")
    publish_terms(sudlicht, "Southern words.", after=1, by=None)
    assert found(maren) == found(maren, "q=lumen") == found(maren, f"q={order.number}") == []
    assert maren.get(f"{HERE}2/").status_code == 404
    publish(maren)
    assert TermsVersion.objects.current(sudlicht.pk).text == "Southern words."


@pytest.mark.parametrize("role", ["account_manager", "operations", "finance", "read_only"])
def test_who_may_not_set_up_reads(nordwind, office, role):
    client = office(cast.staff(nordwind, role).user)
    page = client.get(HERE).text
    assert "You can’t do this with your role." in page and "/terms/new/" not in page
    assert client.get(f"{HERE}new/").status_code == client.post(f"{HERE}new/", {}).status_code == 403
