"""What kind of file was sent, by what is in it; read, or refused with a sentence."""

from pathlib import PurePath

from .cells import MAX_BYTES, SpreadsheetRefused, Table
from .packages import BROKEN, PROTECTED, Package
from .reading_csv import NOT_TEXT, read_csv
from .reading_ods import read_ods
from .reading_xlsx import read_xlsx

XLSX, ODS, CSV = "xlsx", "ods", "csv"
EXTENSIONS = {"xlsx": XLSX, "ods": ODS, "csv": CSV, "txt": CSV, "tsv": CSV}
NAMES = {XLSX: "un classeur Excel (.xlsx)", ODS: "un classeur LibreOffice (.ods)", CSV: "un texte"}

_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How programs, pictures and archives begin.
_NO_SPREADSHEET = (
    b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf",
    b"Rar!", b"BZh", b"\xfd7zXZ", b"#!", b"\xca\xfe\xba\xbe", b"{\\rtf", b"SQLite format 3",
)  # fmt: skip
MACROS = (
    "Ce classeur contient des macros. Enregistrez-le en « Classeur Excel (.xlsx) », puis "
    "renvoyez-le."
)
OLD = (
    "C’est un ancien fichier Excel (.xls). Enregistrez-le en « Classeur Excel (.xlsx) », puis "
    "renvoyez-le."
)
BINARY = (
    "C’est un classeur Excel binaire (.xlsb). Enregistrez-le en « Classeur Excel (.xlsx) », puis "
    "renvoyez-le."
)
OTHER = (
    "Ce fichier n’est pas un tableur. Envoyez un fichier .xlsx, .ods ou .csv enregistré par votre "
    "tableur."
)
WEB_PAGE = (
    "C’est une page web ou un fichier XML, pas un tableur. Ouvrez-le dans votre tableur et "
    "enregistrez-le en .xlsx."
)
EMPTY = "Ce fichier est vide. Vérifiez que c’est bien celui que vous avez rempli."
TOO_BIG = (
    "Ce fichier est trop gros : 5 Mo au plus. Copiez vos chiffres dans le modèle de l’année, puis "
    "renvoyez-le."
)


def read_spreadsheet(data: bytes, name: str) -> list[Table]:
    """The sheets of a file that somebody sent.

    Args:
        data: What is in it.
        name: What it is called: its end must say what it is.

    Raises:
        SpreadsheetRefused: with a sentence that says what to do.
    """
    if len(data) > MAX_BYTES:
        raise SpreadsheetRefused(TOO_BIG)
    if not data.strip(b" \t\r\n\xef\xbb\xbf\x00"):
        raise SpreadsheetRefused(EMPTY)
    if data.startswith(_ZIP):
        package = Package(data)
        kind = _kind_of(package)
        _check_name(kind, name)
        return read_xlsx(package) if kind == XLSX else read_ods(package)
    _refuse_what_is_no_text(data)
    _check_name(CSV, name)
    return read_csv(data)


def _kind_of(package: Package) -> str:
    if "xl/workbook.bin" in package:
        raise SpreadsheetRefused(BINARY)
    if "xl/workbook.xml" in package:
        if any(file.endswith("vbaProject.bin") for file in package):
            raise SpreadsheetRefused(MACROS)
        return XLSX
    if "mimetype" in package and package.read("mimetype", 200).strip().startswith(_ODS_TYPE):
        return ODS
    raise SpreadsheetRefused(OTHER)


def _refuse_what_is_no_text(data: bytes) -> None:
    if data.startswith(_OLE):
        is_protected = "EncryptedPackage".encode("utf-16-le") in data
        raise SpreadsheetRefused(PROTECTED if is_protected else OLD)
    if data.startswith(_NO_SPREADSHEET):
        raise SpreadsheetRefused(OTHER)
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise SpreadsheetRefused(WEB_PAGE)


def _check_name(kind: str, name: str) -> None:
    """A file that is not what its name says was renamed: whoever sent it may have the wrong one."""
    extension = PurePath(name).suffix.lstrip(".").casefold()
    expected = EXTENSIONS.get(extension)
    if expected == kind:
        return
    if kind == CSV:
        raise SpreadsheetRefused(BROKEN if expected else NOT_TEXT)
    raise SpreadsheetRefused(
        f"Le nom de ce fichier finit par « .{extension} », mais c’est {NAMES[kind]}. "
        "Enregistrez-le de nouveau depuis votre tableur, puis renvoyez-le."
        if extension
        else f"Le nom de ce fichier n’a pas de fin. C’est {NAMES[kind]} : renommez-le."
    )
