"""Keeps, on each indicator, which of its figures are hidden from the public.

It is found anew each time that a figure or an indicator is written, in the same transaction
(``refresh``), so that a page only reads it. The rule is in ``activities.figures.protection``.
"""

from typing import Any

from activities.figures.checks import AMONG
from activities.figures.protection import Counted, Published, protected
from activities.models import PUBLIC_STATUSES, BreakdownItem, Indicator, Value


def lock() -> None:
    """Let one writer of figures work at a time: what is hidden depends on all of them.

    SQLite ignores row locks, and needs none: it has one writer at a time.
    """
    list(Indicator.objects.select_for_update().order_by("pk").values("pk"))


def refresh() -> None:
    """Find what is hidden, and keep what changed; in a transaction that holds ``lock()``."""
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    if not any(i.hidden_figures for i in indicators.values()) and not _of_people().exists():
        return
    hidden: dict[str, list[list[int | None]]] = {code: [] for code in indicators}
    for code, year, item in protected(_published(indicators)):
        hidden[code].append([year, item])
    for code, indicator in indicators.items():
        found = sorted(hidden[code], key=str)
        if found != indicator.hidden_figures:
            Indicator.objects.filter(pk=indicator.pk).update(hidden_figures=found)


def _of_people() -> Any:
    return Value.objects.known().filter(
        status__in=PUBLIC_STATUSES, indicator__counts_people=True, indicator__numerator=""
    )


def _published(indicators: dict[str, Indicator]) -> Published:
    rows = _of_people().order_by().values_list("indicator__code", "year", "item", "number")
    return Published(
        {(code, year, item): int(number) for code, year, item, number in rows.iterator()},
        {
            code: Counted(i.counts_people, i.numerator_terms, i.denominator_terms)
            for code, i in indicators.items()
        },
        dict(BreakdownItem.objects.order_by().values_list("pk", "breakdown")),
        AMONG,
    )
