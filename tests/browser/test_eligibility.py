"""The self-check in a real browser: it answers, and nobody hears of it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import RunningSite

pytestmark = pytest.mark.browser

ADDRESS = "/travailler/exemple-est-ce-pour-moi/"
NOTHING_KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture
def check(context: BrowserContext, site: RunningSite) -> Page:
    """The page of the self-check, ready."""
    page = context.new_page()
    page.goto(f"{site.url}{ADDRESS}", wait_until="networkidle")
    return page


def answer(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_it_explains_without_deciding(check: Page) -> None:
    boxes = check.get_by_role("checkbox")
    assert boxes.count() == 6
    assert "Cochez ce qui est vrai pour vous." in answer(check)
    boxes.nth(2).check()
    assert answer(check).startswith("Vous avez coché 1 situation. Cela ne suffit peut-être pas.")
    boxes.nth(3).check()
    boxes.nth(4).check()
    assert answer(check).startswith("Vous avez coché 3 situations. Ce parcours est peut-être")
    for number in (2, 3, 4):
        boxes.nth(number).uncheck()
    boxes.nth(0).check()
    assert answer(check).startswith("Vous avez coché 1 situation. Ce parcours est peut-être")
    assert answer(check).endswith("Un conseiller vérifiera.")


def test_nothing_is_sent_and_nothing_is_kept(check: Page, context: BrowserContext) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for box in check.get_by_role("checkbox").all():
        box.check()
    check.evaluate("window.print = () => {}")
    check.get_by_role("button", name="Imprimer ma fiche").click()
    check.wait_for_timeout(300)
    assert asked == []
    kept = check.evaluate(NOTHING_KEPT)
    assert kept == {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0}
    assert context.cookies() == []
    assert check.locator("main [name], main form").count() == 0
    assert "?" not in check.url
    assert "#" not in check.url


def test_the_boxes_are_empty_again_after_a_reload_and_a_return(
    check: Page, site: RunningSite
) -> None:
    for leave in (
        check.reload,
        lambda: (check.goto(f"{site.url}/contact/"), check.go_back()),
    ):
        check.get_by_role("checkbox").first.check()
        leave()
        expect(check.get_by_role("checkbox").first).not_to_be_checked()
        assert "Cochez ce qui est vrai pour vous." in answer(check)


def test_the_keyboard_is_enough(check: Page) -> None:
    box = check.get_by_role("checkbox", name="Je touche l’allocation Exemple")
    for _ in range(40):
        check.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    else:
        pytest.fail("forty tabs and no box")
    check.keyboard.press("Space")
    expect(box).to_be_checked()
    assert "peut-être pour vous" in answer(check)
    # What has the focus is not hidden by the answer that stays at the foot of the screen.
    check.get_by_role("checkbox").last.focus()
    focused = check.get_by_role("checkbox").last.bounding_box()
    foot = check.locator(".check__result").bounding_box()
    assert focused is not None
    assert foot is not None
    assert focused["y"] + focused["height"] <= foot["y"] + 1


def test_the_answer_is_told_by_a_live_region(check: Page) -> None:
    status = check.get_by_role("status")
    assert status.count() == 1
    assert status.is_visible()


def test_paper_holds_what_was_ticked_and_lines_to_fill_in(check: Page) -> None:
    check.get_by_role("checkbox", name="J’habite rue de l’Exemple").check()
    check.emulate_media(media="print")
    assert check.get_by_text("J’habite rue de l’Exemple").is_visible()
    assert not check.get_by_text("Je garde des enfants").is_visible()
    assert not check.get_by_text("Je touche l’allocation Exemple").is_visible()
    assert check.get_by_text("Nom et prénom").is_visible()
    assert not check.get_by_role("status").is_visible()
    assert not check.get_by_role("button", name="Imprimer ma fiche").is_visible()


def test_without_a_script_the_list_reads_and_prints_whole(
    chromium: Browser, site: RunningSite
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{site.url}{ADDRESS}")
    assert page.get_by_role("checkbox").count() == 0
    assert page.locator(".criteria > li").count() == 6
    assert not page.locator(".check__result").is_visible()
    assert not page.get_by_role("button", name="Imprimer ma fiche").is_visible()
    page.emulate_media(media="print")
    assert all(item.is_visible() for item in page.locator(".criteria > li").all())
    context.close()


@pytest.mark.parametrize(
    "address",
    [
        "/travailler/offres/exemple-entretien-des-espaces-verts/",
        "/travailler/prescripteurs/",
        ADDRESS,
    ],
)
def test_each_is_one_sheet_of_paper(context: BrowserContext, site: RunningSite, address) -> None:
    page = context.new_page()
    page.goto(f"{site.url}{address}")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_code_of_a_poster_is_on_paper_only(context: BrowserContext, site: RunningSite) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/travailler/offres/exemple-entretien-des-espaces-verts/")
    assert not page.locator(".poster-foot").is_visible()
    page.emulate_media(media="print")
    code = page.locator(".poster-foot .qr")
    assert code.is_visible()
    box = code.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"])
    assert box["width"] > 110  # 32 mm: a module is more than half a millimetre
    assert not page.get_by_role("link", name="Postuler").is_visible()
