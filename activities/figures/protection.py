"""Which figures are hidden from the public so that no small number of people can be computed.

Three steps (*primary* then *secondary suppression*):

1. what is small is hidden: a part of a breakdown, or what a rate divides or is divided by;
2. if the reader can still compute it, one more part of its breakdown is hidden, then all of them;
3. if that is not enough, so are other figures from which it would be computed, as few as can be.

A reader knows every sum that holds: parts and their total, exits and their kinds, the people of a
year and of the year before, what each published rate is made of. A hidden number is safe when
another number in its place agrees with all that is published (``_Reader.can_tell``). What is
published to some is assumed to be known to all: one answer, whoever reads.

Nothing here reads the database: see ``activities.figures.protecting``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import lcm
from typing import Any

from activities.figures.formulas import Term
from activities.figures.small_numbers import is_small

# An indicator, a year, and a part or ``None`` for the total.
Cell = tuple[str, int, int | None]
Terms = tuple[tuple[int, Cell], ...]

EXITS = (
    "sorties_durable",
    "sorties_transition",
    "sorties_positives",
    "sorties_autres",
    "sorties_neutralisees",
)
# Sums that everybody knows, of a year (0) and of the year before (-1); each makes zero.
KNOWN_SUMS: tuple[tuple[tuple[int, str, int], ...], ...] = (
    (*((1, code, 0) for code in EXITS), (-1, "sorties_total", 0)),
    (
        (1, "salaries_parcours_3112", -1),
        (1, "entrees", 0),
        (-1, "sorties_total", 0),
        (-1, "salaries_parcours_3112", 0),
    ),
    (
        (1, "salaries_parcours_3112", -1),
        (1, "entrees", 0),
        (-1, "salaries_parcours_annee", 0),
    ),
)
# What nobody is counted twice in: together, they are not more than what they are counted among.
EXCLUSIVE = (
    (("moins_26", "50_plus"), "entrees"),
    (("deld_12_23", "detld_24"), "entrees"),
    (EXITS, "sorties_total"),
)
# What hiding costs readers: the lower the sooner.
PART_OF_RATE, PART, TOTAL, RATE, WHOLE = 1, 2, 3, 5, 8
# How far another number is looked for, and in how many directions.
STEPS = (1, -1, 2, -2, 3, -3)
DIRECTIONS = 60
# How many numbers change by one in a short move: four in a table of two lines and two columns.
SHORT = 6
# Among how many a pair is looked for.
PAIRED = 6


@dataclass(frozen=True)
class Counted:
    """What protection needs to know of an indicator."""

    counts_people: bool
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Published:
    """What may be published: the numbers of people that somebody has validated.

    Args:
        numbers: By cell, those of typed indicators that count people.
        indicators: All of them, by code.
        breakdown_of: The breakdown of each part.
        among: Pairs of codes: what is counted, and what it is counted among.
    """

    numbers: Mapping[Cell, int]
    indicators: Mapping[str, Counted]
    breakdown_of: Mapping[int, int]
    among: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Sum:
    """Signed cells whose sum a reader knows.

    ``shown_by`` is the computed figure that says it, nothing for a sum that holds by itself.
    ``is_whole`` when it is made of people only, so that its value is a number of people.
    """

    terms: Terms
    total: int
    shown_by: Cell | None = None
    is_whole: bool = True


def protected(published: Published) -> set[Cell]:
    """The figures to hide, typed and computed.

    Years that no known sum links are looked at apart, and what was found for a year is kept: a
    correction costs the search of its year.
    """
    context = (
        tuple(published.indicators.items()),
        tuple(published.breakdown_of.items()),
        tuple(published.among),
    )
    found: set[Cell] = set()
    for years in _linked_years(published.numbers):
        numbers = tuple((c, number) for c, number in published.numbers.items() if c[1] in years)
        found |= _protected_in(tuple(sorted(numbers, key=str)), *context)
    return found


@lru_cache(maxsize=64)
def _protected_in(numbers: Any, indicators: Any, breakdown_of: Any, among: Any) -> frozenset[Cell]:
    published = Published(dict(numbers), dict(indicators), dict(breakdown_of), among)
    return frozenset(_Protection(published).found())


def _linked_years(numbers: Mapping[Cell, int]) -> list[set[int]]:
    """The years, together where a sum that holds takes a number of the year before."""
    groups: list[set[int]] = []
    places = {cell[2] for cell in numbers}
    for year in sorted({cell[1] for cell in numbers}):
        is_linked = bool(groups) and any(
            any(terms_year == year - 1 for _sign, (_code, terms_year, _item) in terms)
            for item in places
            for terms in _sums_that_hold(numbers, year, item)
        )
        if is_linked:
            groups[-1].add(year)
        else:
            groups.append({year})
    return groups


def _sums_that_hold(numbers: Mapping[Cell, int], year: int, item: int | None) -> Iterator[Terms]:
    for known in KNOWN_SUMS:
        terms = tuple((sign, (code, year + gap, item)) for sign, code, gap in known)
        if all(cell in numbers for _sign, cell in terms) and not sum(
            sign * numbers[cell] for sign, cell in terms
        ):
            yield terms


@dataclass
class _Reader:
    """What a reader can compute, once some figures are hidden."""

    numbers: Mapping[Cell, int]
    equalities: list[Sum]
    at_least_zero: list[Terms]
    small_sums: list[Terms]
    breakdowns: Mapping[Cell, tuple[Cell, ...]]
    small: set[Cell]
    hidden: set[Cell] = field(default_factory=set)
    by_cell: dict[Cell, list[Sum]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_cell = defaultdict(list)
        for known in self.equalities:
            for _sign, cell in known.terms:
                self.by_cell[cell].append(known)

    def can_tell(self, terms: Terms) -> bool:
        """Whether a sum that should be secret has one possible value only."""
        cells = self.linked(cell for _sign, cell in terms if cell in self.hidden)
        if not cells:
            return True
        order = sorted(cells, key=str)
        directions = _directions(order, self._rows(order))
        weights = [sum(sign for sign, cell in terms if cell == other) for other in order]
        rules = self._rules(order)
        return not any(_dot(weights, move) and rules.allow(move) for move in _moves(directions))

    def linked(self, cells: Iterable[Cell]) -> set[Cell]:
        """These hidden cells, and those that a known sum links to them."""
        found: set[Cell] = set()
        waiting = list(cells)
        while waiting:
            cell = waiting.pop()
            if cell in found:
                continue
            found.add(cell)
            waiting += [c for s in self.sums_of(cell) for _sign, c in s.terms if c in self.hidden]
        return found

    def sums_of(self, cell: Cell) -> Iterator[Sum]:
        """The sums with this cell that a reader knows."""
        return (s for s in self.by_cell.get(cell, ()) if s.shown_by not in self.hidden)

    def _rows(self, order: Sequence[Cell]) -> list[list[Fraction]]:
        known = {id(s): s for cell in order for s in self.sums_of(cell)}
        return [
            [Fraction(sum(sign for sign, c in s.terms if c == cell)) for cell in order]
            for s in known.values()
        ]

    def _rules(self, order: Sequence[Cell]) -> "_Rules":
        """What a reader knows of these cells besides sums: limits, and how figures are hidden."""
        place = {cell: rank for rank, cell in enumerate(order)}

        def bound(terms: Terms) -> tuple[int, tuple[tuple[int, int], ...]]:
            constant = sum(sign * self.numbers[c] for sign, c in terms if c not in place)
            return constant, tuple((sign, place[c]) for sign, c in terms if c in place)

        groups = {self.breakdowns.get(cell, (cell,)) for cell in order}
        # A zero is hidden last: of three parts or more, one that is not nothing stays so.
        least = [
            int(len(self.breakdowns.get(cell, ())) > 2 and self.numbers[cell] > 0) for cell in order
        ]
        return _Rules(
            [self.numbers[cell] for cell in order],
            least,
            [b for terms in self.at_least_zero if (b := bound(terms))[1]],
            [b for terms in self.small_sums if (b := bound(terms))[1]],
            *self._hidden_groups(groups, place),
        )

    def _hidden_groups(
        self, groups: Iterable[tuple[Cell, ...]], place: Mapping[Cell, int]
    ) -> tuple[list[list[int]], list[int]]:
        """The cells of which one at least is small, by group; those that all are.

        One more part is hidden with a small one: of two, either may be the small one, and so it
        is when a whole breakdown is hidden. When three are hidden beside others that are not, all
        of them are small, and readers may know the rule.
        """
        some: list[list[int]] = []
        every: list[int] = []
        for group in groups:
            hidden = [cell for cell in group if cell in self.hidden]
            small = [cell for cell in hidden if cell in self.small]
            if len(hidden) == 2 or (len(hidden) > 2 and len(hidden) == len(group)):
                if small and not any(cell not in place for cell in small):
                    some.append([place[cell] for cell in hidden if cell in place])
            else:
                every += [place[cell] for cell in small if cell in place]
        return some, every


@dataclass(frozen=True)
class _Rules:
    """Limits of hidden numbers, by their places in a list."""

    numbers: list[int]
    least: list[int]
    at_least_zero: list[tuple[int, tuple[tuple[int, int], ...]]]
    small_sums: list[tuple[int, tuple[tuple[int, int], ...]]]
    some_small: list[list[int]]
    all_small: list[int]

    def allow(self, move: Sequence[int]) -> bool:
        """Whether the numbers could be these, as far as a reader knows."""
        other = [number + step for number, step in zip(self.numbers, move, strict=True)]
        if any(number < least for number, least in zip(other, self.least, strict=True)):
            return False
        if any(not is_small(other[rank]) for rank in self.all_small):
            return False
        if any(not any(is_small(other[rank]) for rank in group) for group in self.some_small):
            return False
        return all(
            constant + sum(sign * other[rank] for sign, rank in terms) >= 0
            for constant, terms in self.at_least_zero
        ) and all(
            is_small(constant + sum(sign * other[rank] for sign, rank in terms))
            for constant, terms in self.small_sums
        )


class _Protection:
    """The search of what to hide."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.numbers = published.numbers
        self.breakdowns = self._groups()
        self.sums = [*self._computed_sums(), *self._parts_and_totals(), *self._known_sums()]
        self.secrets: list[Terms] = []
        small: set[Cell] = set()
        hidden: set[Cell] = set()
        for cell, number in self.numbers.items():
            if cell[2] is not None and is_small(number):
                small.add(cell)
        for computed in self._small_sums():
            if computed.shown_by:
                hidden.add(computed.shown_by)
            if len(computed.terms) == 1:
                small.add(computed.terms[0][1])
            else:
                self.secrets.append(computed.terms)
        self.secrets += [((1, cell),) for cell in sorted(small, key=str)]
        self.reader = _Reader(
            self.numbers,
            self.sums,
            self._inequalities(),
            [terms for terms in self.secrets if len(terms) > 1],
            self.breakdowns,
            small,
            hidden | small,
        )

    # --- What is known -----------------------------------------------------------------------

    def _groups(self) -> dict[Cell, tuple[Cell, ...]]:
        """The parts of the same breakdown, by part."""
        groups: dict[tuple[str, int, int], list[Cell]] = defaultdict(list)
        for cell in sorted(self.numbers, key=str):
            code, year, item = cell
            if item is not None:
                groups[code, year, self.published.breakdown_of[item]].append(cell)
        return {cell: tuple(group) for group in groups.values() for cell in group}

    def _computed_sums(self) -> Iterator[Sum]:
        """What each computed figure says of people: the sums above and below its line."""
        places = sorted({cell[1:] for cell in self.numbers}, key=str)
        for code, indicator in self.published.indicators.items():
            for year, item in places if indicator.numerator else ():
                lines = (indicator.numerator, indicator.denominator)
                people = [t.code for line in lines for t in line if self._counts_people(t.code)]
                if any((other, year, item) not in self.numbers for other in people):
                    continue  # a part is missing: it is not computed
                for line in lines:
                    cells = [(t.sign, (t.code, year, item)) for t in line]
                    known = tuple((sign, c) for sign, c in cells if c in self.numbers)
                    is_whole = len(known) == len(cells)
                    if known:
                        yield Sum(known, self._value(known), (code, year, item), is_whole)

    def _counts_people(self, code: str) -> bool:
        known = self.published.indicators.get(code)
        return bool(known and known.counts_people)

    def _small_sums(self) -> Iterator[Sum]:
        """The computed figures whose numerator, or denominator, or number is small."""
        for computed in self.sums:
            if computed.shown_by is None or not computed.is_whole:
                continue
            code, _year, item = computed.shown_by
            indicator = self.published.indicators[code]
            if is_small(computed.total) and (
                indicator.denominator or (indicator.counts_people and item is not None)
            ):
                yield computed

    def _parts_and_totals(self) -> Iterator[Sum]:
        """The parts of a breakdown make its total: when they do, a reader guesses so."""
        for group in set(self.breakdowns.values()):
            total = (*group[0][:2], None)
            if total in self.numbers:
                terms = (*((1, cell) for cell in group), (-1, total))
                if self._value(terms) == 0:
                    yield Sum(terms, 0)

    def _known_sums(self) -> Iterator[Sum]:
        for year, item in sorted({cell[1:] for cell in self.numbers}, key=str):
            for terms in _sums_that_hold(self.numbers, year, item):
                yield Sum(terms, 0)

    def _inequalities(self) -> list[Terms]:
        """A part is not above its total, nor all of them together below it, when that holds."""
        found: list[Terms] = []
        for group in set(self.breakdowns.values()):
            total = (*group[0][:2], None)
            if total in self.numbers:
                found += [((1, total), (-1, cell)) for cell in group]
                found.append((*((1, cell) for cell in group), (-1, total)))
        for part, whole in self.published.among:
            found += [
                ((1, (whole, year, item)), (-1, (code, year, item)))
                for code, year, item in self.numbers
                if code == part and (whole, year, item) in self.numbers
            ]
        for codes, whole in EXCLUSIVE:
            for year, item in {cell[1:] for cell in self.numbers if cell[0] == whole}:
                parts = tuple(
                    (-1, (code, year, item)) for code in codes if (code, year, item) in self.numbers
                )
                found.append(((1, (whole, year, item)), *parts))
        return [terms for terms in found if self._value(terms) >= 0]

    def _value(self, terms: Terms) -> int:
        return sum(sign * self.numbers[cell] for sign, cell in terms)

    # --- What is hidden ----------------------------------------------------------------------

    def found(self) -> set[Cell]:
        """Every figure to hide."""
        self._hide_what_says_it()
        more: list[Cell] = []
        before: set[Cell] = set()
        while before != self.reader.hidden:
            before = set(self.reader.hidden)
            for secret in self.secrets:
                more += self._keep(secret)
        self._show_again(more)
        return self.reader.hidden

    def _keep(self, secret: Terms) -> list[Cell]:
        """Hide until nobody can tell; what was hidden outside of its breakdown."""
        more: list[Cell] = []
        while self.reader.can_tell(secret):
            if not self._hide_beside(secret):
                chosen = self._hide_elsewhere(secret)
                if not chosen:
                    break
                more += chosen
            self._hide_what_says_it()
        return more

    def _hide_what_says_it(self) -> None:
        """A computed figure that is nothing but a hidden one, or a secret sum, says it."""
        secret = {terms for terms in self.secrets if len(terms) > 1}
        for known in self.sums:
            says = len(known.terms) == 1 and known.terms[0][1] in self.reader.hidden
            if known.shown_by and (says or known.terms in secret):
                self.reader.hidden.add(known.shown_by)

    def _hide_beside(self, secret: Terms) -> bool:
        """Hide one more part of the breakdown, or all of them; whether there was one to hide."""
        if len(secret) > 1:
            return False
        group = self.breakdowns.get(secret[0][1], ())
        beside = [cell for cell in group if cell not in self.reader.hidden]
        # A zero last: it is not hidden by itself.
        for other in sorted(beside, key=lambda c: (not self.numbers[c], self.numbers[c])):
            if not self._still_told(secret, {other}):
                self.reader.hidden.add(other)
                return True
        self.reader.hidden.update(beside)
        return bool(beside)

    def _hide_elsewhere(self, secret: Terms) -> list[Cell]:
        """Hide what costs readers least, one figure or two; something, if nothing is enough."""
        candidates = sorted(self._candidates(secret), key=lambda c: (self._cost(c), str(c)))
        choices: list[tuple[Cell, ...]] = [(c,) for c in candidates]
        choices += combinations(candidates[:PAIRED], 2)
        choices.sort(key=lambda cells: sum(map(self._cost, cells)))
        enough = (cells for cells in choices if not self._still_told(secret, set(cells)))
        chosen = next(enough, tuple(candidates[:1]))
        self.reader.hidden.update(chosen)
        return list(chosen)

    def _still_told(self, secret: Terms, more: set[Cell]) -> bool:
        before = set(self.reader.hidden)
        self.reader.hidden |= more
        self._hide_what_says_it()
        told = self.reader.can_tell(secret)
        self.reader.hidden = before
        return told

    def _candidates(self, secret: Terms) -> set[Cell]:
        """What is shown and helps to compute the secret."""
        reader = self.reader
        cells = {cell for _sign, cell in secret}
        cells |= reader.linked(cell for cell in cells if cell in reader.hidden)
        found = set(cells)
        for cell in cells:
            for known in reader.sums_of(cell):
                found |= {c for _sign, c in known.terms}
                if known.shown_by:
                    found.add(known.shown_by)
        for terms in reader.at_least_zero:
            if any(cell in cells for _sign, cell in terms):
                found |= {cell for _sign, cell in terms}
        return found - reader.hidden

    def _cost(self, cell: Cell) -> int:
        code, _year, item = cell
        if cell not in self.numbers:
            return RATE if item is None else PART_OF_RATE
        if item is not None:
            return PART
        is_whole = any(code == whole for _part, whole in self.published.among) or any(
            sign < 0 and code == other for known in KNOWN_SUMS for sign, other, _gap in known
        )
        return WHOLE if is_whole else TOTAL

    def _show_again(self, more: list[Cell]) -> None:
        """Show what need not have been hidden after all, the most useful first."""
        for cell in sorted(more, key=self._cost, reverse=True):
            near = self._secrets_near(cell)
            self.reader.hidden.discard(cell)
            before = set(self.reader.hidden)
            self._hide_what_says_it()
            if cell in self.reader.hidden or any(map(self.reader.can_tell, near)):
                self.reader.hidden = before | {cell}

    def _secrets_near(self, cell: Cell) -> list[Terms]:
        """The secrets that a figure, once it is shown, may help to compute."""
        says = [s.terms for s in self.sums if s.shown_by == cell] or [((1, cell),)]
        cells = {c for terms in says for _sign, c in terms}
        limits = [t for t in self.reader.at_least_zero if any(c in cells for _sign, c in t)]
        cells |= {c for terms in limits for _sign, c in terms}
        near = cells | self.reader.linked(c for c in cells if c in self.reader.hidden)
        return [terms for terms in self.secrets if any(c in near for _sign, c in terms)]


