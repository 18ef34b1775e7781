"""Dated names: what a body was called on a given day.

A partner has one current name, and former names that each end on a day. Nothing else is stored:
the names of a partner therefore cover every day, the first one since always and the current one
for ever, without a gap nor an overlap (docs/decisions/0021).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class Former(Protocol):
    """A name that is over, and the last day it was used."""

    name: str
    until: date


@dataclass(frozen=True)
class Period:
    """A name and the days it was used; an open end is None."""

    name: str
    since: date | None
    until: date | None


def name_on(day: date, current: str, formers: Iterable[Former]) -> str:
    """The name in use on that day, which is one and only one."""
    over = [former for former in formers if former.until >= day]
    return min(over, key=lambda former: former.until).name if over else current


def name_in(year: int, current: str, formers: Iterable[Former]) -> str:
    """The name at the end of the year: the figures of a report are those of 31 December."""
    return name_on(date(year, 12, 31), current, formers)


def periods(current: str, formers: Iterable[Former]) -> list[Period]:
    """Every name with its days, the oldest first."""
    found: list[Period] = []
    since = None
    for former in sorted(formers, key=lambda former: former.until):
        found.append(Period(former.name, since, former.until))
        since = former.until + timedelta(days=1)
    return [*found, Period(current, since, None)]


def name_errors(
    current: str, formers: Sequence[Former], today: date, ended_on: date | None = None
) -> dict[int, tuple[str, str]]:
    """What is wrong with former names: the field and the sentence, by their place in the list."""
    errors: dict[int, tuple[str, str]] = {}
    seen: set[date] = set()
    for rank, former in sorted(enumerate(formers), key=lambda pair: pair[1].until):
        if former.until > today:
            errors[rank] = ("until", "Cette date n’est pas encore passée : ce nom sert toujours.")
        elif ended_on and former.until >= ended_on:
            errors[rank] = ("until", "À cette date, le partenaire n’existait déjà plus.")
        elif former.until in seen:
            errors[rank] = ("until", "Deux noms finissent le même jour : corrigez l’un des deux.")
        seen.add(former.until)
    return errors or _repeated(current, formers)


def _repeated(current: str, formers: Sequence[Former]) -> dict[int, tuple[str, str]]:
    """A name that follows itself is no change of name; it may come back later."""
    if not formers:
        return {}
    order = sorted(enumerate(formers), key=lambda pair: pair[1].until)
    following = [former.name for _rank, former in order[1:]] + [current]
    return {
        rank: ("name", f"Le nom suivant est aussi « {former.name} » : ce n’est pas un changement.")
        for (rank, former), after in zip(order, following, strict=True)
        if _same(former.name, after)
    }


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
