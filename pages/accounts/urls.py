"""The screens of an account, under French addresses; the names are allauth's.

Only those that we want: no sign-up, no change of address, no account of another site.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from wagtail.utils.urlpatterns import decorate_urlpatterns

from . import views

View = Callable[..., HttpResponseBase]


def kept_by_nobody(view: View) -> View:
    """No cache and no search engine keeps the screens of an account."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answered


def forgotten_by_the_browser(view: View) -> View:
    """Once signed out, the browser drops the pages that it keeps of this site."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return answered


sign_out = forgotten_by_the_browser(account.logout)
RESET = "mot-de-passe/oublie/"
SECOND_FACTOR = "double-authentification/"
CODES = f"{SECOND_FACTOR}codes-de-secours/"
KEYS = "cles-d-acces/"

urlpatterns = [
    path("", views.overview, name="account_overview"),
    path("connexion/", views.LoginView.as_view(), name="account_login"),
    path("deconnexion/", sign_out, name="account_logout"),
    path("ferme/", account.account_inactive, name="account_inactive"),
    path("confirmation/", account.reauthenticate, name="account_reauthenticate"),
    # Passwords
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", views.to_password_reset, name="account_set_password"),
    path(RESET, account.password_reset, name="account_reset_password"),
    path(f"{RESET}envoye/", account.password_reset_done, name="account_reset_password_done"),
    path(
        f"{RESET}change/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        rf"^{RESET}(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Second factor
    path(SECOND_FACTOR, mfa.index, name="mfa_index"),
    path(f"{SECOND_FACTOR}code/", mfa.authenticate, name="mfa_authenticate"),
    path(f"{SECOND_FACTOR}confirmation/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(f"{SECOND_FACTOR}activer/", views.ActivateTOTPView.as_view(), name="mfa_activate_totp"),
    path(f"{SECOND_FACTOR}retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(CODES, views.recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{CODES}nouveaux/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{CODES}telecharger/", views.download_recovery_codes, name="mfa_download_recovery_codes"),
    # Passkeys
    path(KEYS, keys.list_webauthn, name="mfa_list_webauthn"),
    path(f"{KEYS}ajouter/", views.AddWebAuthnView.as_view(), name="mfa_add_webauthn"),
    path(f"{KEYS}connexion/", keys.login_webauthn, name="mfa_login_webauthn"),
    path(f"{KEYS}confirmation/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(f"{KEYS}<int:pk>/retirer/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path(f"{KEYS}<int:pk>/renommer/", keys.edit_webauthn, name="mfa_edit_webauthn"),
]
urlpatterns = decorate_urlpatterns(urlpatterns, kept_by_nobody)

# What Wagtail has of its own, in front of its addresses: without these, a way in without the
# second factor would remain.
instead_of_wagtails = [
    path("admin/login/", views.to_login),
    path("admin/logout/", kept_by_nobody(sign_out)),
    re_path(r"^admin/password_reset/", views.to_password_reset),
    path("_util/login/", views.to_login),
]
