"""The forms of the accounts of partners."""

from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone

from pages.accounts.forms import check_deliverable
from pages.templatetags.french_dates import long_date
from partners.models import Member, Partner

from . import invitations


class InvitationForm(forms.Form):
    """Whom to invite, and for which partner."""

    partner = forms.ModelChoiceField(
        label="Partenaire",
        queryset=Partner.objects.none(),
        empty_label="Choisissez",
        error_messages={"required": "Choisissez le partenaire de cette personne."},
    )
    email = forms.EmailField(
        label="Adresse e-mail",
        error_messages={
            "required": "Écrivez l’adresse de la personne.",
            "invalid": "Cette adresse n’est pas complète : elle s’écrit « nom@exemple.fr ».",
        },
        help_text="L’adresse de la personne elle-même, pas une adresse de service : chacun a son "
        "compte.",
    )
    ends_on = forms.DateField(
        label="Fin de l’accès",
        required=False,
        help_text="Le dernier jour. Laissez vide pour suivre la convention du partenaire.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["partner"])
        field.queryset = Partner.objects.order_by("name")

    def clean_email(self) -> str:
        """An address to which the link can go."""
        email = str(self.cleaned_data["email"]).strip().lower()
        check_deliverable(email)
        return email

    def clean(self) -> dict[str, Any]:
        """Refuse an address that cannot become an account of this partner."""
        data = super().clean() or {}
        if data.get("partner") and "ends_on" in data:
            self._check_last_day(data["partner"], data["ends_on"])
        if data.get("partner") and data.get("email"):
            try:
                invitations.check_address(data["partner"], data["email"])
            except ValidationError as refused:
                self.add_error("email", refused)
        return data

    def _check_last_day(self, partner: Partner, ends_on: date | None) -> None:
        """Refuse an access that is over already: the person would meet a closed door."""
        last_day = Member(partner=partner, ends_on=ends_on).last_day
        if last_day and last_day < timezone.localdate():
            sentence = (
                f"L’accès serait fini depuis le {long_date(last_day)} : écrivez un autre jour."
            )
            self.add_error("ends_on", sentence)


class MemberForm(forms.ModelForm):
    """Until when a person may come in."""

    class Meta:
        model = Member
        fields = ("ends_on",)
        widgets: ClassVar[dict[str, Any]] = {
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        }


class AcceptanceForm(forms.Form):
    """What a person who was invited says of themselves, and the password they choose."""

    first_name = forms.CharField(
        label="Prénom",
        max_length=150,
        error_messages={"required": "Écrivez votre prénom."},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Nom",
        max_length=150,
        error_messages={"required": "Écrivez votre nom."},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        error_messages={"required": "Choisissez un mot de passe."},
        help_text="Au moins 12 caractères. Le plus sûr : quatre ou cinq mots sans rapport, à la "
        "suite.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Le même mot de passe, encore une fois",
        error_messages={"required": "Écrivez-le une seconde fois."},
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """The same password twice, and a good one."""
        data = super().clean() or {}
        password = data.get("password")
        if not password:
            return data
        if "again" in data and password != data["again"]:
            self.add_error(
                "again", "Les deux ne sont pas les mêmes : tapez deux fois le même mot de passe."
            )
        self.user.first_name = data.get("first_name", "")
        self.user.last_name = data.get("last_name", "")
        try:
            password_validation.validate_password(password, self.user)
        except ValidationError as refused:
            self.add_error("password", refused)
        return data


class DeletionForm(forms.Form):
    """The password, so that nobody else erases the account."""

    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        max_length=200,
        error_messages={"required": "Écrivez votre mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The right one.

        Raises:
            ValidationError: it is not.
        """
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError("Ce n’est pas le mot de passe de ce compte.")
        return str(password)


class PreviewForm(forms.Form):
    """As which partner somebody of the team looks at the space."""

    partenaire = forms.ModelChoiceField(
        label="Voir comme",
        queryset=Partner.objects.none(),
        required=False,
        empty_label="Choisissez un partenaire",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["partenaire"])
        field.queryset = Partner.objects.order_by("name")
