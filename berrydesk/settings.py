"""Settings, read from the environment; unset means embedded, generated once, or off.

`docs/reference/settings.md` lists the variables an operator knows.
"""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from csp.constants import NONE, SELF

from berrydesk import embedded, storing, switching

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME = embedded.home()

# --- identity of this installation
SECRET_KEY = embedded.secret("SECRET_KEY")
ENCRYPTION_KEYS = embedded.encryption_keys()
PORT = env.int("PORT", 8000)
BASE_URL = env("BERRYDESK_BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")
_base = urlsplit(BASE_URL)
DEBUG = False
# Only names that are ours: a page on the internet must not reach this machine under a name of its own.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + [
    f"[{name}]" if ":" in name else name
    for name in (_base.hostname, env("HOST", default=""))
    if name not in (None, "", "0.0.0.0", "::")
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "berrydesk.failing.stale_form"
BERRYDESK_FETCH_ALLOW = env.list("BERRYDESK_FETCH_ALLOW", default=[])
BERRYDESK_OCR_LANGUAGES = env("BERRYDESK_OCR_LANGUAGES", default="")
BERRYDESK_CHROMIUM = env("BERRYDESK_CHROMIUM", default=None)  # None: whichever is found
BERRYDESK_CHROMIUM_SANDBOX = switching.is_on(
    "BERRYDESK_CHROMIUM_SANDBOX", env("BERRYDESK_CHROMIUM_SANDBOX", default=None)
)
BERRYDESK_SERVICE_URLS = env.dict(
    "BERRYDESK_SERVICE_URLS", default={}
)  # name=address of a proxy or a stand-in

# --- which process this is: web keeps a pool of connections, workers one each
PROCESS = env("BERRYDESK_PROCESS", default="command")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "berrydesk",
    "berrydesk.db",
    "apps.workspaces",
    "apps.connections",
    "apps.agents",
    "apps.conversations",
    "apps.routing",
    "apps.knowledge",
    "apps.actions",
    "apps.inbox",
    "apps.answering",
    "apps.channels",
    "apps.api",
    "apps.console",
]

MIDDLEWARE = [
    "berrydesk.passing.Security",
    "berrydesk.passing.Compression",
    "berrydesk.passing.StaticFiles",
    "berrydesk.passing.Session",
    "berrydesk.passing.Locale",
    "berrydesk.passing.Common",
    "berrydesk.passing.Csrf",
    "berrydesk.passing.Authentication",
    "berrydesk.passing.Messages",
    "berrydesk.passing.FrameOptions",
    "berrydesk.passing.ContentSecurityPolicy",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.workspaces.access.WorkspaceMiddleware",
]

ROOT_URLCONF = "berrydesk.urls"
ASGI_APPLICATION = "berrydesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


# --- database
def _database(url):
    """Django's entry for a PostgreSQL URL; ``?host=`` may name a socket folder."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    options = {}
    if PROCESS == "web":
        options["pool"] = {
            "min_size": 1,
            "max_size": env.int("BERRYDESK_POOL", 8),
            "timeout": 20,
            "max_idle": 60,
        }
    return {
        "ENGINE": "berrydesk.db.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


DATABASES = {"default": _database(env("DATABASE_URL", default="postgresql:///berrydesk"))}

# --- people signing in
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "apps.workspaces.signing_in.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Berrydesk"
MFA_ADAPTER = "apps.workspaces.signing_in.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _base.scheme == "http"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _base.scheme == "https"
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- what a page may load: only what we serve
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# --- files
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = env.bool("BERRYDESK_AUTORELOAD", False)
MEDIA_ROOT = HOME / "files"
MEDIA_URL = "/files/"
STORAGES = {
    "default": storing.storage_of(env("STORAGE_URL", default=""), HOME),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)

# --- work in the background: rows are the truth, the broker is a wake-up
BROKER_URL = env("CELERY_BROKER_URL", default=env("REDIS_URL", default=""))
CELERY_BROKER_URL = BROKER_URL or "berrydesk://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
if not BROKER_URL:
    _queue = HOME / "queue"
    (_queue / "control").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("BERRYDESK_WORKER_MEMORY_KB", 600_000)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
SWEEPS = [
    "apps.answering.tasks.sweep",
    "apps.actions.tasks.sweep",
    "apps.knowledge.tasks.sweep",
    "apps.knowledge.tasks.sweep_due",
    "apps.api.tasks.sweep",
]
"""Tasks that every worker's pulse sends every few seconds; each finds work that lost its process,
or what has grown old."""

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if env("REDIS_URL", default=""):  # several web processes count attempts to sign in together
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env("REDIS_URL"),
    }

# --- e-mail
if env("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = env("BERRYDESK_FROM_EMAIL", default=f"Berrydesk <berrydesk@{_base.hostname}>")

# --- language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # of the console; a language joins with its catalogue
AGENT_LANGUAGES = [  # in which an agent's own sentences exist: apps.conversations.phrases
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("pt", "Português"),
    ("ja", "日本語"),
    ("zh-hans", "中文"),
    ("ar", "العربية"),
]
USE_TZ = True
TIME_ZONE = "UTC"

OTLP_ENDPOINT = env("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
"""Where finished turns go as traces; nowhere when empty."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Whoever scans the internet comes under wrong names: the page says so, the log need not.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": env("BERRYDESK_LOG_LEVEL", default="WARNING")},
}
