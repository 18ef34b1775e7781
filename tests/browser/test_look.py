"""One look at a page of each kind, for everything that a reader may change of the way it shows.

Text twice as big, spaced out, on the narrowest screen, colours forced, no style sheet, no script,
on paper, by keyboard: nothing is lost (A04–A22 of the accessibility list). The visits are made
once; each test reads what they found. `make geometry` writes the boxes of the last test.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from .conftest import CHROMIUM, CHROMIUM_OPTIONS, RunningSite
from .test_pages import OTHER_ADDRESSES, PAGES_BY_TYPE

pytestmark = pytest.mark.browser

GEOMETRY = Path(__file__).with_name("geometry.json")
WRITE_GEOMETRY = "WRITE_GEOMETRY"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ON_ITS_SIDE = {"width": 740, "height": 360}
ENLARGED = {"width": 320, "height": 256}  # a screen of 1280 × 1024 px at 400 %
SAME_BOX = 0.02

# WCAG 1.4.12: what a reader may set without losing anything.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-block-end: 2em !important }"""

# The questions asked of each page, by name (`look.lost()`…).
QUESTIONS = Path(__file__).with_name("look.js").read_text()


@pytest.fixture(scope="session")
def kinds(site: RunningSite) -> dict[str, str]:
    """The address of one page of each kind."""
    chosen = site.python(PAGES_BY_TYPE)["chosen"]
    return chosen | {name: address for name, (address, _status) in OTHER_ADDRESSES.items()}


@pytest.fixture(scope="session")
def big_letters(playwright_driver: Playwright) -> Iterator[Browser]:
    """Chromium as set by a reader who wants no letter smaller than 24 px."""
    options = [*CHROMIUM_OPTIONS, "--blink-settings=minimumFontSize=24"]
    browser = playwright_driver.chromium.launch(executable_path=CHROMIUM, args=options)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def looks(
    site: RunningSite, chromium: Browser, big_letters: Browser, kinds: dict[str, str]
) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """The faults found, by subject, and the boxes, by page and width."""
    faults: dict[str, list[str]] = defaultdict(list)
    boxes: dict[str, Any] = {}
    context = chromium.new_context(viewport=DESKTOP, locale="fr-FR")
    context.add_init_script(QUESTIONS)
    page = context.new_page()
    for name, address in kinds.items():

        def note(subject: str, found: Any, *, kind: str = name) -> None:
            if found:
                faults[subject].append(f"{kind}: {found}")

        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            load(page, f"{site.url}{address}")
            note("shift", page.evaluate("window.shifts"))
            if size == PHONE:
                look_closely(page, note)
            page.evaluate("look.freeze()")
            boxes[f"{name} {size['width']}"] = page.evaluate("look.boxes()")
        look_at_width(page, note)
        look_without_style(page, note)
    context.close()
    faults["smallest"] = look_in_big_letters(big_letters, site, kinds)
    return faults, boxes


def look_in_big_letters(browser: Browser, site: RunningSite, kinds: dict[str, str]) -> list[str]:
    """What is lost on a phone and on a desktop when no letter is under 24 px."""
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    context.add_init_script(QUESTIONS)
    page = context.new_page()
    faults = []
    for name, address in kinds.items():
        load(page, f"{site.url}{address}")
        assert page.evaluate("look.smallestLetters()") >= 24
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            faults += [f"{name}: {found}" for found in page.evaluate("look.lost()")]
    context.close()
    return faults


def load(page: Page, url: str) -> None:
    """A page with its font and, once scrolled through, its pictures."""
    page.goto(url, wait_until="load")
    page.evaluate("look.settle()")


def look_closely(page: Page, note: Any) -> None:
    """On a phone: colours, controls, drawings, movement."""
    note("colour", page.evaluate("look.colourAlone()"))
    note("pictures", page.evaluate("look.unnamedPictures()"))
    note("scripts", page.evaluate("look.scripts()"))
    page.keyboard.press("Tab")  # from now on the browser shows where the keyboard is
    for modes in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}):
        page.emulate_media(**modes)
        if found := page.evaluate("look.focus()"):
            note("focus", f"{modes}: {found}")
    note("forced", page.evaluate("look.forced()"))
    page.emulate_media(forced_colors="none", color_scheme="light", reduced_motion="reduce")
    note("motion", page.evaluate("look.moving()"))
    page.emulate_media(reduced_motion="no-preference", contrast="more")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        note("contrast", page.evaluate("look.pale()"))
    page.emulate_media(contrast="no-preference", color_scheme="light")


