"""docs/api.md does what it says: its calls are made in their order, as they are printed there."""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.utils import timezone

from api.throttles import A_MINUTE
from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Order
from tests import cast

from .calling import BSS, Program, problem

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2].joinpath("docs/api.md").read_text(encoding="utf-8")
CALLS = re.findall(r"```sh\n(curl .*?)```", PAGE, re.DOTALL)


class Shell:
    """curl, as far as the page uses it; `$NAMES` are what the answers before have told."""

    def __init__(self, program: Program) -> None:
        self.program, self.told = program, {"UPLIFT": f"http://{BSS}", "TOKEN": program.secret}

    def run(self, command: str) -> HttpResponse:
        line = command.replace("\\\n", "")
        words = shlex.split(re.sub(r"\$([A-Z]+)", lambda name: self.told[name[1]], line))
        url, *options = words[1:]
        given = list(zip(options[::2], options[1::2], strict=True))
        headers = dict(value.split(": ", 1) for name, value in given if name == "-H") | {"host": BSS}
        [body] = [value for name, value in given if name == "-d"] or [None]
        method = "GET" if body is None else "POST"
        path = url.removeprefix(self.told["UPLIFT"])
        kind = headers.pop("Content-Type", "")
        return self.program.client.generic(method, path, body or "", kind, headers=headers)


def test_the_calls_of_the_page(erp, tech):
    shell = Shell(erp)
    find, look, order, ask, letters, resend, dealt, charges, impact, down, undo = CALLS
    [found] = shell.run(find).json()["results"]
    shell.told["ACCOUNT"] = found["number"]
    shell.told["FINGERPRINT"] = shell.run(look).json()["fingerprint"]
    ordered = shell.run(order)
    assert (ordered.status_code, ordered.json()["account"]) == (201, tech.number)
    shell.told["ORDER"] = ordered.json()["number"]
    execute_order(Order.objects.get().pk)
    assert shell.run(ask).json()["state"] == "executed"
    [letter] = shell.run(letters).json()["results"]
    assert letter["template"] == "welcome_standard"
    shell.told["LETTER"] = str(letter["id"])
    Notification.objects.update(state="sent", sent_at=timezone.now())
    again = shell.run(resend.replace("17", str(tech.contacts.get(is_primary=True).pk)))
    assert (again.status_code, again.json()["recipient_email"]) == (201, letter["recipient_email"])
    Notification.objects.filter(pk=letter["id"]).update(state="bounced")
    assert shell.run(dealt).json()["needs_attention"] is False
    shell.told["CHARGE"] = "0"
    assert [charge["total"] for charge in shell.run(charges).json()["results"]] == ["177.31"]
    again = shell.run(order)
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, ordered.json(), "true")
    assert problem(shell.run(order.replace('"month"', '"year"')), 422) == "idempotency_key_reused"
    assert Order.objects.count() == 1
    shell.told["FINGERPRINT"] = shell.run(impact).json()["fingerprint"]
    waiting = shell.run(down)
    assert (waiting.status_code, waiting.json()["pending_change"]["to_plan"]) == (201, "basic")
    shell.told["SUBSCRIPTION"] = waiting.json()["number"]
    assert shell.run(undo).json()["pending_change"] is None


def test_the_refusal_of_the_page(erp, tech):
    cast.on_plan(cast.reseller(tech.operator, "Harbor IT"), alias="harbor")
    wanted = {"account": tech.number, "plan": "standard", "alias": "harbor"}
    fingerprint = erp.post("plan-changes/preview/", wanted).json()["fingerprint"]
    refused = erp.post("plan-changes/", wanted | {"fingerprint": fingerprint}).json()
    [printed] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(printed) == refused


def test_the_limits_of_the_page():
    assert f"{A_MINUTE['reads']} reads and {A_MINUTE['writes']} writes a minute" in PAGE
