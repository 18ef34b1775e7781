"""The form that says whose data are asked for."""

from email.utils import parseaddr
from typing import Any

from django import forms
from django.conf import settings

from pages.models import OrganisationSettings

from .models import Recipient
from .persons import Person
from .phones import digits


class PersonForm(forms.Form):
    """An e-mail address, a phone number, or both. It is posted: neither stands in an address."""

    email = forms.EmailField(
        label="Adresse e-mail",
        required=False,
        max_length=254,
        error_messages={"invalid": "Une adresse e-mail s’écrit «\u00a0nom@exemple.fr\u00a0»."},
    )
    phone = forms.CharField(label="Téléphone", required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The browser of the office does not remember who asked.
            field.widget.attrs["autocomplete"] = "off"

    @property
    def person(self) -> Person:
        """Whose data are asked for, once the form is valid."""
        data = self.cleaned_data
        return Person.reached_at(data.get("email", ""), data.get("phone", ""))

    def clean_email(self) -> str:
        """The association's own addresses are in everybody's requests."""
        email: str = self.cleaned_data["email"]
        if email.lower() in _our_addresses():
            raise forms.ValidationError(
                "C’est une adresse de l’association, pas celle d’une personne."
            )
        return email

    def clean_phone(self) -> str:
        """A number that can be dialled, and not the association's."""
        phone: str = self.cleaned_data["phone"]
        if phone and not digits(phone):
            raise forms.ValidationError("Ce n’est pas un numéro de téléphone.")
        ours = OrganisationSettings.load().phone
        if phone and ours and digits(phone) == digits(ours):
            raise forms.ValidationError("C’est le numéro de l’association.")
        return phone

    def clean(self) -> dict[str, Any]:
        """One of the two is enough."""
        data = super().clean() or {}
        if not self.errors and not self.person:
            raise forms.ValidationError(
                "Écrivez une adresse e-mail, un numéro de téléphone, ou les deux."
            )
        return data


def _our_addresses() -> set[str]:
    organisation = OrganisationSettings.load()
    ours = {
        parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        *(organisation.email, organisation.data_protection_contact, organisation.security_contact),
        *(address for _name, address in settings.ADMINS),
        *Recipient.objects.values_list("email", flat=True),
    }
    return {address.lower() for address in ours if address}
