"""What providers tell of letters: who may, each once, in any order, and what it makes of the letter."""

import base64
import json
import os
import random
import time
import uuid
from collections import defaultdict

import pytest
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from fake_mail.reports import signed

from api.mail_reports import MailReports
from notifications import delivery, handover
from notifications.delivery import deliver
from notifications.models import DeliveryEvent, Notification
from notifications.reports import token_of

from .people import welcome

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
OLD, NEW, FORGED = (f"whsec_{base64.b64encode(word * 8).decode()}" for word in (b"old", b"new", b"bad"))
BASIC = "uplift:a long password"
MANY = int(os.environ.get("REPORTS", "300"))  # by hand: 2000
ADDRESS = "/api/mail-reports/resend/"
FARTHEST = ["email.complained", "email.bounced", "email.delivered", "email.sent"]
STATE = {
    "email.complained": "complained",
    "email.bounced": "bounced",
    "email.delivered": "delivered",
    "email.sent": "sent",
}


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.MAIL_REPORT_SECRETS = [NEW, OLD, BASIC]


def body_of(
    letter: Notification | None, kind: str = "email.delivered", *, provider_id: str = "", token: str = ""
) -> bytes:
    token = token or (token_of(letter) if letter else "")
    data = {"email_id": provider_id, "to": ["jonas.brandt@techsolutions.example"], "headers": []}
    if token:
        data["headers"] = [{"name": "X-Metadata", "value": json.dumps({"letter": token})}]
    if kind == "email.bounced":
        data["bounce"] = {"message": "The recipient's email provider sent a hard bounce message."}
    return json.dumps({"type": kind, "created_at": "2026-11-29T12:00:00.000Z", "data": data}).encode()


def tell(body: bytes, *, event: str = "msg_1", secret: str = NEW, at: int | None = None, address: str = ADDRESS) -> int:
    headers = signed(body, secret=secret, event_id=event, at=at)
    kind = headers.pop("Content-Type")
    return Client(headers={"host": "localhost"} | headers).post(address, body, content_type=kind).status_code


def sent(operator, *, occasion: str = "order:1", state: str = "sent", provider_id: str = "") -> Notification:
    [letter] = welcome(operator, occasion=occasion)
    lease = {"lease_owner": uuid.uuid4(), "lease_until": Now()} if state == "sending" else {}
    was_sent = state in ("sent", "delivered", "bounced", "complained")
    Notification.objects.filter(pk=letter.pk).update(
        state=state, provider_id=provider_id, sent_at=Now() if was_sent else None, attempts=1, **lease
    )
    return reread(letter)


def reread(letter: Notification) -> Notification:
    return Notification.objects.get(pk=letter.pk)


def test_delivered_is_kept_and_moves_the_letter(nordwind):
    letter = sent(nordwind, provider_id="re-1")
    assert tell(body_of(letter, provider_id="re-1")) == 200
    [event] = letter.delivery_events.all()
    assert (event.kind, event.provider, event.event_id, event.provider_id) == ("delivered", "resend", "msg_1", "re-1")
    assert event.happened_at.isoformat() == "2026-11-29T12:00:00+00:00" and event.received_at
    assert reread(letter).state == "delivered"


def test_a_bounce_tells_the_providers_words(nordwind):
    letter = sent(nordwind)
    tell(body_of(letter, "email.bounced"))
    assert reread(letter).state == "bounced"
    assert "hard bounce message" in letter.delivery_events.get().words


@pytest.mark.parametrize(("first", "second", "state"), [
    ("email.bounced", "email.delivered", "bounced"), ("email.delivered", "email.bounced", "bounced"),
    ("email.complained", "email.bounced", "complained"), ("email.complained", "email.delivered", "complained"),
    ("email.delivered", "email.sent", "delivered"), ("email.delivery_delayed", "email.delivered", "delivered"),
])  # fmt: skip
def test_a_letter_never_goes_back(nordwind, first, second, state):
    letter = sent(nordwind)
    assert (tell(body_of(letter, first)), tell(body_of(letter, second), event="msg_2")) == (200, 200)
    assert reread(letter).state == state and letter.delivery_events.count() == 2


def test_told_twice_it_is_kept_once(nordwind):
    letter = sent(nordwind)
    assert [tell(body_of(letter)) for _ in range(3)] == [200, 200, 200]
    assert letter.delivery_events.count() == 1