def look_at_width(page: Page, note: Any) -> None:
    """Big text, spaced text, a narrow screen, paper; on a phone and on a desktop."""
    devtools = page.context.new_cdp_session(page)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.evaluate("css => look.sheet(css)", SPACED)
        note("spaced", page.evaluate("look.lost()"))
        page.evaluate("look.sheet('')")
        # The reader's own setting, which the conditions of the style sheet see too.
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        note("twice", page.evaluate("look.lost()"))
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    devtools.detach()
    note("colour", page.evaluate("look.colourAlone()"))
    page.set_viewport_size(ON_ITS_SIDE)
    note("side", page.evaluate("look.lost()"))
    page.set_viewport_size(ENLARGED)
    note("enlarged", page.evaluate("look.lost()"))
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    page.emulate_media(media="print")
    note("print", page.evaluate("look.onPaper()") + page.evaluate("look.lost()"))
    page.emulate_media(media="screen")


def look_without_style(page: Page, note: Any) -> None:
    """The last look: the page is not the same afterwards."""
    styled = page.evaluate("look.letters()")
    assert page.evaluate("look.dropStyle()")
    note("unstyled", first_loss(styled, page.evaluate("look.letters()")))
    note("unstyled", page.evaluate("look.unstyledOrder()"))


def first_loss(styled: str, bare: str) -> str:
    """From where the letters of one are not, in order, among those of the other."""
    rest = iter(bare)
    for place, letter in enumerate(styled):
        if letter not in rest:
            return f"lost from « {styled[place : place + 60]} »"
    return ""


SUBJECTS = {
    "shift": "nothing moves while a page loads",
    "focus": "one sees where the keyboard is, in light, dark and forced colours (A07, A08)",
    "twice": "text twice as big: nothing cut, nothing overlapping (A09)",
    "enlarged": "400 %: no horizontal scroll (A10)",
    "spaced": "spaced text: no loss (A11)",
    "side": "a phone on its side: nothing lost (A12)",
    "smallest": "no letter under 24 px, as a reader may ask: nothing lost (A13)",
    "motion": "nothing moves for who asked for stillness (A14)",
    "forced": "forced colours: controls and drawings are seen (A16)",
    "contrast": "more contrast, for who asked for it: 7:1, 4.5:1 in large letters (A17)",
    "colour": "colour is never alone (A18)",
    "unstyled": "without the style sheet: all the words, in order (A19)",
    "scripts": "no script but deferred files of the site: the page is whole before them (A20)",
    "pictures": "a picture has its words, or says that it needs none (A21)",
    "print": "on paper: the text and the address, no menu (A22)",
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_is_lost(looks, subject: str) -> None:
    faults = looks[0][subject]
    assert not faults, SUBJECTS[subject] + "\n" + "\n".join(faults)


def test_the_subjects_are_all_read(looks) -> None:
    """A fault noted under a name that no test reads would be nobody's."""
    assert set(looks[0]) <= set(SUBJECTS)


# --- The menu of a phone, by keyboard, without scripts --------------------------------------


def test_the_menu_of_a_phone_by_keyboard_alone(chromium: Browser, site: RunningSite) -> None:
    context = chromium.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/contact/")
    button = page.get_by_role("button", name="Menu")
    for _ in range(4):
        page.keyboard.press("Tab")
        if focused(page) == "Menu":
            break
    assert focused(page) == "Menu"
    page.keyboard.press("Enter")
    entries = page.get_by_role("navigation", name="Menu principal").get_by_role("link")
    wanted = [text.strip() for text in entries.all_inner_texts()]
    assert len(wanted) >= 4
    reached = []
    for _ in range(len(wanted) + 4):
        page.keyboard.press("Tab")
        reached.append(focused(page))
    assert set(wanted) <= set(reached)
    page.keyboard.press("Escape")
    assert not entries.first.is_visible()
    assert button.is_visible()
    context.close()


def focused(page: Page) -> str:
    element = page.locator(":focus")
    return element.inner_text().strip() if element.count() else ""


# --- Geometry -------------------------------------------------------------------------------

# Each database ranks its answers in its own way: which of them make the first page, hence its
# height, is not a matter of look. Its landmarks and their widths are.
ANSWERS = "recherche avec résultats"


def test_landmarks_and_sections_keep_their_boxes(looks) -> None:
    """A difference that is wanted is recorded by `make geometry`, and read in its diff."""
    boxes = looks[1]
    if os.environ.get(WRITE_GEOMETRY):
        rows = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(boxes.items()))
        GEOMETRY.write_text(f"{{\n{rows}\n}}\n")
    known = json.loads(GEOMETRY.read_text())
    assert sorted(known) == sorted(boxes)
    faults = []
    for name, found in boxes.items():
        wanted = known[name]
        if [box[0] for box in found] != [box[0] for box in wanted]:
            faults.append(f"{name}: {[b[0] for b in wanted]} became {[b[0] for b in found]}")
            continue
        width = int(re.findall(r"\d+", name)[-1])
        faults += [
            f"{name}: {before} became {now}"
            for before, now in zip(wanted, found, strict=True)
            if abs(before[1] - now[1]) > SAME_BOX * width
            or abs(before[2] - now[2]) > SAME_BOX * width
            or (ANSWERS not in name and abs(before[3] - now[3]) > max(2, SAME_BOX * before[3]))
        ]
    assert not faults, "\n".join(faults)
