"""The report at the assembly: by keyboard to the end and back, on every wall, on paper."""

import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .conftest import ROOT, RunningSite, StartSite
from .test_pages import AXE_TAGS, checker

pytestmark = pytest.mark.browser

WALLS = ((1024, 768), (1280, 720), (1920, 1080))
PHONE = (360, 640)
# A report in which everything is as long as the forms allow.
LONG_REPORT = """
import json
from activities.models import Indicator, ReportChapterPage as Chapter, ReportPage as Report, Value
year = Value.objects.filter(indicator__code="chiffre_affaires").order_by("-year").first().year
report = Report.objects.get(year=year)
page = Chapter.objects.child_of(report).get(chapter="insertion")
word = "Anticonstitutionnellementinterminable"
sentence = lambda length: (f"Les {word} et les autres ont " * 30)[:length]
charts = [
    {"type": "evolution", "value": {"indicator": "chiffre_affaires", "years": "10",
     "finding": sentence(140)}},
    {"type": "breakdown", "value": {"indicator": "certifications_obtenues",
     "breakdown": "certification", "form": "comparison", "finding": sentence(140)}},
    {"type": "exits", "value": {"finding": sentence(140)}},
    {"type": "funding", "value": {"finding": sentence(140)}},
    {"type": "key_figure", "value": {"indicator": "chiffre_affaires", "words": sentence(120)}},
    {"type": "accounts", "value": {}},
    {"type": "quote", "value": {"text": sentence(900), "author": sentence(100),
     "role": sentence(150)}},
    {"type": "callout", "value": {"title": sentence(100), "text": f"<p>{sentence(900)}</p>"}},
]
section = {"title": sentence(120), "content": [
    {"type": "paragraph", "value": f"<p>{sentence(900)}</p>"}, *charts]}
page.title = sentence(100)
page.body = json.dumps([
    {"type": "paragraph", "value": f"<p>{sentence(900)}</p>"},
    {"type": "section", "value": section},
])
page.save_revision().publish()
keys = Chapter.objects.child_of(report).get(chapter="annee-en-chiffres")
keys.body = json.dumps([
    {"type": "key_figure", "value": {"indicator": "chiffre_affaires", "words": sentence(120)}},
] * 4)
keys.save_revision().publish()
print(year)
"""
NEWEST = "from activities.models import ReportPage as P; print(P.objects.order_by('-year')[0].year)"
# What sticks out of each slide: its number, by how much, what.
STICKING_OUT = """
[...document.querySelectorAll(".slide")].flatMap((slide, rank) => {
  const box = slide.getBoundingClientRect();
  return [...slide.querySelectorAll("*")]
    .filter((one) => !one.closest("svg.trait, .motif, .visually-hidden, svg.qr"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, its]) => its.width && (its.right > box.right + 1 || its.left < box.left - 1
      || its.bottom > box.bottom + 1))
    .map(([one]) => `${rank + 1}: <${one.tagName} ${one.className.baseVal ?? one.className}>`);
})"""
TOO_HIGH = """
[...document.querySelectorAll(".slide")]
  .map((slide, rank) => [rank + 1, slide.offsetHeight - innerHeight])
  .filter(([, more]) => more > 1)"""
SMALLEST_LETTERS = """
Math.min(...[...document.querySelectorAll(".slide__main :is(p, span, b, td, th, small, text)")]
  .filter((one) => one.textContent.trim() && one.getClientRects().length)
  .map((one) => parseFloat(getComputedStyle(one).fontSize)
    * (one.ownerSVGElement ? one.getScreenCTM().a : 1)))"""
IN_SIGHT = """
[...document.querySelectorAll(".slide")]
  .findIndex((slide) => Math.abs(slide.getBoundingClientRect().top) < 2) + 1"""


@pytest.fixture(scope="module")
def assembly(start_site: StartSite) -> RunningSite:
    return start_site("slides")


@pytest.fixture(scope="module")
def addresses(assembly: RunningSite) -> list[str]:
    """The slides of the demonstration, and those of a report where everything is long."""
    long = assembly.python(LONG_REPORT)
    years = [year for year in (assembly.python(NEWEST) - 1, long) if year]
    return [f"{assembly.url}/rapports/{year}/diaporama/" for year in years]


@pytest.fixture
def wall(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="fr-FR")
    page = context.new_page()
    yield page
    context.close()


def count(page: Page) -> int:
    return page.locator(".slide").count()


