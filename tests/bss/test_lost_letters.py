"""A letter that did not arrive is a task wherever it shows, until it was sent again or is marked as dealt with."""

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import Notification
from plans.lost_letters import deal_with_letter
from plans.models import Activity, User
from plans.refusals import Refused
from plans.resending import newest_repetition, resend_letter
from tests import cast

OUTBOX = "/bss/setup/notifications/outbox/"


@pytest.fixture
def letter(nordwind) -> Notification:
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    return account.notifications.get(template_code="welcome_standard")


@pytest.fixture
def staff(nordwind) -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


def put(letter: Notification, state: str, **columns) -> Notification:
    columns = {"next_attempt_at": None, "sent_at": timezone.now()} | columns
    Notification.objects.filter(pk=letter.pk).update(state=state, **columns)
    letter.refresh_from_db()
    return letter


def tasks(letter: Notification) -> list[int]:
    return list(Notification.objects.filter(operator=letter.operator_id).open_tasks().values_list("pk", flat=True))


@pytest.mark.parametrize("state", Notification.State.values)
def test_what_was_lost_is_a_task_and_nothing_else(letter, state):
    is_task = state in ("bounced", "complained", "failed", "unknown")
    lease = {"lease_owner": "00000000-0000-0000-0000-000000000000", "lease_until": timezone.now()}
    due = timezone.now() if state in ("queued", "retry") else None
    put(letter, state, next_attempt_at=due, **(lease if state == "sending" else {}))
    assert tasks(letter) == ([letter.pk] if is_task else [])
    assert [one.is_task for one in Notification.objects.filter(pk=letter.pk).with_task()] == [is_task]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL is asked in test_query_plans.py")
def test_an_index_leads_to_tasks_and_possible_duplicates(letter):
    letters = Notification.objects.filter(operator=letter.operator_id)
    tasks = letters.open_tasks().values("pk")
    assert "INDEX letter_by_state (operator_id=? AND state=?)" in tasks.explain()
    assert "rowid=?" in letters.filter(pk__in=tasks).order_by("-pk")[:5].explain().splitlines()[0]
    assert "INDEX letter_maybe_twice" in letters.filter(possible_duplicate=True).order_by("-pk")[:5].explain()


def test_the_bell_says_that_words_were_removed(maren, letter, staff):
    put(letter, "sent", recipient_user=staff)
    assert letter.text.splitlines()[0] in maren.get("/bss/notifications/").text
    assert Notification.objects.filter(pk=letter.pk).remove_words() == 1
    assert "The words of this letter were removed on" in maren.get("/bss/notifications/").text


def test_unknown_is_a_task_only_when_no_worker_tries_again(letter):
    put(letter, "unknown", next_attempt_at=timezone.now())
    assert tasks(letter) == []


def test_a_test_is_nobodys_task(letter):
    put(letter, "bounced", template_code="test:welcome_standard")
    assert tasks(letter) == []


def test_sent_again_with_success_it_is_done_and_a_copy_that_is_lost_stands_for_it(letter, staff):
    put(letter, "bounced")
    again, _ = resend_letter(letter, by=staff)
    assert tasks(letter) == [letter.pk]  # on its way, it may still be lost
    put(again, "bounced")
    assert tasks(letter) == [again.pk]
    third, _ = resend_letter(letter, by=staff)  # of the first one again: it stands for both
    assert tasks(letter) == [again.pk]
    put(third, "sent")
    assert tasks(letter) == []
    put(third, "bounced")
    assert tasks(letter) == [third.pk]


def test_marked_as_dealt_with_by_whom_and_when(maren, letter, staff):
    url = f"{OUTBOX}{letter.pk}/dealt-with/"
    assert "there is nothing to deal with" in maren.post(url, {}).content.decode()
    put(letter, "bounced")
    assert maren.post(url, {"note": "x\x07"}).status_code == 422
    assert maren.post(url, {"note": "Called Jonas."}).status_code == 302
    letter.refresh_from_db()
    assert letter.dealt_with_by == staff and letter.dealt_with_at and tasks(letter) == []
    told = Activity.objects.get(verb="letter.dealt_with")
    assert (told.account, told.order, told.actor) == (letter.account, letter.order, staff)
    assert told.text == (f"“{letter.subject}” to owner@techsolutions.example marked as dealt with: Called Jonas.")
    again = maren.post(url, {})
    assert again.status_code == 422 and "has marked this letter as dealt with already" in again.content.decode()
    assert Activity.objects.filter(verb="letter.dealt_with").count() == 1
    page = maren.get(f"{OUTBOX}{letter.pk}/").content.decode()
    assert "<strong>Dealt with</strong>" in page and "Mark as dealt with" not in page


