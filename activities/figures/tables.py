"""Tables of figures: a line for an indicator or for a part of it, a column for a year."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.figures.small_numbers import WHY

if TYPE_CHECKING:  # the blocks of the models make tables
    from activities.figures.reading import Figure
    from activities.models import Indicator

# %, €, h, m² stay beside the number.
SHORT_UNIT = 2


@dataclass(frozen=True)
class Row:
    """A line of a table: an indicator, or one of its parts, over the years."""

    indicator: "Indicator"
    figures: "tuple[Figure, ...]"
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
    def newest(self) -> "Figure":
        """The figure of the year the table is about."""
        return self.figures[-1]


@dataclass(frozen=True)
class Table:
    """Figures under a title; the last of ``years`` is the one it is about."""

    title: str
    years: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What was written about the figures of the year: the name of each, and its note."""
        return [
            (row.part or row.indicator.label, row.newest.note)
            for row in self.rows
            if row.newest.note
        ]

    @property
    def why_masked(self) -> str:
        """Why some numbers are masked, if some are."""
        return WHY if any(figure.is_masked for row in self.rows for figure in row.figures) else ""

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """What each indicator means, under the definition that the year was counted by."""
        year = self.years[-1]
        indicators = {row.indicator.code: row.indicator for row in self.rows}
        found = ((indicator, indicator.definition_in(year)) for indicator in indicators.values())
        return [(indicator.label, known.definition) for indicator, known in found if known]

    @property
    def is_example(self) -> bool:
        """Whether any of its figures is invented."""
        return any(figure.is_example for row in self.rows for figure in row.figures)
