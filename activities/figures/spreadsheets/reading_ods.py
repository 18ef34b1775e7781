"""A LibreOffice spreadsheet (ODS): one file of XML, where rows and cells may say how many they are.

A cell « repeated a million times » is counted, never copied a million times.
"""

from xml.etree.ElementTree import Element

from .cells import (
    BOOLEAN,
    DATE,
    FORMULA,
    MAX_COLUMNS,
    MAX_ROWS,
    Budget,
    Cell,
    Table,
    check_sheets,
    number_cell,
    text_cell,
)
from .packages import PROTECTED, Package, SpreadsheetRefused

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_ANNOUNCED = {f"{_TABLE}table", f"{_TABLE}table-row"}
_PROBLEMS = {"date": DATE, "time": DATE, "boolean": BOOLEAN}
_NUMBERS = {"float", "currency", "percentage"}


def read_ods(package: Package) -> list[Table]:
    """The sheets of a spreadsheet.

    Raises:
        SpreadsheetRefused: it cannot be read, or not within bounds.
    """
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest, 200_000):
        raise SpreadsheetRefused(PROTECTED)
    reader = _Reader()
    for event, element in package.elements("content.xml", _CELLS, _ANNOUNCED):
        reader.take(event, element)
    return reader.tables


class _Reader:
    """The sheets, as their cells come."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._budget = Budget()
        self._depth = 0
        # The row that is read: its number, how many times it is there, what it holds.
        self._number, self._times = 1, 1
        self._column = 1
        self._row: dict[int, Cell] = {}

    def take(self, event: str, element: Element) -> None:
        """One element: a table or a row that begins or ends, a whole cell."""
        if element.tag == f"{_TABLE}table":
            self._take_table(event, element)
        elif self._depth != 1:
            return  # a table within a cell
        elif element.tag in _CELLS:
            self._take_cell(element)
        elif event == "start":
            self._column, self._row = 1, {}
            self._times = _repeated(element, "number-rows-repeated")
        else:
            self._end_row()

    def _take_table(self, event: str, element: Element) -> None:
        self._depth += 1 if event == "start" else -1
        if event == "start" and self._depth == 1:
            self.tables.append(Table(element.get(f"{_TABLE}name", "")))
            check_sheets(table.name for table in self.tables)
            self._number = 1

    def _take_cell(self, element: Element) -> None:
        times = _repeated(element, "number-columns-repeated")
        cell = _cell(element)
        if not cell.is_blank:
            # One too many is enough to be refused.
            for column in range(self._column, min(self._column + times, MAX_COLUMNS + 2)):
                self._row[column] = cell
            if self._column > MAX_COLUMNS:
                self._row[self._column] = cell
        self._column += times

    def _end_row(self) -> None:
        if self._row:
            for number in range(self._number, min(self._number + self._times, MAX_ROWS + 2)):
                self._put(number)
            if self._number > MAX_ROWS:
                self._put(self._number)
        self._number += self._times

    def _put(self, number: int) -> None:
        for column, cell in self._row.items():
            self._budget.put(self.tables[-1], number, column, cell)


def _repeated(element: Element, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _cell(element: Element) -> Cell:
    if element.get(f"{_TABLE}formula"):
        return Cell(problem=FORMULA)
    kind = element.get(f"{_OFFICE}value-type", "")
    if kind in _PROBLEMS:
        return Cell(problem=_PROBLEMS[kind])
    if kind in _NUMBERS:
        return number_cell(element.get(f"{_OFFICE}value", ""), is_percent=kind == "percentage")
    # The notes that are pinned to a cell are not in its paragraphs.
    lines = [_words(child) for child in element if child.tag == f"{_TEXT}p"]
    return text_cell("\n".join(lines))


def _words(paragraph: Element) -> str:
    """The text of a paragraph; several spaces are an element."""
    pieces = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            pieces.append(" ")
        elif child.tag != f"{_OFFICE}annotation":
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
