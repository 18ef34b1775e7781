"""The pages that answer a query, and what is shown of each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.text import slugify
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from pages.details import NOTHING, details_of

from .answers import answers_to, count_by_group, in_group
from .excerpts import Segment, excerpt, highlight
from .query import search_terms

RESULTS_PER_PAGE = 10


@dataclass
class Result:
    """One line of the results; ``note`` says that it is cancelled, archived, or past."""

    url: str
    title: list[Segment]
    excerpt: list[Segment]
    kind: str
    date: datetime.date | None = None
    note: str = ""
    is_example: bool = False


@dataclass
class Filter:
    """A group of answers that one may keep alone; the first filter, « Tout », keeps them all."""

    name: str
    count: int
    address: str
    is_current: bool


@dataclass
class Results:
    """A page of results.

    ``group`` is the only group that is kept, if any; ``found`` the number of answers in all the
    groups, ``total`` in those that are kept.
    """

    query: str
    terms: list[str]
    group: str = ""
    found: int = 0
    total: int = 0
    filters: list[Filter] = field(default_factory=list)
    items: list[Result] = field(default_factory=list)
    page: PaginatorPage | None = None

    @property
    def parameters(self) -> str:
        """What the address of the other pages of the same results begins with."""
        return f"{_parameters(self.query, self.group)}&"


def find(query: str, page_number: int, request: HttpRequest, group: str = "") -> Results:
    """The answers to ``query`` that anybody may read, on the nearest page to ``page_number``.

    With ``group`` (one of the names of ``search_groups()``), those of this group only. Four
    queries at most, whatever the number of answers and of their kinds.
    """
    results = Results(query, search_terms(query), group)
    if not results.terms:
        return results
    answers = answers_to(results.terms)
    counts = count_by_group(answers)
    results.found = sum(counts.values())
    results.filters = _filters(query, group, counts)
    results.total = counts.get(group, 0) if group else results.found
    if not results.total:
        return results
    paginator = Paginator(in_group(answers, group) if group else answers, RESULTS_PER_PAGE)
    paginator.count = results.total  # known already: not asked again
    results.page = paginator.page(min(max(page_number, 1), paginator.num_pages))
    results.items = _present(list(results.page), results.terms, request)
    return results


def _filters(query: str, group: str, counts: dict[str, int]) -> list[Filter]:
    """« Tout », then the groups that have answers; none when there is nothing to choose."""
    if len(counts) < 2 and (not group or group in counts):
        return []
    everything = Filter("Tout", sum(counts.values()), f"?{_parameters(query)}", not group)
    return [
        everything,
        *(
            Filter(name, count, f"?{_parameters(query, name)}", name == group)
            for name, count in counts.items()
        ),
    ]


def _parameters(query: str, group: str = "") -> str:
    return urlencode({"q": query, "sorte": slugify(group)} if group else {"q": query})


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
            note=known.mention or (page.specific_class.over_note if page.is_over else ""),
            is_example=known.is_example,
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
