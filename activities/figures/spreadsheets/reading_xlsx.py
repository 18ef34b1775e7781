"""An Excel workbook (XLSX), read without its formulas, its pictures or its styles.

Only four things are looked at: the names of the sheets, the shared texts, which formats are dates
or percentages, and the cells.
"""

import posixpath
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from .cells import (
    BOOLEAN,
    DATE,
    FAILED,
    FORMULA,
    UNREADABLE,
    Budget,
    Cell,
    Table,
    check_sheets,
    number_cell,
    text_cell,
)
from .packages import Package

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_xlsx(package: Package) -> list[Table]:
    """The sheets of a workbook: what is in the visible ones, the names of the hidden ones.

    Raises:
        SpreadsheetRefused: it cannot be read, or not within bounds.
    """
    files = _sheet_files(package)
    check_sheets(name for name, _file, _is_hidden in files)
    texts, formats, budget = _shared_texts(package), _formats(package), Budget()
    return [
        Table(name, is_hidden=True)
        if is_hidden
        else _Sheet(package, name, texts, formats, budget).read(file)
        for name, file, is_hidden in files
    ]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _tags(name: str) -> set[str]:
    """A tag in the two dialects of the format (« transitional » and « strict »)."""
    return {
        f"{{{space}}}{name}"
        for space in (
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
    }


def _sheet_files(package: Package) -> list[tuple[str, str, bool]]:
    """The name and the file of each sheet, and whether it is hidden."""
    targets = {}
    relation = {"{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"}
    for _event, element in package.elements(_RELATIONS, relation):
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        targets[element.get("Id", "")] = posixpath.normpath(path)
    sheets = []
    for _event, element in package.elements(_WORKBOOK, _tags("sheet")):
        identifier = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
        file = targets.get(identifier, "")
        if file in package:
            is_hidden = element.get("state", "visible") != "visible"
            sheets.append((element.get("name", ""), file, is_hidden))
    return sheets


def _shared_texts(package: Package) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in package:
        return []
    return [_text_of(element) for _event, element in package.elements(name, _tags("si"))]


def _text_of(element: Element) -> str:
    """The text, in pieces when parts of it are bold; without the reading aids of Japanese."""
    pieces = []
    for child in element:
        if _local(child.tag) == "t":
            pieces.append(child.text or "")
        elif _local(child.tag) == "r":
            pieces += [part.text or "" for part in child if _local(part.tag) == "t"]
    return "".join(pieces)


@dataclass(frozen=True)
class _Format:
    is_date: bool = False
    is_percent: bool = False


def _formats(package: Package) -> list[_Format]:
    """What the formats of cells say, in the order in which cells name them."""
    name = "xl/styles.xml"
    if name not in package:
        return []
    codes = dict(BUILTIN_FORMATS)
    formats = []
    kept = _tags("numFmt") | _tags("xf")
    groups = _tags("cellXfs")
    in_cells = False
    for event, element in package.elements(name, kept, groups):
        if element.tag in groups:
            in_cells = event == "start"
        elif _local(element.tag) == "numFmt":
            codes[_whole(element.get("numFmtId"))] = element.get("formatCode", "")[:200]
        elif in_cells:
            formats.append(_format(codes.get(_whole(element.get("numFmtId")), "")))
    return formats


def _format(code: str) -> _Format:
    is_date = code != "General" and bool(is_date_format(code))
    return _Format(is_date, "%" in _QUOTED.sub("", code))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


class _Sheet:
    """A sheet as it is read, cell after cell."""

    def __init__(
        self,
        package: Package,
        name: str,
        texts: list[str],
        formats: list[_Format],
        budget: Budget,
    ) -> None:
        self._package, self._texts, self._formats = package, texts, formats
        self._budget = budget
        self._table = Table(name)

    def read(self, file: str) -> Table:
        rows, cells = _tags("row"), _tags("c")
        row = column = 0
        for event, element in self._package.elements(file, cells, rows):
            if element.tag in rows:
                if event == "start":
                    row, column = max(_whole(element.get("r")), row + 1), 0
                continue
            address = _ADDRESS.fullmatch(element.get("r", ""))
            column = _column(address[1]) if address else column + 1
            self._budget.put(self._table, row, column, self._cell(element))
        return self._table

    def _cell(self, element: Element) -> Cell:
        parts = {_local(child.tag): child for child in element}
        if "f" in parts:
            return Cell(problem=FORMULA)
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return text_cell(_text_of(parts["is"])) if "is" in parts else Cell()
        written = (parts["v"].text or "") if "v" in parts else ""
        if not written:
            return Cell()
        if kind == "s":
            place = _whole(written.strip())
            is_there = 0 <= place < len(self._texts)
            return text_cell(self._texts[place]) if is_there else Cell(problem=UNREADABLE)
        if kind == "str":
            return text_cell(written)
        problem = {"b": BOOLEAN, "e": FAILED, "d": DATE}.get(kind)
        if problem:
            return Cell(problem=problem)
        style = _whole(element.get("s", "0"))
        shown = self._formats[style] if 0 <= style < len(self._formats) else _Format()
        if shown.is_date:
            return Cell(problem=DATE)
        return number_cell(written, is_percent=shown.is_percent)


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column
