"""What the templates of a page's body need: {% load body_tags %}."""

import re
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from wagtail.blocks import StreamValue

from pages import blocks

register = template.Library()

# Below this number of sections a table of contents is longer than the page it sums up.
MINIMUM_SECTIONS = 3


@register.inclusion_tag("blocks/table_of_contents.html")
def table_of_contents(body: StreamValue) -> dict[str, Any]:
    """The table of contents of a body, when it has at least three sections."""
    entries = blocks.table_of_contents(body)
    return {"entries": entries if len(entries) >= MINIMUM_SECTIONS else []}


@register.filter
def file_facts(document: Any) -> str:
    """The format and weight of a file: « PDF, 1,2 Mo ». The weight is left out when unknown."""
    facts = [document.file_extension.upper()]
    if document.file_size:
        facts.append(french_weight(document.file_size))
    return ", ".join(fact for fact in facts if fact)


def french_weight(size: int) -> str:
    """A number of bytes in decimal units, as a visitor reads it: « 1,2 Mo », « 850 ko »."""
    if size >= 1_000_000:
        return f"{formats.number_format(round(size / 1_000_000, 1), 1)}\u00a0Mo"
    return f"{max(1, round(size / 1000))}\u00a0ko"


@register.filter
def french_number(value: Decimal | int | None) -> str:
    """A number with a decimal comma and U+202F between thousands; nothing for an empty cell."""
    if value is None:
        return ""
    whole, _point, decimals = f"{Decimal(value):f}".partition(".")
    grouped = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", "\u202f", whole)
    return f"{grouped},{decimals}" if decimals else grouped


@register.filter
def phone_href(number: str) -> str:
    """The tel: address of a French number as it is written: « 03 21 … » gives tel:+3321…"""
    digits = re.sub(r"[^\d+]", "", str(number))
    if len(digits) == 10 and digits.startswith("0"):
        digits = f"+33{digits[1:]}"
    return f"tel:{digits}"


@register.filter
def sms_href(number: str) -> str:
    """The address that opens a message to a number, for those that are written to."""
    return phone_href(number).replace("tel:", "sms:", 1)
