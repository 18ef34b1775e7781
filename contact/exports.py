"""The requests of a list, to take away in a spreadsheet: every text is a text, never a formula."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from pages.page_files import printable
from pages.spreadsheets import harmless

COLUMNS: tuple[tuple[str, Callable[[Any], Any], int], ...] = (
    ("Référence", lambda one: one.reference, 14),
    ("Reçue le", lambda one: _moment(one.received_at), 17),
    ("Motif", lambda one: one.get_reason_display(), 22),
    ("Activité", lambda one: one.trade.name if one.trade else "", 22),
    ("Commune", lambda one: one.commune.name if one.commune else "", 18),
    ("État", lambda one: one.get_state_display(), 12),
    ("Suivie par", lambda one: str(one.assigned_to or ""), 22),
    ("Qui demande", lambda one: one.get_client_kind_display(), 22),
    ("Organisme", lambda one: one.organisation, 26),
    ("Nom", lambda one: one.name, 26),
    ("Téléphone", lambda one: one.phone, 18),
    ("Adresse e-mail", lambda one: one.email, 30),
    ("Quand appeler", lambda one: one.get_best_time_display(), 16),
    ("Pour quand", lambda one: one.wanted_when, 20),
    ("À propos de", lambda one: one.subject_title, 26),
    ("Message", lambda one: one.message, 60),
    ("Fichiers joints", lambda one: one.file_count, 10),
    ("Dernier échange", lambda one: _moment(one.last_exchange_at), 17),
)
BATCH = 500


def _moment(at: datetime) -> datetime:
    """At the clock of the association: a spreadsheet knows no time zone."""
    return timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0)


def _rows(requests: Any) -> Iterator[list[Any]]:
    for one in requests.iterator(chunk_size=BATCH):
        yield [read(one) for _label, read, _width in COLUMNS]


def as_csv(requests: Any) -> bytes:
    """For a French spreadsheet: « ; » between cells, a byte order mark."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(label for label, _read, _width in COLUMNS)
    for row in _rows(requests):
        writer.writerow(_csv_cell(value) for value in row)
    return file.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return harmless(printable(value)) if isinstance(value, str) else str(value)


def as_xlsx(requests: Any) -> bytes:
    """A workbook of one sheet, written line after line: ten thousand requests fit."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Demandes")
    sheet.freeze_panes = "A2"
    for at, (_label, _read, width) in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.append([_cell(sheet, label, bold=True) for label, _read, _width in COLUMNS])
    for row in _rows(requests):
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, printable(value) if isinstance(value, str) else value)
    if isinstance(value, str) and value:
        cell.data_type = "s"  # « =1+1 » is what somebody wrote
    if isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm"
    if bold:
        cell.font = Font(bold=True)
    return cell


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    content_type: str
    make: Callable[[Any], bytes]


FORMATS = {
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": Format("text/csv; charset=utf-8", as_csv),
}
