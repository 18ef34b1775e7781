"""The figures of a year, chapter by chapter, beside those of the years before it."""

from collections.abc import Iterator

from activities.figures.reading import Figures
from activities.figures.tables import Row, Table
from activities.models import BreakdownItem, Chapter, Indicator

# A year, and the two before it: what fits beside a name on a phone.
YEARS_SHOWN = 3


def years_shown(year: int) -> range:
    """The year of a report, and those it is compared with."""
    return range(year - YEARS_SHOWN + 1, year + 1)


def tables_of(figures: Figures, year: int) -> dict[str, Table]:
    """A table for each chapter that has a figure in ``year``, in the order of chapters.

    Args:
        figures: What the reader may read (``Figures.readable_by``) of ``years_shown(year)``.
        year: The year of the report.
    """
    years = tuple(y for y in figures.years if year - YEARS_SHOWN < y <= year)
    parts: dict[str, list[BreakdownItem]] = {}
    for figure in figures.all_of(year):
        items = parts.setdefault(figure.indicator.code, [])
        if figure.item:
            items.append(figure.item)
    rows: dict[str, list[Row]] = {}
    for code, items in parts.items():
        indicator = figures.indicators[code]
        rows.setdefault(indicator.chapter, []).extend(_rows(figures, indicator, years, items))
    return {
        chapter: Table(Chapter(chapter).label, years, tuple(rows[chapter]))
        for chapter in Chapter.values
        if chapter in rows
    }


def _rows(
    figures: Figures, indicator: Indicator, years: tuple[int, ...], items: list[BreakdownItem]
) -> Iterator[Row]:
    """The total, known or not, then the parts that are known in the year, in their order."""
    code = indicator.code
    yield Row(indicator, tuple(figures.series(code, years)))
    rank = {code: number for number, code in enumerate(figures.breakdowns)}
    for item in sorted(items, key=lambda i: (rank[i.breakdown.code], i.sort_order, i.label)):
        # All the columns under one name: that of the year of the report.
        yield Row(indicator, tuple(figures.series(code, years, item)), item.name_in(years[-1]))
