"""What is reserved to a reader, as the partners' page lists it: pages and documents together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from wagtail.documents import get_document_model
from wagtail.models import Page

from pages.querysets import all_pages, collections_reserved_to
from pages.templatetags.body_tags import file_facts

from .access import PartnerReader
from .groups import partners_group

PER_PAGE = 40


class Row(NamedTuple):
    """What is read of everything, to sort it: little."""

    is_common: bool
    at: datetime
    is_page: bool
    pk: int


@dataclass(frozen=True)
class Reserved:
    """A reserved page or document as it is listed."""

    title: str
    url: str
    kind: str
    at: datetime
    is_common: bool
    facts: str = ""
    summary: str = ""
    is_example: bool = False


def reserved_to(reader: Any, number: Any) -> tuple[PaginatorPage, list[Reserved]]:
    """What is reserved to this reader: the partner's own first, then what is for all; newest first.

    Args:
        reader: An account, or ``PartnerReader``.
        number: The page of the list that is asked for.
    """
    everybody = PartnerReader([partners_group().pk])
    rows = [*_page_rows(reader, everybody), *_document_rows(reader, everybody)]
    rows.sort(key=lambda row: (row.is_common, -row.at.timestamp(), row.pk))
    page = Paginator(rows, PER_PAGE).get_page(number)
    return page, _details(list(page.object_list))


def _reserved_pages(reader: Any) -> Any:
    """The pages that this reader may read, and the public may not."""
    public = all_pages().visible().order_by().values("pk")
    return all_pages().readable_by(reader).exclude(pk__in=public).order_by()


def _page_rows(reader: Any, everybody: PartnerReader) -> Iterable[Row]:
    common = set(_reserved_pages(everybody).values_list("pk", flat=True))
    found = list(
        _reserved_pages(reader).values_list(
            "pk", "path", "content_type_id", "last_published_at", "latest_revision_created_at"
        )
    )
    shown = {(path, pk in common) for pk, path, kind, *_dates in found if _shows_those_below(kind)}
    for pk, path, _kind, published, written in found:
        # What the page above it shows already is not listed a second time.
        if (path[: -Page.steplen], pk in common) in shown:
            continue
        yield Row(pk in common, published or written or _LONG_AGO, is_page=True, pk=pk)


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _shows_those_below(content_type_id: int) -> bool:
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return getattr(model, "shows_those_below", False)


def _document_rows(reader: Any, everybody: PartnerReader) -> Iterable[Row]:
    common = set(collections_reserved_to(everybody).values_list("pk", flat=True))
    documents = get_document_model().objects.filter(
        collection__in=collections_reserved_to(reader).values("pk")
    )
    for pk, at, collection in documents.values_list("pk", "created_at", "collection_id"):
        yield Row(collection in common, at, is_page=False, pk=pk)


def _details(rows: list[Row]) -> list[Reserved]:
    pages = _pages([row.pk for row in rows if row.is_page])
    above = _titles_above(pages.values())
    documents = get_document_model().objects.in_bulk([row.pk for row in rows if not row.is_page])
    return [
        _of_page(pages[row.pk], row, above) if row.is_page else _of_document(documents[row.pk], row)
        for row in rows
    ]


def _pages(keys: list[int]) -> dict[int, Any]:
    return {page.pk: page for page in all_pages().filter(pk__in=keys).specific(defer=False)}


def _titles_above(pages: Iterable[Any]) -> dict[str, str]:
    """The title of the page above each, by its path."""
    above = {page.path[: -Page.steplen] for page in pages}
    return dict(Page.objects.filter(path__in=above).values_list("path", "title"))


def _of_page(page: Any, row: Row, above: dict[str, str]) -> Reserved:
    return Reserved(
        title=page.title_below(above.get(page.path[: -Page.steplen], "")),
        url=page.get_url() or "",
        kind=page.kind,
        at=row.at,
        is_common=row.is_common,
        summary=page.summary,
        is_example=page.is_example,
    )


def _of_document(document: Any, row: Row) -> Reserved:
    return Reserved(
        title=document.title,
        url=document.url,
        kind="Document",
        at=row.at,
        is_common=row.is_common,
        facts=file_facts(document),
    )
