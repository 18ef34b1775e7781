"""Every environment variable that the site reads, and nothing else reads any.

Each one is documented in ``docs/exploitation.md``; a test compares the two lists.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Where everything that is not source lives: database, media, collected files, kept mails.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

# The public address of the site, without a final slash. https turns on the secure cookies,
# the redirect and HSTS; plain http leaves them off so that a trial on a local network works.
SITE_URL_IS_GIVEN = bool(env.str("SITE_URL", default=""))
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_IS_HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or ""

SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASE_CONN_MAX_AGE = env.int("DATABASE_CONN_MAX_AGE", default=60)

# Behind a proxy of ours that sets X-Forwarded-Proto itself. Never set it without one.
BEHIND_HTTPS_PROXY = env.bool("BEHIND_HTTPS_PROXY", default=False)
# How many proxies of ours stand in front and write X-Forwarded-For: tries are counted by address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Set by `make run` on loopback: its administrator enters without a second factor.
LOCAL_ADMINISTRATOR = env.bool("LOCAL_ADMINISTRATOR", default=False)
HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)

EMAIL_URL = env.str("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
ADMINS = env.list("ADMINS", default=[])

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")


def is_loopback_name(host: str) -> bool:
    """Whether this name is always the machine itself."""
    return host in {"localhost", "127.0.0.1", "::1"}


def require(name: str, value: object) -> None:
    """Refuse to start when the variable ``name`` is missing.

    Raises:
        ImproperlyConfigured: ``value`` is empty.
    """
    if not value:
        raise ImproperlyConfigured(
            f"La variable d’environnement {name} est obligatoire en production "
            "(voir docs/exploitation.md)."
        )
