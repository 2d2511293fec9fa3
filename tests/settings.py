"""config.settings under test: fixed surroundings where bin/test named none, and a hasher that costs no time.

Processes that a test starts inherit this through DJANGO_SETTINGS_MODULE and the environment.
"""

import os
import tempfile

os.environ["UPLIFT_ENV_FILE"] = ""  # nothing of a bin/dev beside us
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 5)
os.environ.setdefault("PUBLIC_SCHEME", "http")
os.environ.setdefault("PLAIN_STATIC", "1")
os.environ.setdefault("STATE_DIR", tempfile.mkdtemp(prefix="uplift-test-"))
os.environ.setdefault("FAULTS_ALLOWED", "1")

from config.settings import *  # noqa: F403
from config.settings import PASSWORD_HASHERS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
