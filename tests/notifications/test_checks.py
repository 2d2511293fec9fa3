"""What `manage.py check` says about the secrets of those who report on letters."""

import pytest

from notifications.checks import a_provider_may_report, reports_have_good_secrets


@pytest.mark.parametrize(
    ("secret", "is_good"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", True), ("uplift:sixteen letters!", True), ("whsec_", False),
        ("whsec_c2hvcnQ=", False), ("whsec_%%%", False), ("uplift:short", False), (":sixteen letters!", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_secret_that_cannot_be_met_or_can_be_guessed(settings, secret, is_good):
    settings.MAIL_REPORT_SECRETS = ["uplift:a long password of one's own", secret]
    found = reports_have_good_secrets()
    assert [problem.id for problem in found] == ([] if is_good else ["notifications.E003"])
    assert is_good or ("number 2" in found[0].msg and "short" not in found[0].msg)


@pytest.mark.parametrize(
    ("backend", "secrets", "ids"),
    [
        ("anymail.backends.postmark.EmailBackend", [], ["notifications.W001"]),
        ("notifications.resend.EmailBackend", [], ["notifications.W001"]),
        ("notifications.resend.EmailBackend", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], []),
        ("notifications.outbox.EmailBackend", [], []),
    ],
)
def test_a_provider_that_may_not_report(settings, backend, secrets, ids):
    settings.EMAIL_BACKEND, settings.MAIL_REPORT_SECRETS = backend, secrets
    assert [problem.id for problem in a_provider_may_report()] == ids
