"""How allauth behaves here: no sign-up, French words, links to our own address only."""

import logging
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from pages.models import User

from . import secrets

logger = logging.getLogger(__name__)

ADMIN_ACCESS = "wagtailadmin.access_admin"
WRONG_CODE = (
    "Ce code n’est pas le bon. Attendez le prochain code de votre application, puis recopiez-le."
)
TOO_MANY = "Trop d’essais manqués. Attendez un quart d’heure, puis recommencez."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by staff or by an invitation, never by a visitor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": (
            "Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Vérifiez les deux, "
            "ou demandez un nouveau mot de passe."
        ),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_password": "Ce mot de passe n’est pas le bon.",
        "incorrect_code": WRONG_CODE,
        "invalid_password_reset": "Ce lien ne marche plus.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account alone."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only an address of this site, written without its host."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where one arrives without having asked for a page."""
        if request.user.has_perm(ADMIN_ACCESS):
            return reverse("wagtailadmin_home")
        return settings.PARTNER_SPACE_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account, which says that it is done."""
        return reverse("account_overview")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address of a mail comes from SITE_URL, never from what a browser says."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "U", "key": "K"})
        return settings.SITE_URL + path.replace("U-K", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A plain text in French; whoever asked for it adds nothing to it."""
        self.render_mail(template_prefix, email, {"site_url": settings.SITE_URL, **context}).send()

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person that something of their account has changed."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of this person."""
        known = self.authenticate(context.request, email=user.email, password=password)
        return known is not None and known.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in has just proved who they are."""
        request = context.request
        now = time.time()
        just_now = any(
            now - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT
            for record in get_authentication_records(request, request.user)
        )
        return not just_now and super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to prove again who one is, in plain French."""
        words = {
            "reauthenticate": "Avec votre mot de passe",
            "mfa_reauthenticate": "Avec le code de votre application",
            "mfa_reauthenticate:webauthn": "Avec une clé d’accès",
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words[method["id"]]} for method in methods]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts per account wherever the tries come from: anybody could then close the
        # account of somebody else. Here it is this account from this address.
        login = credentials.get("email", "").lower()
        return f"{get_ip(request)}:{login}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are kept encrypted, recovery codes hashed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "La double authentification ne peut pas être retirée.",
        "cannot_generate_recovery_codes": "Activez d’abord la double authentification.",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is kept; a hashed code is kept as it is."""
        return text if text.startswith(secrets.HASHED) else secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; a hashed code stays hashed."""
        if encrypted_text.startswith(secrets.HASHED):
            return encrypted_text
        try:
            return secrets.decrypt(encrypted_text)
        except ValueError as error:
            logger.error("second factor unreadable: SECRET_KEY changed without its fallback")
            raise self.validation_error("incorrect_code") from error

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The name proposed for a new key."""
        return "Ma clé d’accès"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name under which a telephone keeps the key."""
        host = RequestSite(context.request).domain.partition(":")[0]
        return {"id": host, "name": settings.MFA_TOTP_ISSUER}
