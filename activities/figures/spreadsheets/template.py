"""The spreadsheet of a year to fill in: one sheet for each family, what is known already there.

What it writes ``rows`` reads again: the two agree on the headings (docs/donnees.md).
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from activities.figures.reading import Figure, Figures
from activities.models import Breakdown, BreakdownItem, Indicator
from activities.models.indicators import PERCENT
from pages.page_files import printable
from pages.typography import french

INSTRUCTIONS = "Mode d’emploi"
CODE, PART, LABEL, UNIT, BEFORE, NOW, NOTE = range(1, 8)
WIDTHS = {CODE: 26, PART: 26, LABEL: 48, UNIT: 14, BEFORE: 16, NOW: 16, NOTE: 44}
TO_FILL = frozenset({NOW, NOTE})

# Named, or each program would choose its own for those that are bold or grey.
FONT = "Calibri"
LINE_HEIGHT = 18


def _font(**style: Any) -> Font:
    return Font(**{"name": FONT, "size": 11, **style})


_PLAIN, _MUTED = _font(), _font(color="515C61")
_HEAD = PatternFill("solid", fgColor="1B2428")
_FILLED_IN = PatternFill("solid", fgColor="FFF6D6")
_NOT_READ = PatternFill("solid", fgColor="F0EEEA")
_LINE = Border(bottom=Side("thin", color="D5CFC4"))


@dataclass(frozen=True)
class Asked:
    """A figure to fill in: this year's and last year's."""

    now: Figure
    before: Figure
    breakdown: Breakdown | None = None
    item: BreakdownItem | None = None

    @property
    def part(self) -> str:
        """The part, written as in the files to take away."""
        return f"{self.breakdown.code}/{self.item.code}" if self.breakdown and self.item else ""


def template(year: int) -> bytes:
    """The workbook of a year.

    Args:
        year: The year to fill in; the year before stands beside it.
    """
    figures = Figures.internal(years=[year - 1, year], with_definitions=False)
    workbook = Workbook()
    lines = list(_asked(figures, year))
    _write_instructions(workbook.active, year, any(line.now.is_example for line in lines))
    for family in Indicator.Family:
        of_the_family = [line for line in lines if line.now.indicator.family == family]
        if of_the_family:
            _write_family(workbook.create_sheet(family.label[:31]), of_the_family, year)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _asked(figures: Figures, year: int) -> Iterator[Asked]:
    """The figures that people type, totals and parts, in the order of the screen."""
    for code, indicator in figures.indicators.items():
        if indicator.is_derived or not indicator.is_active:
            continue
        yield Asked(figures.get(code, year), figures.get(code, year - 1))
        for breakdown in figures.breakdowns_of(code):
            for item in figures.items_of(breakdown):
                now, before = figures.get(code, year, item), figures.get(code, year - 1, item)
                yield Asked(now, before, breakdown, item)


def _write_instructions(sheet: Worksheet, year: int, is_example: bool) -> None:
    sheet.title = INSTRUCTIONS
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 80
    lines = [
        (f"Les chiffres de {year}", _font(bold=True, size=16)),
        *([("Exemple : ces chiffres sont inventés.", _font(italic=True))] if is_example else []),
        (f"1. Remplissez la colonne « {year} », en jaune. Une cellule vide ne change rien.", None),
        ("2. Écrivez un nombre seul : 1234,5. L’unité est à côté, et se répète si vous voulez.",
         None),
        ("3. Pas de formule : collez la valeur (Collage spécial, Valeurs).", None),
        ("4. « Note publiée » dit aux lecteurs ce qu’il faut savoir de ce chiffre.", None),
        ("5. Les lignes avec un code dans la colonne « Part » sont des détails du total au-dessus.",
         None),
        ("6. Ne changez pas les codes. Vous pouvez masquer, trier, ajouter des lignes ou des "
         "colonnes à vous : elles ne sont pas lues.", None),
        (f"7. Enregistrez, puis envoyez le fichier : menu Chiffres, Importer un tableur, {year}. "
         "Vous verrez ce qui change avant que rien ne soit écrit.", None),
        ("Ne diffusez pas ce fichier : il contient les vrais nombres, même petits.",
         _font(bold=True)),
        ("Les taux que le site calcule ne sont pas ici.", _MUTED),
    ]  # fmt: skip
    for row, (text, font) in enumerate(lines, start=1):
        cell = _text(sheet, row, 1, french(text))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = font or _PLAIN
        # No program does it by itself for a text that comes from another one.
        sheet.row_dimensions[row].height = LINE_HEIGHT * (1 + len(text) // 88) + (row == 1) * 12
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_family(sheet: Worksheet, lines: list[Asked], year: int) -> None:
    headings = {
        CODE: "Code", PART: "Part", LABEL: "Indicateur", UNIT: "Unité",
        BEFORE: f"{year - 1}, pour mémoire", NOW: str(year), NOTE: "Note publiée",
    }  # fmt: skip
    for column, text in headings.items():
        cell = _text(sheet, 1, column, text)
        cell.font, cell.fill = _font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(
            horizontal="right" if column in (BEFORE, NOW) else "left",
            indent=column == NOTE,
            vertical="center",
            wrap_text=True,
        )
        sheet.column_dimensions[cell.column_letter].width = WIDTHS[column]
    sheet.row_dimensions[1].height = 34
    for row, line in enumerate(lines, start=2):
        _write_line(sheet, row, line)
    sheet.freeze_panes = sheet.cell(2, UNIT)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_line(sheet: Worksheet, row: int, line: Asked) -> None:
    indicator, item = line.now.indicator, line.item
    longest = max(len(str(item or indicator)), len(line.now.note))
    sheet.row_dimensions[row].height = LINE_HEIGHT * (1 + longest // 42)
    _text(sheet, row, CODE, indicator.code)
    _text(sheet, row, PART, line.part)
    label = _text(sheet, row, LABEL, f"dont {item}" if item else indicator.label)
    _text(sheet, row, UNIT, indicator.unit)
    sheet.cell(row, BEFORE, line.before.number)
    sheet.cell(row, NOW, line.now.number)
    _text(sheet, row, NOTE, line.now.note)
    for column in WIDTHS:
        cell = sheet.cell(row, column)
        cell.border = _LINE
        cell.fill = _FILLED_IN if column in TO_FILL else _NOT_READ
        cell.alignment = Alignment(
            wrap_text=column in (LABEL, NOTE),
            vertical="center",
            horizontal="left" if column == NOTE else None,
            indent=column == NOTE,
        )
        cell.font = _PLAIN if column in (LABEL, *TO_FILL) else _MUTED
        if column in (BEFORE, NOW):
            cell.number_format = _number_format(indicator)
    if item:
        label.alignment = Alignment(horizontal="left", indent=2, wrap_text=True, vertical="center")
    else:
        label.font = _font(bold=True)


def _text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A text that stays one, whatever it begins with."""
    cell = sheet.cell(row, column)
    if text:
        cell.value = printable(text)
        cell.data_type = "s"
    return cell


def _number_format(indicator: Indicator) -> str:
    """The decimals of the indicator.

    Percentages keep the general format: « 42 % » typed in another one would become 0,42.
    """
    if indicator.unit == PERCENT:
        return "General"
    return f"#,##0.{'0' * indicator.decimals}" if indicator.decimals else "#,##0"
