"""All settings, from the environment. Defaults are those of one machine that runs bin/dev.

bin/dev keeps what it chose (secret key, port, broker) in var/dev.env, so that manage.py by hand meets the same house;
the environment wins over that file. In production give the environment, see docs/operating.md.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured

from . import logs, servers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
_env_file = os.environ.get("UPLIFT_ENV_FILE", str(BASE_DIR / "var" / "dev.env"))
if _env_file and os.path.exists(_env_file):
    environ.Env.read_env(_env_file)

# "web" (gunicorn), "worker" (Celery) or "command" (manage.py): decides pools and time limits.
PROCESS = env.str("UPLIFT_PROCESS", default="command")
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-only-for-debug" if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if not DEBUG and (len(SECRET_KEY) < 50 or "insecure" in SECRET_KEY):
    raise ImproperlyConfigured("SECRET_KEY needs 50 characters or more of its own. bin/dev makes one.")

# --- Hosts and absolute URLs: from here and from the operators' rows, never from a request ---
BSS_HOST = env.str("BSS_HOST", default="localhost")
STORE_HOSTS = env.list("STORE_HOSTS", default=[])  # beside each Operator.store_host
PUBLIC_SCHEME = env.str("PUBLIC_SCHEME", default="https")
HTTPS = PUBLIC_SCHEME == "https"
_port = env.int("PUBLIC_PORT", default=0)
PUBLIC_PORT = 0 if _port == (443 if HTTPS else 80) else _port  # 0: the scheme's own, which no address shows
# Store hosts are rows, so a list here would be stale: storefront.tenancy.TenancyMiddleware answers 400 to every host
# that is neither BSS_HOST nor a store host, before anything looks at the request.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- The house ---
INSTALLED_APPS = [
    "plans",
    "notifications",
    "bss",
    "storefront",
    "ui",
    "django.forms",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_countries",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "anymail",
]
MIDDLEWARE = [
    "config.headers.RequestIdMiddleware",
    "config.headers.ContentSecurityPolicyMiddleware",
    "config.health.HealthMiddleware",  # answers on any host name, so before hosts are looked at
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # for browsers that know no frame-ancestors
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.headers.PageHeadersMiddleware",
    "storefront.tenancy.TenancyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "storefront.membership.VisitorMiddleware",
    "storefront.sign_in.AttemptsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
STORE_HOST_URLCONFS = ["config.urls", "storefront.urls"]  # whose first segments no Storefront Alias may be
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "storefront.context_processors.shell",
            ],
        },
    }
]

# --- Database, broker, cache ---
_database = env.db_url("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'uplift.sqlite3'}")
DATABASES = {"default": servers.database(_database, process=PROCESS)}
CELERY_BROKER_URL, _cache_url = servers.broker_and_cache(env.str("REDIS_URL", default="redis://127.0.0.1:6379/0"))
CACHES = {
    "default": {
        "BACKEND": "config.cache.PatientRedisCache",
        "LOCATION": env.str("CACHE_URL", default=_cache_url),
        "KEY_PREFIX": "uplift",
    }
}

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120  # both limits below the visibility timeout
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "orders"
CELERY_TASK_ROUTES = {"plans.*": {"queue": "orders"}, "notifications.*": {"queue": "mail"}}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker, however long; the sweeper works on
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,  # with the default, unacknowledged messages come back only after some 100 s
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.7,  # publishing in a request; config/celery.py gives workers more
    "health_check_interval": 10,
    "max_retries": 0,  # one try: a second would wait as long again
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}

# --- Who is there ---
AUTH_USER_MODEL = "plans.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 14 * 24 * 3600  # an invitation; storefront/secret_tokens.py shortens it for everybody else
FORGOTTEN_PASSWORD_TIMEOUT = 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "storefront.secret_tokens.TokenGenerator"  # noqa: S105
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from contacts and are proven by the invitation's link
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "storefront.sign_in.AccountAdapter"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # signed in, but unknown in this storefront: the views decide
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/15m/ip,5/15m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# Administrators of a back office sign in with a second factor. bin/dev leaves it off, for its logins are known to all.
STAFF_TWO_FACTOR_REQUIRED = env.bool("STAFF_TWO_FACTOR_REQUIRED", default=True)
MFA_ADAPTER = "config.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # codes of the half minute before and after: clocks differ

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
# __Host- binds a cookie to this very host and to TLS; without TLS browsers refuse the prefix.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"

# --- Headers ---
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRELOAD", default=True)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [NONCE, "'strict-dynamic'"],  # not 'self': one host serves many storefronts
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "worker-src": ["'none'"],
    }
}

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.MayCall"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.ByCaller"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.Json"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.answer",
    "NON_FIELD_ERRORS_KEY": "body",
    "UNAUTHENTICATED_USER": None,
    "UNICODE_JSON": False,  # half a surrogate pair, repeated in a message, has no UTF-8
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Uplift API",
    "VERSION": "1",
    "DESCRIPTION": "What the back office does, for programs: the same verbs, the same refusals.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_INSERT": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AccountState": "plans.models.account.Account.State",
        "AccountKind": "plans.models.account.Account.Kind",
        "OrderState": "plans.models.order.State",
        "SubscriptionState": "plans.models.subscription.Subscription.State",
        "TenantRequestState": "plans.models.subscription.TenantRequest.State",
        "StorefrontState": "plans.models.storefront.Storefront.State",
        "NotificationState": "notifications.models.notification.State",
        "RecipientKind": "notifications.models.template.RecipientKind",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.with_problems",
    ],
}

# --- Files and languages ---
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
MEDIA_ROOT = STATE_DIR / "media"
# Plain names straight from the source folders: for DEBUG and tests, where nobody ran collectstatic.
PLAIN_STATIC = env.bool("PLAIN_STATIC", default=DEBUG)
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    # Several web hosts share pictures: a folder that all of them mount, or an object store as Django knows them (JSON).
    "default": env.json("MEDIA_STORAGE", default={"BACKEND": "django.core.files.storage.FileSystemStorage"}),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # another joins with its catalogue: half a translation is none
# Of letters (docs/decisions/0039). Each has its words in notifications/defaults/<code>/ and notifications/phrases.py.
LETTER_LANGUAGES = [("en", "English"), ("de", "German")]
LOCALE_PATHS = [BASE_DIR / "locale"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["config.uploads.InMemory"]

# --- Letters ---
# Without EMAIL_URL letters land in a local outbox; EMAIL_BACKEND and ANYMAIL (JSON) name a provider.
OUTBOX_DIR = STATE_DIR / "outbox"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
    if env.str("EMAIL_BACKEND", default=""):
        EMAIL_BACKEND = env.str("EMAIL_BACKEND")
else:
    EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="notifications.outbox.EmailBackend")
ANYMAIL = env.json("ANYMAIL", default={})
# Who may tell what became of letters, at /api/mail-reports/<provider>/: whsec_... of Resend, or name:password. Several
# while one is replaced; none: nobody may.
MAIL_REPORT_SECRETS = env.list("MAIL_REPORT_SECRETS", default=[])
NOTIFICATION_SECRET_LINKS = {
    "password_reset": "storefront.secret_links.password_reset",
    "invitation": "storefront.secret_links.invitation",
    "portal_invitation": "storefront.secret_links.portal_invitation",
}
EMAIL_TIMEOUT = 15
SERVER_EMAIL = DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"uplift@{BSS_HOST}")

# --- Watching ---
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # /metrics is there for who has it, and for nobody without it
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN needs 32 characters or more: openssl rand -hex 32")

# --- Faults on purpose, for tests of recovery only ---
FAULTS_FILE = env.str("FAULTS_FILE", default="")
FAULTS_ALLOWED = env.bool("FAULTS_ALLOWED", default=False)

LOGGING = logs.configuration(level=env.str("LOG_LEVEL", default="INFO"))
