"""What a list says of pages of several kinds, read at once.

A plain ``Page`` row holds a title and an address. Its summary, its date, its example mark and
its mention (« Annulé », « Archive ») are in the table of its own type: one union reads them
all, however many types there are.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, F, Value
from django.db.models.functions import Cast, TruncDate
from wagtail.models import Page


@dataclass(frozen=True)
class Details:
    """What lists show of a page besides its title."""

    summary: str = ""
    date: datetime.date | None = None
    is_example: bool = False
    mention: str = ""


NOTHING = Details()


def details_of(pages: Sequence[Page]) -> dict[int, Details]:
    """The details of each page by identifier, in one query; none for a foreign kind of page."""
    kinds: dict[type[Page], list[int]] = {}
    for page in pages:
        kinds.setdefault(page.specific_class, []).append(page.pk)
    parts = [
        model._base_manager.filter(pk__in=keys)
        .order_by()
        .values_list("pk", "summary", _date_of(model), "is_example", model.list_mention())
        for model, keys in kinds.items()
        if hasattr(model, "list_date_field")
    ]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {key: Details(*values) for key, *values in rows}


def _date_of(model: type[Page]) -> Any:
    """The day of ``list_date_field``, in the same type for every kind of page."""
    name = model.list_date_field
    if name is None:
        return Cast(Value(None), DateField())
    if model._meta.get_field(name).get_internal_type() == "DateTimeField":
        return TruncDate(name)
    return F(name)
