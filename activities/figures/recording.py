"""The one way to write a figure: checked, in a transaction, with its trace.

``record()`` writes one figure; ``record_many()`` all of a screen or of a file, or nothing. Rights
are the business of the screens (``activities.figures.rights``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from activities.figures import protecting
from activities.figures.checks import check_number
from activities.models import BreakdownItem, Indicator, ReportPage, Status, Value, ValueChange
from activities.models.indicators import FIRST_YEAR
from pages.typography import french

TEXT_LENGTH = 300


@dataclass(frozen=True)
class Entry:
    """A figure to write. What is left to ``None`` stays as it is.

    ``number`` alone is always what is wanted: ``None`` erases the figure. A validated figure whose
    number changes is provisional again unless a status is given: nobody has validated the new one.
    """

    indicator: Indicator
    year: int
    number: Decimal | int | None
    item: BreakdownItem | None = None
    status: str | None = None
    note: str | None = None
    # The number that the writer saw, in a tuple: another one now, and nothing is written.
    seen: tuple[Decimal | None] | None = None

    @property
    def key(self) -> tuple[int, int, int | None]:
        """What the figure is about: indicator, year, part."""
        return self.indicator.pk, self.year, self.item.pk if self.item else None


class RecordingRefused(ValidationError):
    """Figures that cannot be written, each with its sentence; nothing was written.

    ``refused`` holds pairs (entry, sentence), in the order of the entries.
    """

    def __init__(self, refused: Sequence[tuple[Entry, str]]) -> None:
        self.refused = list(refused)
        super().__init__([sentence for _entry, sentence in refused])


def record(
    indicator: Indicator,
    year: int,
    number: Decimal | int | None,
    *,
    item: BreakdownItem | None = None,
    status: str | None = None,
    note: str | None = None,
    by: Any = None,
    reason: str = "",
    is_example: bool = False,
) -> Value:
    """Write one figure and its trace; see ``Entry`` and ``record_many``.

    Raises:
        RecordingRefused: a ``ValidationError``, with one sentence in French.
    """
    entry = Entry(indicator, year, number, item, status, note)
    return record_many([entry], by=by, reason=reason, is_example=is_example)[0]


@transaction.atomic
def record_many(
    entries: Iterable[Entry], *, by: Any = None, reason: str = "", is_example: bool = False
) -> list[Value]:
    """Write figures and their traces, all of them or none, in a few queries however many.

    Args:
        entries: What to write; a figure may be there once.
        by: The account that writes, if there is one.
        reason: Why; required when an approved figure changes, and then public (*erratum*).
        is_example: Whether they are fictional. Figures of a year whose report is an example are.

    Returns:
        The figures in the order of the entries, those that did not change included.

    Raises:
        RecordingRefused: a ``ValidationError``, with a sentence in French for each refusal.
    """
    entries = list(entries)
    protecting.lock()
    context = _Context(entries, french(reason.strip()))
    refused: list[tuple[Entry, str]] = []
    values: dict[tuple[int, int, int | None], Value] = {}
    changes: list[ValueChange] = []
    for entry in entries:
        try:
            if entry.key in values:
                raise ValidationError("Ce chiffre est donné deux fois.")
            values[entry.key], change = context.outcome(entry)
        except ValidationError as error:
            refused.append((entry, error.messages[0]))
            continue
        if change:
            changes.append(change)
    if refused:
        raise RecordingRefused(refused)
    for change in changes:
        _apply(change, by, is_example or change.value.year in context.example_years)
    _write(changes)
    if changes and any(entry.indicator.counts_people for entry in entries):
        protecting.refresh()
    return list(values.values())


@transaction.atomic
def forget_examples() -> int:
    """Delete the fictional figures with their history; returns how many there were."""
    protecting.lock()
    examples = Value._base_manager.filter(is_example=True)
    count = examples.count()
    examples.delete()
    protecting.refresh()
    return count


class _Context:
    """What the database holds about some entries, read once; what each of them changes."""

    def __init__(self, entries: list[Entry], reason: str) -> None:
        self.reason = reason
        indicators = {entry.indicator.pk for entry in entries}
        years = {entry.year for entry in entries}
        found = Value.objects.filter(indicator__in=indicators, year__in=years)
        self.present = {(v.indicator_id, v.year, v.item_id): v for v in found}
        self.example_years = set(
            ReportPage.objects.filter(is_example=True, year__in=years).values_list(
                "year", flat=True
            )
        )
        allowed = Indicator.breakdowns.through.objects.filter(indicator__in=indicators)
        self.allowed = set(allowed.values_list("indicator_id", "breakdown_id"))

    def outcome(self, entry: Entry) -> tuple[Value, ValueChange | None]:
        """The figure of an entry, and how the entry changes it, if it does.

        Raises:
            ValidationError: the entry cannot be written.
        """
        self._check(entry)
        value = self.present.get(entry.key) or Value(
            indicator=entry.indicator, year=entry.year, item=entry.item
        )
        if entry.seen and value.number != entry.seen[0]:
            raise ValidationError(
                "Quelqu’un a changé ce chiffre entre-temps : relisez-le, puis enregistrez de "
                "nouveau."
            )
        number = None if entry.number is None else Decimal(entry.number)
        same_number = value.number == number
        note = value.note if entry.note is None else french(entry.note.strip())
        status = entry.status or _usual_status(value, same_number)
        if value.status == Status.APPROVED:
            self._check_approved(number, status, same_number)
        if number is None and status != Status.PROVISIONAL:
            raise ValidationError("Un chiffre vide ne peut pas être validé.")
        is_new = value.pk is None
        if (is_new and number is None) or (
            not is_new and same_number and (status, note) == (value.status, value.note)
        ):
            return value, None
        return value, ValueChange(
            value=value,
            old_number=value.number,
            new_number=number,
            old_status="" if is_new else value.status,
            new_status=status,
            note=note,
            reason=self.reason,
            is_erratum=value.status == Status.APPROVED and not same_number,
        )

    def _check(self, entry: Entry) -> None:
        if entry.indicator.is_derived:
            raise ValidationError(
                f"« {entry.indicator} » se calcule tout seul : il ne se saisit pas."
            )
        if not FIRST_YEAR <= entry.year <= timezone.localdate().year:
            raise ValidationError(f"{entry.year} n’est pas une année de l’association.")
        if entry.item and (entry.indicator.pk, entry.item.breakdown_id) not in self.allowed:
            raise ValidationError(f"« {entry.indicator} » n’est pas détaillé par « {entry.item} ».")
        if entry.status is not None and entry.status not in Status.values:
            raise ValidationError("Cet état n’existe pas.")
        if max(len(entry.note or ""), len(self.reason)) > TEXT_LENGTH:
            raise ValidationError(f"Une note ou une raison a {TEXT_LENGTH} caractères au plus.")
        if entry.number is not None:
            check_number(entry.indicator, Decimal(entry.number))

    def _check_approved(self, number: Decimal | None, status: str, same_number: bool) -> None:
        if number is None:
            raise ValidationError("Un chiffre approuvé par l’assemblée ne s’efface pas.")
        if status != Status.APPROVED:
            raise ValidationError("Un chiffre approuvé par l’assemblée reste approuvé.")
        if not same_number and not self.reason:
            raise ValidationError(
                "L’assemblée a approuvé ce chiffre. Pour le corriger, dites pourquoi : "
                "la raison sera publiée avec l’ancien et le nouveau chiffre."
            )


def _usual_status(value: Value, same_number: bool) -> str:
    """The status of a figure when nobody says it."""
    return value.status if same_number or value.status == Status.APPROVED else Status.PROVISIONAL


def _apply(change: ValueChange, by: Any, is_example: bool) -> None:
    value = change.value
    value.number, value.status, value.note = change.new_number, change.new_status, change.note
    value.updated_at = change.at = timezone.now()
    value.updated_by = change.by = by
    value.is_example = value.is_example or is_example


def _write(changes: list[ValueChange]) -> None:
    """The plain managers: those of the models refuse to write."""
    values = [change.value for change in changes]
    Value._base_manager.bulk_create([value for value in values if value.pk is None])
    fields = ["number", "status", "note", "updated_at", "updated_by", "is_example"]
    known = [change.value for change in changes if change.old_status]
    Value._base_manager.bulk_update(known, fields, batch_size=200)
    for change in changes:
        change.value_id = change.value.pk
    ValueChange._base_manager.bulk_create(changes)
