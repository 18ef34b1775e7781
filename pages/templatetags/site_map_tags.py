"""The public pages as a tree, for the site map."""

from collections.abc import Iterable

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from wagtail.models import Page, Site

from pages.demonstration import page_types
from pages.navigation import Entry
from pages.querysets import all_pages

register = template.Library()


@register.simple_tag(takes_context=True)
def site_map(context: RequestContext) -> list[Entry]:
    """The pages below the home page, each with its children; one query.

    Pages that come and go (news, events…) are left to their own lists.
    """
    request: HttpRequest = context["request"]
    site = Site.find_for_request(request)
    if site is None:
        return []
    pages = (
        all_pages()
        .visible()
        .filter(path__startswith=site.root_page.path, depth__gt=site.root_page.depth)
        .not_type(*(model for model in page_types() if model.comes_and_goes))
        .order_by("path")
    )
    return _tree(pages, request)


def _tree(pages: Iterable[Page], request: HttpRequest) -> list[Entry]:
    top: list[Entry] = []
    known: dict[str, Entry] = {}
    for page in pages:
        entry = Entry(title=page.title, url=page.get_url(request) or "", path=page.path)
        known[page.path] = entry
        parent = known.get(page.path[: -Page.steplen])
        (parent.children if parent else top).append(entry)
    return top
