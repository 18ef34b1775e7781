"""A table as plain text (CSV): its encoding and its separator are found, never asked."""

import csv
import io
import re
from dataclasses import replace

from pages.typography import NBSP

from .cells import MAX_ROWS, MAX_TEXT_BYTES, Budget, Cell, SpreadsheetRefused, Table, text_cell

NOT_TEXT = (
    "Ce fichier n’est ni un tableur ni un texte. Envoyez un fichier .xlsx, .ods ou .csv enregistré "
    "par votre tableur."
)
TOO_LONG = (
    "Ce fichier texte est trop gros : 1 Mo au plus. Gardez seulement les lignes et les colonnes du "
    "modèle."
)
NOT_CLOSED = "unexpected end of data"
SEVERAL_LINES = (
    "Ce texte va à la ligne. Écrivez-le sur une seule ligne ; s’il contient ce qui est sur la "
    "ligne d’après, un guillemet y est de trop ou n’est pas refermé."
)
SEPARATORS = ";\t,"
# Blank lines count for nothing, but somebody has to stop reading them.
MAX_LINES = 20 * MAX_ROWS

_DECLARED = re.compile(r"sep=(.)", re.IGNORECASE)
_HEADINGS = re.compile(r"^.*\bcode\b.*$", re.IGNORECASE | re.MULTILINE)


def read_csv(data: bytes) -> list[Table]:
    """The table, as the only sheet, without a name.

    Raises:
        SpreadsheetRefused: it is not a text, or a line cannot be read.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise SpreadsheetRefused(TOO_LONG)
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    declared = _DECLARED.fullmatch(first.strip())
    # Excel's own way to say the separator; the line counts, it holds no cell.
    return [_table(f"\n{rest}", declared[1]) if declared else _table(text, _separator(text))]


def _separator(text: str) -> str:
    """The one that the line of headings has most; that of French spreadsheets otherwise."""
    headings = _HEADINGS.search(text)
    return max(SEPARATORS, key=headings[0].count) if headings else SEPARATORS[0]


def _decoded(data: bytes) -> str:
    """UTF-8, or what Excel writes: UTF-16 with its mark, Windows' own alphabet.

    Raises:
        SpreadsheetRefused: no text is written so.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SpreadsheetRefused(NOT_TEXT)


def _table(text: str, separator: str) -> Table:
    table, budget, begun = Table(), Budget(), 1
    # Strict: or a quote that nobody closes makes one text of all the lines that follow it.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(rows, start=1):
            if number > MAX_LINES:
                raise SpreadsheetRefused(
                    f"Ce tableur a trop de lignes{NBSP}: {MAX_ROWS} au plus. Gardez seulement "
                    "les lignes du modèle."
                )
            for column, cell in enumerate(row, start=1):
                if cell:
                    budget.put(table, number, column, _cell(cell))
            begun = rows.line_num + 1
    except csv.Error as error:
        if str(error) == NOT_CLOSED:
            raise SpreadsheetRefused(
                f"Un guillemet n’est pas refermé à la ligne {begun} de ce fichier : fermez-le ou "
                "retirez-le, ou enregistrez le tableur en .xlsx."
            ) from error
        raise SpreadsheetRefused(
            "Une ligne de ce fichier est illisible : vérifiez ses guillemets, ou enregistrez le "
            "tableur en .xlsx."
        ) from error
    return table


def _cell(text: str) -> Cell:
    """Its text; no figure nor note that holds an end of line, which may hold other lines."""
    cell = text_cell(text)
    return replace(cell, problem=SEVERAL_LINES) if len(cell.words.splitlines()) > 1 else cell
