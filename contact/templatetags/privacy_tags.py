"""The table of what the site keeps, for the page on privacy."""

from typing import Any

from django import template

from contact.processing import public_register

register = template.Library()


@register.inclusion_tag("contact/_kept.html")
def retention_table() -> dict[str, Any]:
    """What is kept, why and how long, from the settings as they are now."""
    return {"lines": public_register()}
