"""Nothing that anybody types becomes a header of its own. Every letter here went through a real SMTP server."""

from dataclasses import replace
from email.utils import getaddresses

import pytest

from notifications.delivery import deliver
from notifications.models import Notification, NotificationTemplate
from notifications.post import Recipient

from .people import BRAND, JONAS, welcome

INJECTIONS = [
    "x\r\nBcc: spy@evil.example",
    "x\nBcc: spy@evil.example",
    "x\rBcc: spy@evil.example",
    "x\x0bBcc: spy@evil.example",
    "x\x0cBcc: spy@evil.example",
    "x\x85Bcc: spy@evil.example",
    "x\u2028Bcc: spy@evil.example",
    "x\r\n\r\n<script>alert(1)</script>",
    "x%0d%0aBcc: spy@evil.example",
    "=?utf-8?q?x=0ABcc:_spy@evil.example?=",
    '"<spy@evil.example>, x',
    "spy@evil.example, x",
    "x\x00y",
    "Zoë Müller 株式会社 🎉",
    "x" * 5_000,
]
HEADERS = {
    "From", "To", "Subject", "Reply-To", "Date", "Message-ID", "MIME-Version", "Content-Type", "X-Uplift-Key",
    "Auto-Submitted",
}  # fmt: skip


def only_letter(smtp):
    [letter] = smtp.letters
    assert set(letter.keys()) - {"X-Peer", "X-MailFrom", "X-RcptTo"} in (HEADERS, HEADERS - {"Reply-To"})
    assert smtp.envelopes == [("cloud@nordwind.example", [JONAS])]
    assert letter["To"].addresses[0].addr_spec == JONAS
    assert len(letter["To"].addresses) == 1
    return letter


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_merged_value_in_the_subject(nordwind, smtp, value):
    NotificationTemplate.objects.create(
        operator=nordwind, code="welcome_standard", entity="accounts", name="W", subject="{{ account_name }}", body="x"
    )
    [row] = welcome(nordwind, account_name=value)
    assert deliver(row.pk)
    letter = only_letter(smtp)
    stored = Notification.objects.get(pk=row.pk)
    assert letter["Subject"].strip() == stored.subject
    assert stored.state == "sent" and stored.subject.isprintable()


@pytest.mark.parametrize("value", INJECTIONS)
def test_the_name_of_the_recipient(nordwind, smtp, value):
    [row] = welcome(nordwind, to=[Recipient(JONAS, value)])
    assert deliver(row.pk)
    only_letter(smtp)


@pytest.mark.parametrize("value", INJECTIONS)
def test_the_name_of_the_sender(nordwind, smtp, value):
    [row] = welcome(nordwind, brand=replace(BRAND, from_name=value))
    assert deliver(row.pk)
    letter = only_letter(smtp)
    assert letter["From"].addresses[0].addr_spec == "cloud@nordwind.example"
    assert len(letter["From"].addresses) == 1


@pytest.mark.parametrize(
    "value", [*INJECTIONS, '"x\x0bBcc: spy@evil.example"@y.example', "a@b.example, spy@evil.example"]
)
def test_the_address_to_reply_to(nordwind, smtp, value):
    """What is none is left out: the letter matters more."""
    [row] = welcome(nordwind, brand=replace(BRAND, support_email=value[:254]))
    assert deliver(row.pk)
    assert Notification.objects.get(pk=row.pk).state == "sent"
    letter = only_letter(smtp)
    assert "Reply-To" not in letter


@pytest.mark.parametrize("value", INJECTIONS)
def test_all_of_it_through_a_providers_api(nordwind, provider, value):
    """JSON has no headers to break, but the provider makes some of what it gets."""
    hostile = replace(BRAND, from_name=value, support_email=value[:254])
    [row] = welcome(nordwind, brand=hostile, to=[Recipient(JONAS, value)], account_name=value)
    assert deliver(row.pk)
    assert Notification.objects.get(pk=row.pk).state == "sent"
    [asked] = provider.asked
    told = [asked["From"], asked["To"], asked["Subject"], asked.get("ReplyTo", "")]
    told += [part for line in asked["Headers"] for part in line.values()]
    assert all(line.isprintable() for line in told)
    assert [address for _, address in getaddresses([asked["From"], asked["To"]])] == ["cloud@nordwind.example", JONAS]
    assert not {"Cc", "Bcc"} & set(asked)


@pytest.mark.parametrize("value", INJECTIONS[:7])
def test_what_staff_write_into_the_subject(nordwind, smtp, value):
    NotificationTemplate.objects.create(
        operator=nordwind, code="welcome_standard", entity="accounts", name="W", subject=value, body="x"
    )
    [row] = welcome(nordwind)
    assert deliver(row.pk)
    only_letter(smtp)


@pytest.mark.parametrize("value", INJECTIONS[:8])
def test_an_address_that_carries_more_is_never_handed_over(nordwind, smtp, value):
    [row] = welcome(nordwind, to=[Recipient(f"{JONAS}{value[1:]}", "J")])
    assert row.state == "failed"
    assert not deliver(row.pk)
    assert smtp.letters == []


def test_a_row_that_was_tampered_with_fails_and_sends_nothing(nordwind, smtp):
    """The last line of defence is the mail library's own."""
    [row] = welcome(nordwind)
    Notification.objects.filter(pk=row.pk).update(subject="x\r\nBcc: spy@evil.example")
    assert deliver(row.pk)
    assert Notification.objects.get(pk=row.pk).state == "failed"
    assert smtp.letters == []
