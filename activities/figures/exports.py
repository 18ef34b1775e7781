"""The figures of a report to take away: one clean row for each, the same in every format.

The columns are a promise to whoever reads these files with a program (docs/donnees.md): a change
that is not an addition makes another ``SCHEMA``.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from activities.figures.reading import Figure
from activities.figures.small_numbers import WHY
from pages.page_files import printable
from pages.spreadsheets import harmless

SCHEMA = "impulsion-rapport/1"
COLUMNS = (
    "code", "libelle", "annee", "ventilation", "valeur", "numerateur", "denominateur", "unite",
    "statut", "version", "remarque",
)  # fmt: skip
NUMBERS = frozenset({"annee", "valeur", "numerateur", "denominateur", "version"})
WIDTHS = {"code": 28, "libelle": 52, "ventilation": 28}
EXAMPLE = "Exemple – "

Row = dict[str, Any]


def row_of(figure: Figure) -> Row:
    """A figure as its columns; numbers are numbers, and what there is not is nothing."""
    item = figure.item
    return {
        "code": figure.indicator.code,
        "libelle": printable(f"{EXAMPLE if figure.is_example else ''}{figure.indicator.label}"),
        "annee": figure.year,
        "ventilation": f"{item.breakdown.code}/{item.code}" if item else "",
        "valeur": figure.number,
        "numerateur": figure.numerator if figure.denominator is not None else None,
        "denominateur": figure.denominator,
        "unite": printable(figure.indicator.unit),
        "statut": figure.status,
        "version": figure.version,
        "remarque": WHY if figure.is_masked else "",
    }


def as_csv(figures: Sequence[Figure], subject: int | str) -> bytes:
    """For a French spreadsheet: « ; » between cells, a decimal comma, a byte order mark."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for figure in figures:
        writer.writerow([_csv_cell(value) for value in row_of(figure).values()])
    return file.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{_plain(value):f}".replace(".", ",")
    return harmless(value) if isinstance(value, str) else str(value)


def _plain(number: Decimal) -> Decimal:
    """Without the zeros that only a sum has brought: 12, not 12,0000."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def as_json(figures: Sequence[Figure], subject: int | str) -> bytes:
    """For programs; the schema is in docs/donnees.md."""
    rows = [
        {name: _json_value(value) for name, value in row_of(figure).items()} for figure in figures
    ]
    data = {
        "schema": SCHEMA,
        "annee": subject,
        "exemple": any(figure.is_example for figure in figures),
        # Named here once the association has chosen one.
        "licence": None,
        "valeurs": rows,
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        plain = _plain(value)
        return int(plain) if plain == plain.to_integral_value() else float(plain)
    return value or None if isinstance(value, str) else value


def as_xlsx(figures: Sequence[Figure], subject: int | str) -> bytes:
    """A workbook of one sheet, its headings frozen; texts are texts, never formulas."""
    workbook = Workbook()
    sheet = workbook.active
    is_example = any(figure.is_example for figure in figures)
    sheet.title = f"{'Exemple ' if is_example else ''}{subject}"
    sheet.append(COLUMNS)
    for figure in figures:
        sheet.append(list(row_of(figure).values()))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 14)
        if name not in NUMBERS:
            for (cell,) in sheet.iter_rows(min_row=2, min_col=column, max_col=column):
                cell.data_type = "s" if cell.value else cell.data_type
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class Format:
    """A kind of file: its name, its media type, what makes it."""

    label: str
    extension: str
    content_type: str
    make: Callable[[Sequence[Figure], int | str], bytes]

    @property
    def file_name(self) -> str:
        """The end of the address of the file, below that of the report."""
        return f"indicateurs.{self.extension}"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = Format("CSV", "csv", "text/csv; charset=utf-8", as_csv)
FORMATS = (
    Format("Tableur", "xlsx", XLSX, as_xlsx),
    CSV,
    Format("JSON", "json", "application/json", as_json),
)


def digest(figures: Sequence[Figure], subject: int | str) -> str:
    """The same for the same figures: a workbook holds the hour at which it was made."""
    rows = [[str(value) for value in row_of(figure).values()] for figure in figures]
    return hashlib.sha256(json.dumps([SCHEMA, subject, rows]).encode()).hexdigest()[:32]
