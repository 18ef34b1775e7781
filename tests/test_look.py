"""The look: what no eye should have to check again."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from impulsion_site.static import bundle

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"
TEXT, UI = 4.5, 3.0
GROUNDS = ("craie", "panel", "green-pale", "ochre-pale", "blue-pale", "plum-pale")
INKS = ("encre", "muted", "brique", "brique-strong", "green", "ochre", "blue", "plum")
NIGHT_INKS = ("night-text", "night-muted", "night-accent")


def colours(scheme: int) -> dict[str, str]:
    """The colour tokens as a browser resolves them: 0 light, 1 dark."""
    text = (CSS / "tokens.css").read_text()
    plain = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    return plain | {name: shades[scheme] for name, *shades in pairs}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, « contrast ratio »."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_is_readable_on_every_ground(ink, ground, scheme):
    tokens = colours(scheme)
    assert contrast(tokens[ink], tokens[ground]) >= TEXT


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", NIGHT_INKS)
def test_text_is_readable_at_night(ink, scheme):
    tokens = colours(scheme)
    assert contrast(tokens[ink], tokens["night"]) >= TEXT


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_borders_of_controls_are_seen(ground, scheme):
    tokens = colours(scheme)
    assert contrast(tokens["border"], tokens[ground]) >= UI


def test_light_colours_are_the_same_for_old_browsers():
    """Without light-dark(), a browser gets exactly the light scheme."""
    text = (CSS / "tokens.css").read_text()
    plain = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6})", text))
    assert pairs
    assert {name: plain.get(name) for name in pairs} == pairs


def test_every_token_used_is_declared():
    sheets = {sheet.name: sheet.read_text() for sheet in CSS.glob("*.css")}
    declared = set(re.findall(r"(--[\w-]+):", "".join(sheets.values())))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(sheets.values())))
    assert used - declared == set()


def imports(sheet: str) -> list[str]:
    """The parts that a sheet is made of."""
    return re.findall(r'@import url\("([\w-]+\.css)"\) layer', (CSS / sheet).read_text())


# The sheets that pages name: each is made of parts, and is the only one of its pages.
BUNDLES = sorted(sheet.name for sheet in CSS.glob("*.css") if imports(sheet.name))
ALL_THERE_IS = "everything.css"


def test_every_sheet_is_used():
    """A part that no sheet imports would be dead weight; errors.css stands alone."""
    sheets = {sheet.name for sheet in CSS.glob("*.css") if not sheet.name.startswith("admin")}
    parts = sheets - set(BUNDLES) - {"errors.css"}
    used = {part for sheet in BUNDLES if sheet != ALL_THERE_IS for part in imports(sheet)}
    assert used == parts
    assert set(imports(ALL_THERE_IS)) == parts
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    assert not [sheet for sheet in BUNDLES if f"css/{sheet}" not in templates]


class Tags(HTMLParser):
    """The attributes of a template's elements."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [name for name, _ in attrs]


@pytest.mark.parametrize(
    "template",
    [
        p
        for p in TEMPLATES.rglob("*.html")
        if "admin" not in p.parts and "wagtailadmin" not in p.parts
    ],
    ids=lambda p: str(p.relative_to(TEMPLATES)),
)
def test_no_inline_style_or_script(template):
    text = template.read_text()
    tags = Tags()
    tags.feed(re.sub(r"\{[%#{].*?[%#}]\}", "", text))
    assert not {a for a in tags.attributes if a == "style" or a.startswith("on")}
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert "<style" not in text


@pytest.mark.parametrize("status", [500, 503])
def test_static_error_pages_need_no_engine(status):
    """Sent as they are when the database or the templates are broken."""
    text = (TEMPLATES / "errors" / f"{status}.html").read_text()
    assert not re.search(r"\{[%{#]", text)
    assert '<html lang="fr">' in text
    assert 'href="/static/css/errors.css"' in text
    assert "regie.impulsion@gmail.com" in text


def test_static_error_pages_have_the_colours_of_the_site():
    tokens = (CSS / "tokens.css").read_text()
    errors = re.findall(r"--(\w+): (.+);", (CSS / "errors.css").read_text())
    assert errors
    for name, value in errors:
        assert f"--{name}: {value};" in tokens


def bundled(sheet: str = ALL_THERE_IS) -> str:
    """A style sheet as a visitor gets it."""
    return bundle((CSS / sheet).read_text(), lambda name: (CSS / name).read_text())


@pytest.mark.parametrize("sheet", [name for name in BUNDLES if name != ALL_THERE_IS])
def test_the_style_sheet_of_a_page_is_light(sheet):
    """design.md, section 5: at most 7 kB compressed."""
    assert len(gzip.compress(bundled(sheet).encode(), 9)) <= 7_000


def test_minifying_changes_no_string_of_the_style_sheet():
    """What joins the lines looks at braces, commas and semicolons: none may be in a string."""
    for sheet in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        for string in re.findall(r'"[^"]*"', text):
            assert not re.search(r"[{};,\n]|/\*", string), (sheet.name, string)


def test_minifying_keeps_every_declaration():
    """The same selectors and declarations, but for spaces."""

    def bare(css: str) -> str:
        return re.sub(r"/\*.*?\*/|\s|;(?=\s*})", "", css, flags=re.S)

    layout = bare((CSS / "layout.css").read_text())
    assert layout in bare(bundled())


def drawing(name: str) -> str:
    """A drawn component, without its comment and tags."""
    text = (TEMPLATES / "components" / f"{name}.html").read_text()
    return re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)


def test_the_landscape_is_light():
    """Issue 3: at most 3 kB compressed and 40 elements."""
    svg = drawing("landscape")
    assert len(gzip.compress(svg.encode(), 9)) <= 3_000
    assert len(re.findall(r"<\w", svg)) <= 40
    assert "<title" in svg


TRADES = ("espaces-verts", "second-oeuvre", "entretien", "mediation")


@pytest.mark.parametrize("trade", TRADES)
def test_people_are_at_work_in_each_activity_on_the_part_a_phone_shows(trade):
    """At 320 px the drawing is 118 px high: 613 of its 1,600 units are seen, around the middle."""
    found = re.search(rf'class="who trade-{trade}" d="([^"]+)"', drawing("landscape"))
    assert found
    starts = [float(x) for x in re.findall(r"M([\d.]+) ", found[1])]
    assert [x for x in starts if 494 < x < 1106]


@pytest.mark.parametrize(
    "scene", [*TRADES, "actualites", "agenda", "rapports", "documents", "perdu"]
)
def test_every_scene_asked_for_is_drawn(scene):
    assert f'name == "{scene}"' in drawing("scene")


def test_templates_only_ask_for_scenes_that_exist():
    drawn = set(re.findall(r'name == "([\w-]+)"', drawing("scene")))
    for template in TEMPLATES.rglob("*.html"):
        asked = re.findall(
            r'scene="([\w-]+)"|scene.html" with name="([\w-]+)"', template.read_text()
        )
        assert {one or other for one, other in asked} <= drawn, template


@pytest.mark.parametrize("status", [500, 503])
def test_static_error_pages_show_the_scene_of_the_others(status):
    """Copied, since no engine can include it: the copy must be the same."""
    paths = re.findall(r' d="([^"]+)"', drawing("scene").rpartition("{% else %}")[2])
    assert len(paths) == 2
    text = (TEMPLATES / "errors" / f"{status}.html").read_text()
    assert all(path in text for path in paths)
