"""Spreadsheets as people and machines make them: odd ones to read, bad ones to refuse.

They are made here, not kept as files: what is wrong with each is written beside it.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

YEAR = 2020
HEAD = ("Code", "Part", "Indicateur", "Unité", "2019, pour mémoire", "2020", "Note publiée")
XLSX_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
SHEET_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def line(code: str = "entrees", number: Any = 12, note: Any = "", part: str = "") -> list[Any]:
    """A line of the sheet, under ``HEAD``."""
    return [code, part, "Un indicateur", "personnes", 10, number, note]


# --- Excel ------------------------------------------------------------------------------------


def xlsx(
    *lines: Sequence[Any], head: Sequence[Any] = HEAD, formats: Any = (), **more: Any
) -> bytes:
    """A workbook of one sheet « Feuille »; ``formats`` are pairs (address, number format)."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Feuille"
    for cells in [*more.get("above", ()), head, *lines]:
        sheet.append(list(cells))
    for address, number_format in formats:
        sheet[address].number_format = number_format
    for cells in more.get("merged", ()):
        sheet.merge_cells(cells)
    for title, others in more.get("sheets", {}).items():
        other = workbook.create_sheet(title)
        for cells in others:
            other.append(list(cells))
    for title in more.get("hidden", ()):
        workbook[title].sheet_state = "hidden"
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def archive(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return file.getvalue()


def bare_xlsx(sheet: str, **files: str | bytes) -> bytes:
    """A workbook whose only sheet holds this XML, and these other files of ``xl/``."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return archive(
        {
            "[Content_Types].xml": XLSX_TYPES,
            "xl/workbook.xml": f'<workbook xmlns="{SHEET_SPACE}" xmlns:r="{RELATIONS_SPACE}">'
            '<sheets><sheet name="Feuille" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}">'
            '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
            **{f"xl/{name.replace('__', '.')}": content for name, content in files.items()},
        }
    )


def sheet_xml(rows: str) -> str:
    """The XML of a sheet that holds these rows."""
    return f'<worksheet xmlns="{SHEET_SPACE}"><sheetData>{rows}</sheetData></worksheet>'


def row_xml(number: int, cells: Iterable[str]) -> str:
    """A row of texts."""
    inside = "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in cells)
    return f'<row r="{number}">{inside}</row>'


def xlsx_cell(cell: str, styles: str = "") -> bytes:
    """A workbook whose figure, F2, is this XML."""
    rows = row_xml(1, HEAD) + (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>entrees</t></is></c>' + cell + "</row>"
    )
    return bare_xlsx(sheet_xml(rows), **({"styles__xml": styles} if styles else {}))


def many_rows(count: int) -> bytes:
    """A workbook with far too many lines."""
    lines = (row_xml(number, ["entrees", "", "", "", "", "12"]) for number in range(2, count))
    return bare_xlsx(sheet_xml(row_xml(1, HEAD) + "".join(lines)))


def many_cells(count: int) -> bytes:
    """A workbook with a line that never ends, every cell of it filled."""
    return bare_xlsx(sheet_xml(row_xml(1, HEAD) + f'<row r="2">{"<c><v>1</v></c>" * count}</row>'))


def zip_bomb() -> bytes:
    """A workbook that unpacks to two hundred million bytes."""
    return bare_xlsx(sheet_xml(row_xml(1, HEAD)) + " " * 200_000_000)


def lying_zip() -> bytes:
    """A workbook that unpacks to a hundred times what it declares."""
    data = bytearray(bare_xlsx(sheet_xml(row_xml(1, HEAD) + " " * 7_900_000), styles__xml=(
        f'<styleSheet xmlns="{SHEET_SPACE}">' + " " * 7_900_000 + "</styleSheet>")))  # fmt: skip
    place = -1
    while (place := data.find(b"PK\x01\x02", place + 1)) >= 0:
        (size,) = struct.unpack_from("<I", data, place + 24)
        if size > 1_000_000:
            struct.pack_into("<I", data, place + 24, 2_000)
    return bytes(data)


def three_large_parts() -> bytes:
    """A workbook of which no part is too large, but all of them are."""
    blank = " " * 7_500_000
    styles = f'<styleSheet xmlns="{SHEET_SPACE}">{blank}</styleSheet>'
    texts = f'<sst xmlns="{SHEET_SPACE}">{blank}</sst>'
    sheet = sheet_xml(row_xml(1, HEAD) + blank)
    return bare_xlsx(sheet, styles__xml=styles, sharedStrings__xml=texts)


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def with_text(declaration: str, text: str) -> str:
    """The XML of a sheet after a declaration, with this text as the figure."""
    rows = row_xml(1, HEAD) + (
        '<row r="2"><c t="inlineStr"><is><t>entrees</t></is></c>'
        f'<c r="F2" t="inlineStr"><is><t>{text}</t></is></c></row>'
    )
    return f'<?xml version="1.0"?>{declaration}{sheet_xml(rows)}'


def encrypted_zip() -> bytes:
    """An archive whose files are under a password, by their flag."""
    data = bytearray(xlsx(line()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + offset] |= 1
    return bytes(data)


def damaged() -> bytes:
    """A workbook of which some bytes are others."""
    data = bytearray(xlsx(*[line() for _number in range(50)]))
    start = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


def with_file(data: bytes, name: str, content: bytes = b"") -> bytes:
    """The archive with one file more."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr(name, content)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


# --- LibreOffice ------------------------------------------------------------------------------


def ods_cell(value: Any) -> str:
    """A cell as LibreOffice writes it."""
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    text = escape(str(value))
    kind = ' office:value-type="string"' if text else ""
    return f"<table:table-cell{kind}><text:p>{text}</text:p></table:table-cell>"


def ods_row(cells: Iterable[Any], attributes: str = "") -> str:
    """A row as LibreOffice writes it; a cell that begins with « < » is XML already."""
    inside = "".join(cell if str(cell).startswith("<table:") else ods_cell(cell) for cell in cells)
    return f"<table:table-row{attributes}>{inside}</table:table-row>"


def ods(*rows: str, declaration: str = "", **files: str | bytes) -> bytes:
    """A spreadsheet of one sheet « Feuille »."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{declaration}<office:document-content {ODS_SPACES}>'
        '<office:body><office:spreadsheet><table:table table:name="Feuille">'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    named = {name.replace("__", "/").replace("_", "-"): text for name, text in files.items()}
    return archive({"mimetype": ODS_TYPE, "content.xml": content, **named})


def filled_ods(cell: str, attributes: str = "") -> bytes:
    """A spreadsheet whose figure, F2, is this XML."""
    cells = ["entrees", "", "", "", "", cell]
    return ods(ods_row(HEAD), ods_row(cells, attributes))


def typed(kind: str, **attributes: str) -> str:
    """A cell of a kind, with its own attribute."""
    named = " ".join(f'office:{name.replace("_", "-")}="{v}"' for name, v in attributes.items())
    opening = f'<table:table-cell office:value-type="{kind}" {named}>'
    return f"{opening}<text:p>x</text:p></table:table-cell>"


# --- Texts ------------------------------------------------------------------------------------


def text(*lines: Sequence[Any], separator: str = ";", head: Sequence[Any] = HEAD) -> str:
    """A table as a French spreadsheet writes it."""
    return "".join(f"{separator.join(str(cell) for cell in cells)}\r\n" for cells in [head, *lines])


# --- What is refused --------------------------------------------------------------------------


@dataclass(frozen=True)
class Bad:
    """A file, and the sentence (or its beginning) that refuses it, with the cell if it is one."""

    make: Callable[[], bytes]
    says: str
    name: str = "chiffres.xlsx"
    place: str = ""


def cell(value: Any, says: str, code: str = "entrees", **more: Any) -> Bad:
    """A workbook whose figure is wrong."""
    place = "feuille «\u00a0Feuille\u00a0», cellule F2"
    return Bad(lambda: xlsx(line(code, value), **more), says, place=place)


def csv(content: str | bytes, says: str, place: str = "", name: str = "chiffres.csv") -> Bad:
    """A text that is refused."""
    data = content.encode() if isinstance(content, str) else content
    return Bad(lambda: data, says, name, place)


FORMULA = "Cette cellule contient une formule."
DATE = "Cette cellule contient une date"
BROKEN = "Ce fichier est abîmé ou incomplet."
TOO_LARGE = "Ce fichier est trop gros une fois ouvert"
SUSPICIOUS = "Ce fichier contient des déclarations qu’aucun tableur n’écrit."
OTHER = "Ce fichier n’est pas un tableur."
ODS_NAME = "chiffres.ods"
F2 = "cellule F2"

BAD: dict[str, Bad] = {
    # The wrong file.
    "empty": Bad(lambda: b"", "Ce fichier est vide."),
    "blank_text": csv("\r\n \r\n\t\r\n", "Ce fichier est vide."),
    "only_zeros": csv(bytes(5000), "Ce fichier est vide."),
    "too_big": Bad(lambda: bytes([65]) * 5_000_001, "Ce fichier est trop gros\u00a0: 5\u00a0Mo"),
    "program_named_xlsx": Bad(lambda: b"MZ\x90\x00" + bytes(3000), OTHER),
    "linux_program_named_csv": csv(b"\x7fELF\x02\x01\x01" + bytes(3000), OTHER),
    "script_named_csv": csv("#!/bin/sh\nrm -rf /\n", OTHER),
    "pdf_named_xlsx": Bad(lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", OTHER),
    "picture_named_csv": csv(b"\x89PNG\r\n\x1a\n" + bytes(100), OTHER),
    "gzip_named_ods": Bad(lambda: b"\x1f\x8b\x08" + bytes(100), OTHER, ODS_NAME),
    "zeros_in_csv": csv(text(line()).encode() + b"\x00" * 50, "Ce fichier n’est ni un tableur"),
    "noise_named_csv": csv(bytes(range(128, 256)) * 20, "Ce fichier n’est ni un tableur"),
    "web_page_named_xls": csv(
        "<html><table><tr><td>Code</td></tr></table></html>",
        "C’est une page web",
        name="chiffres.xls",
    ),
    "web_page_named_csv": csv("\ufeff <!DOCTYPE html><table></table>", "C’est une page web"),
    "old_excel": Bad(lambda: OLE, "C’est un ancien fichier Excel", "chiffres.xls"),
    "old_excel_renamed": Bad(lambda: OLE, "C’est un ancien fichier Excel"),
    "password_excel": Bad(
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "Ce fichier est protégé"
    ),
    "password_zip": Bad(encrypted_zip, "Ce fichier est protégé"),
    "password_ods": Bad(
        lambda: ods(**{"META_INF__manifest.xml": "<a><manifest:encryption-data/></a>"}),
        "Ce fichier est protégé",
        ODS_NAME,
    ),
    "macros": Bad(
        lambda: with_file(xlsx(line()), "xl/vbaProject.bin"), "Ce classeur contient des macros."
    ),
    "macros_named_xlsm": Bad(
        lambda: with_file(xlsx(line()), "xl/vbaProject.bin"),
        "Ce classeur contient des macros.",
        "chiffres.xlsm",
    ),
    "binary_excel": Bad(
        lambda: archive({"xl/workbook.bin": b"x"}), "C’est un classeur Excel binaire"
    ),
    "word_document": Bad(lambda: archive({"word/document.xml": "<a/>"}), OTHER),
    "odt_named_ods": Bad(
        lambda: archive({"mimetype": "application/vnd.oasis.opendocument.text"}), OTHER, ODS_NAME
    ),
    "archive_of_a_folder": Bad(lambda: archive({"a.txt": "a"}), OTHER),
    "xlsx_named_csv": Bad(lambda: xlsx(line()), "Le nom de ce fichier finit par", "chiffres.csv"),
    "ods_named_xlsx": Bad(lambda: ods(ods_row(HEAD)), "Le nom de ce fichier finit par"),
    "xlsx_without_extension": Bad(
        lambda: xlsx(line()), "Le nom de ce fichier n’a pas de fin", "chiffres"
    ),
    "text_named_xlsx": Bad(lambda: text(line()).encode(), BROKEN),
    # Damaged.
    "half_an_xlsx": Bad(lambda: xlsx(line())[:2000], BROKEN),
    "only_a_signature": Bad(lambda: b"PK\x03\x04", BROKEN),
    "damaged_xlsx": Bad(damaged, BROKEN),
    "xlsx_without_sheet_list": Bad(lambda: archive({"xl/workbook.xml": "<workbook/>"}), BROKEN),
    "xlsx_that_is_no_xml": Bad(lambda: bare_xlsx("<worksheet><sheetData>"), BROKEN),
    "ods_that_is_no_xml": Bad(lambda: ods("<table:table-row>"), BROKEN, ODS_NAME),
    "ods_without_content": Bad(lambda: archive({"mimetype": ODS_TYPE}), BROKEN, ODS_NAME),
    "xlsx_in_an_unknown_alphabet": Bad(
        lambda: bare_xlsx('<?xml version="1.0" encoding="klingon"?>' + sheet_xml("")), BROKEN
    ),
    "xlsx_packed_another_way": Bad(
        lambda: archive({"xl/workbook.xml": "<a/>", "xl/_rels/workbook.xml.rels": "<a/>"},
                        zipfile.ZIP_LZMA),
        BROKEN,
    ),
    # Meant to hurt.
    "zip_bomb": Bad(zip_bomb, TOO_LARGE),
    "zip_that_lies": Bad(lying_zip, BROKEN),
    "zip_of_three_large_parts": Bad(three_large_parts, TOO_LARGE),
    "ten_thousand_files": Bad(
        lambda: archive({f"f{number}": "" for number in range(10_000)}), TOO_LARGE
    ),
    "billion_laughs": Bad(lambda: bare_xlsx(with_text(LAUGHS, "&i;")), SUSPICIOUS),
    "billion_laughs_ods": Bad(
        lambda: ods(ods_row(HEAD), declaration=LAUGHS), SUSPICIOUS, ODS_NAME
    ),
    "external_entity": Bad(lambda: bare_xlsx(with_text(EXTERNAL, "&x;")), SUSPICIOUS),
    "external_entity_in_texts": Bad(
        lambda: bare_xlsx(sheet_xml(row_xml(1, HEAD)), sharedStrings__xml=f"{EXTERNAL}<sst/>"),
        SUSPICIOUS,
    ),
    "a_tag_that_never_ends": Bad(
        lambda: bare_xlsx(sheet_xml(f'<row a="{"b" * 7_900_000}"/>')),
        "On ne trouve pas la ligne de titres",
    ),
    "deep_nesting": Bad(lambda: bare_xlsx(sheet_xml("<a>" * 5000 + "</a>" * 5000)), SUSPICIOUS),
    "a_million_elements": Bad(lambda: bare_xlsx(sheet_xml("<row/>" * 1_000_000)), TOO_LARGE),
    "too_many_rows": Bad(lambda: many_rows(20_000), "Ce tableur a trop de lignes"),
    "too_many_cells": Bad(lambda: many_cells(200_000), "Ce tableur a trop de colonnes"),
    "a_cell_at_the_end_of_the_world": Bad(
        lambda: xlsx_cell('<c r="F2"><v>1</v></c></row><row r="1048576"><c r="A1"><v>1</v></c>'),
        "Ce tableur a trop de lignes",
    ),
    "too_many_columns": Bad(
        lambda: xlsx(line(), [1] * 300), "Ce tableur a trop de colonnes"
    ),
    "too_many_sheets": Bad(
        lambda: xlsx(line(), sheets={f"F{number}": [] for number in range(80)}),
        "Ce tableur a trop de feuilles",
    ),
    "ods_rows_repeated": Bad(
        lambda: filled_ods("12", ' table:number-rows-repeated="1048576"'),
        "Ce tableur a trop de lignes",
        ODS_NAME,
    ),
    "ods_columns_repeated": Bad(
        lambda: filled_ods('<table:table-cell table:number-columns-repeated="16384" '
                           'office:value-type="float" office:value="1"/>'),
        "Ce tableur a trop de colonnes",
        ODS_NAME,
    ),
    "ods_both_repeated": Bad(
        lambda: filled_ods('<table:table-cell table:number-columns-repeated="90" '
                           'office:value-type="float" office:value="1"/>',
                           ' table:number-rows-repeated="4000"'),
        "Ce tableur a trop de cellules remplies",
        ODS_NAME,
    ),
    "csv_of_a_million_lines": csv(
        text(line()) + "x;y\r\n" * 150_000, "Ce tableur a trop de lignes"
    ),
    "csv_too_big": csv(text(line()) + "x" * 1_000_000, "Ce fichier texte est trop gros"),
    "csv_of_only_separators": csv(
        text(head=("Code", "2019")) + ";" * 900_000, "Ce tableur donne les chiffres de 2019"
    ),
    "csv_of_blank_lines": csv(text(line()) + "\r\n" * 400_000, "Ce tableur a trop de lignes"),
    "csv_of_a_huge_field": csv(text(line()) + '"' + "a" * 400_000, "Une ligne de ce fichier"),
    "csv_of_many_columns": csv(text(line(), ["1"] * 5_000), "Ce tableur a trop de colonnes"),
    # Not the year's figures.
    "no_headings": Bad(lambda: xlsx(head=("a", "b")), "On ne trouve pas la ligne de titres"),
    "headings_too_low": Bad(
        lambda: xlsx(line(), above=[["x"]] * 80), "On ne trouve pas la ligne de titres"
    ),
    "no_column_of_codes": Bad(
        lambda: xlsx(head=("Indicateur", "2020")), "On ne trouve pas la ligne de titres"
    ),
    "another_year": Bad(
        lambda: xlsx(line(), head=(*HEAD[:4], "2017", "2018", "Note")),
        "Ce tableur donne les chiffres de 2017 et 2018, pas ceux de 2020.",
    ),
    "the_year_after": Bad(
        lambda: xlsx(line(), head=(*HEAD[:4], "2020", "2021", "Note")),
        "La dernière colonne est 2021 : ce tableur n’est pas celui de 2020.",
    ),
    "the_year_twice": Bad(
        lambda: xlsx(line(), head=(*HEAD[:4], "2020", "2020", "Note")),
        "Deux colonnes sont celles de 2020 (feuille «\u00a0Feuille\u00a0», cellule E1",
    ),
    "export_of_another_year": csv(
        "code;libelle;annee;ventilation;valeur\r\nentrees;E;2018;;12\r\n",
        "Ce tableur donne les chiffres de 2018",
    ),
    # A cell that cannot be a figure.
    "formula": cell("=6*2", FORMULA),
    "formula_with_its_value": Bad(
        lambda: xlsx_cell('<c r="F2"><f>6*2</f><v>12</v></c>'), FORMULA, place=F2
    ),
    "shared_formula": Bad(
        lambda: xlsx_cell('<c r="F2"><f t="shared" si="0"/><v>12</v></c>'), FORMULA, place=F2
    ),
    "formula_of_ods": Bad(
        lambda: filled_ods('<table:table-cell table:formula="of:=6*2" office:value-type="float" '
                           'office:value="12"/>'),
        FORMULA, ODS_NAME, F2,
    ),
    "formula_of_csv": csv(text(line(number="=6*2")), FORMULA, F2),
    "command_of_csv": csv(text(line(number="=cmd|' /C calc'!A0")), FORMULA, F2),
    "formula_in_a_note": Bad(
        lambda: xlsx(line(note='=HYPERLINK("http://x")')), FORMULA, place="cellule G2"
    ),
    "date": cell(date(2020, 3, 12), DATE),
    "hour": cell(time(12, 30), DATE),
    "date_of_ods": Bad(
        lambda: filled_ods(typed("date", date_value="2020-03-12")), DATE, ODS_NAME, F2
    ),
    "duration_of_ods": Bad(
        lambda: filled_ods(typed("time", time_value="PT12H")), DATE, ODS_NAME, F2
    ),
    "date_of_csv": csv(text(line(number="12/03/2020")), "« 12/03/2020 » n’est pas un nombre", F2),
    "true": cell(True, "Cette cellule contient « vrai » ou « faux »."),
    "true_of_ods": Bad(
        lambda: filled_ods(typed("boolean", boolean_value="true")),
        "Cette cellule contient « vrai »", ODS_NAME, F2,
    ),
    "error": Bad(
        lambda: xlsx_cell('<c r="F2" t="e"><v>#N/A</v></c>'),
        "Cette cellule contient une erreur du tableur.", place=F2,
    ),
    "text_that_is_not_there": Bad(
        lambda: xlsx_cell('<c r="F2" t="s"><v>99</v></c>'), "Ce nombre est illisible.", place=F2
    ),
    "not_a_number_at_all": Bad(
        lambda: xlsx_cell('<c r="F2"><v>NaN</v></c>'), "Ce nombre est illisible.", place=F2
    ),
    "a_number_of_a_million_digits": Bad(
        lambda: xlsx_cell(f'<c r="F2"><v>{"9" * 1_000_000}</v></c>'),
        "Ce nombre est illisible.", place=F2,
    ),
    "huge_exponent": Bad(
        lambda: xlsx_cell('<c r="F2"><v>1E999999</v></c>'), "Ce nombre est illisible.", place=F2
    ),
    "words": cell("douze", "« douze » n’est pas un nombre."),
    "two_readings": cell("1.234", "« 1.234 » peut se lire de deux façons."),
    "long_text": cell("9" * 3000, "Ce texte est trop long"),
    "half_a_person": cell(12.5, "Écrivez un nombre entier, sans virgule."),
    "negative": cell(-3, "Pas moins de 0"),
    "too_large_number": cell(10**12, "Ce nombre est trop grand"),
    "above_the_most": cell(120, "Pas plus de 100", code="taux"),
    "too_many_decimals": cell(12.123, "Pas plus de", code="taux"),
    "percentage_of_people": cell(
        0.42, "Ce chiffre n’est pas un pourcentage.", formats=[("F2", "0 %")]
    ),
    "euros_of_people": cell("12 €", "Ce chiffre n’est pas un montant"),
    "erasing": cell("effacer", "Un tableur n’efface pas de chiffre."),
    "unknown_code": cell(12, "Ce code n’est celui d’aucun indicateur.", code="inconnu"),
    "code_that_hurts": cell(
        12, "Ce code n’est celui d’aucun indicateur.", code="<script>alert(1)</script>"
    ),
    "computed": cell(60, "Ce chiffre se calcule tout seul", code="part_femmes"),
    "no_longer_counted": cell(3, "Cet indicateur n’est plus compté.", code="ancien"),
    "unknown_part": Bad(
        lambda: xlsx(line(part="dispositif/xyz")), "«\u00a0dispositif/xyz\u00a0» n’est le code",
        place=F2,
    ),
    "part_of_another": Bad(
        lambda: xlsx(line("femmes", part="dispositif/aci")), "Cet indicateur n’est pas détaillé",
        place=F2,
    ),
    "given_twice": Bad(
        lambda: xlsx(line(), line(number=13)), "Ce chiffre est donné deux fois", place="cellule F3"
    ),
    "given_twice_in_two_sheets": Bad(
        lambda: xlsx(line(), sheets={"Autre": [HEAD, line()]}),
        "Ce chiffre est donné deux fois\u00a0: aussi feuille «\u00a0Feuille\u00a0», cellule F2",
        place="feuille «\u00a0Autre\u00a0», cellule F2",
    ),
    "long_note": Bad(
        lambda: xlsx(line(note="a" * 301)), "Une note a 300 caractères au plus.",
        place="cellule G2",
    ),
    "note_without_a_figure": Bad(
        lambda: xlsx(line(number=None, note="Pourquoi")), "Cette note n’a pas de chiffre.",
        place="cellule G2",
    ),
    # What cannot be true.
    "more_women_than_people": Bad(
        lambda: xlsx(line(number=4), line("femmes", 7)), "« Femmes » (7) dépasse « Entrées » (4)."
    ),
    "parts_above_their_total": Bad(
        lambda: xlsx(line(number=4), line(number=9, part="dispositif/aci")), "les parts font 9"
    ),
}  # fmt: skip


# --- What is read -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Odd:
    """A file that looks strange and is right, and the figures that it gives."""

    make: Callable[[], bytes]
    name: str = "chiffres.xlsx"
    figures: tuple[tuple[str, str], ...] = (("entrees", "12"),)


def odd_text(content: str, encoding: str = "utf-8", name: str = "chiffres.csv") -> Odd:
    """A text that gives 1 234 people and a note with an accent."""
    return Odd(lambda: content.encode(encoding), name, (("entrees", "1234"), ("note", "Été")))


LINE_OF_TEXT = line(number="1\u202f234", note="Été")
SPACED = tuple(
    (f"space_{ord(space):04x}", space) for space in " \u00a0\u2002\u2007\u2009\u200a\u202f\u3000"
)

ODD: dict[str, Odd] = {
    "text_number": Odd(lambda: xlsx(line(number=" 12 personnes "))),
    "other_order": Odd(lambda: xlsx(["", 12, "x", "entrees"], head=("Z", "2020", "Y", "CODE"))),
    "heading_is_a_number": Odd(lambda: xlsx(["entrees", 12], head=("code", 2020))),
    "headings_below_merged_titles": Odd(
        lambda: xlsx(line(), above=[["Les chiffres de l’association"], [], ["Confidentiel"]],
                     merged=["A1:G1", "A3:C3"]),
    ),
    "blank_lines_everywhere": Odd(lambda: xlsx([], line(), [], [], ["", "", ""], [" ", None])),
    "totals_below": Odd(lambda: xlsx(line(), ["", "", "Total", "", "=SUM(E2:E2)", None])),
    "formulas_in_other_columns": Odd(lambda: xlsx(["entrees", "", "=A1", "=B1", "=1+1", 12])),
    "blank_cells_change_nothing": Odd(lambda: xlsx(line(), line("femmes", None))),
    "other_sheets": Odd(lambda: xlsx(line(), sheets={"Brouillon": [["a"], ["=1+1"]]})),
    "hidden_sheet": Odd(
        lambda: xlsx(line(), sheets={"Cachée": [HEAD, line(number=99)]}, hidden=["Cachée"])
    ),
    "capitals_in_codes": Odd(lambda: xlsx(line(" ENTREES "))),
    "inline_texts": Odd(
        lambda: bare_xlsx(sheet_xml(row_xml(1, HEAD) + row_xml(2, ["entrees", *[""] * 4, "12"])))
    ),
    "bold_in_a_text": Odd(
        lambda: xlsx_cell(
            '<c r="F2" t="inlineStr"><is><r><t>1</t></r><r><rPr><b/></rPr><t>2</t></r></is></c>'
        )
    ),
    "result_of_nothing": Odd(lambda: xlsx_cell('<c r="F2" t="str"><v>12</v></c>')),
    "noise_of_computers": Odd(
        lambda: xlsx(line("taux", 0.1 + 0.2)), figures=(("taux", "0.3"),)
    ),
    "exponent": Odd(lambda: xlsx_cell('<c r="F2"><v>1.2E1</v></c>')),
    "percent_format": Odd(
        lambda: xlsx(line("taux", 0.425), formats=[("F2", "0.0%")]), figures=(("taux", "42.5"),)
    ),
    "percent_in_a_text": Odd(lambda: xlsx(line("taux", "42,5 %")), figures=(("taux", "42.5"),)),
    "percent_quoted_in_a_format": Odd(
        lambda: xlsx(line("taux", 42.5), formats=[("F2", '0.0" %"')]), figures=(("taux", "42.5"),)
    ),
    "euros": Odd(
        lambda: xlsx(line("chiffre_affaires", "12 500,50 €")),
        figures=(("chiffre_affaires", "12500.5"),),
    ),
    "euro_format": Odd(
        lambda: xlsx(line("chiffre_affaires", 12500.5), formats=[("F2", "#,##0.00 [$€-40C]")]),
        figures=(("chiffre_affaires", "12500.5"),),
    ),
    "part": Odd(
        lambda: xlsx(line(number=20), line(number=12, part="dispositif/aci")),
        figures=(("entrees", "20"), ("dispositif/aci", "12")),
    ),
    "note_that_looks_like_a_formula": Odd(
        lambda: text(line(note="'=cmd")).encode(), "chiffres.csv",
        (("entrees", "12"), ("note", "=cmd")),
    ),
    "ods": Odd(lambda: filled_ods(ods_cell(12)), ODS_NAME),
    "ods_text": Odd(lambda: filled_ods(ods_cell("1\u00a0234")), ODS_NAME, (("entrees", "1234"),)),
    "ods_blank_repeats": Odd(
        lambda: ods(
            ods_row(["Titre"], ' table:number-rows-repeated="2"'),
            ods_row(HEAD),
            ods_row(["entrees", '<table:table-cell table:number-columns-repeated="4"/>', 12,
                     '<table:table-cell table:number-columns-repeated="16378"/>']),
            ods_row([""], ' table:number-rows-repeated="1048570"'),
        ),
        ODS_NAME,
    ),
    "ods_comment": Odd(
        lambda: filled_ods('<table:table-cell office:value-type="string"><office:annotation>'
                           "<text:p>à vérifier</text:p></office:annotation><text:p>12</text:p>"
                           "</table:table-cell>"),
        ODS_NAME,
    ),
    "ods_percentage": Odd(
        lambda: ods(ods_row(HEAD), ods_row(["taux", "", "", "", "",
                                            typed("percentage", value="0.425")])),
        ODS_NAME, (("taux", "42.5"),),
    ),
    "ods_euros": Odd(
        lambda: ods(ods_row(HEAD), ods_row(["chiffre_affaires", "", "", "", "",
                                            typed("currency", value="12500.5")])),
        ODS_NAME, (("chiffre_affaires", "12500.5"),),
    ),
    "csv_utf8": odd_text(text(LINE_OF_TEXT)),
    "csv_utf8_with_mark": odd_text(text(LINE_OF_TEXT), "utf-8-sig"),
    "csv_utf16": odd_text(text(LINE_OF_TEXT, separator="\t"), "utf-16"),
    "csv_windows": odd_text(text(line(number="1\u00a0234", note="Été")), "cp1252"),
    "csv_tab": odd_text(text(LINE_OF_TEXT, separator="\t"), name="chiffres.txt"),
    "csv_comma": odd_text(
        text(["entrees", "", "E", "p", 10, '"1 234"', "Été"], separator=",",
             head=(*HEAD[:4], '"2019, pour mémoire"', *HEAD[5:]))
    ),
    "csv_quoted": odd_text(text(["entrees", "", '"a;\r\nb"', "", "", '"1234"', "Été"])),
    "csv_declares_its_separator": odd_text("sep=;\r\n" + text(LINE_OF_TEXT)),
    "csv_ends_of_lines": odd_text(text(LINE_OF_TEXT).replace("\r\n", "\n").rstrip("\n")),
    "csv_titles_above": odd_text(f"Régie, 2020;;\r\n;;\r\n{text(LINE_OF_TEXT)}"),
    "csv_export": Odd(
        lambda: (
            "code;libelle;annee;ventilation;valeur;numerateur;denominateur;unite;statut;version\r\n"
            "entrees;E;2019;;9;;;p;valide;1\r\n"
            "entrees;E;2020;;12;;;p;valide;1\r\n"
            "entrees;E;2020;dispositif/aci;5;;;p;valide;1\r\n"
            "part_femmes;P;2020;;60;6;10;%;valide;1\r\n"
        ).encode("utf-8-sig"),
        "indicateurs.csv", (("entrees", "12"), ("dispositif/aci", "5")),
    ),
    **{
        name: Odd(lambda space=space: xlsx(line(number=f"1{space}234")),
                  figures=(("entrees", "1234"),))
        for name, space in SPACED
    },
}  # fmt: skip
