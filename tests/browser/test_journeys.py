"""What the public comes for, from the home page to the end, at 360 px, with scripts and without.

The site is a copy of the visitors' one, with a few pages that are no examples: examples give
nothing to calendars.
"""

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import Answer, RunningSite, StartSite

pytestmark = pytest.mark.browser

REAL_PAGES = """
from datetime import timedelta
from django.utils import timezone
from activities.models import (
    Audience, JobIndexPage, JobPage, PrescriberPage, ReferenceIndexPage, ReferencePage,
)
from pages.models import AgendaPage, EventPage, EventSession, Trade
trade = Trade.objects.get(slug="espaces-verts")
today = timezone.localdate()
JobIndexPage.objects.get().add_child(instance=JobPage(
    title="Jardinière ou jardinier", slug="jardin", trade=trade, support="aci",
    contract="Contrat de six mois", hours=26, place="Au dépôt",
    closes_on=today + timedelta(days=9)))
for number in range(3):
    ReferenceIndexPage.objects.get().add_child(instance=ReferencePage(
        title=f"Pelouse {number}", slug=f"pelouse-{number}", trade=trade,
        client_kind=Audience.LANDLORDS, starts_on=today - timedelta(days=40)))
start = timezone.now().replace(microsecond=0) + timedelta(hours=3)
event = EventPage(title="Réunion au jardin", slug="reunion-au-jardin", place="Au jardin")
event.sessions = [EventSession(starts_at=start, ends_at=start + timedelta(hours=2))]
AgendaPage.objects.get().add_child(instance=event)
event.save_revision().publish()
page = PrescriberPage.objects.get()
page.meeting = event
page.save_revision().publish()
print("0")
"""


@pytest.fixture(scope="module")
def lively_site(start_site: StartSite) -> RunningSite:
    site = start_site("journeys")
    site.python(REAL_PAGES)
    return site


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        locale="fr-FR",
        java_script_enabled=request.param,
        is_mobile=True,
        has_touch=True,
    )
    yield context
    context.close()


@pytest.fixture
def visitor(context: BrowserContext, lively_site: RunningSite) -> Page:
    """Somebody who has just come to the home page."""
    page = context.new_page()
    page.goto(f"{lively_site.url}/")
    return page


def test_a_job_seeker_comes_to_the_contact_of_an_offer(visitor: Page) -> None:
    visitor.get_by_role("link", name="Je cherche un travail").click()
    visitor.get_by_role("link", name="Jardinière ou jardinier").first.click()
    expect(visitor.get_by_text("26 h").first).to_be_visible()
    expect(visitor.get_by_text("Au dépôt").first).to_be_visible()
    visitor.get_by_role("link", name="Postuler").click()
    expect(visitor).to_have_url(re.compile(r"/contact/\?motif=emploi&offre=jardin$"))
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()


def test_a_prescriber_prints_the_sheet(visitor: Page) -> None:
    visitor.get_by_role("link", name="Je cherche un travail").click()
    visitor.get_by_role("link", name="Prescripteurs").first.click()
    visitor.emulate_media(media="print")
    for words in ("Jardinière ou jardinier", "Réunion au jardin"):
        expect(visitor.get_by_role("main").get_by_text(words).first).to_be_visible()
    expect(visitor.get_by_role("navigation", name="Menu principal")).to_be_hidden()


def test_a_landlord_sees_three_references_and_asks_for_a_quote(visitor: Page) -> None:
    visitor.goto(visitor.url + "realisations/")
    choice = visitor.get_by_label("Pour qui")
    choice.select_option("bailleurs")
    visitor.get_by_role("button", name="Voir").click()
    for number in range(3):
        expect(visitor.get_by_role("link", name=f"Pelouse {number}")).to_be_visible()
    visitor.get_by_role("link", name="Pelouse 1").click()
    visitor.get_by_role("link", name="Demander un devis").click()
    expect(visitor).to_have_url(re.compile(r"/contact/\?.*motif=devis"))
    for wanted in ("activite=espaces-verts", "realisation=pelouse-1"):
        assert wanted in visitor.url


def test_a_resident_takes_the_next_event_in_a_calendar(
    visitor: Page, lively_site: RunningSite
) -> None:
    visitor.get_by_role("button", name="Menu").click()
    menu = visitor.get_by_role("navigation", name="Menu principal")
    menu.get_by_role("link", name="Agenda").click()
    visitor.get_by_role("link", name="Réunion au jardin").first.click()
    link = visitor.get_by_role("link", name="Ajouter à mon agenda")
    answer = lively_site.get(
        f"/agenda/reunion-au-jardin/{link.get_attribute('href').split('/')[-1]}"
    )
    calendar = icalendar.Calendar.from_ical(decoded(answer))
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Réunion au jardin"
    assert event["LOCATION"].startswith("Au jardin")
    assert event["DTSTART"].dt > datetime.now(ZoneInfo("Europe/Paris"))


def decoded(answer: Answer) -> bytes:
    """The body, out of its compression if it has one."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body
