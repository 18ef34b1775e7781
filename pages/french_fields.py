"""French typography of what editors type, set when it is saved.

Every text field of a model is concerned but those where a character has a meaning for a
machine: addresses, e-mails, phone numbers, slugs, choices.
"""

from django.db import models
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField

from .streams import map_text
from .typography import french, french_html

# Wagtail's own bookkeeping, and values that are compared or dialled.
UNTOUCHED = frozenset(
    {"url_path", "path", "draft_title", "slug", "content_type", "translation_key"}
    | {"phone", "host_phone", "postcode", "siret", "rna", "vat_number", "insee_code"}
    | {"name_in_addresses", "colour_key", "latest_revision", "file", "file_hash"}
)
MACHINE_FIELDS = (models.URLField, models.EmailField, models.SlugField, models.FileField)


def apply_french_typography(instance: models.Model) -> None:
    """Set the no-break spaces, quotes and apostrophes of the instance's texts."""
    for field in instance._meta.concrete_fields:
        if field.name in UNTOUCHED or field.choices or isinstance(field, MACHINE_FIELDS):
            continue
        if isinstance(field, StreamField):
            _apply_to_stream(instance, field)
        elif isinstance(field, RichTextField):
            _set(instance, field.attname, french_html)
        elif isinstance(field, models.CharField | models.TextField):
            _set(instance, field.attname, french)


def _set(instance: models.Model, name: str, change) -> None:
    value = getattr(instance, name)
    if isinstance(value, str) and value:
        setattr(instance, name, change(value))


def _apply_to_stream(instance: models.Model, field: StreamField) -> None:
    value = getattr(instance, field.attname)
    if isinstance(value, StreamValue) and len(value):
        setattr(instance, field.attname, map_text(value, field.stream_block, french, french_html))
