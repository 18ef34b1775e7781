"""How many people wrote, by month and reason: those whose request was erased since are counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from .models import ContactRequest, ErasedCount
from .reasons import Reason

MONTHS = range(1, 13)


@dataclass(frozen=True)
class Line:
    """A month: a number for each reason, in their order, and what was set aside."""

    month: date
    numbers: list[int]
    spam: int

    @property
    def total(self) -> int:
        """The requests of the month, but for what was set aside."""
        return sum(self.numbers)


@dataclass(frozen=True)
class Year:
    """A year, month after month; those to come are left out."""

    year: int
    lines: list[Line]

    @property
    def numbers(self) -> list[int]:
        """The sum of each reason."""
        return [sum(column) for column in zip(*(line.numbers for line in self.lines), strict=True)]

    @property
    def total(self) -> int:
        """Every request of the year."""
        return sum(line.total for line in self.lines)

    @property
    def spam(self) -> int:
        """What was set aside in the year."""
        return sum(line.spam for line in self.lines)


def years() -> list[int]:
    """The years in which somebody wrote, the newest first; this one always."""
    known = set(ContactRequest.objects.values_list("year", flat=True).distinct())
    erased = ErasedCount.objects.values_list("month__year", flat=True).distinct()
    return sorted(known | set(erased) | {timezone.localdate().year}, reverse=True)


def of_year(year: int) -> Year:
    """The numbers of a year, in two queries."""
    counted = _kept(year) + _erased(year)
    today = timezone.localdate()
    months = [m for m in MONTHS if date(year, m, 1) <= today]
    return Year(year, [_line(date(year, month, 1), counted) for month in months])


def _line(month: date, counted: Counter[tuple[int, str]]) -> Line:
    numbers = [counted[month.month, reason] for reason in Reason]
    return Line(month, numbers, counted[month.month, "spam"])


def _kept(year: int) -> Counter[tuple[int, str]]:
    # In the time zone of the association, as what is read on the screen.
    in_year = ContactRequest.objects.annotate(
        read_year=ExtractYear("received_at"), month=ExtractMonth("received_at")
    ).filter(read_year=year)
    is_spam = Q(state=ContactRequest.State.SPAM)
    rows = (
        in_year.order_by()
        .values_list("month", "reason")
        .annotate(asked=Count("pk", filter=~is_spam), spam=Count("pk", filter=is_spam))
    )
    counted: Counter[tuple[int, str]] = Counter()
    for month, reason, asked, spam in rows:
        counted[month, reason] += asked
        counted[month, "spam"] += spam
    return counted


def _erased(year: int) -> Counter[tuple[int, str]]:
    counted: Counter[tuple[int, str]] = Counter()
    for row in ErasedCount.objects.filter(month__year=year):
        counted[row.month.month, "spam" if row.was_spam else row.reason] += row.count
    return counted
