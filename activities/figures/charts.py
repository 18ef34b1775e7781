"""Charts drawn by the server: where each mark of an inline SVG stands.

A drawing is 360 units wide, the width of a phone, so that its words keep the size of text there.
No number is only drawn: a table of the same figures stands below (``activities.figures.tables``).
Coordinates are texts with a decimal point, whatever the language of the template.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.figures.formatting import format_number, format_with_unit
from pages.typography import NBSP

if TYPE_CHECKING:  # the blocks of the models draw charts
    from activities.figures.reading import Figure

WIDTH = 360
# As many numbers as stand side by side above a line on a phone; beyond, the ends and extremes.
LABELS = 5
# The shades of a stack that stay apart in grey; a series more would look like another.
SHADES = 5
LINE_TOP, LINE_BOTTOM, LINE_HEIGHT, LINE_SIDE = 30, 150, 178, 36
BAR_ROW, BAR_TOP, BAR_HEIGHT = 52, 22, 14
STACK_ROW, STACK_TOP, STACK_LEFT, KEY_ROW = 58, 24, 48, 24
# How wide a letter is, more or less.
LETTER = 8
# Below this many units a number does not fit above its part of a stack.
NARROW = 14


def _at(number: float | Decimal) -> str:
    return f"{float(number):.1f}"


@dataclass(frozen=True)
class Point:
    """A year of a line; ``text`` when there is room to write its number, above it or ``below``."""

    x: str
    y: str
    year: int
    text: str = ""
    below: bool = False


@dataclass(frozen=True)
class Line:
    """An evolution: a line for each run of years that are counted alike and follow one another."""

    height: int
    baseline: str
    runs: tuple[str, ...]
    points: tuple[Point, ...]
    years: tuple[tuple[str, int], ...]
    breaks: tuple[str, ...]
    template = "activities/charts/line.html"


def line(figures: "Sequence[Figure]") -> Line | None:
    """The evolution of an indicator; nothing with less than two numbers.

    The line stops where a year has no number, and where the definition changes. It is drawn from
    zero, so that a small change does not look like a large one.

    Args:
        figures: Those of consecutive years, the oldest first, known or not.
    """
    known = [figure for figure in figures if figure.number is not None]
    if len(known) < 2:
        return None
    numbers = [figure.number for figure in known if figure.number is not None]
    low, high = min(Decimal(0), *numbers), max(Decimal(0), *numbers)
    span = (high - low) or Decimal(1)
    step = (WIDTH - 2 * LINE_SIDE) / max(1, len(figures) - 1)

    def y_of(number: Decimal) -> float:
        return LINE_BOTTOM - float((number - low) / span) * (LINE_BOTTOM - LINE_TOP)

    places = {figure.year: LINE_SIDE + step * rank for rank, figure in enumerate(figures)}
    breaks = [year for year in known[0].indicator.series_breaks() if year in places]
    written = _years_with_a_number(known)
    points = [
        Point(
            _at(places[figure.year]),
            _at(y_of(figure.number)),
            figure.year,
            figure.number_text if figure.year in written else "",
            _is_a_dip(figures, rank) and y_of(figure.number) < LINE_BOTTOM - LETTER * 3,
        )
        for rank, figure in enumerate(figures)
        if figure.number is not None
    ]
    every = 1 if len(figures) <= 10 else 2
    return Line(
        LINE_HEIGHT,
        _at(y_of(Decimal(0))),
        tuple(_runs(points, breaks)),
        tuple(points),
        tuple(
            (_at(places[figure.year]), figure.year)
            for rank, figure in enumerate(reversed(figures))
            if rank % every == 0
        ),
        tuple(_at(places[year] - step / 2) for year in breaks if year > figures[0].year),
    )


def _is_a_dip(figures: "Sequence[Figure]", rank: int) -> bool:
    """Whether the line goes up on a side and never down: a number above it would be crossed."""
    number = figures[rank].number
    beside = [figures[other].number for other in (rank - 1, rank + 1) if 0 <= other < len(figures)]
    known = [other for other in beside if other is not None]
    return number is not None and bool(known) and all(other > number for other in known)


def _years_with_a_number(known: "Sequence[Figure]") -> set[int]:
    """All of them, or the first, the last, the highest and the lowest."""
    if len(known) <= LABELS:
        return {figure.year for figure in known}
    by_number = sorted(known, key=lambda figure: figure.number or 0)
    return {figure.year for figure in (known[0], known[-1], by_number[0], by_number[-1])}


def _runs(points: Sequence[Point], breaks: Iterable[int]) -> Iterable[str]:
    """The points of each unbroken stretch of the line, as a ``polyline`` has them."""
    run: list[Point] = []
    for point in points:
        if run and (point.year != run[-1].year + 1 or point.year in breaks):
            yield " ".join(f"{p.x},{p.y}" for p in run)
            run = []
        run.append(point)
    yield " ".join(f"{p.x},{p.y}" for p in run)


@dataclass(frozen=True)
class Bar:
    """A line of bars: a name, a number, how long its bar is, and last year's below it."""

    y: int
    label: str
    text: str
    length: str
    before: str = ""

    @property
    def top(self) -> int:
        """Where the bar begins, below its words."""
        return self.y + BAR_TOP - 14

    @property
    def below(self) -> int:
        """Where last year's bar begins."""
        return self.top + BAR_HEIGHT + 1


@dataclass(frozen=True)
class Bars:
    """A comparison: a bar for each part."""

    height: int
    bars: tuple[Bar, ...]
    has_before: bool
    template = "activities/charts/bars.html"


