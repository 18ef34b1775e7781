"""From the cells of a spreadsheet to figures: what each would change, or why it cannot be read.

A blank cell changes nothing. Nothing is written here but by ``confirm``, which writes all that was
shown, through ``record_many``, or nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from activities.figures.checks import Finding, Severity, check_number, check_year
from activities.figures.formatting import NumberError
from activities.figures.reading import Figure, Figures
from activities.figures.recording import TEXT_LENGTH, Entry, RecordingRefused, record_many
from activities.figures.rights import may_validate
from activities.models import BreakdownItem, FiguresImport, Indicator, Status
from pages.page_files import printable
from pages.typography import NBSP, french

from .cells import Cell
from .opening import read_spreadsheet
from .rows import Found, Row, find_rows

ERASING = (
    "Un tableur n’efface pas de chiffre. Laissez la cellule vide, et effacez-le dans l’écran de "
    "saisie."
)
CHANGED_MEANWHILE = (
    "Quelqu’un a changé ce chiffre entre-temps : relisez-le, puis envoyez de nouveau le tableur."
)
NOTE_CHANGED_MEANWHILE = (
    "Quelqu’un a changé cette note entre-temps : relisez-la, puis envoyez de nouveau le tableur."
)
# More is not read on a screen: those are corrected first.
MAX_REFUSALS = 200
MAX_PLACES = 20

_LINES = re.compile(r"[ \t\r\n]*[\t\r\n]+[ \t\r\n]*")


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be imported: where it is, what it is about, what to do."""

    place: str
    subject: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """A figure that the spreadsheet changes, as it is and as it would be."""

    before: Figure
    after: Figure
    place: str
    # What was there when the spreadsheet was read: the number, and the note when it changes.
    seen: Decimal | None
    seen_note: str

    @property
    def indicator(self) -> Indicator:
        """What is counted."""
        return self.before.indicator

    @property
    def item(self) -> BreakdownItem | None:
        """The part, if it is one."""
        return self.before.item

    @property
    def label(self) -> str:
        """What is counted, and of which part."""
        return label_of(self.indicator, self.item)

    @property
    def has_new_number(self) -> bool:
        """Whether the number itself changes."""
        return self.after.number != self.before.number

    @property
    def has_new_note(self) -> bool:
        """Whether the note changes."""
        return self.after.note != self.before.note

    @property
    def is_erratum(self) -> bool:
        """Whether the assembly has approved what changes."""
        return self.has_new_number and self.before.status == Status.APPROVED

    @property
    def loses_validation(self) -> bool:
        """Whether somebody had validated the number that changes."""
        return self.has_new_number and self.before.status == Status.VALIDATED


def label_of(indicator: Indicator, item: BreakdownItem | None) -> str:
    """What is counted, and of which part."""
    return f"{indicator}, {item}" if item else str(indicator)


@dataclass
class Preview:
    """What a spreadsheet would change in a year."""

    year: int
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    # What is in the file without being read: a sentence for each kind.
    not_read: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def impossible(self) -> list[str]:
        """What cannot be true: nothing is written as long as there is some."""
        return [f.sentence for f in self.findings if f.severity is Severity.BLOCKING]

    @property
    def questions(self) -> list[str]:
        """What is to be looked at."""
        return [f.sentence for f in self.findings if f.severity is Severity.WARNING]

    @property
    def is_refused(self) -> bool:
        """Whether something has to be corrected first."""
        return bool(self.refusals or self.impossible)

    @property
    def needs_reason(self) -> bool:
        """Whether an approved figure changes: its reason is then public."""
        return any(change.is_erratum for change in self.changes)

    @property
    def unvalidated(self) -> int:
        """How many validated figures change: they leave the public site meanwhile."""
        return sum(change.loses_validation for change in self.changes)

    @property
    def families_to_validate(self) -> list[tuple[str, str]]:
        """Where they are to be validated again: the code and the name of each family."""
        indicators = [change.indicator for change in self.changes if change.loses_validation]
        return list(dict.fromkeys((i.family, i.get_family_display()) for i in indicators))

    @property
    def by_family(self) -> list[tuple[str, list[Change]]]:
        """The changes, family by family."""
        groups: dict[str, list[Change]] = {}
        for change in self.changes:
            groups.setdefault(change.indicator.get_family_display(), []).append(change)
        return list(groups.items())

    @property
    def shown_refusals(self) -> list[Refusal]:
        """The refusals that fit on a screen."""
        shown = self.refusals[:MAX_REFUSALS]
        return [replace(refusal, sentence=french(refusal.sentence)) for refusal in shown]

    @property
    def refusals_not_shown(self) -> int:
        """How many refusals do not fit."""
        return max(0, len(self.refusals) - MAX_REFUSALS)


