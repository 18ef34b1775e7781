"""The figures of a year and a family as one screen: what is stored, what was typed, what is wrong.

Nothing is written unless everything can be: what was typed stays on the screen with, beside each
figure that cannot be kept, a sentence that says what to do. While one types, ``live`` computes what
the figures would be if they were written as they stand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import cached_property

from activities.figures.checks import Finding, Severity, check_number, check_year
from activities.figures.formatting import NumberError, format_exact, format_number, parse_number
from activities.figures.reading import Figure, Figures
from activities.figures.recording import Entry, RecordingRefused, record_many
from activities.figures.rights import may_validate
from activities.models import BreakdownItem, Chapter, Indicator, Status
from pages.typography import NBSP

# What is typed, and what the screen showed when it was opened.
NUMBER, SHOWN_NUMBER, NOTE, SHOWN_NOTE = "n", "w", "o", "p"


class CannotBeTrue(Exception):
    """The figures of the year contradict each other: nothing is written."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings


@dataclass
class Line:
    """A figure to type: the one that is stored, last year's, and what was typed."""

    indicator: Indicator
    stored: Figure
    before: Figure
    item: BreakdownItem | None = None
    text: str = ""
    shown: str = ""
    note: str = ""
    shown_note: str = ""
    error: str = ""
    # Somebody else wrote the stored figure after the screen was opened.
    was_not_seen: bool = False
    # What its parts make, when they add up.
    sum: str = ""

    @property
    def key(self) -> str:
        """The end of the names of its fields."""
        return f"{self.indicator.code}-{self.item.pk}" if self.item else self.indicator.code

    @property
    def label(self) -> str:
        """What is counted."""
        return f"dont {self.item}" if self.item else str(self.indicator)

    @property
    def status(self) -> str:
        """How far the stored figure has come, in words."""
        return Status(self.stored.status).label if self.stored.is_known else "À saisir"

    def fill(self, data: Mapping[str, str] | None) -> None:
        """Take what was typed, or what is stored when the screen is opened."""
        typed = data or {}
        self.text = typed.get(f"{NUMBER}-{self.key}", self.written)
        self.shown = typed.get(f"{SHOWN_NUMBER}-{self.key}", self.written)
        self.note = typed.get(f"{NOTE}-{self.key}", self.stored.note)
        self.shown_note = typed.get(f"{SHOWN_NOTE}-{self.key}", self.stored.note)

    @property
    def written(self) -> str:
        """The stored number, as its box shows it."""
        number = self.stored.number
        return "" if number is None else format_number(number, self.indicator.decimals)

    @property
    def is_touched(self) -> bool:
        """Whether something else is written here than what the screen showed."""
        return self.text != self.shown or self.note != self.shown_note

    @property
    def boxes(self) -> dict[str, str]:
        """Its boxes, by their names."""
        return {
            f"{NUMBER}-{self.key}": self.text,
            f"{SHOWN_NUMBER}-{self.key}": self.shown,
            f"{NOTE}-{self.key}": self.note,
            f"{SHOWN_NOTE}-{self.key}": self.shown_note,
        }

    @property
    def new_note(self) -> str | None:
        """The note, when it was touched here: what somebody else wrote stays otherwise."""
        return None if self.note == self.shown_note else self.note

    def tried(self) -> tuple[Decimal | None, str]:
        """The number that was typed, or the sentence that says why there is none."""
        try:
            number = parse_number(self.text, self.indicator.unit)
            if number is not None:
                check_number(self.indicator, number)
        except NumberError as error:
            return None, str(error)
        except ValidationError as error:
            return None, error.messages[0]
        return number, ""

    def read(self) -> Decimal | None:
        """The number that was typed; ``error`` says why there is none."""
        try:
            number = parse_number(self.text, self.indicator.unit)
            shown = parse_number(self.shown, self.indicator.unit)
        except NumberError as error:
            self.error = str(error)
            return None
        if shown != self.stored.number and number not in (shown, self.stored.number):
            did = f"écrit {self.stored.text}" if self.stored.is_known else "effacé ce chiffre"
            self.error = (
                f"Quelqu’un a {did} entre-temps. Remettez-le, ou enregistrez de nouveau le vôtre."
            )
            self.shown = self.written
        elif number == shown and shown != self.stored.number:
            self.was_not_seen = True
            return self.stored.number  # not touched here: what somebody else wrote stays
        return number


@dataclass(frozen=True)
class Computed:
    """A derived figure on the screen: this year's, as it would be, and last year's."""

    now: Figure
    before: Figure


@dataclass
class Live:
    """What follows from the boxes as they stand, before anything is written."""

    errors: dict[str, str] = field(default_factory=dict)
    impossible: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)