def test_by_keyboard_to_the_end_and_back(wall: Page, addresses: list[str]) -> None:
    complaints: list[str] = []
    wall.on("console", lambda message: complaints.append(message.text))
    wall.on("pageerror", lambda error: complaints.append(str(error)))
    wall.goto(addresses[0])
    slides, said = count(wall), wall.get_by_role("status")
    assert slides > 10
    keys = ("PageDown", "ArrowRight", "Space", "ArrowDown", "Enter")
    for number in range(2, slides + 1):
        wall.keyboard.press(keys[number % len(keys)])
        assert wall.url.endswith(f"#d{number}")
        assert wall.evaluate(IN_SIGHT) == number
        assert wall.evaluate("document.activeElement.id") == f"d{number}"
    expect(said).to_have_text(f"Diapositive {slides} sur {slides}")
    wall.keyboard.press("PageDown")  # nothing after the last
    assert wall.evaluate(IN_SIGHT) == slides
    for number, key in ((slides - 1, "PageUp"), (slides - 2, "ArrowLeft"), (slides - 3, "ArrowUp")):
        wall.keyboard.press(key)
        assert wall.evaluate(IN_SIGHT) == number
    wall.keyboard.press("Shift+Space")
    assert wall.evaluate(IN_SIGHT) == slides - 4
    for key, number in (("Home", 1), ("End", slides)):
        wall.keyboard.press(key)
        assert wall.evaluate(IN_SIGHT) == number
    wall.keyboard.type("12")
    wall.keyboard.press("Enter")
    assert wall.evaluate(IN_SIGHT) == 12
    # The place is kept, whatever happens to the window.
    wall.reload()
    assert wall.evaluate(IN_SIGHT) == 12
    wall.set_viewport_size({"width": 1024, "height": 768})
    wall.wait_for_timeout(400)
    assert wall.evaluate(IN_SIGHT) == 12
    wall.mouse.wheel(0, 700)
    wall.wait_for_timeout(900)
    assert wall.url.endswith("#d13")
    assert not complaints


def test_what_the_buttons_do(wall: Page, addresses: list[str]) -> None:
    wall.goto(addresses[0])
    wall.get_by_role("button", name="Diapositive suivante").click()
    assert wall.evaluate(IN_SIGHT) == 2
    wall.keyboard.press("f")
    wall.wait_for_function("document.fullscreenElement")
    wall.keyboard.press("f")
    wall.wait_for_function("!document.fullscreenElement")
    wall.get_by_role("button", name="Plein écran").click()
    wall.wait_for_function("document.fullscreenElement")
    # On a button the space bar is that of the button, the arrows those of the slides.
    wall.get_by_role("button", name="Plein écran").focus()
    wall.keyboard.press("Space")
    wall.wait_for_function("!document.fullscreenElement")
    wall.keyboard.press("ArrowRight")
    assert wall.evaluate(IN_SIGHT) == 3
    wall.keyboard.press("?")
    help = wall.get_by_role("dialog", name="Les touches")
    expect(help).to_be_visible()
    wall.keyboard.press("PageDown")
    assert wall.url.endswith("#d3")
    wall.keyboard.press("Escape")
    expect(help).to_be_hidden()
    wall.keyboard.press("n")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert wall.evaluate(ground) == "rgb(0, 0, 0)"
    wall.keyboard.press("n")
    assert wall.evaluate(ground) == "rgb(255, 255, 255)"


def test_without_script_one_scrolls(chromium: Browser, addresses: list[str]) -> None:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{addresses[0]}#d5")
    expect(page.locator("#d5 .slide__title")).to_be_in_viewport()
    expect(page.locator("#d5 .slide__number")).to_contain_text("5")
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Le rapport").click()
    assert page.url == addresses[0].removesuffix("diaporama/")
    context.close()


def test_nothing_sticks_out_and_letters_are_large(wall: Page, addresses: list[str]) -> None:
    faults = []
    for address in addresses:
        for width, height in (*WALLS, PHONE):
            wall.set_viewport_size({"width": width, "height": height})
            wall.goto(address)
            wall.evaluate("document.fonts.ready.then(() => 0)")
            found = wall.evaluate(STICKING_OUT)
            wide = wall.evaluate("document.documentElement.scrollWidth - innerWidth")
            high = wall.evaluate(TOO_HIGH) if (width, height) != PHONE else []
            letters = wall.evaluate(SMALLEST_LETTERS)
            # Two hundredths of the wall: 20 px where it is 1,024 px wide.
            small = (width, height) != PHONE and letters < min(width / 100, height / 66.7) * 1.75
            if found or wide > 0 or high or small:
                faults.append((address[-16:], width, found, wide, high, letters))
    assert not faults, "\n".join(map(str, faults))


def test_a_sheet_for_each_slide(wall: Page, addresses: list[str]) -> None:
    for address in addresses:
        wall.goto(address)
        paper = wall.pdf(prefer_css_page_size=True)
        sheets = re.findall(rb"/MediaBox \[0 0 (\d+)\S* (\d+)", paper)
        assert len(sheets) == count(wall)
        assert set(sheets) == {(b"841", b"594")}


@pytest.mark.parametrize("size", [PHONE, WALLS[1]], ids=["phone", "wall"])
def test_axe_and_the_checker_find_nothing(
    wall: Page, addresses: list[str], size: tuple[int, int], tmp_path: Path
) -> None:
    wall.set_viewport_size({"width": size[0], "height": size[1]})
    wall.goto(addresses[0])
    for key in ("n", "n", "?"):
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}}
        found = Axe().run(wall, options=options).response["violations"]
        assert not [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
        wall.keyboard.press(key)
    html = tmp_path / "slides.html"
    html.write_bytes(wall.request.get(addresses[0]).body())
    done = subprocess.run([*checker(), str(html)], capture_output=True, text=True, check=False)
    assert not done.stderr


def test_forced_colours_lose_nothing(chromium: Browser, addresses: list[str]) -> None:
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(addresses[0])
    expect(page.locator("#d1 .slide__title")).to_be_visible()
    bars = page.locator(".drawing [class*=shade]").first
    assert bars.evaluate("one => getComputedStyle(one).stroke") != "none"
    context.close()


def test_the_script_is_light() -> None:
    script = (ROOT / "static" / "js" / "slides.js").read_bytes()
    assert len(gzip.compress(script)) < 3_000