def test_nobody_deals_with_what_is_not_lost(letter, staff):
    with pytest.raises(Refused, match="letter_no_task"):
        deal_with_letter(letter, by=staff)
    assert not Activity.objects.filter(verb="letter.dealt_with").exists()


def test_it_shows_on_the_dashboard_the_order_and_the_account_and_leads_to_what_mends_it(maren, letter):
    put(letter, "bounced")
    here = f'href="{OUTBOX}{letter.pk}/"'
    dashboard = maren.get("/bss/").content.decode()
    assert "1 open" in dashboard and "Tech Solutions" in dashboard and letter.recipient_email in dashboard
    assert here in dashboard and f"{here[:-1]}resend/" in dashboard and f"{here[:-1]}dealt-with/" in dashboard
    order = maren.get(f"/bss/orders/{letter.order.number}/").content.decode()
    assert "the welcome email could not be delivered" in order and order.count(here) >= 3  # note, step, list
    account = maren.get(f"/bss/accounts/{letter.account.number}/").content.decode()
    assert "A letter to owner@techsolutions.example came back." in account and here in account
    page = maren.get(f"{OUTBOX}{letter.pk}/").content.decode()
    contact = letter.account.contacts.get()
    assert f'href="/bss/accounts/{letter.account.number}/contacts/{contact.pk}/edit/"' in page
    assert maren.get(f"{OUTBOX}?view=attention").context["rows"][0].pk == letter.pk
    put(letter, "bounced", dealt_with_at=timezone.now())
    for path in ("", f"orders/{letter.order.number}/", f"accounts/{letter.account.number}/"):
        words = maren.get(f"/bss/{path}").content.decode()
        assert "came back." not in words and "could not be delivered" not in words and "1 open" not in words, path
    assert maren.get(f"{OUTBOX}?view=attention").context["rows"] == []


def test_where_a_letter_is_not_wanted_its_address_is_not_what_is_wrong(maren, letter):
    put(letter, "complained")
    page, corrected = maren.get(f"{OUTBOX}{letter.pk}/").text, "Correct the address of"
    assert "does not want it: write to somebody else" in page and corrected not in page
    assert "Tech Solutions has no other contact to choose." in maren.get(f"{OUTBOX}{letter.pk}/resend/").text
    put(letter, "bounced")
    assert corrected in maren.get(f"{OUTBOX}{letter.pk}/").text


def test_who_may_not_mend_it_reads_it(nordwind, office, letter):
    put(letter, "bounced")
    reader = office(cast.staff(nordwind, "read_only").user)
    page = reader.get(f"{OUTBOX}{letter.pk}/").content.decode()
    assert "This letter came back." in page and "dealt-with/" not in page
    assert f"{letter.pk}/dealt-with/" not in reader.get("/bss/").content.decode()
    assert reader.post(f"{OUTBOX}{letter.pk}/dealt-with/").status_code == 403


def test_pressed_twice_sends_one_even_when_the_first_has_arrived(maren, letter):
    put(letter, "bounced")
    url = f"{OUTBOX}{letter.pk}/resend/"
    seen = maren.get(url).context["form"]["seen"].value()
    assert seen == letter.pk
    first = maren.post(url, {"to": "same", "seen": seen})
    again = letter.resends.get()
    put(again, "delivered")
    second = maren.post(url, {"to": "same", "seen": seen}, follow=True)
    assert first.status_code == 302 and second.redirect_chain == [(f"{OUTBOX}{again.pk}/", 302)]
    assert "It had been sent again already to owner@techsolutions.example." in second.content.decode()
    assert letter.resends.count() == Activity.objects.filter(verb="letter.resent").count() == 1
    seen = maren.get(url).context["form"]["seen"].value()
    assert seen == again.pk == newest_repetition(letter)
    assert maren.post(url, {"to": "same", "seen": seen}).status_code == 302
    assert letter.resends.count() == 2


