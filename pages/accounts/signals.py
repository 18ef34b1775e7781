"""What a session remembers of how it was opened."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed, authenticator_used
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.http import HttpRequest

from . import secrets
from .middleware import OPENED, SECOND_FACTOR, STRONG_TYPES, USED


def connect_accounts(app_config: Any) -> None:
    """Listen to what happens to sessions and second factors."""
    user_logged_in.connect(_stamp, dispatch_uid="accounts.stamp")
    authenticator_used.connect(_remember_use, dispatch_uid="accounts.used")
    authenticator_removed.connect(_forget, dispatch_uid="accounts.removed")
    post_migrate.connect(_ensure_throttle_table, sender=app_config, dispatch_uid="accounts.table")


def _stamp(request: HttpRequest | None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session[OPENED] = request.session[USED] = int(time.time())


def _remember_use(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """A recovery code opens the admin too: it is what replaces a lost telephone."""
    request.session[SECOND_FACTOR] = True
    if authenticator.type == Authenticator.Type.TOTP:
        # Once SECRET_KEY has changed, each secret goes under the new one at its next use.
        authenticator.data["secret"] = secrets.encrypt_again(authenticator.data["secret"])
        authenticator.save(update_fields=["data"])


def _forget(request: HttpRequest, user: Any, **_: Any) -> None:
    if not Authenticator.objects.filter(user=user, type__in=STRONG_TYPES).exists():
        request.session.pop(SECOND_FACTOR, None)


def _ensure_throttle_table(**options: Any) -> None:
    """The table in which tries are counted; nothing to do when it is there."""
    call_command("createcachetable", database=options["using"], verbosity=0)
