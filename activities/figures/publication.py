"""What a report shows of its figures, and the files in which it gives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from activities.figures.exports import FORMATS, Format, digest
from activities.figures.reading import Figure, Figures
from activities.figures.tables import Table, tables_of, years_shown
from activities.models import Indicator, ReportChapterPage, ReportPage, ValueChange

WEIGHT_KEPT = 7 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Export:
    """A file of a report's figures, and its weight in bytes."""

    file_extension: str
    url: str
    file_size: int


@dataclass(frozen=True)
class ShownChapter:
    """A chapter as a report shows it: its page, if it has one, and its figures, if any."""

    title: str
    anchor: str
    page: ReportChapterPage | None = None
    table: Table | None = None


def reader(request: HttpRequest) -> Any:
    """Who reads, if they are signed in: nothing is asked of the session of anybody else."""
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
    return getattr(request, "user", None) if is_known else None


def report_context(report: ReportPage, request: HttpRequest) -> dict[str, Any]:
    """The chapters of a report with their figures, its errata, and its files."""
    user = reader(request)
    figures = Figures.readable_by(user, years=years_shown(report.year))
    of_the_year = figures.all_of(report.year)
    return {
        "chapters": _chapters(report, user, tables_of(figures, report.year)),
        "errata": _errata(report.year, user) if of_the_year else [],
        "exports": _exports(report, of_the_year, request),
    }


def chapter_context(chapter: ReportChapterPage, request: HttpRequest) -> dict[str, Any]:
    """The report of a chapter, its figures, and what was corrected among them."""
    user, report = reader(request), chapter.get_parent().specific
    codes = Indicator.objects.filter(chapter=chapter.chapter).values_list("code", flat=True)
    figures = Figures.readable_by(user, codes=codes, years=years_shown(report.year))
    table = tables_of(figures, report.year).get(chapter.chapter)
    errata = _errata(report.year, user).filter(value__indicator__chapter=chapter.chapter)
    return {"report": report, "table": table, "errata": errata if table else []}


def serve_figures(report: ReportPage, kind: Format, request: HttpRequest) -> HttpResponse:
    """The figures of the year that this person may read; nothing again if they have them.

    Raises:
        Http404: there is none.
    """
    figures = Figures.readable_by(reader(request), years=[report.year]).all_of(report.year)
    if not figures:
        raise Http404
    etag = quote_etag(f"{digest(figures, report.year)}-{kind.extension}")
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    example = "exemple-" if any(figure.is_example for figure in figures) else ""
    name = f"{example}impulsion-{report.year}.{kind.extension}"
    return HttpResponse(
        kind.make(figures, report.year),
        content_type=kind.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": etag},
    )


def _chapters(report: ReportPage, user: Any, tables: dict[str, Table]) -> list[ShownChapter]:
    """The chapters that have a page, in their order, then what has figures and no page."""
    pages = report.chapters(user)
    written = {page.chapter for page in pages}
    return [
        *(ShownChapter(p.display_title, p.slug, p, tables.get(p.chapter)) for p in pages),
        *(
            ShownChapter(table.title, chapter, table=table)
            for chapter, table in tables.items()
            if chapter not in written
        ),
    ]


def _errata(year: int, user: Any) -> QuerySet[ValueChange]:
    """What was corrected since the assembly approved the figures, the newest first."""
    changes = ValueChange.objects.readable(user).filter(value__year=year).errata()
    return changes.select_related("value__indicator", "value__item")


def _exports(report: ReportPage, figures: Sequence[Figure], request: HttpRequest) -> list[Export]:
    """The files, each with its weight, which is computed once for the same figures."""
    if not figures:
        return []
    key, address = digest(figures, report.year), report.get_url(request) or ""
    exports = []
    for kind in FORMATS:
        name = f"figures-{key}-{kind.extension}"
        size = cache.get(name)
        if size is None:
            size = len(kind.make(figures, report.year))
            cache.set(name, size, timeout=WEIGHT_KEPT)
        exports.append(Export(kind.extension, f"{address}{kind.file_name}", size))
    return exports
