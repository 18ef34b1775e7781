"""The emblem of the Union and its sentence: drawn to the rules, and shown where they want it.

The rules (regulation 2021/1060, annex IX, and its guide): a rectangle of 3 by 2, blue #003399;
twelve upright five-pointed stars, #FFCC00, on a circle of a third of the height, each in a circle
of an eighteenth of it, as the hours of a clock; « Cofinancé par l’Union européenne » beside it,
never on it, in an allowed font, without italics nor underline; no logo is larger.
"""

import itertools
import math
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from activities.figures.recording import record
from activities.models import Chapter, Status
from activities.pdf.document import document_of
from activities.pdf.version import fingerprint
from partners.logos import HEIGHT, WIDTH
from partners.models import OperationPage, Partner
from partners.models.partners import LOGO_WIDTHS

from . import factories

BLUE, GOLD, WHITE = "#039", "#fc0", "#fff"
ALLOWED_FONTS = {
    "arial", "auto", "calibri", "garamond", "trebuchet ms", "tahoma", "verdana", "ubuntu",
}  # fmt: skip
SENTENCE = "Cofinancé par l’Union européenne"
CSS = settings.BASE_DIR / "static" / "css" / "mentions.css"
BLOCK = 'class="eu-block"'


@pytest.fixture(scope="module")
def block() -> str:
    return render_to_string("components/eu_block.html", {})


