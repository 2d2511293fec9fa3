"""Keys for programs: shown once, kept as a hash, and worth what their user may do at the moment of the call."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plans import tokens
from plans.models import Activity, ApiToken, StaffMembership, User
from plans.refusals import Refused
from tests import cast

from .calling import STORE, Program, problem, token_of

pytestmark = pytest.mark.django_db


def test_a_token_is_kept_as_a_hash(nordwind, maren):
    made, secret = tokens.create_token(nordwind, name="ERP", scope="read", expires_at=None, by=maren)
    assert secret.startswith("upl_") and len(secret) > 40
    row = ApiToken.objects.values().get(pk=made.pk)
    assert secret not in str(row) and secret[13:] not in str(row)
    assert secret.startswith(row["prefix"]) and len(row["prefix"]) == 12
    assert tokens.find_token(secret) == made
    assert tokens.find_token(secret + "x") is None
    assert Activity.objects.get(verb="token.created").actor == maren


def test_who_lost_the_right_is_out_at_the_next_call(nordwind, maren):
    """Expired, revoked, a user that was deactivated, a membership that ended: 401, and how to authenticate."""
    ways = {
        "expired": lambda token: ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1)),
        "revoked": lambda token: tokens.revoke_token(token, by=maren),
        "user": lambda token: User.objects.update(is_active=False),
        "membership": lambda token: StaffMembership.objects.update(is_active=False),
    }
    for way, lose in ways.items():
        ApiToken.objects.all().delete()
        User.objects.update(is_active=True)
        StaffMembership.objects.update(is_active=True)
        program = Program(token_of(nordwind, maren))
        assert program.get("orders/").status_code == 200, way
        lose(ApiToken.objects.get())
        answer = program.get("orders/")
        assert problem(answer, 401) == "token_invalid", way
        assert answer["WWW-Authenticate"] == 'Bearer realm="uplift"'


@pytest.mark.parametrize("secret", ["upl_", "upl_" + "x" * 43, "x", "ü", "upl_\x00", "upl_" + "x" * 9000])
def test_what_is_no_token_opens_nothing(nordwind, secret):
    assert problem(Program(secret).get("orders/"), 401) == "token_invalid"


def test_without_a_token_nobody_is_let_in(nordwind):
    assert problem(Program("").get("orders/"), 401) == "not_authenticated"
    assert problem(Program("").post("orders/"), 401) == "not_authenticated"


def test_a_token_that_reads_does_not_write(nordwind, maren, tech):
    program = Program(token_of(nordwind, maren, scope="read"))
    assert program.get("orders/").status_code == 200
    assert problem(program.post("orders/", {}), 403) == "scope_missing"
    wanted = {"account": tech.number, "plan": "standard"}
    assert program.post("plan-changes/preview/", wanted, key=None).status_code == 200  # asking writes nothing
    assert problem(program.post("plan-changes/", wanted), 403) == "scope_missing"


def test_a_role_that_changes_counts_at_once(nordwind):
    member = cast.staff(nordwind, "account_manager")
    program = Program(token_of(nordwind, member.user))
    assert problem(program.post("orders/", {}), 422) == "invalid"
    StaffMembership.objects.filter(pk=member.pk).update(role="read_only")
    assert problem(program.post("orders/", {}), 403) == "not_permitted"


def test_staff_are_strangers_in_the_shop(nordwind, maren):
    assert problem(Program(token_of(nordwind, maren), host=STORE).get("orders/"), 401) == "token_invalid"


def test_use_is_noted_once_a_minute(nordwind, maren, django_assert_num_queries):
    secret = token_of(nordwind, maren)
    tokens.find_token(secret)
    noted = ApiToken.objects.get().last_used_at
    with django_assert_num_queries(1):
        tokens.find_token(secret)
    assert ApiToken.objects.get().last_used_at == noted
    ApiToken.objects.update(last_used_at=noted - timedelta(minutes=2))
    tokens.find_token(secret)
    assert ApiToken.objects.get().last_used_at >= noted


def test_revoking_twice_is_refused(nordwind, maren):
    made, _ = tokens.create_token(nordwind, name="ERP", scope="read", expires_at=None, by=maren)
    tokens.revoke_token(made, by=maren)
    with pytest.raises(Refused) as refused:
        tokens.revoke_token(made, by=maren)
    assert refused.value.code == "token_revoked"
    assert Activity.objects.filter(verb="token.revoked").count() == 1
