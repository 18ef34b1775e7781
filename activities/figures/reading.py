"""The figures that somebody may read, in a few queries however many they are.

``Figures.readable_by(user)`` for everything that is shown or sent outside, ``Figures.internal()``
for the screens of those who write them. Both compute the derived ones as they are asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any

from django.db.models import F, Q

from activities.figures.formatting import (
    format_exact,
    format_number,
    format_with_unit,
    quantized,
    unit_for,
)
from activities.figures.formulas import Term
from activities.figures.small_numbers import MASKED
from activities.models import (
    PUBLIC_STATUSES,
    Breakdown,
    BreakdownItem,
    Indicator,
    Status,
    Value,
)
from activities.models.values import hidden_chapters
from pages.typography import NBSP

NOT_AVAILABLE = "non disponible"
DIVIDED_BY_ZERO = "on ne divise pas par zéro"

_TRUST: list[str] = [Status.PROVISIONAL, Status.VALIDATED, Status.APPROVED]


@dataclass(frozen=True)
class _Stored:
    """What is kept of a figure that was typed."""

    number: Decimal
    status: str
    note: str
    is_example: bool


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown. Without a number, ``text`` says « non disponible ».

    ``number`` has the decimals of its indicator, rounded if it is derived: the same everywhere.
    ``numerator`` and ``denominator`` are exact; both are there for a quotient only. ``reason`` and
    ``missing`` (the codes of the parts that are not there) say why there is no number.

    ``is_protected`` when the public must not read it, because it counts few people or lets them be
    computed: it then has no number at all, except for those who write figures.
    """

    indicator: Indicator
    year: int
    item: BreakdownItem | None = None
    number: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    status: str = ""
    note: str = ""
    is_example: bool = False
    is_protected: bool = False
    reason: str = ""
    missing: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there is a number."""
        return self.number is not None

    @property
    def is_masked(self) -> bool:
        """Whether there is a number that this reader may not read."""
        return self.is_protected and self.number is None

    @property
    def is_shown(self) -> bool:
        """Whether something is written of it: a number, or that it is masked."""
        return self.is_known or self.is_protected

    @property
    def is_vouched_for(self) -> bool:
        """Whether there is a number that somebody has validated."""
        return self.is_known and self.status in PUBLIC_STATUSES

    @property
    def text(self) -> str:
        """The number and its unit, in French."""
        if self.number is None:
            return MASKED if self.is_protected else NOT_AVAILABLE
        return format_with_unit(self.number, self.indicator.decimals, self.indicator.unit)

    @property
    def number_text(self) -> str:
        """The number alone, in French."""
        if self.number is None:
            return MASKED if self.is_protected else NOT_AVAILABLE
        return format_number(self.number, self.indicator.decimals)

    @property
    def fraction(self) -> str:
        """« 12 sur 20 », for a quotient."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{format_exact(self.numerator)}{NBSP}sur{NBSP}{format_exact(self.denominator)}"

    @property
    def unit_text(self) -> str:
        """The unit as it is written after this number."""
        return unit_for(self.number or 0, self.indicator.unit)

    @property
    def sentence(self) -> str:
        """What stands in a running text: the number, its unit, and what a quotient divides."""
        return f"{self.text} ({self.fraction})" if self.fraction else self.text

    @property
    def version(self) -> int:
        """Which definition it was counted under: 1 for the first."""
        return self.indicator.version_in(self.year)


