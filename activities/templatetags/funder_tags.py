"""What a funder checks, for the page of a partner."""

from django import template
from django.template.context import Context

from activities.figures.checked import Checked, shown_figures
from partners.models import Partner

register = template.Library()


@register.simple_tag(takes_context=True)
def checked_figures(context: Context, partner: Partner) -> Checked | None:
    """The figures that a partner checks, over the years; nothing when there is none to read."""
    return shown_figures(partner, context["request"])