@pytest.mark.parametrize("state", ["unknown", "retry", "failed"])
def test_what_arrived_settles_a_letter_that_nobody_was_sure_of(nordwind, state):
    letter = sent(nordwind, state=state)
    tell(body_of(letter))
    row = reread(letter)
    assert (row.state, row.next_attempt_at, row.possible_duplicate) == ("delivered", None, False)
    assert row.sent_at is not None
    assert deliver(letter.pk) is False, "and it is not sent again"


@pytest.mark.parametrize("state", ["queued", "skipped"])
def test_a_letter_that_never_left_does_not_move(nordwind, state):
    letter = sent(nordwind, state=state)
    assert tell(body_of(letter)) == 200
    assert reread(letter).state == state


@pytest.mark.parametrize(
    ("outcome", "state"), [("accepted", "delivered"), ("unknown", "delivered"), ("deferred", "delivered")]
)
def test_a_report_that_comes_while_the_letter_is_handed_over(nordwind, outcome, state):
    [letter] = welcome(nordwind)
    owner = uuid.uuid4()
    row = delivery._claim(letter.pk, owner)
    delivery._start_handing_over(row, owner)
    tell(body_of(letter, "email.sent"), event="msg_0")
    tell(body_of(letter))
    assert reread(letter).state == "sending"
    delivery._record(row, owner, handover.Answer(outcome))
    assert reread(letter).state == state


def test_a_report_that_comes_while_the_worker_is_gone(nordwind):
    [letter] = welcome(nordwind)
    owner = uuid.uuid4()
    delivery._start_handing_over(delivery._claim(letter.pk, owner), owner)
    tell(body_of(letter))
    Notification.objects.filter(pk=letter.pk).update(lease_until=Now())
    delivery.release_expired()
    assert reread(letter).state == "delivered"


def test_a_report_under_a_name_that_the_letter_learns_a_moment_later(nordwind):
    """A provider that gives nothing back but its own name for the letter, and is quicker than we are."""
    [letter] = welcome(nordwind)
    owner = uuid.uuid4()
    row = delivery._claim(letter.pk, owner)
    delivery._start_handing_over(row, owner)
    assert tell(body_of(None, provider_id="re-7")) == 200
    assert DeliveryEvent.objects.unclaimed().count() == 1
    delivery._record(row, owner, handover.Answer("accepted", provider_id="re-7"))
    assert (reread(letter).state, DeliveryEvent.objects.unclaimed().count()) == ("delivered", 0)


def test_a_report_that_was_not_given_to_its_letter_is_when_it_is_told_again(nordwind):
    """The worker went away between learning the name and looking for what was told under it."""
    tell(body_of(None, provider_id="re-8"))
    letter = sent(nordwind, provider_id="re-8")
    assert tell(body_of(None, provider_id="re-8")) == 200
    assert (reread(letter).state, letter.delivery_events.count()) == ("delivered", 1)


def test_a_letter_that_nobody_knows_is_kept_where_staff_can_count_it(nordwind):
    letter = sent(nordwind)
    for number, token in enumerate(
        ("999999999/notif-x", f"{letter.pk}/notif-{uuid.uuid4()}", "x/y", "9" * 40, "\u0661/a")
    ):
        assert tell(body_of(None, token=token, provider_id=f"other-{number}"), event=f"msg_{number}") == 200
    assert DeliveryEvent.objects.unclaimed().count() == 5
    assert reread(letter).state == "sent"


@pytest.mark.parametrize("kind", ["email.opened", "email.clicked", "contact.created", "email.scheduled"])
def test_who_reads_a_letter_is_nobodys_business(nordwind, kind):
    assert tell(body_of(sent(nordwind), kind)) == 200
    assert not DeliveryEvent.objects.exists()


# --- who may tell ---


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_each_of_two_secrets_is_good(nordwind, secret):
    assert tell(body_of(sent(nordwind)), secret=secret) == 200


def refused(operator, status: int, **more) -> None:
    letter = sent(operator)
    assert tell(body_of(letter), **more) == status
    assert (reread(letter).state, DeliveryEvent.objects.count()) == ("sent", 0)


def test_another_secret_is_refused(nordwind):
    refused(nordwind, 400, secret=FORGED)


def test_the_old_secret_is_refused_when_it_is_taken_away(nordwind, settings):
    settings.MAIL_REPORT_SECRETS = [NEW]
    refused(nordwind, 400, secret=OLD)


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_%%%"], ["no colon"]])
def test_without_a_usable_secret_nobody_may(nordwind, settings, secrets):
    settings.MAIL_REPORT_SECRETS = secrets
    refused(nordwind, 400, secret=secrets[0] if secrets and secrets[0] == "whsec_" else NEW)


