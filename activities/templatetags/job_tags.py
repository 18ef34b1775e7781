"""Offers of work, for any template."""

from collections.abc import Iterable

from django import template
from wagtail.models import Page

from activities.models import JobIndexPage, JobPage

register = template.Library()


@register.simple_tag
def open_offers(count: int = 3, below: Page | None = None) -> list[JobPage]:
    """The offers that anybody may answer, those that close first; ``below`` a page, if given."""
    offers = JobPage.objects.visible().open().for_list()
    if below is not None:
        offers = offers.descendant_of(below)
    return list(offers[:count])


@register.filter
def below(offers: Iterable[JobPage], page: Page) -> list[JobPage]:
    """Those of the offers that stand below a page: read from their paths, no query."""
    return [offer for offer in offers if offer.is_descendant_of(page)]


@register.filter
def speak_of_work(pages: Iterable[Page]) -> bool:
    """Whether the list of offers is one of these pages: whoever reads them looks for work."""
    return any(page.specific_class is JobIndexPage for page in pages)
