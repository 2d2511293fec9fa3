"""config.settings under test: surroundings of our own where bin/test named none, and a hasher that costs no time.

Processes that a test starts inherit all of it through the environment.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))  # embedded_valkey, children
os.environ["UPLIFT_ENV_FILE"] = ""  # nothing of a bin/dev beside us
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 5)
os.environ.setdefault("PUBLIC_SCHEME", "http")
os.environ.setdefault("PLAIN_STATIC", "1")
os.environ.setdefault("FAULTS_ALLOWED", "1")
os.environ.setdefault("STAFF_TWO_FACTOR_REQUIRED", "0")  # tests/bss/test_two_factor.py is about it
if "STATE_DIR" not in os.environ:
    os.environ["STATE_DIR"] = tempfile.mkdtemp(prefix="uplift-test-")
    os.environ["REMOVE_STATE_DIR"] = "1"  # tests/conftest.py does
os.environ.setdefault("REDIS_URL", f"unix://{os.environ['STATE_DIR']}/valkey.sock?db=0")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, PASSWORD_HASHERS, STATE_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory: threads and other processes open it as they do in life.
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
