"""Who is signed in, for how long, and with what before the admin opens."""

import ipaddress
import time
from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from pages.models import User

from .adapter import ADMIN_ACCESS

GetResponse = Callable[[HttpRequest], HttpResponse]

ADMIN_PREFIX = "/admin/"
# In the session: when it was opened, when it was last used, and that a second factor was given.
OPENED = "opened_at"
USED = "used_at"
SECOND_FACTOR = "second_factor"
STRONG_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The last use is written down once in a while, not at each page.
WRITE_EVERY_SECONDS = 300
OPEN_TO_ALL = (f"{ADMIN_PREFIX}login/", f"{ADMIN_PREFIX}logout/", f"{ADMIN_PREFIX}password_reset/")
ACTIVATE_FIRST = (
    "Pour ouvrir l’administration, activez d’abord la double authentification : "
    "un code de votre téléphone en plus du mot de passe."
)
# Read by the template of the admin, which says so.
ENTERED_LOCALLY = "entered_locally"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


class SessionLimitsMiddleware:
    """A session ends after some hours without use, and after some days whatever happens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session if its time is over; visitors have none, and get none."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(time.time())
            if is_over(request, now):
                logout(request)
                if request.path.startswith((ADMIN_PREFIX, reverse("account_overview"))):
                    messages.info(request, "Par sécurité, il faut vous connecter de nouveau.")
            elif now - request.session.get(USED, 0) >= WRITE_EVERY_SECONDS:
                request.session[USED] = now
        return self.get_response(request)


def is_over(request: HttpRequest, now: int) -> bool:
    """Whether the session was left too long, or opened too long ago."""
    opened = request.session.get(OPENED, 0)
    used = request.session.get(USED, opened)
    return now - used > settings.SESSION_IDLE_SECONDS or now - opened > settings.SESSION_COOKIE_AGE


class SecondFactorMiddleware:
    """Nothing of the admin opens to who has not given a second factor in this very session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through, or lead to what is missing.

        Raises:
            PermissionDenied: signed in, but not to work in the admin.
        """
        path = request.path
        if not path.startswith(ADMIN_PREFIX) or path.startswith(OPEN_TO_ALL):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if not user.has_perm(ADMIN_ACCESS):
            raise PermissionDenied
        if is_local_administrator(request):
            request.META[ENTERED_LOCALLY] = True
            return self.get_response(request)
        has_factor = Authenticator.objects.filter(user=user, type__in=STRONG_TYPES).exists()
        if has_factor and SECOND_FACTOR in request.session:
            return self.get_response(request)
        return _refuse(request, has_factor)


def _refuse(request: HttpRequest, has_factor: bool) -> HttpResponse:
    if request.method != "GET" or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"error": ACTIVATE_FIRST}, status=HTTPStatus.FORBIDDEN)
    if has_factor:
        # A session opened by a password alone, before the second factor was activated elsewhere.
        logout(request)
        return redirect(f"{reverse('account_login')}?next={ADMIN_PREFIX}")
    messages.warning(request, ACTIVATE_FIRST)
    return redirect("mfa_activate_totp")


def is_local_administrator(request: HttpRequest) -> bool:
    """Whether this is the administrator of `make run`, in front of the machine itself.

    The variable is set by `make run` on loopback only; the rest is in case it leaks elsewhere.
    """
    return (
        settings.LOCAL_ADMINISTRATOR
        and bool(getattr(request.user, "is_superuser", False))
        and is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not any(request.META.get(name) for name in FORWARDED)
    )


def is_loopback(address: str) -> bool:
    """Whether this is an address of the machine itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
