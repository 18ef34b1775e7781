"""A year's figures from a spreadsheet: read with tolerance, shown first, written whole or not."""

import io
import itertools
import re
import shutil
import subprocess
import tracemalloc
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from activities.chores import forget_imports
from activities.figures.exports import as_csv, as_xlsx
from activities.figures.formatting import format_number
from activities.figures.reading import Figures
from activities.figures.recording import record
from activities.figures.spreadsheets import cells, importing, packages
from activities.figures.spreadsheets.cells import Cell, SpreadsheetRefused
from activities.figures.spreadsheets.opening import read_spreadsheet
from activities.figures.spreadsheets.template import template
from activities.models import FiguresImport, Indicator, Status, Value, ValueChange
from impulsion_site.roles import FIGURES
from pages.models import User

from . import factories
from .conftest import sign_in, signed_in
from .import_corpus import BAD, ODD, YEAR, Bad, Odd, line, xlsx
from .site_text import text_of

pytestmark = pytest.mark.django_db
URL = f"/admin/chiffres/{YEAR}/importer/"
TEMPLATE = f"/admin/chiffres/{YEAR}/tableur.xlsx"


@pytest.fixture
def typist(db: None) -> User:
    return factories.UserFactory(group=FIGURES)


@pytest.fixture
def indicators(site: Any) -> dict[str, Indicator]:
    """Five that are typed, one that is computed, one that is counted no more."""
    support = factories.BreakdownFactory(code="dispositif", label="Dispositif")
    for code in ("aci", "ei"):
        factories.BreakdownItemFactory(breakdown=support, code=code, label=code.upper())
    make, family = factories.IndicatorFactory, Indicator.Family
    made = [
        make(code="entrees", label="Entrées", unit="personnes", counts_people=True,
             breakdowns=[support]),
        make(code="femmes", label="Femmes", unit="personnes", counts_people=True),
        make(code="taux", label="Taux", unit="%", decimals=1, is_additive=False,
             family=family.EXITS),
        make(code="chiffre_affaires", label="Chiffre d’affaires", unit="€", decimals=2,
             family=family.ECONOMY),
        make(code="resultat", label="Résultat", unit="€", minimum=None, family=family.ECONOMY),
        make(code="part_femmes", label="Part des femmes", unit="%", numerator="femmes",
             denominator="entrees", scale=100),
        make(code="ancien", label="Ancien", is_active=False),
    ]  # fmt: skip
    return {indicator.code: indicator for indicator in made}


def send(user: User | Client, data: bytes, name: str = "chiffres.xlsx") -> Any:
    browser = user if isinstance(user, Client) else signed_in(user)
    return browser.post(URL, {"tableur": SimpleUploadedFile(name, data)})


def shown(answer: Any) -> str:
    return text_of(answer.content.decode())


