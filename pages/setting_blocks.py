"""The rows of the association's settings: opening hours, exceptions, social links.

They are stream rows and not tables of their own because every public page shows them: they
come with the settings, without a query each.
"""

from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    DateBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    StructValue,
    TimeBlock,
    URLBlock,
)

WEEKDAYS = [
    ("0", "lundi"),
    ("1", "mardi"),
    ("2", "mercredi"),
    ("3", "jeudi"),
    ("4", "vendredi"),
    ("5", "samedi"),
    ("6", "dimanche"),
]


def hours_error(opens: time | None, closes: time | None) -> dict[str, ValidationError]:
    """What is wrong with a pair of hours, by field; empty when nothing is."""
    if bool(opens) != bool(closes):
        sentence = "Donnez les deux heures, ou aucune si c’est fermé."
    elif opens and closes and closes <= opens:
        sentence = "L’heure de fermeture est avant l’ouverture."
    else:
        return {}
    return {"closes": ValidationError(sentence)}


class OpeningSlotBlock(StructBlock):
    """A time of the week when the door is open."""

    weekday = ChoiceBlock(choices=WEEKDAYS, label="Jour")
    opens = TimeBlock(label="Ouvre à", help_text="Par exemple 8:30.")
    closes = TimeBlock(label="Ferme à")

    class Meta:
        icon = "time"
        label = "Plage d’ouverture"
        label_format = "{weekday} {opens} – {closes}"

    def clean(self, value: StructValue) -> StructValue:
        """Refuse a slot that closes before it opens.

        Raises:
            StructBlockValidationError: it does.
        """
        value = super().clean(value)
        if errors := hours_error(value["opens"], value["closes"]):
            raise StructBlockValidationError(block_errors=errors)
        return value


class ExceptionValue(StructValue):
    """Some days that are not like the others."""

    @property
    def last_day(self) -> date:
        """The last day concerned."""
        return self["ends_on"] or self["starts_on"]


class OpeningExceptionBlock(StructBlock):
    """Days when the usual week does not hold."""

    starts_on = DateBlock(label="Du")
    ends_on = DateBlock(label="Au", required=False, help_text="Vide pour un seul jour.")
    opens = TimeBlock(
        label="Ouvre à", required=False, help_text="Vide si l’association est fermée."
    )
    closes = TimeBlock(label="Ferme à", required=False)
    note = CharBlock(label="Précision", required=False, max_length=120)

    class Meta:
        icon = "date"
        label = "Exception"
        label_format = "{starts_on} {note}"
        value_class = ExceptionValue

    def clean(self, value: StructValue) -> StructValue:
        """Refuse what cannot be true.

        Raises:
            StructBlockValidationError: the end is before the start, or an hour is missing.
        """
        value = super().clean(value)
        errors = hours_error(value["opens"], value["closes"])
        if value["ends_on"] and value["ends_on"] < value["starts_on"]:
            errors["ends_on"] = ValidationError("La fin est avant le début.")
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return value


class SocialLinkBlock(StructBlock):
    """A page of the association on another site."""

    label = CharBlock(label="Nom du réseau", max_length=40)
    url = URLBlock(label="Adresse de la page")

    class Meta:
        icon = "link"
        label = "Réseau social"
        label_format = "{label}"


class OpeningHoursBlock(StreamBlock):
    """The usual week."""

    slot = OpeningSlotBlock()

    class Meta:
        required = False


class OpeningExceptionsBlock(StreamBlock):
    """The dated exceptions."""

    days = OpeningExceptionBlock()

    class Meta:
        required = False


class SocialLinksBlock(StreamBlock):
    """The social networks."""

    link = SocialLinkBlock()

    class Meta:
        required = False


def rows(stream: Any) -> list[StructValue]:
    """The values of a stream, without their blocks."""
    return [child.value for child in stream]
