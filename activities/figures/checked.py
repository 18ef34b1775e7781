"""The figures that a funder checks, over the years: on its page, and in a file to take away."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from activities.figures.exports import FORMATS
from activities.figures.publication import Export, exports_of, reader, serve_file
from activities.figures.reading import Figure, Figures
from activities.figures.tables import Row, Table
from activities.models import Indicator, ReportIndexPage
from partners.models import FormerAddress, Partner

YEARS_SHOWN = 5
# What a funder opens in a spreadsheet, and what it keeps.
CHECKED_FORMATS = tuple(kind for kind in FORMATS if kind.extension in {"csv", "xlsx"})
BELOW = "indicateurs/financeurs/"


@dataclass(frozen=True)
class Checked:
    """What the page of a partner shows; ``indicators_url`` is empty when there is no such page."""

    table: Table
    files: list[Export]
    indicators_url: str


def shown_figures(partner: Partner, request: HttpRequest) -> Checked | None:
    """The last five years of what this partner checks, as this reader may read them."""
    codes = _codes(partner)
    if not codes:
        return None
    figures = Figures.readable_by(reader(request), codes=codes)
    rows = {code: figures.series(code) for code in codes}
    years = sorted({f.year for row in rows.values() for f in row if f.is_shown})[-YEARS_SHOWN:]
    if not years:
        return None
    table = Table("Les chiffres vérifiés", tuple(years), tuple(_rows(figures, codes, years)))
    index = ReportIndexPage.objects.readable_by(reader(request)).first()
    index_url = index.get_url(request) if index else ""
    files = exports_of(
        all_figures(figures),
        lambda kind: f"{index_url}{BELOW}{partner.slug}.{kind.extension}",
        partner.slug,
        CHECKED_FORMATS if index_url else (),
    )
    return Checked(table, files, f"{index_url}indicateurs/" if index_url else "")


def _rows(figures: Figures, codes: list[str], years: list[int]) -> list[Row]:
    """A line for each indicator that has a figure in one of these years."""
    rows = [Row(figures.indicators[code], tuple(figures.series(code, years))) for code in codes]
    return [row for row in rows if any(figure.is_shown for figure in row.figures)]


def _codes(partner: Partner) -> list[str]:
    """The indicators that this partner checks, in their order."""
    return list(Indicator.objects.filter(checked_by=partner).values_list("code", flat=True))


def all_figures(figures: Figures, until: int | None = None) -> list[Figure]:
    """Every figure, year after year, totals and parts."""
    years = [year for year in figures.years if until is None or year <= until]
    return [figure for year in years for figure in figures.all_of(year)]


def checked_figures(partner: Partner, user: Any = None, until: int | None = None) -> list[Figure]:
    """All that this person may read of what a partner checks, up to a year."""
    codes = _codes(partner)
    return all_figures(Figures.readable_by(user, codes=codes), until) if codes else []


def serve_checked(slug: str, extension: str, request: HttpRequest) -> HttpResponse:
    """These figures as a file; a former address leads to the present one.

    Raises:
        Http404: no such partner, no such format, or none of the figures it checks may be read.
    """
    kind = next((kind for kind in CHECKED_FORMATS if kind.extension == extension), None)
    if kind is None:
        raise Http404
    partner = Partner.objects.filter(slug=slug).first()
    if partner is None:
        former = get_object_or_404(FormerAddress.objects.select_related("partner"), slug=slug)
        now = f"/{former.partner.slug}.{extension}"
        return redirect(request.path.replace(f"/{slug}.{extension}", now), permanent=True)
    figures = checked_figures(partner, reader(request))
    return serve_file(figures, kind, partner.slug, f"impulsion-{partner.slug}", request)
