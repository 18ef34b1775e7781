"""Small numbers of people: nobody computes them from what is published."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.figures.formulas import parse
from activities.figures.protection import Cell, Counted, Published, protected

YEARS = (2024, 2025)
PEOPLE = Counted(counts_people=True)
INDICATORS = {
    "sorties_durable": PEOPLE,
    "sorties_transition": PEOPLE,
    "sorties_total": PEOPLE,
    "sorties_dynamiques": Counted(True, parse("sorties_durable + sorties_transition")),
    "taux": Counted(False, parse("sorties_durable + sorties_transition"), parse("sorties_total")),
    "taux_durable": Counted(False, parse("sorties_durable"), parse("sorties_total")),
}
TYPED = ("sorties_durable", "sorties_transition", "sorties_total")
Numbers = dict[Cell, int]
# More than any number of the tables.
MOST = 40


def published(numbers: Numbers) -> Published:
    items = {cell[2] for cell in numbers if cell[2] is not None}
    among = [("sorties_durable", "sorties_total"), ("sorties_transition", "sorties_total")]
    return Published(numbers, INDICATORS, dict.fromkeys(items, 1), among)


@st.composite
def tables(draw: Any) -> tuple[Numbers, bool]:
    """Three indicators, their parts and totals over one or two years; whether parts add up."""
    parts, adds_up = draw(st.integers(2, 4)), draw(st.booleans())
    numbers: Numbers = {}
    for year in YEARS[: draw(st.integers(1, 2))]:
        for code in TYPED[: 2 if parts > 3 else 3]:
            values = draw(st.lists(st.integers(0, 9), min_size=parts, max_size=parts))
            for item, value in enumerate(values):
                numbers[code, year, item] = value
            total = sum(values) if adds_up else draw(st.integers(max(values), sum(values)))
            numbers[code, year, None] = total
    return numbers, adds_up


# --- An independent reader, who tries every number ----------------------------------------------


class Attacker:
    """Knows what is not hidden and what adds up; tries all the numbers of the others."""

    def __init__(self, numbers: Numbers, hidden: set[Cell]) -> None:
        self.known = {cell: n for cell, n in numbers.items() if cell not in hidden}
        self.unknown = [cell for cell in numbers if cell in hidden]
        self.equations = list(self._equations(numbers, hidden))

    @staticmethod
    def _equations(numbers: Numbers, hidden: set[Cell]) -> Iterator[tuple[Mapping[Cell, int], int]]:
        for code, year, item in list(numbers):
            if item is None:
                parts = {c: 1 for c in numbers if c[:2] == (code, year) and c[2] is not None}
                if sum(numbers[c] for c in parts) == numbers[code, year, None]:
                    yield {**parts, (code, year, None): -1}, 0
        for code, indicator in INDICATORS.items():
            for year, item in {c[1:] for c in numbers} if indicator.numerator else ():
                if (code, year, item) in hidden:
                    continue
                for terms in (indicator.numerator, indicator.denominator):
                    cells = {(t.code, year, item): t.sign for t in terms}
                    if cells and all(c in numbers for c in cells):
                        yield cells, sum(sign * numbers[c] for c, sign in cells.items())

    def may_be_another(self, cell: Cell, number: int) -> bool:
        """Whether this cell may be something else than ``number``, the nearest tried first."""
        others = sorted(set(range(MOST)) - {number}, key=lambda other: abs(other - number))
        return any(self._fits({**self.known, cell: other}) for other in others)

    def _fits(self, given: Numbers) -> bool:
        """Whether the other numbers can be found: the most constrained is tried first."""
        choices: tuple[int, Cell, range] | None = None
        for cells, total in self.equations:
            missing = [cell for cell in cells if cell not in given]
            rest = total - sum(sign * given[c] for c, sign in cells.items() if c in given)
            if not missing and rest:
                return False
            if missing and all(cells[c] > 0 for c in missing) and rest < 0:
                return False
            if len(missing) == 1:
                value = rest * cells[missing[0]]
                return value >= 0 and self._fits({**given, missing[0]: value})
            if missing and (choices is None or len(missing) < choices[0]):
                bounded = all(cells[c] > 0 for c in missing)
                choices = len(missing), missing[0], range(rest + 1 if bounded else MOST)
        if choices is None:
            return True
        _count, cell, values = choices
        return any(self._fits({**given, cell: value}) for value in values)


@settings(max_examples=300, deadline=None)
@given(tables())
def test_no_small_number_can_be_computed(table: tuple[Numbers, bool]) -> None:
    numbers, _adds_up = table
    hidden = protected(published(numbers))
    attacker = Attacker(numbers, hidden)
    for cell, number in numbers.items():
        if cell[2] is not None and 1 <= number <= 4:
            assert cell in hidden
            assert attacker.may_be_another(cell, number), (cell, sorted(hidden, key=str))


@settings(max_examples=100, deadline=None)
@given(tables())
def test_nothing_is_hidden_when_nothing_is_small(table: tuple[Numbers, bool]) -> None:
    numbers = {cell: n if n == 0 else n + 20 for cell, n in table[0].items()}
    assert protected(published(numbers)) == set()
