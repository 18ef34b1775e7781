"""Dates as French writes them; every template has this filter without asking (settings)."""

import re
from datetime import date

from django import template
from django.template.defaultfilters import date as format_date

register = template.Library()

# Only the first day of a month is an ordinal: « 1er décembre », « 2 décembre ».
FIRST_DAY = re.compile(r"(?<!\d)1 (?=[^\W\d])")


@register.filter(expects_localtime=True)
def long_date(day: date | None, form: str = "j F Y") -> str:
    """« 23 novembre 2026 », « 1er décembre 2026 »; ``form`` is one of Django's date formats."""
    return FIRST_DAY.sub("1er ", format_date(day, form))
