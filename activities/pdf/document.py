"""What the PDF of a report says, as one HTML text: only pictures and fonts stand elsewhere."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils import timezone

from activities.figures import publication
from activities.figures.citations import codes_of
from activities.figures.reading import Figures
from activities.figures.report_tables import tables_of, years_shown
from activities.figures.tables import Row, Table
from activities.models import ReportChapterPage, ReportPage, ReportPdf
from pages.models import SiteRendition
from pages.models.organisation import OrganisationSettings
from pages.querysets import AnyReaderOf, collections_reserved_to, restricted_collections
from pages.templatetags.french_dates import long_date

# What takes the place of the version and of the date while the text is hashed.
VERSION, MADE_ON = "@@version@@", "@@date@@"
# WeasyPrint styles a drawing by what stands inside it.
_DRAWING = re.compile(r"<svg\b([^>]*)>")
_LABEL = re.compile(r'aria-label="([^"]*)"')
DECORATION = "Dessin d’ornement"
# The emblem of the Union is drawn in its own colours: none of ours may touch it.
OWN_COLOUR = 'fill="#'
_PICTURE = re.compile(rf"""{settings.MEDIA_URL}(images/[^"'\s,]+)""")
# No file has this address: the text of the picture takes its place.
NO_PICTURE = f"{settings.MEDIA_URL}images/reserved"
# A summary is that long at most: with fewer lines of each chapter, until it is.
MOST_PAGES = 4
LINES = (14, 10, 7, 5, 3, 1)
KEY_FIGURES = 6


@dataclass(frozen=True)
class Document:
    """An HTML text, and the version of what it says.

    ``shorter``: the same with fewer and fewer lines, for what may have four pages only.
    """

    html: str
    version: str
    shorter: tuple[str, ...] = ()


def everyone_allowed() -> Any:
    """Who may read every published page that is reserved to accounts; nobody in particular."""
    return get_user_model()(is_superuser=True, is_active=True)


def reader_of(report: ReportPage, visibility: str) -> Any:
    """Who a PDF is written for: nobody in particular, any reader of it, or who may read all."""
    if visibility == ReportPdf.Visibility.RESERVED:
        return everyone_allowed()
    return AnyReaderOf(report) if visibility == ReportPdf.Visibility.READERS else None


def may_be_read(report: ReportPage, user: Any = None) -> bool:
    """Whether this person may read the report itself."""
    return ReportPage.objects.readable_by(user).filter(pk=report.pk).exists()


def may_read_reserved(user: Any) -> bool:
    """Whether this person may read all that is reserved: a text may cite any year."""
    if user is None or not user.is_authenticated:
        return False
    everyone = everyone_allowed()
    return not any(
        kind.objects.readable_by(everyone)
        .exclude(pk__in=kind.objects.readable_by(user).order_by().values("pk"))
        .exists()
        for kind in (ReportPage, ReportChapterPage)
    )


def has_reserved(report: ReportPage) -> bool:
    """Whether a PDF for those who may read all would say more than the public one."""
    everyone = everyone_allowed()
    if not may_be_read(report, everyone):
        return False
    public = {page.pk for page in report.chapters(None)} if may_be_read(report) else None
    return public != {page.pk for page in report.chapters(everyone)}


def document_of(report: ReportPage, kind: str, visibility: str) -> Document:
    """The text of a PDF as the database is now."""
    reader = reader_of(report, visibility)
    context = _context(report, reader, visibility)
    if kind == ReportPdf.Kind.FULL:
        texts = [_written("report", context)]
    else:
        texts = [_written("summary", context | _essentials(context, most)) for most in LINES]
    texts = [without_reserved_pictures(text, reader) for text in texts]
    version = hashlib.sha256(texts[0].encode()).hexdigest()[:16]
    made_on = long_date(timezone.localdate())
    html, *shorter = (t.replace(VERSION, version).replace(MADE_ON, made_on) for t in texts)
    return Document(html, version, tuple(shorter))


def _written(name: str, context: dict[str, Any]) -> str:
    html = render_to_string(f"activities/pdf/{name}.html", context)
    # On paper, an address of the site must say of which site.
    return _with_style(html.replace('href="/', f'href="{settings.SITE_URL}/'))


def _with_style(html: str) -> str:
    """The style sheet, in the text and not beside it: WeasyPrint finds the fonts only there."""
    sheet = f"<style>{render_to_string('activities/pdf/report.css')}</style></head>"
    return with_named_drawings(html).replace("</head>", sheet, 1)


def with_named_drawings(html: str) -> str:
    """In each SVG, its name (ornaments need one too), and its style if it has no colours."""
    style = render_to_string("activities/pdf/drawings.css")

    def styled(match: re.Match[str]) -> str:
        label = _LABEL.search(match[1])
        title = f"{match[0]}<title>{label[1] if label else DECORATION}</title>"
        drawing = html[match.end() : html.find("</svg>", match.end())]
        return title if OWN_COLOUR in drawing else f"{title}<style>{style}</style>"

    return _DRAWING.sub(styled, html)


def without_reserved_pictures(html: str, reader: Any = None) -> str:
    """A text without the pictures of the folders that are closed to its reader: their words stay.

    On the site too, the address of such a picture answers nothing to this person.
    """
    closed = restricted_collections().exclude(pk__in=collections_reserved_to(reader).values("pk"))
    reserved = SiteRendition.objects.filter(
        file__in=set(_PICTURE.findall(html)), image__collection__in=closed.values("pk")
    )
    for name in reserved.values_list("file", flat=True):
        html = html.replace(f"{settings.MEDIA_URL}{name}", NO_PICTURE)
    return html


def _context(report: ReportPage, user: Any, visibility: str) -> dict[str, Any]:
    pages = report.chapters(user)
    bodies = [report.body, *(page.body for page in pages)]
    codes = set().union(*(codes_of(body.raw_data, body.stream_block) for body in bodies))
    figures = Figures.readable_by(user, years=years_shown(report.year), series_of=codes)
    tables = tables_of(figures, report.year)
    shown = publication.shown_chapters(pages, tables)
    of_the_year = figures.all_of(report.year)
    organisation = OrganisationSettings.load()
    return {
        "page": report,
        "cited": figures,
        "report_year": report.year,
        "chapters": shown,
        "key_figures": _key_figures(tables),
        "year_before": report.year - 1,
        "errata": list(publication.errata_for(user).filter(value__year=report.year)),
        "organisation": organisation,
        "organisation_name": organisation.name or settings.WAGTAIL_SITE_NAME,
        "is_example": report.is_example or any(figure.is_example for figure in of_the_year),
        "is_reserved": visibility != ReportPdf.Visibility.PUBLIC,
        "site_url": settings.SITE_URL,
        "address": f"{settings.SITE_URL}{report.get_url() or ''}",
        "version": VERSION,
        "made_on": MADE_ON,
    }


def _totals(table: Table) -> list[Row]:
    return [row for row in table.rows if not row.part and row.newest.is_known]


def _essentials(context: dict[str, Any], most: int) -> dict[str, Any]:
    """A few lines of each chapter; why some of the numbers are masked, once for all of them."""
    tables = [(chapter, _essential(chapter.table, most)) for chapter in context["chapters"]]
    rows = [*context["key_figures"], *(row for _, table in tables if table for row in table.rows)]
    return {"essentials": tables, "why_masked": Table("", (), tuple(rows)).why_masked}


def _essential(table: Table | None, most: int) -> Table | None:
    """The first totals of a chapter that are known, of the year and of the one before."""
    if table is None:
        return None
    rows = [Row(row.indicator, row.figures[-2:]) for row in _totals(table)[:most]]
    return Table(table.title, table.years[-2:], tuple(rows)) if rows else None


def _key_figures(tables: dict[str, Table]) -> list[Row]:
    """What the site shows on its home page, then the first figure of each chapter."""
    rows = [_totals(table) for table in tables.values()]
    on_home = [row for group in rows for row in group if row.indicator.on_home]
    first = [row for group in rows for row in group[:1]]
    found = {row.indicator.code: row for row in [*on_home, *first]}
    return list(found.values())[:KEY_FIGURES]
