"""Setup > Notifications: the lists, the switch, the editor, the preview, tests and letters sent again."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Notification, NotificationTemplate, TemplateRecipient
from plans.models import Activity
from tests import cast
from tests.bss.conftest import sign_in

ACCOUNTS = "/bss/setup/notifications/customer/accounts/"
WELCOME = f"{ACCOUNTS}welcome_standard/"
OUTBOX = "/bss/setup/notifications/outbox/"


def template(operator, code: str = "welcome_standard") -> NotificationTemplate:
    return NotificationTemplate.objects.get(operator=operator, code=code)


def typed(client, url: str = WELCOME, **changes) -> dict[str, str]:
    """The form as it is shown, with some fields typed anew. None unticks."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


def save(client, url: str = WELCOME, **changes):
    return client.post(url, typed(client, url, **changes))


@pytest.fixture
def letter(nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    return Notification.objects.get(template_code="welcome_standard")


@pytest.mark.parametrize("entity", ["accounts", "orders", "subscriptions", "contacts"])
def test_each_entity_lists_its_letters(maren, nordwind, entity):
    page = maren.get(f"/bss/setup/notifications/customer/{entity}/")
    mine = set(NotificationTemplate.objects.filter(operator=nordwind, entity=entity).values_list("name", flat=True))
    assert {row.name for row in page.context["rows"]} == mine
    for name in mine:
        assert f'aria-label="Active: {name}"' in page.content.decode()


def test_the_list_finds_by_name_and_counts_what_left_the_house(maren, nordwind, letter):
    assert [row.code for row in maren.get(f"{ACCOUNTS}?q=TENANT REQ").context["rows"]] == ["tenant_requested"]
    assert "No notifications match “zzz”." in maren.get(f"{ACCOUNTS}?q=zzz").content.decode()
    sent = lambda: {row.code: row.sent for row in maren.get(ACCOUNTS).context["rows"]}["welcome_standard"]  # noqa: E731
    assert sent() == 0  # it waits
    Notification.objects.filter(pk=letter.pk).update(state="sent", sent_at=timezone.now())
    assert sent() == 1
    Notification.objects.filter(pk=letter.pk).update(created_at=timezone.now() - timezone.timedelta(days=31))
    assert sent() == 0


def test_the_list_shows_those_that_are_active_or_are_not(maren, nordwind):
    def codes(query: str) -> set[str]:
        return {row.code for row in maren.get(f"{ACCOUNTS}{query}").context["rows"]}

    assert codes("?state=inactive") == set()
    assert "No notification is inactive here." in maren.get(f"{ACCOUNTS}?state=inactive").text
    maren.post(f"{ACCOUNTS}welcome_standard/switch/", {"on": "no"})
    assert codes("?state=inactive") == {"welcome_standard"}
    assert codes("?state=active") == codes("") - {"welcome_standard"}
    assert codes("?state=nonsense") == codes("")
    page = maren.get(f"{ACCOUNTS}?q=welcome&state=active").text
    assert '<a class="chip" href="?q=welcome">All</a>' in page
    assert '<a class="chip on" href="?q=welcome&amp;state=active" aria-current="page">Active</a>' in page
    assert '<input type="hidden" name="state" value="active">' in page


def test_the_pages_cost_a_constant_number_of_queries(maren, nordwind, letter):
    def cost(url: str) -> int:
        maren.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert maren.get(url).status_code == 200
        return len(queries)

    before = cost(ACCOUNTS), cost(WELCOME)
    for number in range(10):
        TemplateRecipient.objects.create(template=template(nordwind), email=f"p{number}@x.example")
    assert (cost(ACCOUNTS), cost(WELCOME)) == before
    assert before[0] <= 6
    assert before[1] <= 10


def test_a_switch_saves_at_once_and_can_be_undone(maren, nordwind):
    answer = maren.post(f"{WELCOME}switch/", {"on": "no"}, follow=True)
    assert not template(nordwind).is_active
    words = answer.content.decode()
    assert "Welcome to Standard Reseller Storefront is off" in words
    assert '<button class="btn sm" type="submit" name="on" value="yes">Undo</button>' in words
    assert "Undo" not in maren.get(ACCOUNTS).content.decode()
    maren.post(f"{WELCOME}switch/", {"on": "yes"})
    assert template(nordwind).is_active
    said = Activity.objects.filter(verb="template.switched").order_by("pk").values_list("text", flat=True)
    name = "Welcome to Standard Reseller Storefront"
    assert list(said) == [f"{name} switched off.", f"{name} switched on."]


def test_a_letter_that_would_reach_nobody_is_not_switched_on(maren, nordwind):
    maren.post(f"{WELCOME}switch/", {"on": "no"})
    assert save(maren, send_to_primary=None).status_code == 302
    words = maren.post(f"{WELCOME}switch/", {"on": "yes"}, follow=True).content.decode()
    assert "Choose at least one recipient, or switch the notification off." in words
    assert not template(nordwind).is_active


def test_colleagues_and_contacts_are_kept_as_such_and_strangers_as_addresses(maren, nordwind, letter):
    ops = cast.staff(nordwind, "operations")
    contact = letter.account.contacts.get()
    elsewhere = cast.staff(cast.distributor("Sudlicht", host="sudlicht.test"), "finance")
    lines = f"To: {ops.user.email.upper()}\ncc: {contact.email}, {elsewhere.user.email}\nx@y.example x@Y.example"
    assert save(maren, added=lines).status_code == 302
    kept = TemplateRecipient.objects.filter(template=template(nordwind)).order_by("pk")
    assert list(kept.values_list("kind", "user", "contact", "email")) == [
        ("to", ops.user_id, None, ""),
        ("cc", None, contact.pk, ""),
        ("cc", None, None, elsewhere.user.email),
        ("bcc", None, None, "x@y.example"),
    ]
    shown = maren.get(WELCOME).context["form"]["added"].value()
    assert shown == f"To: {ops.user.email}\nCC: {contact.email}\nCC: {elsewhere.user.email}\nx@y.example"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "", "Fill in this field."),
        ("body", " \n ", "Fill in this field."),
        ("body", "Hi\n\nDear {{ x }}", "Line 3, column 9: There is no merge field x."),
        ("subject", "a\nb", "Use one line of text without control characters."),
        ("added", "a@b.example\nnobody", "Line 2: Enter an email address, as in partners@firm.com."),
        ("added", "\n".join(f"p{n}@x.example" for n in range(11)), "Add up to 10 recipients."),
        ("send_to_primary", None, "Choose at least one recipient, or switch the notification off."),
    ],
)
def test_a_problem_is_said_at_its_field_and_nothing_is_saved(maren, nordwind, field, value, said):
    answer = save(maren, **{field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [said]}
    row = template(nordwind)
    assert (row.version, TemplateRecipient.objects.count()) == (1, 0)
    assert not Activity.objects.filter(verb="template.changed").exists()


def test_who_edits_an_old_version_is_told_who_changed_it(maren, nordwind):
    mine = typed(maren, subject="Mine")
    other = sign_in(cast.staff(nordwind, "operations").user)
    assert save(other, subject="Theirs").status_code == 302
    answer = maren.post(WELCOME, mine)
    assert answer.status_code == 422
    assert "Operations changed this template at" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert template(nordwind).subject == "Theirs"
    refused = maren.post(f"{WELCOME}reset/", {"version": "1"})
    assert refused.status_code == 422
    assert template(nordwind).subject == "Theirs"
    assert maren.post(f"{WELCOME}reset/", {"version": "2"}).status_code == 302
    assert template(nordwind).subject != "Theirs"


def test_the_preview_is_of_a_real_account_and_writes_nothing(maren, nordwind, letter):
    sent = typed(maren, subject="{{ account_number }} {{ storefront_alias }}", body="# Hi\n\n<b>{{ account_name }}</b>")
    before = Activity.objects.count()
    shown = maren.post(f"{WELCOME}preview/", sent | {"account": letter.account.number})
    assert shown.context["preview"]["subject"] == f"{letter.account.number} techsolutions"
    frame = maren.post(f"{WELCOME}preview/html/", sent | {"account": "tech sol"})
    assert "&lt;b&gt;Tech Solutions&lt;/b&gt;" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    assert set(re.findall('href="([^"]*)"', frame.content.decode())) == {"#"}
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    wrong = maren.post(f"{WELCOME}preview/", sent | {"subject": "{{ x }}"})
    assert "Subject: Line 1, column 4: There is no merge field x." in wrong.content.decode()
    assert Activity.objects.count() == before
    assert template(nordwind).version == 1


def test_an_account_of_another_distributor_is_never_shown(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    theirs = cast.reseller(sudlicht, "Canary Lumen")
    for url in (f"{WELCOME}?account=canary", f"{WELCOME}preview/?account=canary"):
        assert "Canary Lumen" not in maren.get(url).content.decode()
    assert theirs.contacts.get().email not in maren.get(f"{WELCOME}preview/?account={theirs.number}").content.decode()


def test_every_letter_has_a_preview_of_any_account(maren, nordwind):
    for with_accounts in (False, True):
        if with_accounts:
            cast.on_plan(cast.reseller(nordwind), "free", alias="techsolutions")
        for row in NotificationTemplate.objects.filter(operator=nordwind):
            url = f"/bss/setup/notifications/customer/{row.entity}/{row.code}/preview/"
            assert maren.get(url).context["preview"]["is_whole"], row.code
            assert maren.get(f"{url}html/").status_code == 200, row.code


def test_a_test_sends_what_is_typed_or_what_is_saved(maren, nordwind, letter):
    maren.post(f"{WELCOME}test/", {"to": "a@x.example", "account": letter.account.number})
    maren.post(f"{WELCOME}test/", typed(maren, subject="Typed") | {"to": "b@x.example"})
    tests = Notification.objects.filter(template_code="test:welcome_standard").order_by("pk")
    assert [(one.recipient_email, one.subject) for one in tests] == [
        ("a@x.example", f"[Test] {letter.subject}"),
        ("b@x.example", "[Test] Typed"),
    ]
    assert letter.order.notifications.filter(template_code__startswith="test").count() == 0
    assert maren.post(f"{WELCOME}test/", {"to": "nobody"}).status_code == 422
    assert maren.post(f"{WELCOME}test/", typed(maren, body="{{ x }}") | {"to": "b@x.example"}).status_code == 422
    assert tests.count() == 2
    asked = maren.post(f"{WELCOME}test/", {"to": "c@x.example"}, headers={"X-Dialog": "yes"})
    assert (asked.status_code, "Test sent to c@x.example." in asked.content.decode()) == (200, True)
    rows = maren.get(f"{OUTBOX}?tests=yes").context["rows"]
    assert [row.is_test for row in rows] == [True] * 3
    assert [row.is_test for row in maren.get(f"{OUTBOX}?template=welcome_standard").context["rows"]] == [False]


def test_a_personal_link_has_no_added_recipients(maren, nordwind):
    url = "/bss/setup/notifications/customer/contacts/invitation/"
    page = maren.get(url)
    assert "it goes to this person alone" in page.content.decode()
    assert save(maren, url, subject="Come in", added="x@y.example").status_code == 302
    assert template(nordwind, "invitation").subject == "Come in"
    assert not TemplateRecipient.objects.exists()


def test_a_letter_is_of_its_entity_alone(maren):
    for path in ("nothing/", "orders/welcome_standard/", "accounts/nothing/", "orders/welcome_standard/test/"):
        assert maren.get(f"/bss/setup/notifications/customer/{path}").status_code == 404


def test_who_may_not_edit_reads_why(nordwind, office):
    reader = office(cast.staff(nordwind, "read_only").user)
    for url in (ACCOUNTS, WELCOME):
        assert "You can’t do this with your role." in reader.get(url).content.decode()
    for url in (WELCOME, f"{WELCOME}switch/", f"{WELCOME}reset/", f"{WELCOME}test/"):
        assert reader.post(url, {"on": "no"}).status_code == 403
    assert template(nordwind).is_active


# Sent again


def arrived(letter: Notification) -> None:
    Notification.objects.filter(pk=letter.pk).update(state="delivered", sent_at=timezone.now(), next_attempt_at=None)


def test_a_letter_is_sent_again_to_the_same_person_once(maren, nordwind, letter):
    url = f"{OUTBOX}{letter.pk}/resend/"
    on_its_way = maren.post(url, {"to": "same"})
    assert on_its_way.status_code == 422
    assert "is still on its way to owner@techsolutions.example" in on_its_way.content.decode()
    arrived(letter)
    assert maren.post(url, {"to": "same"}).status_code == 302
    assert maren.post(url, {"to": "same"}).status_code == 422  # pressed again
    again = Notification.objects.get(resend_of=letter)
    assert (again.recipient_email, again.text, again.state) == (letter.recipient_email, letter.text, "queued")
    activity = Activity.objects.get(verb="letter.resent")
    assert (activity.account, activity.order) == (letter.account, letter.order)
    assert activity.text == f"“{letter.subject}” sent again to owner@techsolutions.example."
    assert "The first letter" in maren.get(f"{OUTBOX}{again.pk}/").content.decode()


def test_another_contact_of_the_account_gets_a_copy_and_nobody_else_can(maren, nordwind, letter):
    ayla = cast.person(letter.account, "ayla@techsolutions.example", roles=("viewer",), name="Ayla Demir")
    stranger = cast.reseller(nordwind, "Harbor IT").contacts.get()
    url = f"{OUTBOX}{letter.pk}/resend/"
    assert "Ayla Demir, ayla@techsolutions.example" in maren.get(url).content.decode()
    for wrong in (stranger.pk, "x", "", 99999999):
        assert maren.post(url, {"to": wrong}).status_code == 422
    assert maren.post(url, {"to": ayla.pk}).status_code == 302
    copy = Notification.objects.get(resend_of=letter)
    assert (copy.recipient_email, copy.recipient_user) == ("ayla@techsolutions.example", ayla.user)
    assert copy.text.startswith("Copy of the letter to Jonas Brandt (owner@techsolutions.example).\n\n")


def test_a_personal_link_is_sent_again_to_its_own_recipient_only(maren, nordwind, letter):
    from plans.inviting import invite_contact

    ayla = cast.person(letter.account, "ayla@techsolutions.example", roles=("viewer",))
    [invitation] = invite_contact(ayla)
    arrived(invitation)
    url = f"{OUTBOX}{invitation.pk}/resend/"
    other = letter.account.contacts.exclude(pk=ayla.pk).get()
    assert maren.post(url, {"to": other.pk}).status_code == 422
    assert maren.post(url, {"to": "same"}).status_code == 302
    assert Notification.objects.get(resend_of=invitation).recipient_email == ayla.email


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=OWNER@tech", True),
        ("q=tech", False),
        ("template=welcome_standard", True),
        ("template=welcome_free", False),
        ("entity=accounts", True),
        ("entity=contacts", False),
        ("since=2020-01-01&until=2099-12-31", True),
        ("since=2099-01-01", False),
        ("until=2020-01-01", False),
        ("since=0001-01-01&until=9999-12-31&template=x&entity=x&tests=x", True),
        ("tests=yes", False),
    ],
)
def test_the_outbox_is_asked_by_address_notification_and_day(maren, letter, query, found):
    rows = maren.get(f"{OUTBOX}?{query}").context["rows"]
    assert (letter.pk in [row.pk for row in rows]) is found
