"""The pages that answer a query, and what is shown of each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from pages.details import NOTHING, details_of
from pages.querysets import all_pages

from .excerpts import Segment, excerpt, highlight
from .query import search_terms

RESULTS_PER_PAGE = 10


@dataclass
class Result:
    """One line of the results."""

    url: str
    title: list[Segment]
    excerpt: list[Segment]
    kind: str
    date: datetime.date | None = None
    is_example: bool = False
    mention: str = ""


@dataclass
class Results:
    """A page of results; ``total`` is the number of answers on all the pages."""

    query: str
    terms: list[str]
    total: int = 0
    items: list[Result] = field(default_factory=list)
    page: PaginatorPage | None = None


def find(query: str, page_number: int, request: HttpRequest) -> Results:
    """The answers to ``query`` that anybody may read, on the nearest page to ``page_number``.

    Five queries at most, whatever the number of answers and of their kinds.
    """
    terms = search_terms(query)
    results = Results(query, terms)
    if not terms:
        return results
    # The search backend refuses the subqueries of visible(), but takes a list of keys; it is
    # still one query.
    visible = Page.objects.filter(pk__in=all_pages().visible().values("pk"))
    paginator = Paginator(visible.search(" ".join(terms)), RESULTS_PER_PAGE)
    results.total = paginator.count
    results.page = paginator.page(min(max(page_number, 1), paginator.num_pages))
    results.items = _present(list(results.page), terms, request)
    return results


def _present(pages: Sequence[Page], terms: Sequence[str], request: HttpRequest) -> list[Result]:
    texts = _texts(pages)
    details = details_of(pages)
    return [
        Result(
            url=page.get_url(request),
            title=highlight(page.title, terms),
            excerpt=excerpt(texts.get(page.pk, ""), terms),
            kind=getattr(page.specific_class, "kind", ""),
            date=(known := details.get(page.pk, NOTHING)).date,
            is_example=known.is_example,
            mention=known.mention,
        )
        for page in pages
    ]


def _texts(pages: Sequence[Page]) -> dict[int, str]:
    """The text of each page as it was indexed: no body is read, no stream is parsed."""
    # On PostgreSQL « body » holds lexemes and « body_text » the text.
    column = "body_text" if connection.vendor == "postgresql" else "body"
    entries = IndexEntry.objects.filter(
        content_type__in={page.content_type_id for page in pages},
        object_id__in=[str(page.pk) for page in pages],
    )
    return {int(key): text or "" for key, text in entries.values_list("object_id", column)}
