"""A welcome letter bounces; staff see it, correct the address, send it again, and nothing is left to do."""

import pytest
from django.conf import settings as house
from django.test import Client
from django.utils import timezone

from notifications.delivery import deliver
from notifications.models import Notification
from notifications.reports import Report, take, token_of
from plans.models import Activity, User
from tests import cast
from tests.storefront.visits import form_of

pytestmark = pytest.mark.django_db
OLD, NEW = "owner@techsolutions.example", "jonas@techsolutions.example"


def report(letter: Notification, kind: str, words: str = "") -> None:
    take(Report("resend", kind, timezone.now(), event_id=f"{letter.pk}-{kind}", letter=token_of(letter), words=words))


def test_it_is_mended_from_the_dashboard(settings):
    settings.BSS_HOST = "bss.disti.test"
    nordwind = cast.distributor()
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    maren = Client(headers={"host": "bss.disti.test"})
    maren.force_login(User.objects.get(email="maren.holt@nordwind.example"), backend=house.AUTHENTICATION_BACKENDS[0])
    letter, order = account.notifications.get(template_code="welcome_standard"), account.orders.get()
    here = f"/bss/setup/notifications/outbox/{letter.pk}/"
    places = ("/bss/", f"/bss/orders/{order.number}/", f"/bss/accounts/{account.number}/")

    assert deliver(letter.pk)
    assert 'class="badge ok">Sent</span>' in maren.get(places[1]).text
    report(letter, "bounced", "550 5.1.1 No such mailbox")
    for place in places:
        page = maren.get(place).text
        assert f'href="{here}"' in page and OLD in page, place
    page = maren.get(here).text
    assert "This letter came back." in page and "550 5.1.1 No such mailbox" in page and "told by resend" in page

    contact = account.contacts.get()
    edit = f"/bss/accounts/{account.number}/contacts/{contact.pk}/edit/"
    assert f'href="{edit}"' in page
    assert maren.post(edit, form_of(maren.get(edit), edit) | {"email": NEW}).status_code == 302
    resend = f"{here}resend/"
    form = form_of(maren.get(resend), resend)
    assert form["to"] == str(contact.pk)
    sent = maren.post(resend, form, follow=True)
    assert f"Sent again to {NEW}." in sent.text
    again = letter.resends.get()
    assert "Sent again to jonas@techsolutions.example" in maren.get(here).text  # it may still be lost

    assert deliver(again.pk)
    report(again, "delivered")
    assert "Every letter arrived, or somebody has dealt with it." in maren.get("/bss/").text
    for place in places[1:]:
        page = maren.get(place).text
        assert "came back" not in page and "could not be delivered" not in page, place
    assert "This letter came back." not in maren.get(here).text
    told = set(Activity.objects.filter(account=account, verb="letter.resent").values_list("text", "actor_name"))
    assert told == {(f"“{letter.subject}” sent again to {NEW}.", "Maren Holt")}
    page = maren.get(places[1]).text
    assert f'href="/bss/setup/notifications/outbox/{again.pk}/"' in page and 'class="badge ok">Delivered</span>' in page
