"""The figures of a year, chapter by chapter, beside those of the years before it."""

from collections.abc import Iterator
from dataclasses import dataclass

from activities.figures.reading import Figure, Figures
from activities.models import BreakdownItem, Chapter, Indicator

# A year, and the two before it: what fits beside a name on a phone.
YEARS_SHOWN = 3
# %, €, h, m² stay beside the number.
SHORT_UNIT = 2


@dataclass(frozen=True)
class Row:
    """A line of a table: an indicator, or one of its parts, over the years."""

    indicator: Indicator
    figures: tuple[Figure, ...]
    part: str = ""

    @property
    def unit(self) -> str:
        """The unit, when it is a word: said once beside the name, so that a phone shows a year."""
        return self.indicator.unit if len(self.indicator.unit) > SHORT_UNIT else ""

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What each cell says: the figure, and what a quotient is made of."""
        return [
            (figure.number_text if self.unit else figure.text, figure.fraction)
            for figure in self.figures
        ]

    @property
    def newest(self) -> Figure:
        """The figure of the year the table is about."""
        return self.figures[-1]


@dataclass(frozen=True)
class Table:
    """The figures of a chapter; the last of ``years`` is the one it is about."""

    chapter: str
    years: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """The chapter, in its usual words."""
        return Chapter(self.chapter).label

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What was written about the figures of the year: the name of each, and its note."""
        return [
            (row.part or row.indicator.label, row.newest.note)
            for row in self.rows
            if row.newest.note
        ]

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """What each indicator means, under the definition that the year was counted by."""
        year = self.years[-1]
        indicators = [row.indicator for row in self.rows if not row.part]
        found = ((indicator, indicator.definition_in(year)) for indicator in indicators)
        return [(indicator.label, known.definition) for indicator, known in found if known]

    @property
    def is_example(self) -> bool:
        """Whether any of its figures is invented."""
        return any(figure.is_example for row in self.rows for figure in row.figures)


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
        chapter: Table(chapter, years, tuple(rows[chapter]))
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
        yield Row(indicator, tuple(figures.series(code, years, item)), item.label)
