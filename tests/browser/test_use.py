"""By keyboard, on a narrow screen, with spaced text, without scripts, on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .conftest import RunningSite

pytestmark = pytest.mark.browser

PAGES = [
    "/", "/la-regie/", "/la-regie/territoire/", "/actualites/", "/contact/",
    "/contact/?motif=devis", "/contact/?motif=emploi", "/recherche/?q=a",
]  # fmt: skip
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const right = document.documentElement.clientWidth;
  const faulty = [...document.querySelectorAll("body *")].filter(
    e => e.getBoundingClientRect().right > right + 1);
  return wide + " px: " + faulty.slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(" | ");
}"""
# WCAG 1.4.12: what a reader may set without losing anything.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-block-end: 2em !important }"""


@pytest.fixture
def narrow(chromium: Browser) -> Iterator[Page]:
    """A page of 320 × 256 px: a desktop screen enlarged four times."""
    context = chromium.new_context(viewport={"width": 320, "height": 256}, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_the_first_tab_is_a_visible_way_to_the_content(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.goto(f"{site.url}{address}")
    narrow.keyboard.press("Tab")
    focused = narrow.locator(":focus")
    assert focused.inner_text() == "Aller au contenu"
    box = focused.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["height"] >= 24
    narrow.keyboard.press("Enter")
    assert narrow.evaluate("document.activeElement.id") == "contenu"


@pytest.mark.parametrize("address", PAGES)
def test_the_keyboard_reaches_every_link_in_order_and_leaves(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.set_viewport_size({"width": 1280, "height": 800})
    narrow.goto(f"{site.url}{address}")
    assert narrow.locator("[tabindex]:not([tabindex='-1']):not([tabindex='0'])").count() == 0
    places = []
    for _ in range(200):
        narrow.keyboard.press("Tab")
        place = narrow.evaluate(
            """() => document.activeElement === document.body ? -1
              : [...document.querySelectorAll('*')].indexOf(document.activeElement)"""
        )
        if place == -1 or place in places:
            break
        places.append(place)
    else:
        pytest.fail("200 tabs and still inside: a trap?")
    assert places == sorted(places)
    shown = narrow.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input')].filter(
          e => e.tabIndex >= 0 && e.type !== "radio"
            && e.checkVisibility({visibilityProperty: true})).length"""
    )
    assert len(places) >= shown


@pytest.mark.parametrize("address", PAGES)
def test_nothing_overflows_at_320_px_even_with_spaced_text(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.goto(f"{site.url}{address}")
    assert narrow.evaluate(TOO_WIDE) == ""
    narrow.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
          document.adoptedStyleSheets = [sheet]; }""",
        SPACED,
    )
    assert narrow.evaluate(TOO_WIDE) == ""


@pytest.mark.parametrize("address", PAGES)
def test_nothing_overflows_with_text_twice_as_big(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.set_viewport_size({"width": 640, "height": 800})
    narrow.goto(f"{site.url}{address}")
    narrow.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html{font-size:200%}');
          document.adoptedStyleSheets = [sheet]; }"""
    )
    assert narrow.evaluate(TOO_WIDE) == ""


def test_without_scripts_one_finds_a_page_and_searches(
    chromium: Browser, site: RunningSite
) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(f"{site.url}/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Menu principal").get_by_role("link").first.click()
    assert page.url != f"{site.url}/"
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("searchbox").first.fill("mediation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche/?q=mediation")
    assert page.locator("main").get_by_role("link", name="Médiation").count() >= 1
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_on_paper_there_is_the_text_and_no_menu(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.set_viewport_size({"width": 794, "height": 1123})
    narrow.emulate_media(media="print")
    narrow.goto(f"{site.url}{address}")
    assert narrow.locator("h1").is_visible()
    assert not narrow.get_by_role("navigation", name="Menu principal").is_visible()
    assert not narrow.locator("header").get_by_role("search").is_visible()
    assert narrow.evaluate(TOO_WIDE) == ""


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_for_who_asked_for_stillness(
    narrow: Page, site: RunningSite, address: str
) -> None:
    narrow.emulate_media(reduced_motion="reduce")
    narrow.goto(f"{site.url}{address}")
    moving = narrow.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
          const s = getComputedStyle(e);
          const long = t => t.split(',').some(d => parseFloat(d) > 0.01);
          return (s.animationName !== 'none' && long(s.animationDuration))
            || long(s.transitionDuration);
        }).map(e => e.outerHTML.slice(0, 80)).slice(0, 5)"""
    )
    assert moving == []


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_pressed_is_big_enough(
    narrow: Page, site: RunningSite, address: str, width: int
) -> None:
    narrow.set_viewport_size({"width": width, "height": 800})
    narrow.goto(f"{site.url}{address}")
    small = narrow.evaluate(
        """() => [...document.querySelectorAll('button, input, nav a, .button')].filter(e => {
          if (!e.checkVisibility({visibilityProperty: true})) return false;
          const box = e.getBoundingClientRect();
          return box.width < 24 || box.height < 24;
        }).map(e => e.outerHTML.slice(0, 100) + e.getBoundingClientRect().height)"""
    )
    assert small == []
