"""A year of the report, from a spreadsheet to the assembly, in a real browser.

Somebody who may vouch for figures imports them, corrected, validates them, publishes the report;
anybody then downloads its PDF, and runs its slides by keyboard to the end.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import RunningSite, StartSite, enter_admin
from .test_import import import_after_three_errors
from .test_report import (
    ACCOUNT,
    MAKE_ACCOUNT,
    YEAR,
    make_the_report,
    publish_their_chapter,
    validate_a_family,
)
from .test_slides import IN_SIGHT, count

pytestmark = pytest.mark.browser

# Numbers that the demonstration does not hold.
PEOPLE, ENTRIES = 137, 119
# One turn of the worker, which does not wait for the reports of the years before.
MAKE_PDFS = """
from activities.pdf import chore
chore.MOST_SECONDS = 1
chore.make_pdfs()
print(0)
"""


@pytest.fixture(scope="module")
def year_site(start_site: StartSite) -> RunningSite:
    site = start_site("report-year")
    site.python(MAKE_ACCOUNT.replace("Administration", "Publication"))
    return site


@pytest.fixture
def desk(year_site: RunningSite, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="fr-FR", accept_downloads=True
    )
    page = context.new_page()
    enter_admin(year_site, page, ACCOUNT)
    yield page
    context.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, locale="fr-FR", accept_downloads=True
    )
    yield context.new_page()
    context.close()


def test_from_a_spreadsheet_to_the_assembly(
    year_site: RunningSite, desk: Page, visitor: Page, tmp_path: Path
) -> None:
    import_after_three_errors(year_site, desk, tmp_path, PEOPLE, ENTRIES)
    validate_a_family(year_site, desk)
    make_the_report(year_site, desk)
    publish_their_chapter(year_site, desk)
    year_site.python(MAKE_PDFS)
    text = text_of_the_pdf(year_site, visitor, tmp_path / "rapport.pdf")
    assert str(PEOPLE) in text
    assert str(ENTRIES) in text
    run_the_slides(visitor)


def text_of_the_pdf(site: RunningSite, page: Page, path: Path) -> str:
    """The text of the file behind the link of the public page of the report."""
    page.goto(f"{site.url}/rapports/{YEAR}/")
    link = page.get_by_role("link", name=f"Le rapport d’activité {YEAR}")
    # It opens in the browser: kept as « Enregistrer la cible du lien » does.
    link.evaluate("link => link.download = ''")
    with page.expect_download() as download:
        link.click()
    download.value.save_as(path)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def run_the_slides(page: Page) -> None:
    """From the page of the report to the last slide, then to that of an imported number."""
    page.get_by_role("link", name="Présenter à l’assemblée").click()
    slides = count(page)
    assert slides > 2
    for number in range(2, slides + 1):
        page.keyboard.press("ArrowRight" if number % 2 else "PageDown")
        assert page.evaluate(IN_SIGHT) == number
    for key, number in (("Home", 1), ("End", slides)):
        page.keyboard.press(key)
        assert page.evaluate(IN_SIGHT) == number
    expect(page.locator(".slide").last).to_contain_text("Merci")
    shown = page.locator(".slide", has_text=str(PEOPLE)).first
    page.keyboard.type(str(shown.get_attribute("id")).removeprefix("d"))
    page.keyboard.press("Enter")
    expect(shown.get_by_text(str(PEOPLE)).first).to_be_in_viewport()
    assert page.url.endswith(f"#{shown.get_attribute('id')}")
