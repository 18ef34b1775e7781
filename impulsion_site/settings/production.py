"""Settings of the real site, and of ``make run``.

Everything comes from the environment (``env.py``). What only makes sense over https is
turned on by the scheme of ``SITE_URL``, so that ``HOST=0.0.0.0 make run`` works too.
"""

from .base import *
from .env import (
    BEHIND_HTTPS_PROXY,
    HSTS_INCLUDE_SUBDOMAINS,
    HSTS_PRELOAD,
    SITE_IS_HTTPS,
    SITE_URL_IS_GIVEN,
    TRUSTED_PROXIES,
    require,
)

require("SECRET_KEY", SECRET_KEY)
require("ALLOWED_HOSTS", ALLOWED_HOSTS)
require("SITE_URL", SITE_URL_IS_GIVEN)

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "impulsion_site.static.BundledManifestStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False  # the static error pages name their style sheet

if SITE_IS_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_INCLUDE_SUBDOMAINS
    SECURE_HSTS_PRELOAD = HSTS_PRELOAD
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
    # Subdomains and preload bind more than this site: they are the operator's to decide.
    if not HSTS_INCLUDE_SUBDOMAINS:
        SILENCED_SYSTEM_CHECKS.append("security.W005")
    if not HSTS_PRELOAD:
        SILENCED_SYSTEM_CHECKS.append("security.W021")

if BEHIND_HTTPS_PROXY:
    # Or all visitors have the address of the proxy, and one of them closes the door to all.
    require("TRUSTED_PROXIES", TRUSTED_PROXIES)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
