"""Nobody is forgotten and nobody gets two, whatever the provider does and whoever dies. By hand, with figures:
`LETTERS=1000 KILLS=100 CALM=60 bin/test sqlite tests/faults/test_mail_storm.py -s`"""

import base64
import os
import random
import time
from collections import Counter

import pytest

from notifications.models import DeliveryEvent, Notification
from notifications.post import Recipient
from plans.verify import broken
from tests import cast
from tests.mail_provider import MailProvider
from tests.notifications.people import welcome
from tests.processes import Processes

from .mail_storm import SLOW, WEATHER, Storm
from .passing_time import until

LETTERS, KILLS = int(os.environ.get("LETTERS", "30")), int(os.environ.get("KILLS", "8"))
ORDERS = max(LETTERS // 25, 3)
CALM = float(os.environ.get("CALM", "0"))  # seconds after the last kill until `verify` is asked, with real time passing
REPORTED = "0.5" if LETTERS < 100 else "6"  # seconds: where time is, later than a second try
SEED = int(os.environ.get("SEED", "7"))
SECRET = f"whsec_{base64.b64encode(b'storm' * 6).decode()}"
FARTHEST = {"bounce": "bounced", "complain": "complained"}
BACKENDS = {"keys": "notifications.resend.EmailBackend", "no keys": "anymail.backends.resend.EmailBackend"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", BACKENDS if LETTERS > 100 else ["keys"])  # starting processes is the dear part
def test_letters_in_a_storm(processes: Processes, tmp_path, kind):
    base = processes.web(MAIL_REPORT_SECRETS=SECRET).replace("127.0.0.1", "localhost")
    more = ["--slow-seconds", str(SLOW), "--seed", str(SEED), "--report-after", REPORTED, "--report-secret", SECRET]
    more += ["--report-to", f"{base}/api/mail-reports/resend/", *(["--no-keys"] if kind == "no keys" else [])]
    more += ["--modes", ",".join(f"{mode}={share}" for mode, share in WEATHER.items())]
    provider = MailProvider(tmp_path / "provider", *more)
    mail = provider.environment(seconds=2) | {"EMAIL_BACKEND": BACKENDS[kind]}
    for queues in ("orders,bulk", "mail"):
        worker = processes.worker(queues=queues, app="tests.faults.odd", ODD="hurried sweeper", **mail)
    assert all(until(lambda one=one: "ready." in one.log.read_text()) for one in processes.running[1:])

    def another() -> MailProvider:
        return MailProvider(tmp_path / "provider", *more, "--port", str(provider.http))

    storm = Storm(cast.distributor(), worker, random.Random(SEED), provider, another)
    try:
        mail_is_slow(storm)
        began = time.monotonic()
        storm.rage(letters=LETTERS, kills=KILLS, orders=ORDERS)
        told = f"{kind}, seed {SEED}: {storm.killed} in {time.monotonic() - began:.0f} s"
        assert not until(storm.has_no_worker, seconds=CALM)
        assert not CALM or broken() == {}
        storm.provider.control(mode="ok")
        assert until(storm.is_calm, seconds=120), Counter(Notification.objects.values_list("state", flat=True))
        assert until(lambda: storm.provider.counts()["reports"]["waiting"] == 0, seconds=40), storm.provider.counts()
        judge(storm, kind=kind, told=f"{told}, {time.monotonic() - began:.0f} s in all")
    finally:
        storm.provider.stop()


def mail_is_slow(storm: Storm) -> None:
    """Every place of the mail worker waits for a provider that takes its time; orders do not."""
    storm.provider.control(mode="slow", slow_seconds=3)
    for number in range(6):
        welcome(storm.operator, occasion=f"slow:{number}", to=[Recipient(f"slow{number}@storm.example", "S")])
    assert until(lambda: Notification.objects.filter(state="sending").count() >= 2)
    storm.place_order()
    storm.place_order()
    assert until(lambda: len(storm.waited()) == 2)
    assert Notification.objects.filter(state="sending").exists() and storm.waited()[-1] < 3
    storm.provider.control(shares=WEATHER, slow_seconds=SLOW, seed=SEED)


def judge(storm: Storm, *, kind: str, told: str) -> None:
    provider = storm.provider
    letters = {letter.message_id: letter for letter in Notification.objects.exclude(state="skipped")}
    taken = Counter(line["message_id"] for line in provider.journal())
    modes = {line["message_id"]: line["mode"] for line in provider.journal()}
    left_to_a_person = {name for name, letter in letters.items() if letter.state in ("unknown", "failed")}
    missing = [(letters[name].key, letters[name].state, letters[name].attempts) for name in set(letters) - set(taken)]
    marked = {name for name, letter in letters.items() if letter.possible_duplicate}
    waits = storm.waited()
    print(f"\n{told}; {len(letters)} letters, {taken.total()} taken, {provider.counts()['repeats']} repeats of a key,")
    print(f"{len(marked)} marked, {len(left_to_a_person)} left to a person, {DeliveryEvent.objects.count()} reports;")
    print(f"nothing taken of {missing}")
    print(f"{len(waits)} orders waited {waits[len(waits) // 2]:.2f} s, at most {waits[-1]:.2f} s")

    assert broken() == {}
    assert len(letters) >= LETTERS + ORDERS and set(taken) <= set(letters)
    assert set(letters) - set(taken) <= left_to_a_person, "whoever got nothing is a task for somebody"
    twice = {name for name, times in taken.items() if times > 1}
    assert twice <= marked
    if kind == "keys":
        assert (twice, left_to_a_person, marked) == (set(), set(), set())
    states = {name: {"sent", FARTHEST.get(modes[name], "delivered"), "delivered"} for name in taken}
    wrong = {
        name: letters[name].state for name in taken if letters[name].state not in states[name] | {"unknown", "bounced"}
    }
    assert wrong == {}
    assert Notification.objects.filter(state__in=["delivered", "bounced"]).count() > LETTERS // 2
    assert len(waits) == len(storm.orders) and waits[-1] < 5
