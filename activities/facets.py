"""Filters that combine, each choice with the number of answers that it would leave.

Everything is counted from one query: how many rows there are of each combination of values.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True, slots=True)
class Term:
    """A value that one may filter by: its place among the others, its words, its name in an
    address, and what a database compares.
    """

    rank: int
    label: str
    slug: str
    key: Any = field(compare=False)


@dataclass(frozen=True, slots=True)
class Combination:
    """Values that go together, by the name of their filter, and how many rows have them."""

    terms: Mapping[str, Term]
    total: int


Selection = Mapping[str, Term]


def terms_of(combinations: Iterable[Combination], name: str) -> list[Term]:
    """The values that a filter offers, in order."""
    return sorted({c.terms[name] for c in combinations if name in c.terms})


def total(combinations: Iterable[Combination], selection: Selection) -> int:
    """How many rows answer all the filters."""
    return sum(c.total for c in combinations if _answers(c, selection))


def counts(combinations: Iterable[Combination], selection: Selection, name: str) -> Counter[Term]:
    """How many rows each value of a filter would leave, the other filters staying as they are."""
    others = {key: term for key, term in selection.items() if key != name}
    counted: Counter[Term] = Counter()
    for combination in combinations:
        if name in combination.terms and _answers(combination, others):
            counted[combination.terms[name]] += combination.total
    return counted


def _answers(combination: Combination, selection: Selection) -> bool:
    return all(combination.terms.get(name) == term for name, term in selection.items())