def flat(text: str) -> str:
    """One kind of space: typography is not what is tested here."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def refusal_of(data: bytes, name: str) -> str:
    """Why a file is not read at all; nothing when it is."""
    try:
        read_spreadsheet(data, name)
    except SpreadsheetRefused as refusal:
        return str(refusal)
    return ""


def written() -> dict[str, Decimal | None]:
    """The figures of the year, by code or by part."""
    values = Value.objects.filter(year=YEAR).select_related("indicator", "item__breakdown")
    return {
        f"{v.item.breakdown.code}/{v.item.code}" if v.item else v.indicator.code: v.number
        for v in values
    }


def import_file(user: User, data: bytes, name: str = "chiffres.xlsx") -> None:
    """Send it and confirm it."""
    browser = signed_in(user)
    answer = send(browser, data, name)
    assert answer.status_code == 302, shown(answer)
    done = browser.post(answer["Location"])
    assert done.status_code == 302, shown(done)


# --- The corpus -------------------------------------------------------------------------------


def test_the_corpus_is_large() -> None:
    assert len(BAD) >= 45
    assert len(ODD) >= 30


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_sentence_and_writes_nothing(
    typist: User, indicators: Any, bad: Bad
) -> None:
    answer = send(typist, bad.make(), bad.name)
    assert answer.status_code == 200
    text = flat(shown(answer))
    assert "Rien n’est enregistré" in text
    assert flat(bad.says) in text
    assert flat(bad.place).casefold() in text.casefold()
    assert not Value.objects.exists()
    assert not FiguresImport.objects.exists()
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_file_is_read(typist: User, indicators: Any, odd: Odd) -> None:
    import_file(typist, odd.make(), odd.name)
    expected = dict(odd.figures)
    note = expected.pop("note", "")
    assert written() == {code: Decimal(number) for code, number in expected.items()}
    if note:
        assert Value.objects.get().note == note


HOSTILE = [
    name for name, bad in BAD.items()
    if re.search("trop|déclarations|abîmé|titres", bad.says)
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little_memory(name: str) -> None:
    data = BAD[name].make()
    tracemalloc.start()
    refusal_of(data, BAD[name].name)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


def test_what_is_read_stops_after_so_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_ELEMENTS", 60)
    package = packages.Package(xlsx(*[line() for _number in range(50)]))
    elements = package.elements("xl/worksheets/sheet1.xml", (), {_tag("row"), _tag("c")})
    seen = list(itertools.islice(elements, 10))
    with pytest.raises(SpreadsheetRefused, match="trop gros"):
        seen.extend(elements)
    assert len(seen) <= 120


def _tag(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{name}"


def test_what_is_unpacked_stops_after_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_UNPACKED", 400)
    with pytest.raises(SpreadsheetRefused, match="trop gros"):
        read_spreadsheet(xlsx(line()), "a.xlsx")


def test_what_is_kept_stops_after_so_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_CELLS", 20)
    with pytest.raises(SpreadsheetRefused, match="trop de cellules"):
        read_spreadsheet(xlsx(*[line() for _number in range(50)]), "a.xlsx")


# --- Numbers ----------------------------------------------------------------------------------

SPACES = st.sampled_from(" \u00a0\u2000\u2002\u2007\u2009\u200a\u202f\u3000")


@given(
    number=st.decimals(-(10**9), 10**9, places=2), inside=SPACES, around=SPACES, unit=st.booleans()
)
def test_a_french_number_is_read_whatever_its_spaces(
    number: Decimal, inside: str, around: str, unit: bool
) -> None:
    text = format_number(number, 2).replace("\u202f", inside)
    text = f"{around}{text}{around}{'€' if unit else ''}{around}"
    assert Cell(text=text).figure("€") == number


@settings(max_examples=25, deadline=None)
@given(numbers=st.lists(st.decimals(-(10**8), 10**8, places=2), min_size=1, max_size=8))
def test_a_number_of_a_cell_is_the_same_out_of_each_kind_of_file(numbers: list[Decimal]) -> None:
    (table,) = read_spreadsheet(xlsx(*[line(number=float(n)) for n in numbers]), "a.xlsx")
    read = [table.rows[row][6].figure("€") for row in range(2, len(numbers) + 2)]
    assert read == numbers


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400), start=st.sampled_from([b"", b"PK\x03\x04", b"code;2020\n"]))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    for name in ("a.xlsx", "a.ods", "a.csv"):
        assert refusal_of(start + data, name)[-1:] in {"", "."}


@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_workbook_with_one_wrong_byte_is_read_or_refused(place: int, byte: int) -> None:
    data = bytearray(xlsx(line()))
    data[place % len(data)] = byte
    assert refusal_of(bytes(data), "a.xlsx")[-1:] in {"", "."}


# --- The round trip ---------------------------------------------------------------------------

FILLED = {
    ("entrees", None): 20, ("entrees", "dispositif/aci"): 12, ("entrees", "dispositif/ei"): 8,
    ("femmes", None): 9, ("taux", None): 42.5, ("chiffre_affaires", None): 1234567.89,
    ("resultat", None): -1500,
}  # fmt: skip
EXPECTED = {(part or code): Decimal(str(number)) for (code, part), number in FILLED.items()}


def fill(data: bytes, numbers: dict[tuple[str, str | None], Any] = FILLED) -> bytes:
    """Write these numbers where the spreadsheet asks for them."""
    workbook = load_workbook(io.BytesIO(data))
    left = dict(numbers)
    for sheet in workbook.worksheets[1:]:
        for row in sheet.iter_rows(min_row=2):
            key = (row[0].value, row[1].value)
            if key in left:
                row[5].value = left.pop(key)
    assert not left
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_the_spreadsheet_of_a_year_holds_what_is_known(typist: User, indicators: Any) -> None:
    record(indicators["femmes"], YEAR - 1, 7)
    record(indicators["femmes"], YEAR, 9, note="=Sans le chantier")
    answer = signed_in(typist).get(TEMPLATE)
    assert answer["Content-Disposition"] == f'attachment; filename="chiffres-{YEAR}-a-remplir.xlsx"'
    workbook = load_workbook(io.BytesIO(answer.content))
    assert workbook.sheetnames == [
        "Mode d’emploi", "Activité d’insertion", "Sorties", "Économie"
    ]  # fmt: skip
    said = " ".join(str(row[0].value) for row in workbook["Mode d’emploi"].iter_rows())
    assert "Ne diffusez pas ce fichier : il contient les vrais nombres, même petits." in flat(said)
    sheet = workbook["Activité d’insertion"]
    assert [cell.value for cell in sheet[1]] == [
        "Code", "Part", "Indicateur", "Unité", "2019, pour mémoire", "2020", "Note publiée"
    ]  # fmt: skip
    rows = {(row[0].value, row[1].value): row for row in sheet.iter_rows(min_row=2)}
    assert set(rows) == {
        ("entrees", None), ("entrees", "dispositif/aci"), ("entrees", "dispositif/ei"),
        ("femmes", None),
    }  # fmt: skip
    women = rows["femmes", None]
    assert (women[4].value, women[5].value, women[6].value) == (7, 9, "=Sans le chantier")
    assert women[6].data_type == "s"
    assert sheet.freeze_panes == "D2"
    assert workbook["Économie"]["F2"].number_format == "#,##0.00"


def test_filled_by_openpyxl_it_gives_the_same_figures(typist: User, indicators: Any) -> None:
    import_file(typist, fill(template(YEAR)))
    assert written() == EXPECTED
    assert set(Value.objects.values_list("status", flat=True)) == {Status.PROVISIONAL}
    assert set(ValueChange.objects.values_list("by", flat=True)) == {typist.pk}
    # Nothing is left to change, of what was kept.
    assert not FiguresImport.objects.exists()
    assert "Rien à changer" in shown(send(typist, template(YEAR)))


# LibreOffice itself fills the spreadsheet in: a macro, in a profile of its own.
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Fill(source As String, target As String, kind As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim filter(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  filter(0).Name = "FilterName"
  filter(0).Value = kind
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  For number = 1 To book.Sheets.Count - 1
    sheet = book.Sheets.getByIndex(number)
    For row = 1 To 20
      key = sheet.getCellByPosition(0, row).String + "|"
      key = key + sheet.getCellByPosition(1, row).String
      box = sheet.getCellByPosition(5, row)
      Select Case key
@CASES@
      End Select
    Next row
  Next number
  book.storeToURL(target, filter())
  book.close(True)
End Sub
</script:module>"""


