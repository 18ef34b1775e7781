"""The block of the Union as a reader sees it, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .conftest import RunningSite, StartSite

pytestmark = pytest.mark.browser

ALLOWED = {"arial", "verdana", "ubuntu", "calibri", "tahoma", "trebuchet ms", "garamond"}
OPERATION = """
from datetime import timedelta
from django.utils import timezone
from pages.models import SiteImage
from partners.models import OperationPage, Partner, PartnerIndexPage
today = timezone.localdate()
image = SiteImage.objects.first()
# The widest logo that a funder may ask for, on the page of the operation.
funder = Partner.objects.create(name="Financeur d’essai", family="institution", logo=image,
    logo_min_width=280, required_mention="aide la régie.")
page = OperationPage(title="Une opération d’essai", slug="operation-d-essai", funder=funder,
    starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1), aims="Un but.")
PartnerIndexPage.objects.get().add_child(instance=page)
page.save_revision().publish()
print(0)
"""
MEASURE = """() => {
    const block = document.querySelector('.eu-block');
    const style = getComputedStyle(block.querySelector('p'));
    const box = element => {
        const {left, top, right, bottom, width, height} = element.getBoundingClientRect();
        return {left, top, right, bottom, width, height};
    };
    const decorated = [block, block.querySelector('p')].map(
        element => getComputedStyle(element).textDecorationLine);
    return {
        block: box(block), flag: box(block.querySelector('svg')),
        text: box(block.querySelector('p')),
        style: style.fontStyle, decorated, colour: style.color, shadow: style.textShadow,
        family: style.fontFamily, ground: getComputedStyle(block).backgroundColor,
        logos: [...document.querySelectorAll('.logo')].filter(e => e.offsetParent).map(box),
        wide: document.documentElement.scrollWidth,
    };
}"""


@pytest.fixture(scope="module")
def funded_site(start_site: StartSite) -> RunningSite:
    site = start_site("funded")
    site.python(OPERATION)
    return site


@pytest.fixture(params=[(320, 640), (360, 640), (1280, 720)], ids=lambda size: str(size[0]))
def screen(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark", locale="fr-FR"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", ["/", "/partenaires/operation-d-essai/"])
def test_the_block_obeys_its_rules_on_a_screen(funded_site, screen, address: str) -> None:
    screen.goto(f"{funded_site.url}{address}")
    seen = screen.evaluate(MEASURE)
    assert (seen["style"], seen["decorated"], seen["shadow"]) == ("normal", ["none"] * 2, "none")
    first = seen["family"].split(",")[0].strip('" ').lower()
    assert first in ALLOWED
    assert seen["colour"] == "rgb(0, 51, 153)"
    assert seen["ground"] == "rgb(255, 255, 255)"
    # Without scrolling, whole, beside its flag and not on it.
    size = screen.viewport_size
    assert size
    assert seen["block"]["bottom"] <= size["height"]
    assert seen["block"]["right"] <= size["width"] >= seen["wide"]
    assert seen["text"]["left"] >= seen["flag"]["right"]
    assert seen["flag"]["width"] == 120
    assert seen["flag"]["width"] * 2 == pytest.approx(seen["flag"]["height"] * 3, abs=0.5)
    # No logo is larger.
    for logo in seen["logos"]:
        assert logo["width"] <= seen["block"]["width"]
    if "operation" in address:
        assert seen["logos"]
