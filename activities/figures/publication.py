"""What a report shows of its figures, and the files in which it gives them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from activities.figures.citations import codes_of
from activities.figures.exports import FORMATS, Format, digest
from activities.figures.reading import Figure, Figures
from activities.figures.report_tables import tables_of, years_shown
from activities.figures.tables import Table
from activities.models import ReportChapterPage, ReportPage, ValueChange

WEIGHT_KEPT = 7 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Export:
    """A file of figures, and its weight in bytes."""

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


def figures_for(request: HttpRequest, **which: Any) -> Figures:
    """What the reader of a page may read; provisional figures too while an editor previews it.

    Small numbers of people are masked in both.
    """
    if getattr(request, "is_preview", False):
        return Figures.internal(**which, protects=True)
    return Figures.readable_by(reader(request), **which)


def sample(codes: Collection[str]) -> tuple[Figures, int | None]:
    """Some figures and their newest year, to show in the admin what a block looks like."""
    figures = Figures.internal(codes=codes)
    return figures, figures.years[-1] if figures.years else None


def report_context(report: ReportPage, request: HttpRequest) -> dict[str, Any]:
    """The chapters of a report with their figures, its errata, and its files."""
    user = reader(request)
    pages = report.chapters(user)
    is_long = report.layout == ReportPage.Layout.CHAPTERS
    bodies = [report.body, *(page.body for page in pages if not is_long)]
    codes = set().union(*(codes_of(body.raw_data, body.stream_block) for body in bodies))
    figures = figures_for(request, years=years_shown(report.year), series_of=codes)
    of_the_year = figures.all_of(report.year)
    return {
        "cited": figures,
        "report_year": report.year,
        "chapters": shown_chapters(pages, tables_of(figures, report.year)),
        "errata": errata_for(user).filter(value__year=report.year) if of_the_year else [],
        "exports": exports_of(
            of_the_year,
            lambda kind: f"{report.get_url(request) or ''}{kind.file_name}",
            report.year,
        ),
    }


def chapter_context(chapter: ReportChapterPage, request: HttpRequest) -> dict[str, Any]:
    """The report of a chapter, its figures, and what was corrected among them."""
    user, report = reader(request), chapter.report
    codes = codes_of(chapter.body.raw_data, chapter.body.stream_block)
    figures = figures_for(
        request,
        codes=codes,
        chapter=chapter.chapter,
        years=years_shown(report.year),
        series_of=codes,
    )
    table = tables_of(figures, report.year).get(chapter.chapter)
    errata = errata_for(user).filter(
        value__year=report.year, value__indicator__chapter=chapter.chapter
    )
    return {
        "cited": figures,
        "report_year": report.year,
        "report": report,
        "table": table,
        "errata": errata if table else [],
    }


def serve_figures(report: ReportPage, kind: Format, request: HttpRequest) -> HttpResponse:
    """The figures of the year that this person may read; nothing again if they have them.

    Raises:
        Http404: there is none.
    """
    figures = Figures.readable_by(reader(request), years=[report.year]).all_of(report.year)
    return serve_file(figures, kind, report.year, f"impulsion-{report.year}", request)


def serve_file(
    figures: Sequence[Figure], kind: Format, subject: int | str, name: str, request: HttpRequest
) -> HttpResponse:
    """A file of figures to take away; nothing again if they have it.

    Args:
        figures: What it holds.
        kind: Its format.
        subject: What they are about: the year of a report, the code of an indicator.
        name: What the file is called once saved, without its extension.
        request: Who asks.

    Raises:
        Http404: there is no figure.
    """
    if not figures:
        raise Http404
    etag = quote_etag(f"{digest(figures, subject)}-{kind.extension}")
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    example = "exemple-" if any(figure.is_example for figure in figures) else ""
    disposition = f'attachment; filename="{example}{name}.{kind.extension}"'
    return HttpResponse(
        kind.make(figures, subject),
        content_type=kind.content_type,
        headers={
            "Content-Disposition": disposition,
            "ETag": etag,
            **({"X-Robots-Tag": "noindex"} if example else {}),
        },
    )


def shown_chapters(
    pages: Sequence[ReportChapterPage], tables: dict[str, Table]
) -> list[ShownChapter]:
    """The chapters that have a page, in their order, then what has figures and no page."""
    written = {page.chapter for page in pages}
    return [
        *(ShownChapter(p.display_title, p.slug, p, tables.get(p.chapter)) for p in pages),
        *(
            ShownChapter(table.title, chapter, table=table)
            for chapter, table in tables.items()
            if chapter not in written
        ),
    ]


def errata_for(user: Any) -> QuerySet[ValueChange]:
    """What was corrected since the assembly approved the figures, the newest first."""
    changes = ValueChange.objects.readable(user).errata()
    changes = changes.select_related("value__indicator", "value__item__partner")
    return changes.prefetch_related("value__item__partner__former_names")


def exports_of(
    figures: Sequence[Figure],
    address: Callable[[Format], str],
    subject: int | str,
    formats: Sequence[Format] = FORMATS,
) -> list[Export]:
    """The files, each with its weight, which is computed once for the same figures."""
    if not figures:
        return []
    key = digest(figures, subject)
    exports = []
    for kind in formats:
        name = f"figures-{key}-{kind.extension}"
        size = cache.get(name)
        if size is None:
            size = len(kind.make(figures, subject))
            cache.set(name, size, timeout=WEIGHT_KEPT)
        exports.append(Export(kind.extension, address(kind), size))
    return exports
