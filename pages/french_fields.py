"""French typography of what editors type, set when it is saved.

Every text field is concerned but those where a character has a meaning for a machine:
addresses, e-mails, phone numbers, slugs, choices.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField

from .streams import map_text
from .typography import french, french_html

# Wagtail's own bookkeeping, and values that are compared or dialled.
UNTOUCHED = frozenset(
    {"url_path", "path", "draft_title", "file_hash", "expire_at", "locked_by"}
    | {"phone", "host_phone", "contact_phone"}
    | {"agreement_number", "operation_number"}
    | {"postcode", "siret", "rna", "vat_number", "insee_code"}
)
MACHINE_FIELDS = (models.URLField, models.EmailField, models.SlugField, models.FileField)


def apply_french_typography(instance: models.Model) -> None:
    """Set the no-break spaces, quotes and apostrophes of the instance's texts.

    The rows that are edited inside the instance's own form (steps, doors, people…) are set
    too: a draft is kept with them, before any of them is saved by itself.
    """
    for field in instance._meta.concrete_fields:
        if field.name in UNTOUCHED or field.choices or isinstance(field, MACHINE_FIELDS):
            continue
        if isinstance(field, StreamField):
            _set_stream(instance, field)
        elif isinstance(field, RichTextField):
            _set_text(instance, field.attname, french_html)
        elif isinstance(field, models.CharField | models.TextField):
            _set_text(instance, field.attname, french)
    for rows in getattr(instance, "_cluster_related_objects", {}).values():
        for row in rows:
            apply_french_typography(row)


def set_typography_before_saving(sender: type[models.Model], **kwargs: Any) -> None:
    """Receiver of ``pre_save`` for the models that people edit; fixtures are left as they are."""
    if not kwargs.get("raw"):
        apply_french_typography(kwargs["instance"])


def _set_text(instance: models.Model, name: str, change: Callable[[str], str]) -> None:
    value = getattr(instance, name)
    if isinstance(value, str) and value:
        setattr(instance, name, change(value))


def _set_stream(instance: models.Model, field: StreamField) -> None:
    value = getattr(instance, field.attname)
    if isinstance(value, StreamValue) and len(value):
        setattr(instance, field.attname, map_text(value, field.stream_block, french, french_html))