@pytest.mark.parametrize("age", [-360, 301, 3600])
def test_a_signature_is_good_for_five_minutes(nordwind, age):
    refused(nordwind, 400, at=int(time.time()) - age)


def test_other_words_or_another_name_under_the_same_signature(nordwind):
    letter = sent(nordwind)
    body = body_of(letter)
    headers = signed(body, secret=NEW, event_id="msg_1")
    client = Client(headers={"host": "localhost"})
    tries = [
        ({}, body_of(letter, "email.bounced")),
        ({"svix-id": "msg_2"}, body),
        ({"svix-signature": ""}, body),
        ({"svix-timestamp": "\u0661"}, body),
        ({"svix-signature": "v1,\u00e9"}, body),
    ]
    for changed, content in tries:
        answer = client.post(ADDRESS, content, content_type="application/json", headers=headers | changed)
        assert answer.status_code == 400
    assert DeliveryEvent.objects.count() == 0


@pytest.mark.parametrize(("given", "status"), [(BASIC, 200), ("uplift:wrong", 400), ("", 400)])
def test_a_provider_that_signs_nothing_gives_a_name_and_a_password(nordwind, given, status):
    letter = sent(nordwind)
    told = {"RecordType": "Delivery", "MessageID": "pm-1", "DeliveredAt": "2026-11-29T12:00:00Z", "Details": "250 OK",
            "Recipient": letter.recipient_email, "Metadata": {"letter": token_of(letter)}}  # fmt: skip
    headers = {"host": "localhost", "authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}
    client = Client(headers=headers)
    answers = [client.post("/api/mail-reports/postmark/", told, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert reread(letter).state == ("delivered" if status == 200 else "sent")
    assert DeliveryEvent.objects.count() == (1 if status == 200 else 0), "known again by a digest of what it says"


def test_ten_megabytes_are_not_read(nordwind):
    assert tell(b"x" * 10_000_000) == 413
    assert tell(b"x" * 300_000) == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"type": 1}', b'{"type": "email.sent", "data": 3}', b"\xff", b"null"]
)
def test_what_cannot_be_read_is_refused_and_writes_nothing(nordwind, body):
    assert tell(body) in (200, 400)
    assert not DeliveryEvent.objects.unclaimed().exclude(kind="sent").exists()


def test_an_unknown_provider_is_not_there(nordwind):
    assert tell(body_of(sent(nordwind)), address="/api/mail-reports/nobody/") == 404


def test_no_secret_is_in_the_log(nordwind, caplog):
    tell(body_of(sent(nordwind)), secret=FORGED)
    tell(b"{")
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "mail_report_refused" in said and "mail_report_unreadable" in said
    assert not any(secret in said for secret in (NEW, OLD, FORGED, BASIC, "v1,"))


def test_many_reports_doubled_shuffled_and_a_tenth_of_them_forged(nordwind):
    """The end is what a model of three lines says, whatever the order."""
    seed = 20261129
    chance = random.Random(seed)
    letters = [
        sent(nordwind, occasion=f"order:{n}", state=chance.choice(["sent", "unknown", "retry"]))
        for n in range(MANY // 30)
    ]
    told, expected = [], defaultdict(set)
    for number in range(MANY):
        letter, kind = chance.choice(letters), chance.choices(FARTHEST, weights=[1, 2, 30, 67])[0]
        forged = chance.random() < 0.1
        told += [(body_of(letter, kind), f"msg_{number}", FORGED if forged else chance.choice([NEW, OLD]))] * 2
        if not forged:
            expected[letter.pk].add(kind)
    chance.shuffle(told)
    answers = defaultdict(int)
    view, factory = MailReports.as_view(), RequestFactory()
    for body, event, secret in told:
        headers = signed(body, secret=secret, event_id=event)
        request = factory.post(ADDRESS, body, content_type=headers.pop("Content-Type"), headers=headers)
        answers[view(request, provider="resend").status_code, secret == FORGED] += 1
    assert set(answers) == {(200, False), (400, True)}, f"seed {seed}"
    ends = {
        letter.pk: STATE.get(min(expected[letter.pk], key=FARTHEST.index, default=""), letter.state)
        for letter in letters
    }
    assert dict(Notification.objects.values_list("pk", "state")) == ends, f"seed {seed}"
    assert DeliveryEvent.objects.count() == MANY - answers[400, True] // 2
