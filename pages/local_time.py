"""The hours of Paris in forms: two nights a year, one of them does not exist or comes twice."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateTimeInput

MISSING = (
    "Cette heure n’existe pas ce jour-là\u00a0: on passe à l’heure d’été. Choisissez une heure "
    "avant 2\u00a0h ou après 3\u00a0h."
)
DOUBLED = (
    "Cette heure existe deux fois ce jour-là\u00a0: on passe à l’heure d’hiver. Choisissez une "
    "heure avant 2\u00a0h ou après 3\u00a0h."
)


def to_the_minute(moment: datetime) -> str:
    """« 03/02/2026 à 14:05 »: a register does not say « il y a deux semaines »."""
    at = timezone.localtime(moment)
    return f"{date_format(at, 'd/m/Y')} à {date_format(at, 'H:i')}"


class LocalDateTimeField(forms.DateTimeField):
    """A day and an hour; the hours that no clock can tell are refused in plain words."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment that was typed.

        Raises:
            ValidationError: it is no moment, or the hour is missing or doubled on that day.
        """
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or error.params is None:
                raise
            message = DOUBLED if exists(error.params["datetime"]) else MISSING
            raise ValidationError(message, code=error.code) from error


def exists(naive: datetime) -> bool:
    """Whether the clocks of the association show this hour on this day."""
    aware = naive.replace(tzinfo=timezone.get_current_timezone())
    return timezone.make_naive(aware.astimezone(UTC)) == naive


def use_in_the_admin() -> None:
    """Have every date with an hour of the admin asked for with this field."""
    register_form_field_override(
        models.DateTimeField,
        override={"form_class": LocalDateTimeField, "widget": AdminDateTimeInput},
    )
