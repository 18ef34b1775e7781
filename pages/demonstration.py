"""What is an example: fictional content, marked as such, removable without a trace."""

from django.apps import apps
from django.db.models import Q, QuerySet
from wagtail.models import Page

from .models import SitePage


def example_pages(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Those of ``pages`` that are examples, whatever their type; one query."""
    wanted = Q(pk__in=[])
    for model in page_types():
        wanted |= Q(pk__in=model.objects.filter(is_example=True).values("pk"))
    return pages.filter(wanted)


def page_types() -> list[type[SitePage]]:
    """Every page type of the site."""
    return [model for model in apps.get_models() if issubclass(model, SitePage)]
