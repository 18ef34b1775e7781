"""Activities, for any template."""

from django import template

from activities.models import ActivityPage

register = template.Library()


@register.simple_tag
def activities() -> list[ActivityPage]:
    """The activities that anybody may read, in the order of the tree."""
    return list(ActivityPage.objects.visible().for_list())
