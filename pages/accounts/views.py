"""The screens of allauth that behave otherwise here."""

from http import HTTPStatus
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import LoginView as AllauthLoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView as AllauthActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView as AllauthAddWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from pages.models import User

from . import secrets
from .middleware import SECOND_FACTOR


class LoginView(AllauthLoginView):
    """The door; whoever tried too often is answered by 429, with the form and the reason."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again."""
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


class ActivateTOTPView(AllauthActivateTOTPView):
    """The application of codes; who activates it has just given its code."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Activated: the admin opens in this session."""
        response = super().form_valid(form)
        self.request.session[SECOND_FACTOR] = True
        return response


class AddWebAuthnView(AllauthAddWebAuthnView):
    """A passkey; who adds one has just used it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Kept: the admin opens in this session."""
        response = super().form_valid(form)
        self.request.session[SECOND_FACTOR] = True
        return response


def to_login(request: HttpRequest, **_: Any) -> HttpResponse:
    """What Wagtail has for signing in leads to the one door, which knows the second factor."""
    return _redirect_with_query(request, "account_login")


def to_password_reset(request: HttpRequest, **_: Any) -> HttpResponse:
    """So does what it has for a forgotten password."""
    return redirect("account_reset_password")


def _redirect_with_query(request: HttpRequest, name: str) -> HttpResponse:
    response = redirect(name)
    if query := request.GET.urlencode(safe="/"):
        response["Location"] += f"?{query}"
    return response


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What one may change of one's account."""
    kept = Authenticator.objects.filter(user=request.user)
    context = {
        "has_application": any(one.type == Authenticator.Type.TOTP for one in kept),
        "keys": [one for one in kept if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": _codes_left(kept),
        "space_url": settings.PARTNER_SPACE_URL,
    }
    return render(request, "account/overview.html", context)


def _codes_left(kept: Any) -> int:
    """How many recovery codes remain; those that were never shown do not count."""
    for one in kept:
        if one.type == Authenticator.Type.RECOVERY_CODES:
            return len(one.data.get("migrated_codes", []))
    return 0


@login_required
@require_GET
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, once: they are drawn as they are shown, and only their hashes are kept.

    Raises:
        Http404: the person has no second factor.
    """
    user = cast(User, request.user)
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if kept is None:
        raise Http404
    raise_if_reauthentication_required(request, app="allauth.mfa")
    codes: list[str] = []
    if "migrated_codes" not in kept.data:
        codes = secrets.draw_codes()
        # allauth reads its codes from a seed, which gives them back to who reads the database;
        # codes brought from elsewhere it compares one by one: ours come already hashed.
        kept.data = {"migrated_codes": [secrets.hash_code(code, user.pk) for code in codes]}
        kept.save(update_fields=["data"])
    context = {"codes": codes, "codes_left": len(kept.data["migrated_codes"])}
    return render(request, "mfa/recovery_codes/index.html", context)


@login_required
@require_POST
@sensitive_post_parameters()
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that the screen has just shown, as a file; the site itself no longer knows them.

    Raises:
        PermissionDenied: these are not the codes of this person.
    """
    user = cast(User, request.user)
    codes = request.POST.getlist("code")[: secrets.CODE_COUNT]
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    known = set(kept.data.get("migrated_codes", [])) if kept else set()
    if not codes or not all(secrets.hash_code(code, user.pk) in known for code in codes):
        raise PermissionDenied
    response = render(
        request,
        "mfa/recovery_codes/download.txt",
        {"codes": codes},
        content_type="text/plain; charset=utf-8",
    )
    name = slugify("codes de secours")
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response
