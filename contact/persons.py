"""Somebody, by what they are reached at: found in any text, and taken out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from wagtail.fields import StreamField

from .phones import BETWEEN, digits

ERASED = "[effacé]"
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField, StreamField)
# What stands between the digits of a number, in a text and in the JSON of one.
_BETWEEN = f"{BETWEEN}*"
_BETWEEN_STORED = r"([^0-9]|\\u00a0|\\u202f){0,4}"
# Of a file that somebody called by their address.
_EXTENSION = r"(?:pdf|jpe?g|png|webp|avif|gif|hei[cf])\b"
_JSON_SPACES = re.compile(r"\\u00a0|\\u202f")
FRANCE = "33"


@dataclass(frozen=True)
class Person:
    """An e-mail address, a phone number as it is dialled from anywhere, or both."""

    email: str = ""
    phone: str = ""

    @classmethod
    def reached_at(cls, email: str = "", phone: str = "") -> "Person":
        """Somebody, however their address or number is typed."""
        return cls(email.strip().lower(), digits(phone))

    def __bool__(self) -> bool:
        return bool(self.email or self.phone)

    def names(self, text: str) -> bool:
        """Whether a text names the person."""
        return bool(self) and self._pattern.search(_JSON_SPACES.sub(" ", text)) is not None

    def without(self, text: str) -> str:
        """The text, with « [effacé] » where it names the person."""
        return self._pattern.sub(ERASED, text) if self else text

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        either = [*self._email_patterns(), *self._phone_patterns()]
        return re.compile("|".join(either), re.IGNORECASE)

    def _email_patterns(self) -> Iterator[str]:
        """The whole address, not the end of a longer one: ``eve@x.fr`` does not name e@x.fr."""
        if self.email:
            yield rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-]|\.(?!{_EXTENSION})\w)"

    def _phone_patterns(self) -> Iterator[str]:
        if not self.phone:
            return
        if self.phone.startswith(FRANCE):
            prefix = rf"(?:(?:\+|00)?{_BETWEEN}33{_BETWEEN}(?:0{_BETWEEN})?|0{_BETWEEN})"
            last = self.phone[len(FRANCE) :]
        else:
            prefix, last = rf"(?:\+|00)?{_BETWEEN}", self.phone
        yield rf"(?<!\d){prefix}{_BETWEEN.join(last)}(?!\d)"

    def stored_in(self, name: str) -> Q:
        """The rows that may name the person in this text, for the database; to be read again."""
        asked = Q()
        if self.email:
            asked |= Q(**{f"{name}__icontains": self.email})
        if self.phone:
            last = self.phone.removeprefix(FRANCE)
            asked |= Q(**{f"{name}__iregex": _BETWEEN_STORED.join(last)})
        return asked


def text_fields(model: type[models.Model]) -> list[Any]:
    """The fields of a table that hold texts."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, TEXT_FIELDS)]


def rows_naming(model: type[models.Model], person: Person) -> dict[Any, list[str]]:
    """The rows of a table that name the person: their keys, and in which fields."""
    names = [field.name for field in text_fields(model)]
    if not names or not person:
        return {}
    # As texts, whatever they are: a stream and a JSON are not searched alike everywhere.
    texts = {f"as_text_{name}": Cast(name, models.TextField()) for name in names}
    asked = Q()
    for alias in texts:
        asked |= person.stored_in(alias)
    rows = model._base_manager.annotate(**texts).filter(asked).values_list("pk", *texts)
    found = {}
    for pk, *values in rows.iterator(chunk_size=200):
        named = [
            name for name, value in zip(names, values, strict=True) if person.names(value or "")
        ]
        if named:
            found[pk] = named
    return found
