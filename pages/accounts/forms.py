"""The forms of an account: allauth's rules, our words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.core.validators import EmailValidator
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import int_to_base36

from pages import outbox
from pages.models import User

from . import secrets
from .passwords import ADVICE

CODE_HELP = "Les six chiffres que montre votre application. Ou un de vos codes de secours."


# What to do about an empty field, or about what is no address.
TO_WRITE = {
    "login": "Écrivez votre adresse e-mail.",
    "email": "Écrivez votre adresse e-mail.",
    "password": "Écrivez votre mot de passe.",
    "oldpassword": "Écrivez votre mot de passe actuel.",
    "password1": "Choisissez un mot de passe.",
    "password2": "Écrivez-le une seconde fois.",
    "code": "Recopiez le code.",
    "name": "Donnez un nom à cette clé.",
}
NO_ADDRESS = "Cette adresse e-mail n’est pas complète : elle s’écrit « nom@exemple.fr »."


def _word(form: forms.BaseForm, name: str, label: str, help_text: str = "", **attrs: str) -> None:
    """Give a field its words; a label stays when one types, a placeholder does not."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = TO_WRITE[name]
    if isinstance(field, forms.EmailField):
        field.validators = [EmailValidator(NO_ADDRESS)]
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def _word_new_password(form: forms.BaseForm) -> None:
    _word(form, "password1", "Nouveau mot de passe", ADVICE, autocomplete="new-password")
    _word(form, "password2", "Le même mot de passe, encore une fois", autocomplete="new-password")


def check_deliverable(email: str) -> None:
    """Refuse what is written like an address, and that no mail server would take.

    Raises:
        ValidationError: too long, or with characters that no mail holds.
    """
    try:
        outbox.bare_address(email)
    except ValueError as error:
        raise forms.ValidationError(
            "Aucun courriel n’arriverait à cette adresse : vérifiez-la."
        ) from error


class SamePasswordForm(forms.Form):
    """Two fields that must hold the same password."""

    def clean(self) -> dict[str, Any]:
        """Say it in French when they do not."""
        data = forms.Form.clean(self) or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error(
                "password2", "Ce n’est pas le même mot de passe. Tapez-le une nouvelle fois."
            )
        return data


class LoginForm(account.LoginForm):
    """The address and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", "Adresse e-mail", autocomplete="username", inputmode="email")
        _word(self, "password", "Mot de passe", autocomplete="current-password")


class ResetPasswordForm(account.ResetPasswordForm):
    """The address of who has forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", "Adresse e-mail", autocomplete="username", inputmode="email")

    def clean_email(self) -> str:
        """The address as the account has it; whether one has it is said to nobody.

        The link never goes to what was typed: PostgreSQL takes « ı » for « i », so that the owner
        of an address that looks alike would receive it.
        """
        email = self.cleaned_data["email"]
        check_deliverable(email)
        self.users = list(User.objects.filter(email__iexact=email, is_active=True)[:1])
        return self.users[0].email if self.users else str(email)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link; for an address without account, do all of it but keep nothing.

        The same answer after the same work: how long it takes tells nothing either.
        """
        with transaction.atomic():
            if self.users:
                return str(super().save(request, **kwargs))
            outbox.put(self._mail_to_nobody())
            transaction.set_rollback(True)
        return str(self.cleaned_data["email"])

    def _mail_to_nobody(self) -> EmailMessage:
        email = str(self.cleaned_data["email"])
        nobody = User(pk=0, email=email)
        key = f"{int_to_base36(nobody.pk)}-{PasswordResetTokenGenerator().make_token(nobody)}"
        adapter = get_account_adapter()
        link = adapter.get_reset_password_from_key_url(key)
        return adapter.render_mail(
            "account/email/password_reset_key",
            email,
            {"site_url": settings.SITE_URL, "password_reset_url": link},
        )


class ResetPasswordKeyForm(SamePasswordForm, account.ResetPasswordKeyForm):
    """A new password, from the link of a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new_password(self)


class ChangePasswordForm(SamePasswordForm, account.ChangePasswordForm):
    """A new password, for who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "oldpassword",
            "Mot de passe actuel",
            autocomplete="current-password",
        )
        _word_new_password(self)


class ReauthenticateForm(account.ReauthenticateForm):
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", "Mot de passe", autocomplete="current-password")


class CodeForm(mfa.BaseAuthenticateForm):
    """A code of the application, or a recovery code, of which only the hash is kept."""

    def clean_code(self) -> str:
        """The code, once it is the right one."""
        code = self.cleaned_data["code"]
        if secrets.is_recovery_code(code):
            self.cleaned_data["code"] = secrets.hash_code(code, self.user.pk)
        elif not secrets.is_application_code(code):
            # Nothing else is compared: who reads the database cannot type a hash.
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()


def _word_code(form: forms.BaseForm, help_text: str) -> None:
    _word(form, "code", "Code", help_text, autocomplete="one-time-code", autocapitalize="off")


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    """The code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self, CODE_HELP)


class ReauthenticateCodeForm(CodeForm, mfa.ReauthenticateForm):
    """The code again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self, CODE_HELP)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The first code, which proves that the application has the right secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self, "Les six chiffres que montre maintenant votre application.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """A passkey: it opens alone, so the telephone or the computer asks who one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "name",
            "Nom de cette clé",
            "Pour la reconnaître plus tard. Par exemple : téléphone de Camille.",
            autocomplete="off",
        )
        self.fields["passwordless"].widget = forms.HiddenInput()

    def clean_passwordless(self) -> bool:
        """Always: a key that opens without asking who holds it is only half a proof."""
        return True


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", "Nom de cette clé", autocomplete="off")
