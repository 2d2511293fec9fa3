"""Setup > API: a token is made, shown once, and revoked."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans import tokens
from plans.models import ApiToken

pytestmark = pytest.mark.django_db
URL = "/bss/setup/api/"
GOOD = {"name": "ERP", "scope": "write", "days": "30"}


def test_a_token_is_shown_once_and_works(maren):
    made = maren.post(f"{URL}new/", GOOD)
    assert (made.status_code, made["Location"]) == (302, URL)
    carried = made.cookies["new_token"]
    assert (carried["path"], carried["httponly"], carried["samesite"]) == (URL, True, "Strict")
    page = maren.get(URL).content.decode()
    [secret] = re.findall(r'value="(upl_[^"]+)"', page)
    assert tokens.find_token(secret).scope == "write"
    assert ApiToken.objects.get().expires_at is not None
    maren.cookies.pop("new_token")  # the answer took it back; this client keeps it as an empty one
    again = maren.get(URL).content.decode()
    assert secret not in again and secret[:12] in again


def test_what_is_wrong_is_said_at_the_field(maren):
    answer = maren.post(f"{URL}new/", {"name": "a\x00b", "scope": "root", "days": "9999"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("control characters", "Choose what the token may do.", "Choose how long the token works."):
        assert sentence in page
    assert ApiToken.objects.count() == 0


def test_a_revoked_token_is_over_and_revoking_twice_says_so(maren):
    maren.post(f"{URL}new/", GOOD)
    token = ApiToken.objects.get()
    assert "Revoke ERP" in maren.get(f"{URL}{token.pk}/revoke/").content.decode()
    assert maren.post(f"{URL}{token.pk}/revoke/").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None
    again = maren.post(f"{URL}{token.pk}/revoke/")
    assert again.status_code == 422
    assert "The token ERP has been revoked already." in again.content.decode()


def test_no_more_queries_for_many(maren):
    counts = []
    maren.get(URL)  # what the head of each page says of the house is known now
    for many in (1, 20, 50):
        for _ in range(many - ApiToken.objects.count()):
            maren.post(f"{URL}new/", GOOD)
        with CaptureQueriesContext(connection) as asked:
            assert maren.get(URL).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1 and counts[0] <= 6, counts