class Office:
    """LibreOffice without a window, with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile = folder / "profile"
        # LibreOffice makes its profile as it starts; the macro then takes an empty one's place.
        self.run("--terminate_after_init")
        (module,) = self.profile.glob("user/basic/Standard/Module1.xba")
        cases = "\n".join(
            f'Case "{code}|{part or ""}"\nbox.Value = {number}'
            for (code, part), number in FILLED.items()
        )
        module.write_text(MACRO.replace("@CASES@", cases))

    def run(self, *arguments: str) -> None:
        program = shutil.which("soffice")
        if program is None:
            pytest.fail("LibreOffice n’est pas installé (libreoffice-calc-nogui).", pytrace=False)
        profile = f"-env:UserInstallation={self.profile.as_uri()}"
        subprocess.run(
            [program, "--headless", "--norestore", profile, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            timeout=120,
        )

    def fill(self, data: bytes, name: str, kind: str) -> bytes:
        """Open a spreadsheet, type the figures, save it as this kind of file."""
        source, target = self.folder / "a-remplir.xlsx", self.folder / name
        source.write_bytes(data)
        call = f"Standard.Module1.Fill({source.as_uri()},{target.as_uri()},{kind})"
        self.run(f"macro:///{call}")
        return target.read_bytes()

    def tables(self, data: bytes) -> list[bytes]:
        """Each sheet of a spreadsheet as a text in Windows' alphabet, « ; » between cells."""
        source = self.folder / "rempli.xlsx"
        source.write_bytes(data)
        how = "csv:Text - txt - csv (StarCalc):59,34,1,1,,1036,false,true,false,false,false,-1"
        self.run("--convert-to", how, source.name)
        return [path.read_bytes() for path in sorted(self.folder.glob("rempli-*.csv"))]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize(
    ("name", "kind"), [("rempli.xlsx", "Calc MS Excel 2007 XML"), ("rempli.ods", "calc8")]
)
def test_filled_by_libreoffice_it_gives_the_same_figures(
    typist: User, indicators: Any, office: Office, name: str, kind: str
) -> None:
    import_file(typist, office.fill(template(YEAR), name, kind), name)
    assert written() == EXPECTED