def preview_file(data: bytes, name: str, year: int, user: Any) -> Preview:
    """What a file would change.

    Args:
        data: What is in it.
        name: What it is called.
        year: The year whose figures are wanted.
        user: Who sends it.

    Raises:
        SpreadsheetRefused: the file is not read at all, with a sentence.
    """
    return _Matching(find_rows(read_spreadsheet(data, name), year), year, user).preview()


def keep(preview: Preview, name: str, user: Any) -> FiguresImport:
    """Keep what was shown, until the person confirms it."""
    changes = [
        {
            "code": change.indicator.code,
            "part": change.item.pk if change.item else None,
            "number": _written(change.after.number),
            "note": change.after.note if change.has_new_note else None,
            "seen": _written(change.seen),
            "seen_note": change.seen_note,
            "place": change.place,
        }
        for change in preview.changes
    ]
    return FiguresImport.objects.create(
        user=user, year=preview.year, file_name=name[-100:], changes=changes,
        unchanged=preview.unchanged, not_read=preview.not_read,
    )  # fmt: skip


def preview_kept(kept: FiguresImport) -> Preview:
    """What an import would change now; what somebody else changed meanwhile is refused."""
    figures = _figures(kept.year)
    preview = Preview(kept.year, unchanged=kept.unchanged, not_read=kept.not_read)
    items = _items_of(figures)
    wanted: dict[Key, tuple[Decimal | None, str]] = {}
    lines: list[tuple[dict[str, Any], Figure]] = []
    for line in kept.changes:
        code, pk = line["code"], line["part"]
        if code not in figures or (pk is not None and pk not in items):
            sentence = "Cet indicateur a changé entre-temps : envoyez de nouveau le tableur."
            preview.refusals.append(Refusal(line["place"], code, sentence))
            continue
        before = figures.get(code, kept.year, items[pk] if pk is not None else None)
        number = None if line["number"] is None else Decimal(line["number"])
        note = before.note if line["note"] is None else line["note"]
        wanted[code, pk] = (number, note)
        lines.append((line, before))
    supposed = _supposed(figures, kept.year, wanted)
    for line, before in lines:
        after = supposed.get(line["code"], kept.year, before.item)
        seen = None if line["seen"] is None else Decimal(line["seen"])
        change = Change(before, after, line["place"], seen, line["seen_note"])
        preview.changes.append(change)
        if before.number != seen:
            preview.refusals.append(Refusal(change.place, change.label, CHANGED_MEANWHILE))
        elif change.has_new_note and before.note != change.seen_note:
            preview.refusals.append(Refusal(change.place, change.label, NOTE_CHANGED_MEANWHILE))
    preview.findings = _about(check_year(supposed, kept.year), preview.changes)
    return preview


def confirm(kept: FiguresImport, user: Any, reason: str = "") -> Preview | None:
    """Write all that was shown, and forget the import; or say why nothing is written.

    Returns:
        Nothing when it is done; what is refused otherwise.

    Raises:
        FiguresImport.DoesNotExist: it was confirmed already.
    """
    preview = Preview(kept.year)
    try:
        with transaction.atomic():
            # Taken away first: of two confirmations at once, one finds nothing.
            deleted, _ = FiguresImport.objects.filter(pk=kept.pk, user=user).delete()
            if not deleted:
                raise FiguresImport.DoesNotExist
            preview = preview_kept(kept)
            preview.refusals += _refused_to(user, preview.changes)
            if not preview.is_refused:
                _write(preview, user, reason)
            if preview.is_refused:
                raise _NotWritten
    except _NotWritten:
        return preview
    return None


class _NotWritten(Exception):
    """What undoes the transaction."""


def _write(preview: Preview, user: Any, reason: str) -> None:
    entries = {
        entry.key: (entry, change)
        for change in preview.changes
        if (entry := _entry(change, preview.year))
    }
    try:
        record_many([entry for entry, _change in entries.values()], by=user, reason=reason)
    except RecordingRefused as refusal:
        for entry, sentence in refusal.refused:
            change = entries[entry.key][1]
            preview.refusals.append(Refusal(change.place, change.label, sentence))
        return
    found = check_year(_figures(preview.year), preview.year)
    preview.findings = _about(found, preview.changes)