def rule(selector: str) -> dict[str, str]:
    """The declarations of a selector of the style sheet."""
    text = re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.S)
    body = re.search(rf"(?m)^{re.escape(selector)} \{{(.*?)\}}", text, re.S)
    assert body
    pairs = (line.split(":", 1) for line in body[1].split(";") if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def stars(block: str) -> list[list[tuple[float, float]]]:
    """The five points of each star, in the units of the drawing, read from its path."""
    path = re.search(r'class="eu-stars"[^>]* d="([^"]+)"', block)
    assert path
    found = []
    for star in re.findall(r"M([^Mz]+)z", path[1]):
        start, *moves = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", star)]
        x, y = start, moves.pop(0)
        points = [(x, y)]
        for dx, dy in zip(moves[::2], moves[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def test_the_flag_is_three_by_two_in_reflex_blue(block) -> None:
    view = re.search(r'viewBox="0 0 (\d+) (\d+)"', block)
    size = re.search(r'width="(\d+)" height="(\d+)"', block)
    assert view
    assert size
    for found in (view, size):
        assert int(found[1]) * 2 == int(found[2]) * 3
    assert f'fill="{BLUE}" d="M0 0h{view[1]}v{view[2]}H0z"' in block
    # No other colour than the two.
    assert re.findall(r'fill="([^"]+)"', block) == [BLUE, GOLD]


def test_twelve_upright_stars_stand_as_the_hours_of_a_clock(block) -> None:
    width, height = 810, 540
    found = stars(block)
    assert len(found) == 12
    hours = set()
    for points in found:
        assert len(points) == 5
        cx = sum(x for x, _ in points) / 5
        cy = sum(y for _, y in points) / 5
        # On a circle of a third of the height, around the middle of the flag.
        dx, dy = cx - width / 2, cy - height / 2
        assert math.hypot(dx, dy) == pytest.approx(height / 3, abs=0.01)
        hours.add(round(math.degrees(math.atan2(dx, -dy)) % 360, 2))
        # Each in a circle of an eighteenth of it, two points on a vertical: one is straight up.
        for x, y in points:
            assert math.hypot(x - cx, y - cy) == pytest.approx(height / 18, abs=0.01)
        top = min(points, key=lambda point: point[1])
        assert top[0] == pytest.approx(cx, abs=0.01)
        # Every second point is joined: a star, not a pentagon.
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            apart = math.hypot(bx - ax, by - ay)
            assert apart == pytest.approx(2 * height / 18 * math.sin(math.radians(72)), abs=0.01)
    assert sorted(hours) == pytest.approx([30 * hour for hour in range(12)], abs=0.01)


def test_the_sentence_is_the_right_one_beside_the_flag(block) -> None:
    assert f"</svg><p>{SENTENCE}</p>" in block
    assert "<text" not in block


def test_the_sentence_is_in_an_allowed_font_without_effect() -> None:
    declared = rule(".eu-block")
    font = declared["font"]
    families = [name.strip().strip('"').lower() for name in font.split(None, 2)[2].split(",")]
    *named, last = families
    assert set(named) <= ALLOWED_FONTS
    assert last == "sans-serif"
    assert not {"font-style", "text-decoration", "text-shadow", "text-transform"} & set(declared)
    assert "italic" not in font


def luminance(colour: str) -> float:
    parts = [int(digit * 2, 16) / 255 for digit in colour.removeprefix("#")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_sentence_is_reflex_blue_on_white_in_both_schemes() -> None:
    declared = rule(".eu-block")
    assert (declared["color"], declared["background"]) == (BLUE, WHITE)
    contrast = (luminance(WHITE) + 0.05) / (luminance(BLUE) + 0.05)
    assert contrast >= 7


def test_no_logo_is_larger_than_the_block(block) -> None:
    """The whole block is wider than the widest logo may be asked to be, and the flag as high."""
    flag = re.search(r'width="(\d+)" height="(\d+)"', block)
    assert flag
    text = 20 * 0.5 * len(SENTENCE)  # a low estimate: letters of half their size
    assert int(flag[1]) + text >= LOGO_WIDTHS[1]
    assert int(flag[1]) + text >= WIDTH
    assert int(flag[2]) + 24 >= HEIGHT - 24


# --- Where it is shown -------------------------------------------------------------------------


@pytest.fixture
def operation(home) -> OperationPage:
    """An operation that runs today, of an activity that has a page."""
    index = factories.PartnerIndexPageFactory(slug="partenaires")
    trade = factories.TradeFactory(slug="espaces-verts")
    factories.ActivityPageFactory(slug="espaces-verts", trade=trade)
    other = factories.TradeFactory(slug="autre")
    factories.ActivityPageFactory(slug="autre", trade=other)
    funder = factories.PartnerFactory(name="L’Union", slug="l-union")
    operation = factories.OperationPageFactory(
        title="Une opération", slug="une-operation", parent=index, funder=funder
    )
    operation.trades = [trade]
    operation.save()
    return operation


def shown(client: Any, page: str) -> bool:
    html = client.get(page).content.decode()
    if BLOCK in html:
        assert 'data-mention="l-union"' in html
    return BLOCK in html


def activity(slug: str) -> str:
    from activities.models import ActivityPage

    return ActivityPage.objects.get(slug=slug).url


def move(operation: OperationPage, starts_in: int, ends_in: int) -> None:
    today = timezone.localdate()
    operation.starts_on = today + timedelta(days=starts_in)
    operation.ends_on = today + timedelta(days=ends_in)
    operation.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_in", "ends_in", "runs"),
    [(-5, 5, True), (0, 0, True), (-5, 0, True), (0, 5, True), (1, 5, False), (-5, -1, False)],
)
def test_it_is_shown_while_the_operation_runs(operation, client, starts_in, ends_in, runs) -> None:
    move(operation, starts_in, ends_in)
    assert shown(client, "/") is runs
    assert shown(client, activity("espaces-verts")) is runs
    assert not shown(client, activity("autre"))
    # Its own page is lasting, and says whose money it was.
    assert shown(client, operation.url)


@pytest.mark.django_db
def test_a_draft_a_reserved_page_or_an_example_shows_nothing(operation, client) -> None:
    OperationPage.objects.update(is_example=True)
    assert not shown(client, "/")
    assert not shown(client, operation.url)
    OperationPage.objects.update(is_example=False, live=False)
    assert not shown(client, "/")
    OperationPage.objects.update(live=True)
    assert shown(client, "/")
    factories.make_private(operation)
    assert not shown(client, "/")


@pytest.mark.django_db
def test_it_is_shown_even_if_its_funder_has_ended(operation, client) -> None:
    Partner.objects.update(ended_on=timezone.localdate() - timedelta(days=1))
    html = client.get("/").content.decode()
    assert BLOCK in html
    assert 'id="partenaires"' not in html


@pytest.mark.django_db
def test_the_reports_of_its_years_show_it_on_the_web_and_on_paper(operation, client) -> None:
    year = operation.starts_on.year
    for number in (year, year - 3):
        report = factories.ReportPageFactory(year=number)
        paper = document_of(report, "rapport", "public").html
        assert shown(client, report.url) is (number == year)
        assert (BLOCK in paper) is (number == year)


# --- The mention of the other funders, and the names of a year ---------------------------------


@pytest.mark.django_db
def test_a_report_shows_the_names_of_its_year(site, client) -> None:
    """In its page, on paper and on slides; files of figures keep the code of the part."""
    year = 2020
    partner = factories.PartnerFactory(name="Nom d’aujourd’hui", required_mention="aide la régie.")
    factories.SupportFactory(partner=partner, starts_on="2019-01-01", purpose="Le chantier")
    factories.FormerNameFactory(partner=partner, name="Nom d’alors", until="2021-06-30")
    breakdown = factories.BreakdownFactory(code="financeur")
    item = factories.BreakdownItemFactory(
        breakdown=breakdown, code="lui", label="Nom de la liste", partner=partner
    )
    money = factories.IndicatorFactory(
        code="subventions", label="Subventions", unit="€", chapter=Chapter.PARTNERS
    )
    money.breakdowns = [breakdown]
    money.save()
    for number in (year, 2022):
        report = factories.ReportPageFactory(year=number)
        chapter = factories.ReportChapterPageFactory(
            parent=report, chapter=Chapter.PARTNERS, slug="partenaires"
        )
        chapter.body = (
            type(chapter)
            ._meta.get_field("body")
            .to_python(
                [
                    {"type": "partners", "value": {}},
                    {
                        "type": "figures_table",
                        "value": {
                            "title": "Les subventions",
                            "indicators": ["subventions"],
                            "with_parts": True,
                        },
                    },
                ]
            )
        )
        for part, amount in ((None, 2000), (item, 1500)):
            record(money, number, amount, item=part, status=Status.APPROVED)
        chapter.save_revision().publish()
        said, unsaid = "Nom d’alors", "Nom d’aujourd’hui"
        if number == 2022:
            said, unsaid = unsaid, said
        pages = [
            client.get(report.url).content.decode(),
            client.get(chapter.url).content.decode(),
            client.get(report.slides_url()).content.decode(),
            document_of(report, "rapport", "public").html,
        ]
        for page in pages:
            assert said in page
            assert unsaid not in page
            assert "Nom de la liste" not in page
        for page in (pages[0], pages[1], pages[3]):
            assert f'data-mention="{partner.slug}"' in page
        figures = client.get(f"{report.url}indicateurs.csv").content.decode()
        assert "financeur/lui" in figures


@pytest.mark.django_db
def test_a_new_name_makes_the_paper_anew(site) -> None:
    partner = factories.PartnerFactory()
    before = fingerprint()
    factories.FormerNameFactory(partner=partner)
    named = fingerprint()
    factories.SupportFactory(partner=partner)
    assert len({before, named, fingerprint()}) == 3


@pytest.mark.django_db
def test_a_mention_is_shown_where_it_is_asked_for(home, client) -> None:
    factories.PartnerIndexPageFactory(slug="partenaires")
    trade = factories.TradeFactory(slug="espaces-verts")
    page = factories.ActivityPageFactory(slug="espaces-verts", trade=trade)
    partner = factories.PartnerFactory(name="Fonds", required_mention="aide la régie.")
    support = factories.SupportFactory(partner=partner)
    support.trades = [trade]
    support.save()
    mark = 'data-mention="fonds"'
    assert mark in client.get("/partenaires/fonds/").content.decode()
    assert mark not in client.get(page.url).content.decode()
    partner.mention_placement = Partner.Placement.ACTIVITIES
    partner.save()
    assert mark in client.get(page.url).content.decode()
    support.ends_on = timezone.localdate() - timedelta(days=1)
    support.save()
    assert mark not in client.get(page.url).content.decode()