def test_saved_as_texts_by_libreoffice_it_gives_the_same_figures(
    typist: User, indicators: Any, office: Office
) -> None:
    tables = office.tables(fill(template(YEAR)))
    assert len(tables) == 4
    with_figures = [table for table in tables if b"Code;Part" in table]
    assert len(with_figures) == 3
    for table in with_figures:
        import_file(typist, table, "rempli.csv")
    assert written() == EXPECTED


# --- What is shown, and who may ---------------------------------------------------------------


def test_what_changes_is_shown_before_anything_is_written(typist: User, indicators: Any) -> None:
    record(indicators["entrees"], YEAR, 10)
    record(indicators["femmes"], YEAR, 4)
    browser = signed_in(typist)
    answer = send(browser, xlsx(line(), line("femmes", 4), line("taux", "42,5 %", "Estimé")))
    page = browser.get(answer["Location"])
    text = flat(shown(page))
    assert "2 chiffres de 2020 changent" in text
    assert "Entrées Feuille « Feuille », cellule F2 10 personnes 12 personnes" in text
    assert "42,5 % Estimé" in text
    assert "1 autre chiffre de ce tableur est déjà celui du site" in text
    assert written() == {"entrees": 10, "femmes": 4}
    assert "Femmes" not in text


def test_what_is_wrong_is_shown_with_what_else_would_change(typist: User, indicators: Any) -> None:
    data = xlsx(line(number="douze"), line("femmes", True), line("taux", 120), line("resultat", -5))
    text = flat(shown(send(typist, data)))
    assert "3 cellules à corriger" in text
    for place in ("F2", "F3", "F4"):
        assert f"Feuille « Feuille », cellule {place}" in text
    assert not Value.objects.exists()


def test_a_question_does_not_prevent_anything(typist: User, indicators: Any) -> None:
    record(indicators["entrees"], YEAR - 1, 10)
    browser = signed_in(typist)
    answer = send(browser, xlsx(line(number=40)))
    assert "Dites pourquoi dans la note" in shown(browser.get(answer["Location"]))
    assert browser.post(answer["Location"]).status_code == 302
    assert written()["entrees"] == 40


def test_a_number_without_a_code_is_said(typist: User, indicators: Any) -> None:
    answer = send(typist, xlsx(["", "", "Perdu", "", "", 12]))
    assert "Des lignes ne sont pas lues" in shown(answer)
    assert "cellule F2" in shown(answer)