def bars(
    rows: Sequence[tuple[str, "Figure", "Figure | None"]], whole: Decimal | None = None
) -> Bars | None:
    """Bars side by side, all from zero; nothing without a positive number.

    Args:
        rows: What each bar is called, its figure, and that of the year before, if it is shown.
        whole: What the parts are parts of, to write their shares.
    """
    shown = [row for row in rows if row[1].number is not None]
    lengths = [
        figure.number
        for _label, *figures in shown
        for figure in figures
        if figure and figure.number is not None
    ]
    longest = max(lengths, default=Decimal(0))
    if longest <= 0:
        return None
    drawn = tuple(
        Bar(
            14 + rank * BAR_ROW,
            _cut(label, _with_share(figure, whole)),
            _with_share(figure, whole),
            _length(figure, longest),
            _length(before, longest) if before else "",
        )
        for rank, (label, figure, before) in enumerate(shown)
    )
    return Bars(BAR_ROW * len(drawn), drawn, any(bar.before for bar in drawn))


def _cut(label: str, beside: str) -> str:
    """A name that leaves room for its number: the table below has it whole."""
    room = WIDTH // LETTER - len(beside) - 1
    return label if len(label) <= room else f"{label[: room - 1].rstrip()}…"


def _length(figure: "Figure", longest: Decimal) -> str:
    return _at(max(Decimal(0), figure.number or Decimal(0)) / longest * WIDTH)


def _with_share(figure: "Figure", whole: Decimal | None) -> str:
    if not whole or whole <= 0 or figure.number is None:
        return figure.text
    return f"{figure.text} ({share(figure.number, whole)})"


def share(number: Decimal, whole: Decimal) -> str:
    """« 42 % » of a whole."""
    return format_with_unit(number * 100 / whole, 0, "%")


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar; ``text`` when there is room to write its number."""

    x: str
    middle: str
    width: str
    shade: int
    text: str


@dataclass(frozen=True)
class Stack:
    """A stacked bar: its name, its total, its parts."""

    y: int
    label: str
    text: str
    segments: tuple[Segment, ...]

    @property
    def top(self) -> int:
        """Where the bar begins, below the numbers of its parts."""
        return self.y + STACK_TOP - 14

    @property
    def middle(self) -> int:
        """The line on which the name is written."""
        return self.top + 16


@dataclass(frozen=True)
class Stacks:
    """Bars made of parts, and what each shade is."""

    height: int
    stacks: tuple[Stack, ...]
    key: tuple[tuple[int, int, str], ...]
    template = "activities/charts/stacks.html"


def stacks(
    rows: Sequence[tuple[str, Sequence[Decimal | None]]], series: Sequence[str]
) -> Stacks | None:
    """Stacked bars on one scale; nothing if no part has a number.

    Args:
        rows: What each bar is called, and the numbers of its parts (``None``: not known).
        series: What the parts are called, five at most.

    Raises:
        ValueError: there are more series than shades.
    """
    if len(series) > SHADES:
        raise ValueError(f"{len(series)} series, and {SHADES} shades.")
    totals = [sum((n for n in numbers if n), Decimal(0)) for _label, numbers in rows]
    longest = max(totals, default=Decimal(0))
    if longest <= 0:
        return None
    scale = Decimal(WIDTH - STACK_LEFT - 2) / longest
    drawn = tuple(
        Stack(
            14 + rank * STACK_ROW,
            label,
            format_number(total),
            tuple(_segments(numbers, scale)),
        )
        for rank, ((label, numbers), total) in enumerate(zip(rows, totals, strict=True))
    )
    bottom = STACK_ROW * len(drawn) + 8
    key = tuple((shade, bottom + KEY_ROW * shade, name) for shade, name in enumerate(series))
    return Stacks(bottom + KEY_ROW * len(series), drawn, key)


def _segments(numbers: Sequence[Decimal | None], scale: Decimal) -> Iterable[Segment]:
    x = Decimal(STACK_LEFT)
    for shade, number in enumerate(numbers):
        if not number or number < 0:
            continue
        width = number * scale
        text = format_number(number) if width >= NARROW else ""
        yield Segment(_at(x), _at(x + width / 2), _at(width), shade, text)
        x += width


# --- In words ---------------------------------------------------------------------------------


def describe_line(figures: "Sequence[Figure]") -> str:
    """What a line shows, for those who do not see it: where it starts, ends, culminates."""
    known = [figure for figure in figures if figure.number is not None]
    if not known:
        return ""
    first, last = known[0], known[-1]
    words = f"De {first.text} en {first.year} à {last.text} en {last.year}"
    by_number = sorted(known, key=lambda figure: figure.number or 0)
    lowest, highest = by_number[0], by_number[-1]
    extremes = [
        f"{word}{NBSP}: {figure.text} en {figure.year}"
        for word, figure in (("au plus haut", highest), ("au plus bas", lowest))
        if figure not in (first, last)
    ]
    return "{}.".format(" ; ".join([words, *extremes])).replace(" ;", "\u202f;")


def describe_bars(
    rows: Sequence[tuple[str, "Figure", "Figure | None"]], whole: Decimal | None = None
) -> str:
    """What bars show, the name and the number of each."""
    words = (
        f"{label}{NBSP}: {_with_share(figure, whole)}"
        for label, figure, _before in rows
        if figure.is_known
    )
    return "{}.".format(", ".join(words))


def describe_stacks(
    rows: Sequence[tuple[str, Sequence[Decimal | None]]], series: Sequence[str]
) -> str:
    """What stacked bars show, bar after bar."""
    return " ".join(
        "{}{}: {}.".format(
            label,
            NBSP,
            ", ".join(
                f"{name} {format_number(number)}"
                for name, number in zip(series, numbers, strict=True)
                if number is not None
            ),
        )
        for label, numbers in rows
        if any(number is not None for number in numbers)
    )
