"""The cells of a spreadsheet as they are read, whatever the kind of file; what bounds a file.

A reader makes ``Table`` objects and nothing else: what a cell means is decided elsewhere
(``rows``, ``importing``). Each reader counts what it reads with a ``Budget``, so that a small file
cannot hold a huge one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation

from activities.figures.formatting import NumberError, parse_number
from activities.models.indicators import PERCENT
from pages.typography import NBSP, french

# A year has some two hundred figures: ten times that is still an honest spreadsheet.
MAX_BYTES = 5_000_000
# A text has no drawing nor format to carry.
MAX_TEXT_BYTES = 1_000_000
MAX_UNPACKED = 16_000_000
MAX_PART = 8_000_000
MAX_SHEETS = 60
MAX_ROWS = 5_000
MAX_COLUMNS = 100
MAX_CELLS = 60_000
MAX_TEXT = 2_000
# A number in a file: Excel writes seventeen digits and an exponent.
MAX_DIGITS = 40

FORMULA = (
    "Cette cellule contient une formule. Collez à sa place la valeur qu’elle donne "
    "(Collage spécial, Valeurs), ou tapez le nombre."
)
DATE = "Cette cellule contient une date ou une heure. Donnez-lui un format de nombre et retapez-le."
BOOLEAN = "Cette cellule contient « vrai » ou « faux ». Écrivez un nombre."
FAILED = "Cette cellule contient une erreur du tableur. Écrivez un nombre."
UNREADABLE = "Ce nombre est illisible. Retapez-le."
TOO_LONG = "Ce texte est trop long pour une cellule."
NOT_A_PERCENTAGE = "Ce chiffre n’est pas un pourcentage. Écrivez le nombre seul."

# What a spreadsheet keeps of a number: 0.1 + 0.2 is 0.3 in its cell.
_AS_SHOWN = Context(prec=15)


class SpreadsheetRefused(Exception):
    """A file that is not read at all; its text is the sentence to show."""

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence))


@dataclass(frozen=True)
class Cell:
    """What is in a cell: a text, or a number, or why it can be neither."""

    text: str = ""
    number: Decimal | None = None
    is_percent: bool = False
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read."""
        return self.number is None and not self.problem and not self.text.strip(f" \t\r\n{NBSP}")

    def figure(self, unit: str) -> Decimal | None:
        """The number that somebody meant, if there is one.

        Args:
            unit: The unit of the indicator, which a text may repeat.

        Raises:
            NumberError: with a sentence that says what to write.
        """
        if self.problem:
            raise NumberError(self.problem)
        if self.number is None:
            if self.text.lstrip().startswith("="):
                raise NumberError(FORMULA)
            return parse_number(self.text, unit)
        if not self.is_percent:
            return self.number
        if unit != PERCENT:
            raise NumberError(NOT_A_PERCENTAGE)
        return self.number * 100

    @property
    def words(self) -> str:
        """Its content as a text: a heading, a code, a note."""
        if self.number is not None and not self.text:
            return f"{self.number:f}"
        return self.text.strip()


def number_cell(written: str, *, is_percent: bool = False) -> Cell:
    """The cell of a number, as a file writes it: ``0.30000000000000004``, ``1E5``."""
    try:
        number = _AS_SHOWN.create_decimal(written.strip()) if len(written) <= MAX_DIGITS else None
    except InvalidOperation:
        number = None
    # Far from any figure: to write it out would take thousands of zeros.
    if number is None or not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        return Cell(problem=UNREADABLE)
    return Cell(number=number, is_percent=is_percent)


def text_cell(text: str) -> Cell:
    """The cell of a text."""
    return Cell(problem=TOO_LONG) if len(text) > MAX_TEXT else Cell(text=text)


@dataclass
class Table:
    """A sheet: its cells that hold something, by row and column, both from 1."""

    name: str = ""
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    # One that its reader does not show is named, not read.
    is_hidden: bool = False

    def place(self, row: int, column: int) -> str:
        """Where a cell is, as one looks for it in the spreadsheet."""
        cell = f"cellule {column_letters(column)}{row}"
        return f"feuille «{NBSP}{self.name}{NBSP}», {cell}" if self.name else cell


def column_letters(column: int) -> str:
    """The name of a column: A, Z, AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = f"{chr(65 + rest)}{letters}"
    return letters


class Budget:
    """What may still be read of a file."""

    def __init__(self) -> None:
        self.cells = MAX_CELLS

    def put(self, table: Table, row: int, column: int, cell: Cell) -> None:
        """Keep a cell, unless it is blank.

        Raises:
            SpreadsheetRefused: the file holds more than a year of figures can.
        """
        if cell.is_blank:
            return
        if row > MAX_ROWS:
            raise SpreadsheetRefused(
                f"Ce tableur a trop de lignes{NBSP}: {MAX_ROWS} au plus par feuille. Gardez "
                "seulement les lignes du modèle."
            )
        if column > MAX_COLUMNS:
            raise SpreadsheetRefused(
                f"Ce tableur a trop de colonnes{NBSP}: {MAX_COLUMNS} au plus. Gardez seulement "
                "celles du modèle."
            )
        self.cells -= 1
        if self.cells < 0:
            raise SpreadsheetRefused(
                f"Ce tableur a trop de cellules remplies{NBSP}: {MAX_CELLS} au plus. Gardez "
                "seulement celles du modèle."
            )
        table.rows.setdefault(row, {})[column] = cell


def check_sheets(names: Iterable[str]) -> None:
    """Refuse a file with more sheets than anybody fills in.

    Raises:
        SpreadsheetRefused: there are too many.
    """
    if len(list(names)) > MAX_SHEETS:
        raise SpreadsheetRefused(f"Ce tableur a trop de feuilles{NBSP}: {MAX_SHEETS} au plus.")