# --- Exact linear algebra ---------------------------------------------------------------------


def _directions(order: Sequence[Cell], rows: list[list[Fraction]]) -> list[list[int]]:
    """The ways in which the hidden numbers can move together: whole solutions of ``rows · x = 0``.

    Gauss and Jordan's elimination, in fractions: nothing is rounded.
    """
    pivots: list[int] = []
    rank = 0
    for column in range(len(order)):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        head = rows[rank][column]
        rows[rank] = [number / head for number in rows[rank]]
        for other in range(len(rows)):
            if other != rank and (factor := rows[other][column]):
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[rank], strict=True)]
        pivots.append(column)
        rank += 1
    directions = []
    for free in (c for c in range(len(order)) if c not in pivots):
        move = [Fraction(0)] * len(order)
        move[free] = Fraction(1)
        for row, column in enumerate(pivots):
            move[column] = -rows[row][free]
        scale = lcm(*(number.denominator for number in move))
        directions.append([int(number * scale) for number in move])
    return directions


def _moves(directions: list[list[int]]) -> Iterator[Sequence[int]]:
    """Small whole moves: along one direction, then along the short ones that they make."""
    for direction in directions:
        for step in STEPS:
            yield [step * number for number in direction]
    short = _short(directions)
    for both in short:
        yield both
        yield [-number for number in both]
    for one, other in combinations(short[:PAIRED], 2):
        for sign in (1, -1):
            yield [a + sign * b for a, b in zip(one, other, strict=True)]
            yield [-a - sign * b for a, b in zip(one, other, strict=True)]


def _short(directions: list[list[int]]) -> list[tuple[int, ...]]:
    """Directions, and the short ones that they make together: few numbers change in those."""
    known = {tuple(direction) for direction in directions}
    waiting = list(known)
    while waiting and len(known) < DIRECTIONS:
        one = waiting.pop()
        for other in list(known):
            for sign in (1, -1):
                both = tuple(a + sign * b for a, b in zip(one, other, strict=True))
                opposite = tuple(-number for number in both)
                if any(both) and _length(both) <= SHORT and not {both, opposite} & known:
                    known.add(both)
                    waiting.append(both)
    return sorted(known, key=_length)


def _length(move: Sequence[int]) -> int:
    return sum(map(abs, move))


def _dot(weights: Sequence[int], move: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(weights, move, strict=True))