class Figures:
    """Some figures, read at once: three queries, four with derived ones.

    One more is made if it is needed: the breakdowns and their parts.
    """

    def __init__(
        self,
        values: Any,
        *,
        codes: Collection[str] | None,
        years: Collection[int] | None,
        totals_only: bool,
        hidden: Any,
        chapter: str = "",
        series_of: Collection[str] = (),
        with_definitions: bool = True,
        protects: bool,
    ) -> None:
        self._protects = protects
        indicators = Indicator.objects.all()
        if with_definitions:
            indicators = indicators.prefetch_related("definitions")
        is_partial = codes is not None or bool(chapter)
        if is_partial:
            indicators = indicators.filter(Q(code__in=list(codes or ())) | Q(chapter=chapter))
        #: The indicators that were asked for, by code, in their order.
        self.indicators: dict[str, Indicator] = {i.code: i for i in indicators}
        self._hidden: set[tuple[int, str]] = set()
        if hidden is not None and any(i.is_derived for i in self.indicators.values()):
            self._hidden = set(hidden.values_list("year", "chapter"))
        if is_partial:
            values = values.filter(indicator__code__in=self._with_parts(self.indicators))
        if years is not None:
            of_the_years = Q(year__in=list(years))
            if series_of:
                of_the_years |= Q(indicator__code__in=self._with_parts(series_of))
            values = values.filter(of_the_years)
        self._stored = _read(values.totals() if totals_only else values)

    @classmethod
    def readable_by(
        cls,
        user: Any = None,
        *,
        codes: Collection[str] | None = None,
        years: Collection[int] | None = None,
        totals_only: bool = False,
        chapter: str = "",
        series_of: Collection[str] = (),
    ) -> "Figures":
        """What this person may read (nobody in particular without ``user``).

        Args:
            user: Who reads.
            codes: Only these indicators; those without figures are there too.
            years: Only these years.
            totals_only: Without the parts of breakdowns.
            chapter: The indicators of this chapter, besides those of ``codes``.
            series_of: The indicators that are read for every year, whatever ``years``.
        """
        return cls(
            Value.objects.readable(user),
            codes=codes,
            years=years,
            totals_only=totals_only,
            hidden=hidden_chapters(user),
            chapter=chapter,
            series_of=series_of,
            protects=True,
        )

    @classmethod
    def internal(
        cls,
        *,
        codes: Collection[str] | None = None,
        years: Collection[int] | None = None,
        totals_only: bool = False,
        chapter: str = "",
        series_of: Collection[str] = (),
        with_definitions: bool = True,
        protects: bool = False,
    ) -> "Figures":
        """Everything that was typed, provisional or not: for the admin only.

        With ``protects``, small numbers of people are masked as they will be for the public.
        """
        return cls(
            Value.objects.known(),
            codes=codes,
            years=years,
            totals_only=totals_only,
            hidden=None,
            chapter=chapter,
            series_of=series_of,
            with_definitions=with_definitions,
            protects=protects,
        )

    def supposing(
        self,
        year: int,
        numbers: Mapping[tuple[str, int | None], Decimal | None],
        notes: Mapping[tuple[str, int | None], str],
    ) -> "Figures":
        """The same figures, if these numbers of a year were written (``None``: erased).

        Args:
            year: The year they are about.
            numbers: By code of the indicator and key of the part.
            notes: What would be noted of each.
        """
        other = copy(self)
        other.__dict__.pop("years", None)
        other._stored = {
            key: stored
            for key, stored in self._stored.items()
            if key[1] != year or (key[0], key[2]) not in numbers
        }
        for (code, item), number in numbers.items():
            if number is not None:
                known = self._stored.get((code, year, item))
                note = notes.get((code, item), "")
                example = bool(known and known.is_example)
                stored = _Stored(number, Status.PROVISIONAL, note, example)
                other._stored[code, year, item] = stored
        return other

    def _with_parts(self, codes: Iterable[str]) -> set[str]:
        """These indicators, and those that the derived ones are computed from."""
        known = [self.indicators[code] for code in codes if code in self.indicators]
        return {i.code for i in known}.union(*(i.parts for i in known))

    # --- What there is ------------------------------------------------------------------------

    def __contains__(self, code: str) -> bool:
        return code in self.indicators

    def part(self, path: str) -> BreakdownItem | None:
        """The part of this name, written as in the files: ``dispositif/aci``."""
        breakdown, _, code = path.partition("/")
        found = (i for i in self._items.values() if (i.breakdown.code, i.code) == (breakdown, code))
        return next(found, None)

    @cached_property
    def years(self) -> list[int]:
        """The years that have a figure, the oldest first."""
        return sorted({year for _code, year, _item in self._stored})

    @cached_property
    def _parts(self) -> list[tuple[str, BreakdownItem]]:
        """The parts of all the breakdowns in order, once for each indicator that has them."""
        # A part that is a partner has the name of a year: its former names come along.
        items = BreakdownItem.objects.select_related("breakdown", "partner").annotate(
            used_by=F("breakdown__indicators__code")
        )
        items = items.prefetch_related("partner__former_names")
        order = ("breakdown__sort_order", "breakdown__label", "sort_order", "label")
        return [(item.used_by or "", item) for item in items.order_by(*order)]

    @cached_property
    def breakdowns(self) -> dict[str, Breakdown]:
        """Every breakdown that has parts, by code, in order."""
        return {item.breakdown.code: item.breakdown for _code, item in self._parts}

    def breakdowns_of(self, code: str) -> list[Breakdown]:
        """The breakdowns that an indicator may have, in order."""
        wanted = {item.breakdown.code: None for used_by, item in self._parts if used_by == code}
        return [self.breakdowns[key] for key in wanted]

    def items_of(self, breakdown: Breakdown) -> list[BreakdownItem]:
        """The parts of a breakdown, in order."""
        found = (item for _code, item in self._parts if item.breakdown_id == breakdown.pk)
        return list({item.pk: item for item in found}.values())

    @cached_property
    def _items(self) -> dict[int, BreakdownItem]:
        return {item.pk: item for _code, item in self._parts}

    # --- Figures ------------------------------------------------------------------------------

    def get(self, code: str, year: int, item: BreakdownItem | None = None) -> Figure:
        """The figure of an indicator, a year and perhaps a part; known or not.

        Raises:
            KeyError: no such indicator was asked for.
        """
        indicator = self.indicators[code]
        if indicator.is_derived:
            return self._derived(indicator, year, item)
        stored = self._stored.get((code, year, item.pk if item else None))
        if stored is None:
            return Figure(indicator, year, item, reason=NOT_AVAILABLE)
        return self._masked_if_protected(
            Figure(
                indicator,
                year,
                item,
                number=quantized(stored.number, indicator.decimals),
                status=stored.status,
                note=stored.note,
                is_example=stored.is_example,
            )
        )

    def _masked_if_protected(self, figure: Figure) -> Figure:
        """The figure as this reader may have it."""
        return protected_figure(figure, masks=self._protects)

    def series(
        self, code: str, years: Iterable[int] | None = None, item: BreakdownItem | None = None
    ) -> list[Figure]:
        """The figures of an indicator over the years: all those that have any figure at all."""
        return [self.get(code, year, item) for year in (self.years if years is None else years)]

    def newest(self, code: str) -> Figure | None:
        """The last figure that is known."""
        return next((f for f in reversed(self.series(code)) if f.is_known), None)

    def parts_of(self, code: str, year: int, breakdown: Breakdown) -> list[Figure]:
        """The figures of the parts of a breakdown, in order, known or not."""
        return [self.get(code, year, item) for item in self.items_of(breakdown)]

    def all_of(self, year: int) -> list[Figure]:
        """Every known figure of a year, totals first, then parts; derived and masked ones too."""
        pairs: dict[int | None, None] = {None: None}
        pairs |= dict.fromkeys(item for _code, y, item in self._stored if y == year)
        figures = [
            self.get(code, year, None if pk is None else self._items[pk])
            for code in self.indicators
            for pk in pairs
        ]
        return [figure for figure in figures if figure.is_shown]

    def _derived(self, indicator: Indicator, year: int, item: BreakdownItem | None) -> Figure:
        """Computed by its definition, if every part is there and its own chapter is readable."""
        if (year, indicator.chapter) in self._hidden:
            return Figure(indicator, year, item, reason=NOT_AVAILABLE)
        pk = item.pk if item else None
        parts = {code: self._stored.get((code, year, pk)) for code in sorted(indicator.parts)}
        known = {code: stored for code, stored in parts.items() if stored}
        missing = tuple(code for code in parts if code not in known)
        if missing:
            return Figure(indicator, year, item, reason=NOT_AVAILABLE, missing=missing)
        numerator = _sum(indicator.numerator_terms, known)
        denominator = _sum(indicator.denominator_terms, known) if indicator.denominator else None
        if denominator is not None and denominator <= 0:
            return Figure(indicator, year, item, reason=DIVIDED_BY_ZERO)
        return self._masked_if_protected(
            Figure(
                indicator,
                year,
                item,
                number=_quotient(indicator, numerator, denominator),
                numerator=numerator,
                denominator=denominator,
                status=min((part.status for part in known.values()), key=_TRUST.index),
                is_example=any(part.is_example for part in known.values()),
            )
        )


