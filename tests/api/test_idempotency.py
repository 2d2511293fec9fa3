"""The same key is never carried out twice: not after an answer, not at the same moment, not by another body."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plans.models import IdempotencyRecord, Order, User
from plans.sweeping import sweep
from tests import cast
from tests.plans.at_once import at_once

from .calling import STORE, Program, problem, token_of

KEY = "4b1f9f0e"


def draft(account) -> dict:
    return {"account": account.number, "items": [{"product": "standard-plan"}]}


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_first_answer_is_told_again(self, erp, tech):
        first, second = (erp.post("orders/", draft(tech), key=KEY) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert "Idempotency-Replayed" not in first.headers
        assert second["Idempotency-Replayed"] == "true"
        assert Order.objects.count() == 1

    def test_a_refusal_is_told_again(self, erp, tech):
        wanted = {"account": tech.number, "plan": "standard", "alias": "harbor", "fingerprint": "old"}
        first, second = (erp.post("plan-changes/", wanted, key=KEY) for _ in range(2))
        assert problem(first, 409) == problem(second, 409) == "preview_stale"
        assert first.json() == second.json()
        assert second["Idempotency-Replayed"] == "true"
        assert first.json()["preview"]["total"] == "177.31"

    def test_another_body_is_another_request(self, erp, tech):
        erp.post("orders/", draft(tech), key=KEY)
        assert problem(erp.post("orders/", draft(tech) | {"reference": "x"}, key=KEY), 422) == "idempotency_key_reused"
        number = Order.objects.get().number
        assert problem(erp.post(f"orders/{number}/cancel/", {}, key=KEY), 422) == "idempotency_key_reused"
        assert Order.objects.get().state == "draft"

    def test_keys_of_others_are_others(self, nordwind, erp, tech):
        other = Program(token_of(nordwind, cast.staff(nordwind, "account_manager").user))
        assert erp.post("orders/", draft(tech), key=KEY).status_code == 201
        assert other.post("orders/", draft(tech), key=KEY).status_code == 201
        assert Order.objects.count() == 2

    def test_after_a_day_a_key_is_new(self, erp, tech):
        erp.post("orders/", draft(tech), key=KEY)
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
        assert erp.post("orders/", draft(tech) | {"reference": "x"}, key=KEY).status_code == 201
        assert Order.objects.count() == 2

    def test_the_sweeper_forgets_what_no_key_gets_any_more(self, erp, tech):
        for _ in range(2):
            erp.post("orders/", draft(tech))
        old, new = IdempotencyRecord.objects.order_by("pk")
        IdempotencyRecord.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2, seconds=1))
        sweep()
        assert list(IdempotencyRecord.objects.all()) == [new]

    def test_in_flight(self, erp, tech):
        """Whoever died with the key in hand left no effect: after a minute the key can be taken over."""
        erp.post("orders/", draft(tech), key=KEY)
        before = Order.objects.count()
        IdempotencyRecord.objects.update(status=0, answer=None)
        assert problem(erp.post("orders/", draft(tech), key=KEY), 409) == "idempotency_in_flight"
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(seconds=61))
        assert Order.objects.count() == before
        assert erp.post("orders/", draft(tech), key=KEY).status_code == 201
        assert Order.objects.count() == before + 1

    @pytest.mark.parametrize(
        ("key", "code"),
        [
            (None, "idempotency_key_missing"),
            ("a b", "idempotency_key_invalid"),
            ("ü", "idempotency_key_invalid"),
            ("x" * 256, "idempotency_key_invalid"),
        ],
    )
    def test_keys_that_are_none(self, erp, tech, key, code):
        assert problem(erp.post("orders/", draft(tech), key=key), 400) == code
        assert Order.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_order(settings):
    """At a barrier: one is carried out, the others are told to wait, or what the answer was."""
    settings.BSS_HOST = "bss.disti.test"
    nordwind = cast.distributor(host=STORE)
    tech = cast.reseller(nordwind)
    secret = token_of(nordwind, User.objects.get(email="maren.holt@nordwind.example"))
    for number in range(3):
        key, before = f"race-{number}", Order.objects.count()
        calls = [lambda key=key: Program(secret).post("orders/", draft(tech), key=key) for _ in range(8)]
        answers = [outcome.value for outcome in at_once(*calls, gate=IdempotencyRecord)]
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= {201, 409}, [answer.content for answer in answers]
        carried_out = [a for a in answers if a.status_code == 201 and "Idempotency-Replayed" not in a.headers]
        assert len(carried_out) == 1
        assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_in_flight"}
        assert len({a.content for a in answers if a.status_code == 201}) == 1
        assert Order.objects.count() == before + 1
