"""Settings that every environment shares."""

from email.utils import parseaddr
from typing import Any

from csp.constants import NONE, SELF

from impulsion_site.static_headers import file_headers

from . import env
from .env import is_loopback_name

BASE_DIR = env.BASE_DIR
DATA_DIR = env.DATA_DIR
DATA_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
SITE_URL = env.SITE_URL

SECRET_KEY = env.SECRET_KEY
SECRET_KEY_FALLBACKS = env.SECRET_KEY_FALLBACKS
DEBUG = False
ALLOWED_HOSTS = env.ALLOWED_HOSTS

# The applications whose models editors fill in (docs/decisions: the house).
ROOMS = ["pages", "partners", "activities", "contact"]

INSTALLED_APPS = [
    # Our rooms come first so that their templates win over Wagtail's; impulsion_site is the
    # last one: its post_migrate handler needs the permissions of all the others.
    *ROOMS,
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.typed_table_block",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "impulsion_site",
]

MIDDLEWARE = [
    # The headers stand outside: static files and the redirect to https carry them too.
    "impulsion_site.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "impulsion_site.middleware.ContentSecurityMiddleware",
    "impulsion_site.middleware.TextCompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pages.accounts.middleware.SessionLimitsMiddleware",
    "partners.accounts.middleware.MembersMiddleware",
    "pages.accounts.middleware.SecondFactorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "impulsion_site.middleware.RefusalsMiddleware",
]

ROOT_URLCONF = "impulsion_site.urls"
WSGI_APPLICATION = "impulsion_site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context_processors.site",
            ],
            "builtins": ["pages.templatetags.french_dates"],
        },
    },
]


def database() -> dict[str, Any]:
    """The database of DATABASE_URL; without it, an SQLite file in DATA_DIR."""
    url = env.DATABASE_URL or f"sqlite:///{DATA_DIR / 'site.sqlite3'}"
    config = dict(env.env.db_url_config(url))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # Autosave and a second thread lock the file otherwise (a 500 while an editor types).
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was committed, a request that was thanked, outlives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        config["CONN_MAX_AGE"] = env.DATABASE_CONN_MAX_AGE
        config["CONN_HEALTH_CHECKS"] = True
        # A server that does not answer at all is known to be away after these seconds.
        config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Per process, for what is derived from code (compiled paths, site roots): nothing that an
# editor changes is kept here, so a publication is visible at once on every server.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "pages.accounts.cache.SplitCache"},
    # For every process at once: how many tries were made. No public page reads it.
    "throttles": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "throttles",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Renditions are read from the database, where another process may have just made them.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

