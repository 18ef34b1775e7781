"""Small numbers of people: nobody computes them from what is published."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.figures.formulas import parse
from activities.figures.protection import EXITS, Cell, Counted, Published, protected

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
                lines = (indicator.numerator, indicator.denominator)
                needed = [(t.code, year, item) for line in lines for t in line]
                if (code, year, item) in hidden or any(c not in numbers for c in needed):
                    continue
                for line in lines:
                    cells = {(t.code, year, item): t.sign for t in line}
                    if cells:
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


# --- By example -----------------------------------------------------------------------------------

DURABLE, TRANSITION, TOTAL = (code for code in TYPED)


def year_of(year: int = 2025, **parts: tuple[int, ...]) -> Numbers:
    """A year whose parts make their totals."""
    numbers: Numbers = {}
    for code, values in parts.items():
        numbers[code, year, None] = sum(values)
        numbers |= {(code, year, item): value for item, value in enumerate(values)}
    return numbers


def test_one_more_part_is_hidden_the_smallest_that_is_not_nothing() -> None:
    numbers = year_of(sorties_total=(3, 9, 0, 12))
    assert protected(published(numbers)) == {(TOTAL, 2025, 0), (TOTAL, 2025, 1)}


def test_zero_is_hidden_only_when_nothing_else_can_be() -> None:
    assert protected(published(year_of(sorties_total=(0, 9, 12)))) == set()
    assert protected(published(year_of(sorties_total=(0, 4)))) == {
        (TOTAL, 2025, 0), (TOTAL, 2025, 1),
    }  # fmt: skip


def test_two_small_parts_protect_each_other_unless_their_sum_tells() -> None:
    apart = year_of(sorties_total=(2, 3, 9, 12))
    assert protected(published(apart)) == {(TOTAL, 2025, 0), (TOTAL, 2025, 1)}


def test_what_the_rule_itself_would_tell_is_hidden_too() -> None:
    """Of 1, 1 and 5, the two ones make 2: since no zero is hidden so, they would be told."""
    numbers = year_of(sorties_total=(1, 1, 5))
    assert protected(published(numbers)) >= {(TOTAL, 2025, item) for item in range(3)}


def test_two_kinds_that_nobody_is_in_at_once_do_not_tell_each_other() -> None:
    codes = ("entrees", "deld_12_23", "detld_24")
    indicators: dict[str, Counted] = dict.fromkeys(codes, PEOPLE)
    for code in codes[1:]:
        indicators[f"part_{code}"] = Counted(False, parse(code), parse("entrees"))
    numbers: Numbers = dict(zip(((c, 2025, None) for c in codes), (21, 1, 20), strict=True))
    hidden = protected(Published(numbers, indicators, {}))
    assert len([cell for cell in hidden if cell in numbers]) > 1


def test_parts_that_do_not_make_their_total_protect_themselves() -> None:
    numbers = {**year_of(sorties_total=(3, 9)), (TOTAL, 2025, None): 10}
    assert protected(published(numbers)) == {(TOTAL, 2025, 0)}


def test_a_rate_is_hidden_with_the_small_number_it_divides() -> None:
    numbers = {(DURABLE, 2025, None): 3, (TOTAL, 2025, None): 20}
    assert protected(published(numbers)) == {(DURABLE, 2025, None), ("taux_durable", 2025, None)}


def test_a_small_total_that_no_rate_divides_is_shown() -> None:
    assert protected(published({(TRANSITION, 2025, None): 3})) == set()


def test_what_a_rate_adds_up_does_not_tell_what_it_is_made_of() -> None:
    numbers = {(DURABLE, 2025, None): 3, (TRANSITION, 2025, None): 6, (TOTAL, 2025, None): 20}
    hidden = protected(published(numbers))
    assert {(DURABLE, 2025, None), ("taux_durable", 2025, None)} <= hidden
    # The rate of both and the number of the other are not published together.
    assert (TRANSITION, 2025, None) in hidden or ("taux", 2025, None) in hidden


def test_the_exits_by_kind_make_the_exits() -> None:
    codes = [*EXITS, "sorties_total"]
    values = dict(zip(codes, (3, 8, 9, 7, 6, 33), strict=True))
    numbers: Numbers = {(code, 2025, None): value for code, value in values.items()}
    indicators = {
        **dict.fromkeys(codes, PEOPLE),
        "taux_durable": Counted(False, parse(DURABLE), parse(TOTAL)),
    }
    hidden = protected(Published(numbers, indicators, {}))
    typed = {cell for cell in hidden if cell in numbers}
    assert (DURABLE, 2025, None) in typed
    assert len(typed) == 2


def test_the_year_before_does_not_tell() -> None:
    """Present at the end of a year: those of the year before, and who came, less who left."""
    present, came, left = "salaries_parcours_3112", "entrees", "sorties_total"
    numbers: Numbers = {
        (present, 2024, None): 20, (came, 2025, None): 9, (left, 2025, None): 3,
        (present, 2025, None): 26,
    }  # fmt: skip
    indicators = {
        **dict.fromkeys((present, came, left), PEOPLE),
        "rate": Counted(False, parse(left), parse(present)),
    }
    hidden = protected(Published(numbers, indicators, {}))
    assert (left, 2025, None) in hidden
    assert len([cell for cell in hidden if cell in numbers]) == 2


def test_years_are_looked_at_apart() -> None:
    small, large = year_of(2024, sorties_total=(3, 9)), year_of(2025, sorties_total=(8, 9))
    hidden = protected(published({**small, **large}))
    assert {year for _code, year, _item in hidden} == {2024}


def test_what_does_not_count_people_says_nothing_of_them() -> None:
    indicators = {**INDICATORS, "cout": Counted(False, parse("euros"), parse(TOTAL))}
    indicators["euros"] = Counted(False)
    numbers = {(TOTAL, 2025, None): 20}
    assert protected(Published(numbers, indicators, {})) == set()
    few = {(TOTAL, 2025, None): 4}
    assert protected(Published(few, indicators, {})) >= {(TOTAL, 2025, None), ("cout", 2025, None)}