def _entry(change: Change, year: int) -> Entry:
    note = change.after.note if change.has_new_note else None
    number = change.after.number
    return Entry(change.indicator, year, number, change.item, None, note, seen=(change.seen,))


def _figures(year: int) -> Figures:
    return Figures.internal(years=[year - 1, year], with_definitions=False)


def _items_of(figures: Figures) -> dict[int, BreakdownItem]:
    """The parts of all the breakdowns, by their keys."""
    breakdowns = {b.pk: b for code in figures.indicators for b in figures.breakdowns_of(code)}
    return {item.pk: item for b in breakdowns.values() for item in figures.items_of(b)}


def _written(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _about(found: Iterable[Finding], changes: list[Change]) -> list[Finding]:
    """What concerns the figures that change: the rest was there before."""
    codes = {change.indicator.code for change in changes}
    return [finding for finding in found if codes & set(finding.codes)]


def _refused_to(user: Any, changes: Iterable[Change]) -> Iterator[Refusal]:
    """What this person may not change: the rules of the screen where figures are typed."""
    if may_validate(user):
        return
    for change in changes:
        sentence = ""
        if change.is_erratum:
            sentence = "L’assemblée a approuvé ce chiffre : qui valide les chiffres le corrige."
        elif change.has_new_note and change.before.is_vouched_for:
            sentence = "Ce chiffre est validé : qui valide les chiffres change aussi sa note."
        if sentence:
            yield Refusal(change.place, change.label, sentence)


Key = tuple[str, int | None]


def _supposed(
    figures: Figures, year: int, wanted: dict[Key, tuple[Decimal | None, str]]
) -> Figures:
    """The figures, with those of the spreadsheet."""
    return figures.supposing(
        year,
        {key: number for key, (number, _note) in wanted.items()},
        {key: note for key, (_number, note) in wanted.items()},
    )


class _Matching:
    """The lines of a spreadsheet beside what is known of the year."""

    def __init__(self, found: Found, year: int, user: Any) -> None:
        self.found, self.year, self.user = found, year, user
        self.figures = _figures(year)
        self.result = Preview(year)
        # Where the year before is not what the site has.
        self.before: list[str] = []
        # Where each figure was given: nobody knows which of two is right.
        self.given: dict[Key, str] = {}
        self.wanted: dict[Key, tuple[Decimal | None, str]] = {}
        self.places: dict[Key, str] = {}

    def preview(self) -> Preview:
        """What the lines would change."""
        for row in self.found.rows:
            self._compare_before(row)
            if not (row.number.is_blank and row.note.is_blank):
                self._take(row)
        supposed, items = _supposed(self.figures, self.year, self.wanted), _items_of(self.figures)
        for (code, pk), place in self.places.items():
            item = items[pk] if pk else None
            before = self.figures.get(code, self.year, item)
            after = supposed.get(code, self.year, item)
            change = Change(before, after, place, before.number, before.note)
            self.result.changes.append(change)
        self.result.refusals += _refused_to(self.user, self.result.changes)
        found = check_year(supposed, self.year)
        self.result.findings = _about(found, self.result.changes)
        self.result.not_read = [
            french(text) for text in _not_read(self.found, self.before, self.year)
        ]
        return self.result

    def _compare_before(self, row: Row) -> None:
        """Note a number of the year before that somebody typed: it is lost otherwise in silence."""
        indicator = self.figures.indicators.get(row.code)
        if indicator is None or indicator.is_derived:
            return
        item, sentence = self._part(row, indicator)
        number, problem = _number_of(row.before, indicator)
        if sentence or problem or number is None:
            return
        stored = self.figures.get(indicator.code, self.year - 1, item).number
        if stored is None or round(stored, indicator.decimals) != round(number, indicator.decimals):
            self.before.append(row.before_place)

    def _refuse(self, place: str, subject: str, sentence: str) -> None:
        self.result.refusals.append(Refusal(place, subject, sentence))

    def _take(self, row: Row) -> None:
        indicator = self.figures.indicators.get(row.code)
        if indicator is None:
            self._refuse(
                row.place,
                row.code[:60],
                "Ce code n’est celui d’aucun indicateur. Reprenez celui du modèle.",
            )
            return
        if indicator.is_derived:
            if not row.is_export:
                self._refuse(
                    row.place,
                    str(indicator),
                    "Ce chiffre se calcule tout seul : il ne se saisit pas. Videz la cellule.",
                )
            return
        item, sentence = self._part(row, indicator)
        if sentence:
            self._refuse(row.place, str(indicator), sentence)
            return
        self._take_figure(row, indicator, item)

    def _part(self, row: Row, indicator: Indicator) -> tuple[BreakdownItem | None, str]:
        if not row.part:
            return None, ""
        item = self.figures.part(row.part)
        if item is None:
            return None, (
                f"«{NBSP}{row.part[:60]}{NBSP}» n’est le code d’aucune part. Reprenez celui du "
                "modèle."
            )
        if item.breakdown_id not in {b.pk for b in self.figures.breakdowns_of(indicator.code)}:
            return None, f"Cet indicateur n’est pas détaillé par «{NBSP}{item}{NBSP}»."
        return item, ""

    def _take_figure(self, row: Row, indicator: Indicator, item: BreakdownItem | None) -> None:
        key, label = (indicator.code, item.pk if item else None), label_of(indicator, item)
        if key in self.given:
            self._refuse(
                row.place, label, f"Ce chiffre est donné deux fois{NBSP}: aussi {self.given[key]}."
            )
            return
        self.given[key] = row.place
        stored = self.figures.get(indicator.code, self.year, item)
        number, sentence = _number_of(row.number, indicator)
        note, note_sentence = _note_of(row.note, stored)
        if not sentence and number is not None and not (indicator.is_active or stored.is_known):
            sentence = "Cet indicateur n’est plus compté. Videz la cellule."
        if sentence:
            self._refuse(row.place, label, sentence)
        number = stored.number if number is None else number
        if not (sentence or note_sentence) and note != stored.note and number is None:
            note_sentence = "Cette note n’a pas de chiffre. Donnez-le, ou videz la note."
        if note_sentence:
            self._refuse(row.note_place, label, note_sentence)
        if sentence or note_sentence:
            return
        if (number, note) == (stored.number, stored.note):
            self.result.unchanged += 1
            return
        self.wanted[key] = (number, note)
        self.places[key] = row.place if number != stored.number else row.note_place


def _not_read(found: Found, before: list[str], year: int) -> Iterator[str]:
    """What is in the file without being read, in sentences."""
    if found.sheets:
        names = ", ".join(f"« {name} »" for name in found.sheets)
        yield (
            f"Ces feuilles n’ont pas été lues : {names}. Il y faut une ligne de titres « Code » et "
            f"« {year} ». Une feuille masquée n’est pas lue non plus : affichez-la d’abord."
        )
    if found.without_code:
        yield (
            "Des lignes ne sont pas lues : elles ont un nombre, mais pas de code. Si c’est un "
            f"chiffre du rapport, remettez son code : {_places(found.without_code)}"
        )
    if before:
        yield (
            f"La colonne de {year - 1} n’est pas lue, et ne dit pas la même chose que le site : "
            f"{_places(before)} Pour corriger {year - 1}, choisissez cette année."
        )


def _places(places: list[str]) -> str:
    """The first ones."""
    shown = " ; ".join(places[:MAX_PLACES])
    return f"{shown}…" if len(places) > MAX_PLACES else f"{shown}."


def _number_of(cell: Cell, indicator: Indicator) -> tuple[Decimal | None, str]:
    """The number of a cell, or the sentence that says why there is none."""
    if cell.words.casefold() in ("effacer", "supprimer"):
        return None, ERASING
    try:
        number = cell.figure(indicator.unit)
        if number is not None:
            check_number(indicator, number)
    except NumberError as error:
        return None, str(error)
    except ValidationError as error:
        return None, error.messages[0]
    return number, ""


def _note_of(cell: Cell, stored: Figure) -> tuple[str, str]:
    """The note of a cell, that of the site when it is blank; or why it cannot be kept."""
    if cell.is_blank:
        return stored.note, ""
    if cell.problem:
        return stored.note, cell.problem
    # A spreadsheet shows this sign before a text that is not a formula.
    words = _LINES.sub(" ", printable(cell.words.removeprefix("'")))
    note = french(words.strip())
    if len(note) > TEXT_LENGTH:
        return stored.note, f"Une note a {TEXT_LENGTH} caractères au plus."
    return note, ""
