"""A report from its figures to its readers, in a real browser.

A director types a year by keyboard alone, pastes a column, corrects what the checks say, cites a
figure in a text, publishes; somebody reads it on a phone without scripts, and prints it.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import RunningSite, StartSite, enter_admin

pytestmark = pytest.mark.browser

YEAR = date.today().year
ACCOUNT, PASSWORD = "direction@example.org", "un mot de passe assez long"
MAKE_ACCOUNT = f"""
from django.contrib.auth.models import Group
from pages.models import User
user = User.objects.create_user({ACCOUNT!r}, {PASSWORD!r}, first_name="Dominique")
user.groups.add(Group.objects.get(name="Administration"))
print(0)
"""
INDEX = "from activities.models import ReportIndexPage as P; print(P.objects.get().pk)"
REPORT = f"from activities.models import ReportPage as P; print(P.objects.get(year={YEAR}).pk)"
CHAPTER = f"""
from activities.models import ReportChapterPage as P
print(P.objects.get(url_path__contains="/{YEAR}/", chapter="mot-de-la-presidence").pk)
"""

INSERTION = CHAPTER.replace("mot-de-la-presidence", "insertion")


@pytest.fixture(scope="module")
def report_site(start_site: StartSite) -> RunningSite:
    site = start_site("report")
    site.python(MAKE_ACCOUNT)
    return site


@pytest.fixture(scope="module")
def desk(report_site: RunningSite, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    enter_admin(report_site, page, ACCOUNT)
    yield page
    context.close()


def open_family(site: RunningSite, page: Page, family: str) -> None:
    page.goto(f"{site.url}/admin/chiffres/{YEAR}/{family}/")
    page.wait_for_load_state("networkidle")


def reach(page: Page, wanted: Locator) -> None:
    """Go from key to key, as somebody without a mouse does."""
    target = wanted.element_handle()
    for _press in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("box => box === document.activeElement", target):
            return
    pytest.fail("The keyboard does not lead there.")


def last_year(page: Page) -> list[str]:
    """The figures of last year, one a box, as they are shown beside the boxes."""
    cells = page.locator(".figures-entry__before").all_inner_texts()
    return [re.sub(r"[^\d,]", "", cell.split(" ")[0].replace("\u202f", "")) for cell in cells]


def test_a_year_from_its_figures_to_its_readers(
    report_site: RunningSite, desk: Page, chromium: Browser
) -> None:
    type_a_family_by_keyboard(report_site, desk)
    paste_a_column(report_site, desk)
    make_the_report(report_site, desk)
    cite_a_figure(report_site, desk)
    read_it_on_a_phone_without_scripts(report_site, chromium)
    print_it(report_site, chromium)


def type_a_family_by_keyboard(site: RunningSite, page: Page) -> None:
    open_family(site, page, "A")
    numbers, boxes = last_year(page), page.locator(".figures-entry__number")
    assert len(numbers) == boxes.count() > 20
    reach(page, boxes.first)
    for number in numbers:
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    # More entries than people: said at once, and refused.
    people = page.locator("#n-salaries_parcours_annee")
    page.locator("#n-entrees").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("900")
    expect(page.locator("#impossible")).to_contain_text("dépasse")
    expect(page.locator("#kept")).to_contain_text("pas encore enregistré")
    reach(page, page.get_by_role("button", name="Enregistrer"))
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".help-critical").first).to_contain_text("(900) dépasse")
    expect(people).to_have_value(re.compile(r"\d"))
    reach(page, page.locator("#n-entrees"))
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    expect(page.locator("#impossible")).to_be_empty()
    # What is computed follows while one types.
    expect(page.locator("#d-taux_realisation_etp")).to_contain_text("sur")
    reach(page, page.get_by_role("button", name="Enregistrer"))
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("sont enregistrés")


def paste_a_column(site: RunningSite, page: Page) -> None:
    open_family(site, page, "D")
    numbers = last_year(page)
    # As a spreadsheet copies two columns: the second is not ours.
    column = "\r\n".join(f"{number}\tautre" for number in numbers)
    page.evaluate("text => navigator.clipboard.writeText(text)", column)
    page.locator(".figures-entry__number").first.focus()
    page.keyboard.press("Control+V")
    typed = page.locator(".figures-entry__number").evaluate_all("all => all.map(b => b.value)")
    assert typed == numbers
    expect(page.locator("#kept")).to_contain_text("pas encore enregistré")
    # The window is closed: nothing is lost.
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator(".figures-entry__number").first.input_value() == numbers[0]
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.locator(".messages")).to_contain_text("sont enregistrés")


def make_the_report(site: RunningSite, page: Page) -> None:
    index = site.python(INDEX)
    page.goto(f"{site.url}/admin/pages/add/activities/reportpage/{index}/")
    page.wait_for_load_state("networkidle")
    page.fill("[name=year]", str(YEAR))
    page.fill("[name=title]", f"Rapport d’activité {YEAR}")
    page.get_by_role("button", name="Publier", exact=True).click()
    page.wait_for_url("**/admin/pages/*/")
    report = site.python(REPORT)
    page.goto(f"{site.url}/admin/pages/{report}/edit/")
    page.get_by_role("link", name="Ajouter les chapitres habituels").click()
    page.get_by_label("Les onze chapitres habituels").check()
    page.get_by_role("button", name="Ajouter les chapitres").click()
    expect(page.locator(".messages")).to_contain_text("11 chapitres ajoutés")


def cite_a_figure(site: RunningSite, page: Page) -> None:
    chapter = site.python(CHAPTER)
    page.goto(f"{site.url}/admin/pages/{chapter}/edit/")
    page.wait_for_load_state("networkidle")
    page.get_by_title("Insérer un élément").last.click()
    page.get_by_role("option", name="Paragraphe").click()
    editor = page.locator(".public-DraftEditor-content").first
    editor.click()
    page.keyboard.type("Nous avons accueilli /chif")
    page.get_by_role("option", name="Chiffre du rapport").click()
    page.fill(".figure-chooser__search [name=q]", "entrees dans")
    page.locator(".figure-chooser__search [name=annee]").fill(str(YEAR))
    page.locator(".figure-chooser__search button").click()
    chosen = page.locator(".figure-chooser__figure", has_text="Entrées dans l’année").first
    expect(chosen).to_contain_text("20 personnes")
    expect(chosen).to_contain_text("à valider avant de publier")
    chosen.click()
    # The window closes, then the editor is given the figure: slow on a machine that is busy.
    expect(editor).to_contain_text("Nous avons accueilli 20 personnes", timeout=20_000)
    # The editor hands its text to the form a moment later.
    expect(page.locator("input[name^=body][name$=value]").first).to_have_value(re.compile("FIGURE"))
    # Nobody has validated it yet.
    page.get_by_role("button", name="Publier", exact=True).click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("« Entrées dans l’année »").last).to_contain_text("(provisoire)")
    validate_a_family(site, page)
    page.goto(f"{site.url}/admin/pages/{chapter}/edit/")
    page.wait_for_load_state("networkidle")
    reopened = page.locator(".public-DraftEditor-content").first
    expect(reopened).to_contain_text("20 personnes", timeout=20_000)
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("ne s’y voient pas encore")
    publish_their_chapter(site, page)


def validate_a_family(site: RunningSite, page: Page) -> None:
    open_family(site, page, "A")
    page.select_option("[name=etat]", "valide")
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.locator(".messages")).to_contain_text("sont enregistrés")


def publish_their_chapter(site: RunningSite, page: Page) -> None:
    """A figure shows once the chapter that it belongs to does."""
    page.goto(f"{site.url}/admin/pages/{site.python(INSERTION)}/edit/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Publier", exact=True).click()
    page.wait_for_url("**/admin/pages/*/")


def read_it_on_a_phone_without_scripts(site: RunningSite, chromium: Browser) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(f"{site.url}/rapports/")
    page.get_by_role("link", name=str(YEAR), exact=False).first.click()
    page.get_by_role("link", name="Le mot de la présidence").first.click()
    sentence = page.get_by_text("Nous avons accueilli")
    expect(sentence).to_contain_text("20 personnes")
    sentence.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrées dans l’année")
    said = page.locator("main").aria_snapshot()
    # Read aloud: a table with its headings, then a picture that says what it shows.
    assert re.search(rf'- row "{YEAR} 20 personnes":\s+- rowheader "{YEAR}"', said), said
    assert '- columnheader "Année"' in said
    assert re.search(rf'img "Entrées dans l’année, de \d+ à {YEAR}\. De .+ à 20 personnes', said)
    context.close()


def print_it(site: RunningSite, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{site.url}/rapports/{YEAR}/mot-de-la-presidence/")
    page.emulate_media(media="print")
    expect(page.get_by_text("Nous avons accueilli")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.goto(f"{site.url}/rapports/{YEAR - 1}/insertion/")
    drawing = page.locator("svg.drawing").first
    expect(drawing).to_be_visible()
    box, sheet = drawing.bounding_box(), page.evaluate("document.documentElement.clientWidth")
    assert box is not None
    assert box["x"] + box["width"] <= sheet
    context.close()


def test_charts_and_tables_make_sense_when_read_aloud(
    report_site: RunningSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{report_site.url}/rapports/{YEAR - 1}/insertion/")
    said = page.locator("main").aria_snapshot()
    images = re.findall(r'img "([^"]+)"', said)
    assert len(images) == 3, said
    evolution, certificates, exits = images
    assert re.match(
        r"Salariés en parcours dans l’année, de \d+ à \d+\. De \d+ personnes en", evolution
    )
    assert "par certification" in certificates
    assert re.search(r"Les sorties par catégorie\. \d{4}\s: Sorties en emploi durable \d+,", exits)
    assert said.count("- table") == 4
    assert said.count("- rowheader") > 20
    context.close()


def test_a_session_that_ends_loses_nothing(report_site: RunningSite, desk: Page) -> None:
    open_family(report_site, desk, "H")
    box = desk.locator(".figures-entry__number").first
    desk.context.clear_cookies()
    box.fill("1234")
    kept = desk.locator("#kept")
    expect(kept).to_contain_text("Vous êtes déconnecté")
    elsewhere = desk.context.new_page()
    enter_admin(report_site, elsewhere, ACCOUNT)
    elsewhere.close()
    expect(kept).to_contain_text("pas encore enregistré", timeout=15_000)
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.locator(".messages")).to_contain_text("sont enregistrés")
    expect(box).to_have_value("1\u202f234")


def test_the_box_that_has_the_focus_is_in_sight(report_site: RunningSite, desk: Page) -> None:
    open_family(report_site, desk, "A")
    desk.locator(".figures-entry__number").first.focus()
    for _line in range(25):
        desk.keyboard.press("Enter")
        box = desk.locator(":focus").bounding_box()
        bar = desk.locator(".figures-entry__end").bounding_box()
        assert box is not None
        assert bar is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= bar["y"]


def test_what_is_given_up_does_not_come_back(report_site: RunningSite, desk: Page) -> None:
    open_family(report_site, desk, "C")
    box = desk.locator(".figures-entry__number").first
    box.fill("77")
    expect(desk.locator("#kept")).to_contain_text("pas encore enregistré")
    desk.reload()
    box.fill("78")
    desk.get_by_role("button", name="Abandonner cette saisie").click()
    expect(desk.locator(".messages")).to_contain_text("est abandonné")
    expect(box).to_have_value("")
