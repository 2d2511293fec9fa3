"""The provider of the house: what it takes, what it says, and what it remembers. Letters reach it through Uplift."""

import json
import re
import urllib.error
import urllib.request

import pytest

from notifications.delivery import deliver
from notifications.models import Notification
from tests.mail_provider import API_KEY, MailProvider

from .people import JONAS, make_due, welcome


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    provider = MailProvider(tmp_path_factory.mktemp("provider"), "--slow-seconds", "0.3")
    yield provider
    provider.stop()


@pytest.fixture
def house(one, settings):
    one.control(mode="ok")
    settings.EMAIL_BACKEND = "notifications.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_URL": one.url, "RESEND_API_KEY": API_KEY}
    return one


def sent(operator, **more) -> Notification:
    [letter] = welcome(operator, **more)
    deliver(letter.pk)
    return Notification.objects.get(pk=letter.pk)


def post(provider: MailProvider, path: str, body: bytes, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{provider.url}{path}", body, headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_what_uplift_sends_is_in_the_journal_under_its_key(nordwind, house):
    letter = sent(nordwind)
    taken = house.journal()[-1]
    assert (letter.state, letter.provider_id) == ("sent", taken["id"])
    assert taken["key"] == letter.message_id[1:].split("@")[0] and taken["key"].startswith("notif-")
    assert taken["message_id"] == letter.message_id
    assert (taken["subject"], taken["text"], taken["html"]) == (letter.subject, letter.text, letter.html)
    assert taken["to"] == [f"Jonas Brandt <{JONAS}>"]
    assert (house.folder / "journal.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("mode", "state", "taken"),
    [
        ("ok", "sent", 1), ("slow", "sent", 1), ("bounce", "sent", 1), ("complain", "sent", 1), ("429", "retry", 0),
        ("500", "retry", 0), ("reset", "retry", 1), ("reject", "failed", 0), ("unverified", "retry", 0),
    ],
)  # fmt: skip
def test_what_each_mode_does_over_http(nordwind, house, mode, state, taken):
    house.control(mode=mode)
    before = house.counts()["taken"]
    assert sent(nordwind).state == state
    assert house.counts()["taken"] - before == taken


@pytest.mark.parametrize(
    ("mode", "state", "taken"),
    [("ok", "sent", 1), ("429", "retry", 0), ("500", "retry", 0), ("reset", "unknown", 1), ("reject", "failed", 0),
     ("unverified", "failed", 0)],
)  # fmt: skip
def test_what_each_mode_does_over_smtp(nordwind, house, settings, mode, state, taken):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", house.smtp
    house.control(mode=mode)
    before = house.counts()["taken"]
    letter = sent(nordwind)
    assert letter.state == state
    assert house.counts()["taken"] - before == taken
    if taken:
        line = house.journal()[-1]
        assert (line["door"], line["to"], line["message_id"]) == ("smtp", [JONAS], letter.message_id)
        assert line["text"].split() == letter.text.split()


def test_a_key_is_taken_once_even_after_a_new_start(nordwind, tmp_path, settings):
    provider = MailProvider(tmp_path, "--modes", "reset")
    settings.EMAIL_BACKEND = "notifications.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_URL": provider.url, "RESEND_API_KEY": API_KEY}
    letter = sent(nordwind)
    provider.stop()
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"id": "half a li')
    provider = MailProvider(tmp_path)
    settings.ANYMAIL = settings.ANYMAIL | {"RESEND_API_URL": provider.url}
    make_due(letter)
    assert deliver(letter.pk)
    [taken] = provider.journal()
    assert Notification.objects.get(pk=letter.pk).provider_id == taken["id"]
    counts = provider.counts()
    provider.stop()
    assert (counts["taken"], counts["repeats"], counts["keys_twice"]) == (1, 1, [])


def test_without_keys_a_repeat_is_a_second_letter(nordwind, tmp_path, settings):
    provider = MailProvider(tmp_path, "--no-keys", "--modes", "reset")
    settings.EMAIL_BACKEND = "notifications.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_URL": provider.url, "RESEND_API_KEY": API_KEY}
    letter = sent(nordwind)
    make_due(letter)
    deliver(letter.pk)
    counts = provider.counts()
    provider.stop()
    assert (counts["taken"], counts["message_ids_twice"]) == (2, [letter.message_id])


def test_the_same_key_with_other_words_is_refused(house):
    body = {"from": "a@b.example", "to": ["c@d.example"], "subject": "One", "headers": {}, "text": "One"}
    ask = {"Authorization": f"Bearer {API_KEY}", "Idempotency-Key": "other-words"}
    assert post(house, "emails", json.dumps(body).encode(), **ask) == 200
    assert post(house, "emails", json.dumps(body).encode(), **ask) == 200
    assert post(house, "emails", json.dumps(body | {"text": "Two"}).encode(), **ask) == 409


def test_shares_and_a_seed_are_a_weather_that_can_be_told_again(house):
    drawn = []
    for _ in range(2):
        house.control(shares={"429": 0.3, "500": 0.2}, seed=11)
        before = house.counts()["weather"]["met"]
        for number in range(100):
            body = {"from": "a@b.example", "to": ["c@d.example"], "headers": {}, "subject": f"{number}"}
            post(house, "emails", json.dumps(body).encode(), Authorization=f"Bearer {API_KEY}")
        after = house.counts()["weather"]["met"]
        drawn.append({mode: after[mode] - before.get(mode, 0) for mode in ("ok", "429", "500")})
    assert drawn[0] == drawn[1]
    assert 15 < drawn[0]["429"] < 45 and 8 < drawn[0]["500"] < 32 and sum(drawn[0].values()) == 100


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
def test_what_is_no_letter(house, body):
    assert post(house, "emails", body, Authorization=f"Bearer {API_KEY}") == 400
    assert post(house, "control", b'{"mode": "sunny"}') == 400
    assert post(house, "emails", b"{}", Authorization="Bearer other") == 401


def test_the_inbox_shows_a_letter_and_runs_nothing_of_it(nordwind, house):
    letter = sent(nordwind, occasion="order:<i>2", account_name="<script>alert(1)</script>")
    page = house.page("")
    place = re.search(r'href="(/letters/[^"]+)"', page)[1]
    assert "<script" not in page
    opened = house.page(place[1:])
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in opened and letter.message_id[1:-1] in opened
    assert "<script" not in opened
    with urllib.request.urlopen(f"{house.url}{place[1:]}/html") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
        assert letter.html in answer.read().decode()


def test_a_name_that_somebody_points_at_us_reads_nothing(house):
    request = urllib.request.Request(house.url, headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
