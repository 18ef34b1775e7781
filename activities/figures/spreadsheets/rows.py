"""Where the figures are in the sheets: the line of headings, then a line for each figure.

The headings may stand anywhere near the top, in any order, under titles and beside other columns.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from pages.typography import NBSP

from .cells import Cell, SpreadsheetRefused, Table

# Headings are looked for in the first lines only.
MAX_TITLES = 60

_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_CODES = {"code", "code de l'indicateur", "code indicateur"}
_PARTS = {"part", "ventilation", "code de la part"}
_INSTRUCTIONS = "mode d'emploi"
_VALUES = {"valeur", "chiffre"}


@dataclass(frozen=True)
class Row:
    """A line that names an indicator: its code, its part if it has one, its two cells to read."""

    code: str
    part: str
    number: Cell
    note: Cell
    place: str
    note_place: str
    # The cell of the year before, which is there to compare: nothing in it is imported.
    before: Cell = field(default_factory=Cell)
    before_place: str = ""
    # In a file that the site made for readers, what is computed stands beside what is typed.
    is_export: bool = False


@dataclass
class Found:
    """What the sheets hold for a year: the figures, and what is there without being read."""

    rows: list[Row] = field(default_factory=list)
    without_code: list[str] = field(default_factory=list)
    # The names of the sheets that hold something else.
    sheets: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Headings:
    """The columns of a sheet that has some; 0 for one that it has not."""

    row: int
    code: int
    part: int
    number: int
    note: int
    year: int
    before: int = 0


def find_rows(tables: list[Table], year: int) -> Found:
    """The lines of a year in all the sheets.

    Raises:
        SpreadsheetRefused: no sheet has headings, or they are those of another year.
    """
    found, has_headings, other_years = Found(), False, set[int]()
    for table in tables:
        headings = None if table.is_hidden else _headings_of(table, other_years, year)
        if headings is None:
            if (table.rows or table.is_hidden) and plain(table.name) != _INSTRUCTIONS:
                found.sheets.append(table.name)
            continue
        has_headings = True
        _read(table, headings, year, found, other_years)
    if found.rows or (has_headings and not other_years):
        return found
    if year in other_years:
        last = max(other_years)
        raise SpreadsheetRefused(
            f"La dernière colonne est {last}{NBSP}: ce tableur n’est pas celui de {year}. "
            f"Choisissez {last} en haut de cette page, ou téléchargez le modèle de {year}."
        )
    if other_years:
        known = " et ".join(str(other) for other in sorted(other_years)[-2:])
        raise SpreadsheetRefused(
            f"Ce tableur donne les chiffres de {known}, pas ceux de {year}. Choisissez la bonne "
            f"année en haut de cette page, ou téléchargez le modèle de {year}."
        )
    raise SpreadsheetRefused(
        f"On ne trouve pas la ligne de titres{NBSP}: il faut au moins une colonne «{NBSP}Code"
        f"{NBSP}» et une colonne «{NBSP}{year}{NBSP}». Téléchargez le modèle de {year} et "
        "remplissez-le."
    )


def plain(text: str) -> str:
    """A heading without its capitals, its accents and its spaces."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(letters.split())


def _headings_of(table: Table, other_years: set[int], year: int) -> _Headings | None:
    for row in sorted(table.rows):
        if row > MAX_TITLES:
            return None
        titles = {column: plain(cell.words) for column, cell in table.rows[row].items()}
        code = _first(titles, _CODES)
        if not code:
            continue
        part = _first(titles, _PARTS)
        note = next((c for c, title in sorted(titles.items()) if title.startswith("note")), 0)
        value, counted = _first(titles, _VALUES), _first(titles, {"annee"})
        if value and counted:
            return _Headings(row, code, part, value, note, counted)
        years = _years_of(titles)
        if not years:
            continue
        # Beside the year that is asked for stands the year before, never the next one.
        if max(years.values()) != year:
            other_years |= set(years.values())
            return None
        columns = [column for column, known in years.items() if known == year]
        if len(columns) > 1:
            raise SpreadsheetRefused(
                f"Deux colonnes sont celles de {year} ({table.place(row, columns[0])}, "
                f"{table.place(row, columns[1])}). Gardez-en une."
            )
        before = [c for c, title in titles.items() if title.startswith(str(year - 1))]
        is_before_known = len(before) == 1
        return _Headings(row, code, part, columns[0], note, 0, before[0] if is_before_known else 0)
    return None


def _years_of(titles: dict[int, str]) -> dict[int, int]:
    """The columns of years: those that say nothing else, « 2020 en nombre » without any."""
    alone = {column: int(title) for column, title in titles.items() if _YEAR.fullmatch(title)}
    return alone or {
        column: int(years[0])
        for column, title in titles.items()
        if len(years := _YEAR.findall(title)) == 1 and not title.startswith("note")
    }


def _first(titles: dict[int, str], wanted: set[str]) -> int:
    return next((column for column, title in sorted(titles.items()) if title in wanted), 0)


def _read(
    table: Table, headings: _Headings, year: int, found: Found, other_years: set[int]
) -> None:
    for number, cells, place in _lines_below(table, headings):
        code = cells.get(headings.code, Cell()).words
        figure = cells.get(headings.number, Cell())
        note = cells.get(headings.note, Cell())
        if not code:
            if not figure.is_blank:
                found.without_code.append(place)
            continue
        if headings.year:
            counted = cells.get(headings.year, Cell()).words
            if counted != str(year):
                other_years |= {int(counted)} if _YEAR.fullmatch(counted) else set()
                continue
        found.rows.append(
            Row(
                code=code.casefold(),
                part=cells.get(headings.part, Cell()).words.casefold(),
                number=figure,
                note=note,
                place=place,
                note_place=table.place(number, headings.note),
                before=cells.get(headings.before, Cell()),
                before_place=table.place(number, headings.before),
                is_export=bool(headings.year),
            )
        )


def _lines_below(table: Table, headings: _Headings) -> Iterator[tuple[int, dict[int, Cell], str]]:
    for number in sorted(table.rows):
        if number > headings.row:
            yield number, table.rows[number], table.place(number, headings.number)
