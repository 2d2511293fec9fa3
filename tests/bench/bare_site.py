"""Settings of the base line: a site as `startproject` makes it, on the same database, with the pages of bare.py."""

from tests.settings import *  # noqa: F403

MIDDLEWARE = [
    "tests.bench.bare.route_here",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # which allauth insists upon
]