def test_a_validated_figure_that_changes_is_provisional_again(
    typist: User, indicators: Any
) -> None:
    record(indicators["entrees"], YEAR, 10, status=Status.VALIDATED)
    browser = signed_in(typist)
    answer = send(browser, xlsx(line()))
    page = browser.get(answer["Location"])
    assert "redevient provisoire" in shown(page)
    assert "il quitte le site public jusqu’à ce que quelqu’un le valide de nouveau" in shown(page)
    warning = page.content.decode().split('id="a-valider"')[1].split("</section>")[0]
    assert f'href="/admin/chiffres/{YEAR}/A/"' in warning
    browser.post(answer["Location"])
    assert Value.objects.get(item=None).status == Status.PROVISIONAL


def test_an_approved_figure_changes_with_a_public_reason_only(
    typist: User, publisher: User, indicators: Any
) -> None:
    record(indicators["entrees"], YEAR, 10, status=Status.APPROVED)
    refused = shown(send(typist, xlsx(line())))
    assert "qui valide les chiffres le corrige" in refused
    browser = signed_in(publisher)
    address = send(browser, xlsx(line()))["Location"]
    assert "Raison de la correction" in shown(browser.get(address))
    answer = browser.post(address, {"raison": " "})
    assert "dites pourquoi" in shown(answer)
    assert written() == {"entrees": 10}
    assert browser.post(address, {"raison": "Une erreur d’addition."}).status_code == 302
    erratum = ValueChange.objects.errata().get()
    assert (erratum.old_number, erratum.new_number) == (10, 12)


def test_the_note_of_a_validated_figure_is_for_those_who_validate(
    typist: User, publisher: User, indicators: Any
) -> None:
    record(indicators["entrees"], YEAR, 12, status=Status.VALIDATED)
    data = xlsx(line(note="Sans le chantier"))
    assert "change aussi sa note" in shown(send(typist, data))
    import_file(publisher, data)
    value = Value.objects.get()
    assert (value.note, value.status) == ("Sans le chantier", Status.VALIDATED)


def test_what_somebody_changed_meanwhile_is_not_overwritten(typist: User, indicators: Any) -> None:
    browser = signed_in(typist)
    address = send(browser, xlsx(line(), line("femmes", 3)))["Location"]
    record(indicators["entrees"], YEAR, 11)
    answer = browser.post(address)
    assert "Quelqu’un a changé ce chiffre entre-temps" in shown(answer)
    assert written() == {"entrees": 11}
    assert "cellule F2" in shown(answer)


def test_the_note_that_somebody_changed_meanwhile_stays(typist: User, indicators: Any) -> None:
    record(indicators["entrees"], YEAR, 12)
    browser = signed_in(typist)
    address = send(browser, xlsx(line(note="La mienne")))["Location"]
    record(indicators["entrees"], YEAR, 12, note="La sienne")
    assert "Quelqu’un a changé cette note entre-temps" in shown(browser.post(address))
    assert Value.objects.get().note == "La sienne"


def test_what_became_impossible_meanwhile_is_not_written(typist: User, indicators: Any) -> None:
    browser = signed_in(typist)
    address = send(browser, xlsx(line()))["Location"]
    record(indicators["femmes"], YEAR, 30)
    assert "« Femmes » (30) dépasse « Entrées » (12)." in shown(browser.post(address))
    assert written() == {"femmes": 30}
    # It is still there, to be confirmed once the other figure is right.
    record(indicators["femmes"], YEAR, 3)
    assert browser.post(address).status_code == 302
    assert written() == {"entrees": 12, "femmes": 3}


def test_confirming_twice_writes_once(typist: User, indicators: Any) -> None:
    browser = signed_in(typist)
    address = send(browser, xlsx(line()))["Location"]
    assert browser.post(address).status_code == 302
    again = browser.post(address, follow=True)
    assert "Cet import n’est plus là" in shown(again)
    assert ValueChange.objects.count() == 1