AUTH_USER_MODEL = "pages.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "pages.accounts.passwords.LengthValidator"},
    {"NAME": "pages.accounts.passwords.KnownWordsValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60

# --- One way in (decision 0019) -------------------------------------------------------------
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
# Of who opens a page by its password, and did not come from one; who signs in goes where
# pages/accounts/adapter.py says.
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
PARTNER_SPACE_URL = "/espace-partenaires/"
# Only `make run` and `make dev` set it, when they listen on loopback.
LOCAL_ADMINISTRATOR = env.LOCAL_ADMINISTRATOR and is_loopback_name(env.SITE_HOST)

ACCOUNT_ADAPTER = "pages.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Addresses are given by staff or by an invitation, and kept on the account alone.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
_TOKENS = "django.contrib.auth.tokens"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = f"{_TOKENS}.PasswordResetTokenGenerator"
# Bad passwords: per account and address together (nobody closes somebody else's account), and
# per address. A quarter of an hour at most.
ACCOUNT_RATE_LIMITS = {
    "login": "60/15m/ip",
    "login_failed": "10/15m/key,30/15m/ip",
    "reset_password": "20/15m/ip,3/15m/key",
    "reset_password_from_key": "20/15m/ip",
    "reauthenticate": "10/15m/user",
    "change_password": "10/15m/user",
}
ACCOUNT_FORMS = {
    "login": "pages.accounts.forms.LoginForm",
    "reset_password": "pages.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "pages.accounts.forms.ResetPasswordKeyForm",
    "change_password": "pages.accounts.forms.ChangePasswordForm",
    "reauthenticate": "pages.accounts.forms.ReauthenticateForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.TRUSTED_PROXIES

MFA_ADAPTER = "pages.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Régie Impulsion"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers take http://localhost for a safe place; the library asks.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = is_loopback_name(env.SITE_HOST)
MFA_FORMS = {
    "authenticate": "pages.accounts.forms.AuthenticateForm",
    "reauthenticate": "pages.accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "pages.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "pages.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "pages.accounts.forms.EditWebAuthnForm",
}

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "impulsion_site" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ADD_HEADERS_FUNCTION = file_headers
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
# The first one bounds what visitors send; the last one leaves no file behind, even killed.
FILE_UPLOAD_HANDLERS = [
    "contact.uploads.VisitorsUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "contact.uploads.UnnamedFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's big forms

# Mail: every mail is a row of the outbox first. A chore takes it to the server that EMAIL_URL
# names; without one, to files that nobody loses.
EMAIL_BACKEND = "pages.outbox.OutboxBackend"
MAIL_DELIVERY_BACKEND = "pages.mail_folder.FolderBackend"
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
if env.EMAIL_URL:
    _mail = env.env.email_url_config(env.EMAIL_URL)
    MAIL_DELIVERY_BACKEND = _mail["EMAIL_BACKEND"]
    if MAIL_DELIVERY_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        # Django's, which a server that answers drop by drop cannot hold for ever.
        MAIL_DELIVERY_BACKEND = "pages.mail_delivery.SmtpBackend"
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
# Outside the database, which a backup brings back: what was erased since (decision 0026).
ERASURES_PATH = str(DATA_DIR / "effacements")
DEFAULT_FROM_EMAIL = env.DEFAULT_FROM_EMAIL or f"site@{env.SITE_HOST or 'localhost'}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ADMINS = [parseaddr(address) for address in env.ADMINS]

# --- Browser side -------------------------------------------------------------------------
# The public policy: no inline script or style, no other host, no nonce (answers are cached).
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
SESSION_IDLE_SECONDS = 8 * 60 * 60
CSRF_COOKIE_HTTPONLY = False  # Wagtail's admin reads it
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "impulsion_site.errors.csrf_failure"

# --- Wagtail ------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Régie de quartier Impulsion"
WAGTAILADMIN_BASE_URL = SITE_URL
# Passwords and addresses are changed in one place, which asks for the present password. Who
# makes an account need not choose its password: its owner does, by « Mot de passe oublié ».
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_REQUIRED = False
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("fr", "français")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "français")]
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAIL_USER_TIME_ZONES = ["Europe/Paris"]
# Nothing in the admin calls another host.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
# A password shared by several people is stored in clear: privacy is by group only.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILFORMS_HELP_TEXT_ALLOW_HTML = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAILREDIRECTS_AUTO_CREATE = True
TAGGIT_CASE_INSENSITIVE = True

WAGTAILIMAGES_IMAGE_MODEL = "pages.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.image_forms.SiteImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif", "heic", "heif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"avif": "avif", "webp": "webp", "heic": "jpeg"}
WAGTAILIMAGES_AVIF_QUALITY = 60
WAGTAILIMAGES_WEBP_QUALITY = 70
WAGTAILIMAGES_JPEG_QUALITY = 76
WAGTAILDOCS_DOCUMENT_MODEL = "pages.SiteDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "odt", "docx", "ods", "xlsx", "csv", "mp4", "webm"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024

WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "pages.search.backend",
        "SEARCH_CONFIG": "fr",
        "AUTOCOMPLETE_CONFIG": "fr_simple",
    }
}

# Accents are ordinary in the addresses people type; the tree never holds them.
APPEND_SLASH = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "without_links": {"()": "pages.accounts.logs.WithoutLinks"},
        "without_people": {"()": "pages.without_people.WithoutPeople"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_links", "without_people"],
        },
        # By the outbox, like any mail; what a storm of errors repeats is counted, not sent.
        "mail_admins": {
            "level": "ERROR",
            "class": "pages.error_mails.ErrorMailHandler",
            "filters": ["without_links", "without_people"],
        },
    },
    "root": {"handlers": ["console", "mail_admins"], "level": env.LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write each line twice.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {
            "handlers": ["console", "mail_admins"],
            "propagate": False,
            "level": "ERROR",
        },
        # Robots that ask for another site: nothing that anybody could mend.
        "django.security.DisallowedHost": {"handlers": ["console"], "propagate": False},
        # Two lines at each save of anything that search knows.
        "django_tasks": {"level": "WARNING"},
    },
}

# X-Frame-Options comes from our SecurityHeadersMiddleware, which relaxes it for the previews.
SILENCED_SYSTEM_CHECKS: list[str] = ["security.W002"]
