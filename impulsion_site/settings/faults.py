"""Settings of the site that the fault tests break: those of production, quick to prepare."""

from typing import Any

from .production import *


class _NoMigrations(dict[str, None]):
    """Every table is made at once, from its model."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _NoMigrations()
# Nothing is collected beforehand.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The search has tables that only migrations make.
WAGTAILSEARCH_BACKENDS = {
    "default": dict[str, Any](WAGTAILSEARCH_BACKENDS["default"], AUTO_UPDATE=False)
}
# A server that says nothing is given up quickly.
EMAIL_TIMEOUT = 2
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