def test_of_two_confirmations_at_once_one_finds_nothing(typist: User, indicators: Any) -> None:
    send(typist, xlsx(line()))
    kept = FiguresImport.objects.get()
    assert importing.confirm(kept, typist) is None
    with pytest.raises(FiguresImport.DoesNotExist):
        importing.confirm(kept, typist)
    assert ValueChange.objects.count() == 1


def test_an_import_is_for_the_person_who_sent_it(
    typist: User, publisher: User, indicators: Any
) -> None:
    address = send(typist, xlsx(line()))["Location"]
    browser = signed_in(publisher)
    for answer in (browser.get(address), browser.post(address)):
        assert answer["Location"] == URL
    assert not Value.objects.exists()
    assert FiguresImport.objects.exists()


def test_an_import_can_be_given_up(typist: User, indicators: Any) -> None:
    browser = signed_in(typist)
    address = send(browser, xlsx(line()))["Location"]
    assert browser.post(address, {"abandonner": "1"})["Location"] == URL
    assert not FiguresImport.objects.exists()
    assert not Value.objects.exists()


def test_the_screens_are_for_those_who_type(writer: User, typist: User, indicators: Any) -> None:
    address = send(typist, xlsx(line()))["Location"]
    browser = signed_in(writer)
    for refused in (URL, TEMPLATE, address):
        assert browser.get(refused)["Location"] == "/admin/"
    assert send(browser, xlsx(line()))["Location"] == "/admin/"
    assert browser.post(address)["Location"] == "/admin/"
    assert not Value.objects.exists()
    stranger = Client().get(URL)
    assert "/compte/connexion/" in stranger["Location"]


def test_the_forms_are_protected(typist: User, indicators: Any) -> None:
    address = send(typist, xlsx(line()))["Location"]
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, typist)
    assert send(browser, xlsx(line())).status_code == 403
    assert browser.post(address).status_code == 403
    assert not Value.objects.exists()


@pytest.mark.parametrize("year", [1990, 2200])
def test_other_years_are_not_found(typist: User, year: int) -> None:
    browser = signed_in(typist)
    assert browser.get(f"/admin/chiffres/{year}/importer/").status_code == 404
    assert browser.get(f"/admin/chiffres/{year}/tableur.xlsx").status_code == 404


def test_the_screen_where_figures_are_typed_leads_to_the_spreadsheet(
    typist: User, indicators: Any
) -> None:
    browser = signed_in(typist)
    html = browser.get(f"/admin/chiffres/{YEAR}/A/").content.decode()
    assert f'href="{URL}"' in html
    assert f'href="{TEMPLATE}"' in html
    assert "/admin/chiffres/importer/" in browser.get("/admin/").content.decode()
    last = timezone.localdate().year - 1
    assert browser.get("/admin/chiffres/importer/")["Location"] == URL.replace("2020", str(last))


def test_nothing_chosen_is_said(typist: User, indicators: Any) -> None:
    answer = signed_in(typist).post(URL)
    assert "Choisissez un fichier." in shown(answer)


def test_an_import_that_nobody_confirms_goes_after_a_day(typist: User, indicators: Any) -> None:
    send(typist, xlsx(line()))
    forget_imports()
    assert FiguresImport.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        forget_imports()
    assert not FiguresImport.objects.exists()


def test_an_import_of_an_indicator_that_is_gone_says_so(typist: User, indicators: Any) -> None:
    browser = signed_in(typist)
    address = send(browser, xlsx(line("taux", 12), line()))["Location"]
    indicators["taux"].delete()
    assert "Cet indicateur a changé entre-temps" in shown(browser.post(address))
    assert not Value.objects.exists()


def test_a_note_on_several_lines_becomes_one(typist: User, indicators: Any) -> None:
    import_file(typist, xlsx(line(note="Un chantier\nde plus\t: en mai")))
    assert Value.objects.get().note == "Un chantier de plus\u00a0: en mai"


