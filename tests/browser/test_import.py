"""A year's figures from a spreadsheet, in a real browser: wrong, corrected, seen, written."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Browser, Page, expect

from .conftest import RunningSite, StartSite, enter_admin

pytestmark = pytest.mark.browser

YEAR = date.today().year
ACCOUNT, PASSWORD = "tableur@example.org", "un mot de passe assez long"
MAKE_ACCOUNT = f"""
from django.contrib.auth.models import Group
from pages.models import User
user = User.objects.create_user({ACCOUNT!r}, {PASSWORD!r}, first_name="Dominique")
user.groups.add(Group.objects.get(name="Chiffres"))
print(0)
"""
SHEET = "Activité d’insertion"
SUM = "from activities.models import Value as V; print(V.objects.filter(year={}).count())"


@pytest.fixture(scope="module")
def import_site(start_site: StartSite) -> RunningSite:
    site = start_site("import")
    site.python(MAKE_ACCOUNT)
    return site


@pytest.fixture(params=[True, False], ids=["scripts", "no_scripts"])
def desk(
    import_site: RunningSite, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        accept_downloads=True,
        java_script_enabled=request.param,
    )
    page = context.new_page()
    enter_admin(import_site, page, ACCOUNT)
    yield page
    context.close()


def row_of(sheet: Worksheet, code: str) -> int:
    """The line of a total."""
    return next(
        row[0].row
        for row in sheet.iter_rows(min_row=2)
        if row[0].value == code and not row[1].value
    )


def test_three_errors_are_named_corrected_and_the_figures_are_there(
    import_site: RunningSite, desk: Page, tmp_path: Path
) -> None:
    # The second time, the same figures are there already: others are sent.
    people, entries = (40, 20) if import_site.python(SUM.format(YEAR)) == 0 else (41, 21)
    import_after_three_errors(import_site, desk, tmp_path, people, entries)


def import_after_three_errors(
    site: RunningSite, desk: Page, folder: Path, people: int, entries: int
) -> None:
    """Send three wrong cells, read which, correct them, and record what is right."""
    before = site.python(SUM.format(YEAR))
    desk.goto(f"{site.url}/admin/chiffres/{YEAR}/A/")
    desk.get_by_role("link", name="Importer un tableur").last.click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name=f"Télécharger le tableur de {YEAR}").click()
    workbook = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = workbook[SHEET]
    wrong = {
        row_of(sheet, "salaries_parcours_annee"): "quarante",
        row_of(sheet, "entrees"): "=10+10",
        row_of(sheet, "etp_realises"): -3,
    }
    for row, value in wrong.items():
        sheet.cell(row, 6).value = value
    send(desk, workbook, folder / "faux.xlsx")
    expect(desk.get_by_role("heading", name="3 cellules à corriger")).to_be_visible()
    refused = desk.locator(".figures-import__refused li")
    for row in wrong:
        cell = f"Feuille «\u00a0{SHEET}\u00a0», cellule F{row}"
        expect(refused.filter(has_text=cell)).to_have_count(1)
    assert site.python(SUM.format(YEAR)) == before

    for row, value in zip(wrong, (people, entries, "18,5"), strict=True):
        sheet.cell(row, 6).value = value
    send(desk, workbook, folder / "juste.xlsx")
    expect(desk.get_by_role("heading", name=f"chiffres de {YEAR} changent")).to_be_visible()
    expect(desk.get_by_text(f"{people} personnes", exact=True)).to_be_visible()
    assert site.python(SUM.format(YEAR)) == before
    desk.get_by_role("button", name="Enregistrer ces chiffres").click()
    expect(desk.locator("#n-salaries_parcours_annee")).to_have_value(str(people))
    expect(desk.locator("#n-entrees")).to_have_value(str(entries))


def send(page: Page, workbook: Workbook, path: Path) -> None:
    workbook.save(path)
    page.set_input_files("[name=tableur]", path)
    page.get_by_role("button", name="Voir ce qui change").click()