def protected_figure(figure: Figure, *, masks: bool) -> Figure:
    """A known figure, that says whether the public may read it.

    Args:
        figure: With its number.
        masks: Whether the number is then taken away: it is kept for those who write figures.
    """
    pk = figure.item.pk if figure.item else None
    if figure.number is None or not figure.indicator.hides(figure.year, pk, figure.number):
        return figure
    if not masks:
        return replace(figure, is_protected=True)
    return replace(
        figure, number=None, numerator=None, denominator=None, note="", is_protected=True
    )


def _read(values: Any) -> dict[tuple[str, int, int | None], _Stored]:
    rows = values.order_by().values_list(
        "indicator__code", "year", "item", "number", "status", "note", "is_example"
    )
    return {(code, year, item): _Stored(*rest) for code, year, item, *rest in rows.iterator()}


def _sum(terms: Iterable[Term], known: dict[str, _Stored]) -> Decimal:
    return sum((term.sign * known[term.code].number for term in terms), Decimal(0))


def _quotient(indicator: Indicator, numerator: Decimal, denominator: Decimal | None) -> Decimal:
    with localcontext(prec=60):
        exact = numerator * indicator.scale / (1 if denominator is None else denominator)
        return quantized(exact, indicator.decimals)


def newest_figures(values: Any) -> list[Figure]:
    """The newest figure of each indicator that may be read, in the order of the indicators.

    One query: for the pages that show a few figures typed by people, whose queries are counted.

    Args:
        values: Totals that the reader may read (``Value.objects.readable(…).totals()``).
    """
    rows = values.select_related("indicator").order_by(
        "indicator__family", "indicator__sort_order", "indicator__label", "-year"
    )
    newest: dict[int, Figure] = {}
    for row in rows:
        figure = Figure(
            row.indicator,
            row.year,
            number=quantized(row.number, row.indicator.decimals),
            status=row.status,
            note=row.note,
            is_example=row.is_example,
        )
        if not protected_figure(figure, masks=True).is_masked:
            newest.setdefault(row.indicator_id, figure)
    return list(newest.values())