def test_what_is_planned_beside_the_year_is_not_its_figure(typist: User, indicators: Any) -> None:
    head = ["Code", "2019", "2020", "Objectif 2021", "Écart 2020/2019", "Note de 2020"]
    import_file(typist, xlsx(["entrees", 10, 12, 30, "=C2-B2", "Sûr"], head=head))
    assert written() == {"entrees": 12}
    assert Value.objects.get().note == "Sûr"


@pytest.mark.parametrize(("name", "make"), [("a.csv", as_csv), ("a.xlsx", as_xlsx)])
def test_what_the_site_gives_away_is_read_again(
    typist: User, indicators: Any, name: str, make: Any
) -> None:
    import_file(typist, fill(template(YEAR)))
    figures = Figures.internal(years=[YEAR]).all_of(YEAR)
    assert any(figure.indicator.is_derived for figure in figures)
    exported = make(figures, YEAR)
    assert f"{len(EXPECTED)} chiffres de ce tableur sont ceux du site" in shown(
        send(typist, exported, name)
    )
    record(indicators["resultat"], YEAR, 3)
    import_file(typist, exported, name)
    assert written() == EXPECTED


# --- What is in the file without being read -----------------------------------------------------

UNREAD = "Ces feuilles n’ont pas été lues : « Autre ». Il y faut une ligne de titres « Code » et"


@pytest.mark.parametrize(
    ("head", "hidden"),
    [(["Codes", "2020"], ()), (["Code", "2021"], ()), (["Code", "2020"], ("Autre",))],
    ids=["no_code", "another_year", "hidden"],
)
@pytest.mark.parametrize("known", [10, 12], ids=["changes", "nothing_changes"])
def test_a_sheet_that_is_not_read_is_named(
    typist: User, indicators: Any, head: list[str], hidden: Any, known: int
) -> None:
    record(indicators["entrees"], YEAR - 1, 10)
    record(indicators["entrees"], YEAR, known)
    instructions = {"Mode d’emploi": [["Un"]], "Vide": []}
    data = xlsx(line(), sheets={"Autre": [head, ["femmes", 4]], **instructions}, hidden=hidden)
    browser = signed_in(typist)
    answer = send(browser, data)
    if known != 12:
        answer = browser.get(answer["Location"])
    text = flat(shown(answer))
    assert UNREAD in text
    assert "Mode d’emploi" not in text
    assert "La colonne de 2019" not in text


def test_a_number_of_the_year_before_that_is_not_read_is_said(
    typist: User, indicators: Any
) -> None:
    record(indicators["entrees"], YEAR - 1, 9)
    record(indicators["femmes"], YEAR - 1, 10)
    text = flat(shown(send(typist, xlsx(line(number=""), line("femmes", "")))))
    assert "La colonne de 2019 n’est pas lue" in text
    assert "cellule E2." in text
    assert "E3" not in text
    assert "Rien à changer dans ce qui est lu" in text


def test_columns_up_to_another_year_are_said_without_contradiction(
    typist: User, indicators: Any
) -> None:
    data = b"Code;2019;2020;2021\nentrees;1;2;3\n"
    text = flat(shown(send(typist, data, "a.csv")))
    assert "La dernière colonne est 2021 : ce tableur n’est pas celui de 2020." in text


def test_a_quote_that_is_not_closed_swallows_nothing(typist: User, indicators: Any) -> None:
    head = "Code;2020;Note\n"
    for lines, says in (
        ('entrees;12;"Estimé\nfemmes;4;\n', "Un guillemet n’est pas refermé à la ligne 2"),
        ('entrees;12;"Estimé\nfemmes;4;"Compté"\n', "vérifiez ses guillemets"),
        ('entrees;12;"Estimé\nfemmes;4;"\n', "Ce texte va à la ligne"),
    ):
        text = flat(shown(send(typist, f"{head}{lines}".encode(), "a.csv")))
        assert says in text
        assert not FiguresImport.objects.exists()
    import_file(typist, f'{head}entrees;12;"Un ""bon"" mois ; ou deux"\n'.encode(), "a.csv")
    assert Value.objects.get().number == 12
