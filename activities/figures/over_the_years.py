"""An indicator over the years: its figures, what they mean, what was corrected."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from activities.figures.exports import CSV
from activities.figures.publication import (
    Export,
    errata_for,
    exports_of,
    reader,
    serve_file,
)
from activities.figures.reading import Figure, Figures
from activities.figures.small_numbers import WHY
from activities.models import Indicator, IndicatorDefinition, ReportIndexPage
from activities.report_blocks import Chart, breakdown_chart, evolution


@dataclass(frozen=True)
class Listed:
    """An indicator in the list: its newest figure, and since when it is known."""

    indicator: Indicator
    newest: Figure
    since: int
    address: str


@dataclass(frozen=True)
class Family:
    """The indicators of a family that have a figure."""

    key: str
    name: str
    indicators: list[Listed]


def indicators_context(page: ReportIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Every indicator that has a figure this person may read, by family."""
    figures = Figures.readable_by(reader(request), totals_only=True)
    families: dict[str, Family] = {}
    for code, indicator in figures.indicators.items():
        known = [figure for figure in figures.series(code) if figure.is_shown]
        if known:
            label = indicator.get_family_display()
            family = families.setdefault(label, Family(indicator.family, label, []))
            address = page.indicator_url(request, code)
            family.indicators.append(Listed(indicator, known[-1], known[0].year, address))
    newest = [entry.newest for family in families.values() for entry in family.indicators]
    return {
        "families": list(families.values()),
        "why_masked": WHY if any(figure.is_masked for figure in newest) else "",
        "is_example": any(figure.is_example for figure in newest),
    }


def indicator_context(page: ReportIndexPage, code: str, request: HttpRequest) -> dict[str, Any]:
    """The figures of an indicator, the newest first, with their parts and their definitions.

    Raises:
        Http404: there is no such indicator, or none of its figures may be read.
    """
    figures = Figures.readable_by(reader(request), codes=[code])
    shown = _known(figures, code)
    if not shown:
        raise Http404
    indicator = figures.indicators[code]
    totals = [figure for figure in figures.series(code) if figure.is_shown]
    errata = errata_for(reader(request)).filter(value__indicator__code__in={code, *indicator.parts})
    return {
        "indicator": indicator,
        "totals": list(reversed(totals)),
        "chart": evolution(figures, code, [f.year for f in totals]) if len(totals) > 1 else None,
        "breakdowns": _breakdowns(figures, code),
        "why_masked": WHY if any(figure.is_masked for figure in shown) else "",
        "definitions": _definitions(indicator),
        "parts": Indicator.objects.filter(code__in=indicator.parts) if indicator.parts else [],
        "errata": errata,
        "export": _export(page, code, shown, request),
        "is_example": any(figure.is_example for figure in shown),
    }


def serve_indicator(code: str, request: HttpRequest) -> HttpResponse:
    """The figures of an indicator as a CSV file.

    Raises:
        Http404: there is no such indicator, or none of its figures may be read.
    """
    figures = Figures.readable_by(reader(request), codes=[code])
    return serve_file(_known(figures, code), CSV, code, f"impulsion-{code}", request)


def _known(figures: Figures, code: str) -> list[Figure]:
    """The figures of an indicator, year after year: its total, then its parts."""
    if code not in figures:
        return []
    years = figures.years
    return [
        figure for year in years for figure in figures.all_of(year) if figure.indicator.code == code
    ]


def _breakdowns(figures: Figures, code: str) -> list[Chart]:
    """The parts of the newest year that is broken down, for each way to do it."""
    charts = []
    for breakdown in figures.breakdowns_of(code):
        for year in reversed(figures.years):
            chart = breakdown_chart(figures, code, breakdown, year, is_share=False)
            if chart:
                charts.append(chart)
                break
    return charts


def _definitions(indicator: Indicator) -> list[IndicatorDefinition]:
    """What it has meant, the newest definition first."""
    return sorted(indicator.definitions.all(), key=lambda known: known.since, reverse=True)


def _export(
    page: ReportIndexPage, code: str, figures: list[Figure], request: HttpRequest
) -> Export:
    address = page.indicator_url(request, code).removesuffix("/")
    return exports_of(figures, lambda kind: f"{address}.{kind.extension}", code, [CSV])[0]
