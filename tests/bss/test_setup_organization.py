"""Setup > Organization: names, money, time, tax and sender; and the next numbers."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.letters import operations_of
from plans.models import Account, Activity, NumberSeries, Operator, Order, Storefront
from plans.organizing import CannotChange, change_organization, organization_of, set_next_number
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused
from tests import cast

HERE, NUMBERS = "/bss/setup/organization/", "/bss/setup/organization/numbers/"


def typed(client, **changes) -> dict[str, str]:
    form = client.get(HERE).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | changes


def save(client, **changes):
    return client.post(HERE, typed(client, **changes))


def now(operator) -> Operator:
    return Operator.objects.get(pk=operator.pk)


def test_it_is_saved_with_a_trail_and_its_own_storefront_follows(maren, nordwind):
    answer = save(maren, name="Nordwind AG", short_name="Nordwind+", tax_name="MwSt", tax_rate="20.5", currency="CHF",
                  time_zone="Europe/Zurich", support_email="Help@Nordwind.example", support_phone="+41 1",
                  operations_email="", sender_name="Cloud", sender_email="a@nordwind.example", address="Zürich",
                  alias_quarantine_days="30")  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, HERE)
    saved = now(nordwind)
    assert (saved.name, saved.tax_rate, saved.currency, saved.time_zone) == (
        "Nordwind AG", Decimal("20.5"), "CHF", "Europe/Zurich",
    )  # fmt: skip
    assert (saved.support_email, saved.alias_quarantine_days, saved.version) == ("help@nordwind.example", 30, 2)
    own = Storefront.objects.get(operator=nordwind, is_own=True)
    assert (own.name, own.support_phone, own.address) == ("Nordwind+", "+41 1", "Zürich")
    assert Account.objects.get(pk=nordwind.account_id).name == "Nordwind AG"
    activity = Activity.objects.get(verb="organization.changed")
    assert activity.actor.email == "maren.holt@nordwind.example"
    assert "tax rate 19 to 20.5" in activity.text and "time zone Europe/Berlin to Europe/Zurich" in activity.text


def test_tax_and_name_reach_the_next_page_and_preview(maren, nordwind, django_capture_on_commit_callbacks):
    shop, account = Client(headers={"host": nordwind.store_host}), cast.reseller(nordwind)
    old = shop.get("/")
    assert "Nordwind" in old.text
    buyer = Client(headers={"host": nordwind.store_host})
    buyer.force_login(cast.buyer_of(account), backend=settings.AUTHENTICATION_BACKENDS[0])
    cast.basket(account, cast.plan_product(nordwind, "standard"))
    assert "VAT 19 %" in buyer.get("/checkout/").text
    with django_capture_on_commit_callbacks(execute=True):
        assert save(maren, tax_rate="7", tax_name="GST", short_name="Zephyr").status_code == 302
    assert "GST 7 %" in buyer.get("/checkout/").text
    new = shop.get("/", headers={"if-none-match": old["ETag"]})
    assert new.status_code == 200 and "Zephyr" in new.text
    fresh = Account.objects.select_related("operator").get(pk=account.pk)
    shown = preview_order(fresh, wanted=[Wanted(cast.plan_product(nordwind, "standard"))], channel="bss_order")
    assert (shown.tax, shown.tax_text) == (Decimal("10.43"), "GST 7 %")


def test_what_was_agreed_keeps_its_tax(maren, nordwind):
    from plans.execution import execute_order

    order = cast.order_plan(cast.reseller(nordwind), "standard")
    save(maren, tax_rate="7")
    execute_order(order.pk)
    assert Order.objects.get(pk=order.pk).tax == order.charges.get().tax == Decimal("28.31")


def test_operations_read_the_language_that_is_chosen(maren, nordwind):
    assert save(maren, language="de").status_code == 302
    assert operations_of(now(nordwind)).language == "de"
    assert "language of letters en to de" in Activity.objects.get(verb="organization.changed").text
    assert maren.get("/bss/accounts/new/").context["form"]["language"].value() == "de"


def test_accounts_keep_their_currency(maren, nordwind):
    account = cast.reseller(nordwind)
    save(maren, currency="USD")
    account.refresh_from_db()
    assert account.currency == "EUR"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("short_name", "a\0"), ("short_name", "x" * 61), ("address", ""),
     ("address", "a\nb"), ("currency", "XXX"), ("currency", ""), ("time_zone", "Berlin"), ("time_zone", "../etc"),
     ("tax_name", ""), ("tax_rate", ""), ("tax_rate", "-1"), ("tax_rate", "100.1"), ("tax_rate", "1.2345"),
     ("tax_rate", "19,5"), ("tax_rate", "NaN"), ("tax_rate", "٣"), ("support_email", "nobody"), ("support_email", ""),
     ("operations_email", "x"), ("sender_email", "a@b"), ("sender_name", ""), ("sender_email", "x" * 260 + "@b.test"),
     ("alias_quarantine_days", "-1"), ("alias_quarantine_days", "3651"), ("alias_quarantine_days", "1.5"),
     ("alias_quarantine_days", "²"), ("alias_quarantine_days", "9" * 30),
     ("language", "tlh"), ("language", ""),
     ("letter_words_months", "2"), ("letter_words_months", "241"), ("letter_words_months", "-3"),
     ("letter_words_months", "²"), ("letter_words_months", "1e2")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(maren, nordwind, field, value):
    answer = save(maren, **{field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert now(nordwind).version == 1


def test_the_story_itself_refuses_what_is_wrong(nordwind):
    wanted = organization_of(nordwind)
    with pytest.raises(CannotChange, match="tax_rate"):
        change_organization(nordwind, seen=1, wanted=type(wanted)(**vars(wanted) | {"tax_rate": "101"}), by=None)


def test_who_saves_an_older_version_is_told(maren, nordwind, office):
    mine = typed(maren, name="Mine")
    save(office(cast.staff(nordwind).user), name="Theirs")
    answer = maren.post(HERE, mine)
    assert answer.status_code == 422
    assert "Administrator changed this organization at" in answer.text and 'value="Mine"' in answer.text
    assert now(nordwind).name == "Theirs"


def test_saving_without_a_change_changes_nothing(maren, nordwind):
    assert save(maren).status_code == 302
    assert now(nordwind).version == 1


def test_hosts_are_shown_and_not_to_be_changed(maren, nordwind):
    assert nordwind.store_host in maren.get(HERE).text and "bss.disti.test" in maren.get(HERE).text
    save(maren, store_host="evil.test", name="N")
    assert now(nordwind).store_host == nordwind.store_host


def test_the_next_order_has_the_next_number(maren, nordwind):
    assert "SO-01001" in maren.get(NUMBERS).text
    assert maren.post(NUMBERS, {"SO": "5000", "AC": "", "BU": ""}).status_code == 302
    assert cast.order_plan(cast.reseller(nordwind), "free").number == "SO-05000"
    assert Activity.objects.get(verb="numbers.changed").text == "The next number is SO-05000."


def test_a_number_that_was_given_is_refused(maren, nordwind):
    cast.order_plan(cast.reseller(nordwind), "free")
    answer = maren.post(NUMBERS, {"SO": "1001", "AC": "77777"})
    assert answer.status_code == 422
    said = "SO-01001 was given already. The next number is SO-01002 or higher."
    assert answer.context["form"].errors == {"SO": [said]}
    assert NumberSeries.objects.get(operator=nordwind, prefix="AC").next_number < 77777  # all of them, or none
    assert NumberSeries.objects.get(operator=nordwind, prefix="SO").next_number == 1002
    assert maren.post(NUMBERS, {"SO": "1002"}).status_code == 302


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "SO-5000", "1000000000", "9" * 40, "²", "\0"])
def test_a_number_is_a_whole_number(maren, nordwind, text):
    assert maren.post(NUMBERS, {"SO": text}).status_code == 422
    assert NumberSeries.objects.get(operator=nordwind, prefix="SO").next_number == 1001


def test_another_distributors_numbers_are_its_own(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    maren.post(NUMBERS, {"SO": "7000"})
    save(maren, name="Other")
    assert NumberSeries.objects.get(operator=sudlicht, prefix="SO").next_number == 1001
    assert now(sudlicht).name == "Sudlicht Distribution"
    with pytest.raises(Refused, match="number_given"):
        set_next_number(sudlicht, "SO", number=1, by=None)


@pytest.mark.parametrize("role", ["account_manager", "operations", "finance", "read_only"])
def test_who_may_not_set_up_reads(nordwind, office, role):
    client = office(cast.staff(nordwind, role).user)
    page = client.get(HERE).text
    assert "You can’t do this with your role." in page and f'href="{NUMBERS}"' not in page
    assert client.post(HERE, {}).status_code == client.post(NUMBERS, {}).status_code == 403


def test_it_costs_ten_queries_at_most(maren):
    maren.get(HERE)
    with CaptureQueriesContext(connection) as queries:
        maren.get(HERE)
    assert len(queries) <= 10