def test_whose_address_was_corrected_is_offered_first(maren, letter):
    ayla = cast.person(letter.account, "ayla@techsolutions.example", roles=("viewer",), name="Ayla Demir")
    jonas = letter.account.contacts.get(is_primary=True)
    url = f"{OUTBOX}{letter.pk}/resend/"

    def offered() -> str:
        return maren.get(url).context["form"]["to"].value()

    put(letter, "bounced")
    assert offered() == "same"
    put(letter, "complained")
    assert offered() == str(ayla.pk)  # he does not want it
    put(letter, "bounced")
    jonas.email = "jonas@techsolutions.example"
    jonas.save()
    assert offered() == str(jonas.pk) != str(ayla.pk)
    assert maren.post(url, {"to": offered()}).status_code == 302
    assert letter.resends.get().recipient_email == jonas.email
    put(letter, "delivered")
    assert offered() == "same"  # it has arrived: nobody says that the address was wrong


def test_more_contacts_than_are_offered_is_said(maren, letter, monkeypatch):
    cast.person(letter.account, "ayla@techsolutions.example", roles=("viewer",), name="Ayla Demir")
    url, said = f"{OUTBOX}{letter.pk}/resend/", "contacts are offered, the primary one first."
    assert said not in maren.get(url).text
    monkeypatch.setattr("bss.setup.notifications.resend.MOST_CONTACTS", 1)
    assert f"The first 1 {said}" in maren.get(url).text


def test_what_nobody_will_know_may_be_sent_again(letter, staff):
    put(letter, "unknown", next_attempt_at=timezone.now())
    with pytest.raises(Refused, match="letter_on_its_way"):
        resend_letter(letter, by=staff)
    put(letter, "unknown")
    assert resend_letter(letter, by=staff)[1]


def test_a_letter_leads_to_its_repetitions_and_they_to_it(maren, letter, staff):
    put(letter, "bounced", provider_id="provider-77")
    again, _ = resend_letter(letter, by=staff)
    first = maren.get(f"{OUTBOX}{letter.pk}/").content.decode()
    assert f'href="{OUTBOX}{again.pk}/"' in first and "provider-77" in first and letter.message_id[1:-1] in first
    second = maren.get(f"{OUTBOX}{again.pk}/").content.decode()
    assert f'href="{OUTBOX}{letter.pk}/">The first letter</a>' in second


def test_a_letter_tells_what_its_provider_reported(maren, letter):
    page = maren.get(f"{OUTBOX}{letter.pk}/").content.decode()
    assert "The mail provider has told nothing of it." in page
    at = timezone.now()
    for number, kind in enumerate(("delivered", "bounced")):
        letter.delivery_events.create(
            kind=kind, happened_at=at, provider="resend", event_id=f"e{number}", words="550 5.1.1 <no such user>"
        )
    page = maren.get(f"{OUTBOX}{letter.pk}/").content.decode()
    assert page.index("Delivered<small") < page.index("Bounced<small")
    assert "550 5.1.1 &lt;no such user&gt;" in page and "told by resend" in page


def test_activity_and_subscription_tell_the_state_and_lead_to_the_letter(maren, letter):
    put(letter, "delivered")
    number, subscription = letter.account.number, letter.account.subscriptions.get()
    here = f'<a href="{OUTBOX}{letter.pk}/">{letter.subject}</a> <span class="badge ok">Delivered</span>'
    assert here in maren.get(f"/bss/accounts/{number}/activity/").content.decode()
    emails = maren.get(f"/bss/accounts/{number}/activity/?show=emails").content.decode()
    assert f'href="{OUTBOX}{letter.pk}/resend/"' in emails
    page = maren.get(f"/bss/subscriptions/{subscription.number}/").content.decode()
    assert f'href="{OUTBOX}{letter.pk}/">{letter.subject}</a>' in page and "Resend welcome email" in page