class Sheet:
    """The figures of a family in a year, as they are typed.

    Args:
        year: The year that is counted.
        family: The letter of a family of indicators.
        data: What was sent, when something was.
    """

    def __init__(self, year: int, family: str, data: Mapping[str, str] | None = None) -> None:
        self.year, self.family = year, family
        # All the families: what is computed and what is checked looks beyond this one.
        self.figures = Figures.internal(years=[year - 1, year], with_definitions=False)
        self.lines = list(self._lines())
        self.errors: list[str] = []
        for line in self.lines:
            line.fill(data)

    def _lines(self) -> Iterator[Line]:
        get = self.figures.get
        for code, indicator in self._family():
            if indicator.is_derived:
                continue
            items = [i for b in self.figures.breakdowns_of(code) for i in self.figures.items_of(b)]
            for item in [None, *items]:
                now, before = get(code, self.year, item), get(code, self.year - 1, item)
                yield Line(indicator, now, before, item)

    def _family(self) -> Iterator[tuple[str, Indicator]]:
        """The indicators of the screen: those that are still counted, or were in this year."""
        for code, indicator in self.figures.indicators.items():
            is_counted = indicator.is_active or self.figures.get(code, self.year).is_known
            if indicator.family == self.family and is_counted:
                yield code, indicator

    @property
    def touched(self) -> dict[str, str]:
        """The boxes of the lines that were touched: what a draft keeps."""
        return {
            name: text
            for line in self.lines
            if line.is_touched
            for name, text in line.boxes.items()
        }

    @cached_property
    def live(self) -> Live:
        """What the figures would be if they were written as they stand."""
        numbers: dict[tuple[str, int | None], Decimal | None] = {}
        live = Live()
        for line in self.lines:
            place = (line.indicator.code, line.item.pk if line.item else None)
            numbers[place], error = line.tried()
            if error:
                live.errors[line.key] = error
                numbers[place] = line.stored.number
        notes = {
            (line.indicator.code, line.item.pk if line.item else None): line.note
            for line in self.lines
        }
        supposed = self.figures.supposing(self.year, numbers, notes)
        for finding in self._of_this_screen(check_year(supposed, self.year)):
            is_wrong = finding.severity is Severity.BLOCKING
            (live.impossible if is_wrong else live.questions).append(finding.sentence)
        live.computed = [
            Computed(supposed.get(code, self.year), self.figures.get(code, self.year - 1))
            for code, indicator in self._family()
            if indicator.is_derived
        ]
        for line in self.lines:
            line.sum = self._sum(line, supposed)
        live.sums = {line.key: line.sum for line in self.lines if line.sum}
        return live

    def _sum(self, line: Line, supposed: Figures) -> str:
        """What the parts of a total make, for each way to break it down that adds up."""
        code = line.indicator.code
        if line.item or not line.indicator.is_additive:
            return ""
        said = []
        for breakdown in self.figures.breakdowns_of(code):
            parts = supposed.parts_of(code, self.year, breakdown)
            numbers = [part.number for part in parts if part.number is not None]
            if breakdown.adds_up and numbers:
                said.append(f"{breakdown}{NBSP}: {format_exact(sum(numbers, Decimal(0)))}")
        return f"Somme des parts, {', '.join(said)}" if said else ""

    @property
    def progress(self) -> list[tuple[str, int, int]]:
        """For each chapter of the report: its name, how many totals are typed, out of how many."""
        counts: dict[str, list[int]] = {chapter: [0, 0] for chapter in Chapter.values}
        for code, indicator in self.figures.indicators.items():
            if indicator.is_active and not indicator.is_derived:
                counts[indicator.chapter][0] += self.figures.get(code, self.year).is_known
                counts[indicator.chapter][1] += 1
        return [
            (Chapter(key).label, known, every) for key, (known, every) in counts.items() if every
        ]

    def _of_this_screen(self, found: list[Finding]) -> list[Finding]:
        codes = {line.indicator.code for line in self.lines}
        return [finding for finding in found if codes & set(finding.codes)]

    def save(self, user: Any, *, reason: str = "", status: str = "") -> bool:
        """Write what was typed, all of it or nothing; ``errors`` and the lines say why not.

        Args:
            user: Who types; only those who vouch for figures give a ``status`` or correct what
                the assembly has approved.
            reason: Why an approved figure changes.
            status: What every figure of the screen becomes, at least.
        """
        entries = {line.key: self._entry(line, user, status) for line in self.lines}
        if any(line.error for line in self.lines):
            return False
        try:
            with transaction.atomic():
                record_many(entries.values(), by=user, reason=reason)
                self._refuse_the_impossible()
        except RecordingRefused as refusal:
            pairs = zip(self.lines, entries.values(), strict=True)
            by_key = {entry.key: line for line, entry in pairs}
            for entry, sentence in refusal.refused:
                by_key[entry.key].error = sentence
            return False
        except CannotBeTrue as refusal:
            self.errors = [finding.sentence for finding in refusal.findings]
            return False
        return True

    def _entry(self, line: Line, user: Any, status: str) -> Entry:
        number = line.read()
        changed = number != line.stored.number
        if changed and line.stored.status == Status.APPROVED and not may_validate(user):
            line.error = "L’assemblée a approuvé ce chiffre : qui valide les chiffres le corrige."
        new_status = None
        if status and number is not None and line.stored.status != Status.APPROVED:
            new_status = status
        if new_status and line.was_not_seen:
            line.error = (
                f"Quelqu’un a écrit {line.stored.text} entre-temps. Relisez-le avant de le valider."
            )
            line.text = line.shown = line.written
        self._check_note(line, user)
        return Entry(
            line.indicator,
            self.year,
            number,
            line.item,
            new_status,
            line.new_note,
            seen=(line.stored.number,),
        )

    @staticmethod
    def _check_note(line: Line, user: Any) -> None:
        """A note is published with its figure: it is vouched for, and nobody's is overwritten."""
        if line.new_note is None or line.new_note == line.stored.note:
            return
        if line.stored.is_vouched_for and not may_validate(user):
            line.error = "Ce chiffre est validé : qui valide les chiffres change aussi sa note."
        elif line.shown_note != line.stored.note:
            line.error = (
                f"Quelqu’un a changé cette note entre-temps{NBSP}: « {line.stored.note} ». "
                "Enregistrez de nouveau pour mettre la vôtre."
            )
            line.shown_note = line.stored.note

    def _refuse_the_impossible(self) -> None:
        written = Figures.internal(years=[self.year - 1, self.year], with_definitions=False)
        found = self._of_this_screen(check_year(written, self.year))
        if blocking := [f for f in found if f.severity is Severity.BLOCKING]:
            raise CannotBeTrue(blocking)
