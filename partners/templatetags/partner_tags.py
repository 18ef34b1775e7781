"""Partners, for any template."""

from django import template

from partners.models import Partner, partners_by_family

register = template.Library()


@register.simple_tag
def partner_families() -> list[tuple[str, list[Partner]]]:
    """The partners by family."""
    return partners_by_family()
