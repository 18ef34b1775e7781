"""What only the templates of a PDF need."""

from django import template

from activities.models import Indicator

register = template.Library()


@register.simple_tag
def defined(indicator: Indicator, year: int) -> str:
    """What an indicator means, under the definition that a year was counted by."""
    known = indicator.definition_in(year)
    return known.definition if known else ""
