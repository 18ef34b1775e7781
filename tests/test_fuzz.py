"""Whatever the query string, every public address gives the nearest sensible page, or says no.

The addresses are all there are: those of the pages, of their files, and of the other patterns. A
pattern or a parameter that is new and unknown here fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.reference_filters import ReferenceFilterForm
from contact.forms import IntentionForm
from impulsion_site.urls import PAGE_FILE, urlpatterns
from pages.list_filters import NewsFilter, PastEventsFilter
from pages.models.who_to_call import CommuneForm
from pages.querysets import all_pages
from pages.search.forms import SearchForm

from . import factories
from .hostile import HOSTILE

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[1]
APPLICATIONS = ("pages", "activities", "partners", "contact", "impulsion_site")

# The patterns that are not pages, and an address of each.
PATTERNS = {
    "recherche/": "/recherche/",
    "robots.txt": "/robots.txt",
    "sitemap.xml": "/sitemap.xml",
    ".well-known/security.txt": "/.well-known/security.txt",
    "favicon.ico": "/favicon.ico",
    "documents/<int:document_id>/<path:document_filename>": "/documents/1/rien.pdf",
    "media/images/<path:name>": "/media/images/rien.width-480.format-webp.webp",
    "media/<path:name>": "/media/rien.txt",
}
# What nobody reads without an account, and what only leads to the pages themselves.
OTHER_PATTERNS = {"admin/", "composants/", "", PAGE_FILE}
FILES = (
    "/actualites/flux.xml",
    "/agenda/agenda.ics",
    "/agenda/rendez-vous/evenement.ics",
    "/agenda/rien.json",
    *(f"/rapports/2024/indicateurs.{kind}" for kind in ("csv", "json", "xlsx")),
    "/rien/du/tout/",
)
PARAMETERS = {
    "page", "passes", "annee", "theme", "q", "sorte", "commune", "motif", "activite",
    "realisation", "client", "partenaire",
}  # fmt: skip
READERS = {
    '"page"': {"page"},
    "SearchForm": set(SearchForm.base_fields),
    "PastEventsFilter": set(PastEventsFilter.base_fields),
    "NewsFilter": set(NewsFilter.base_fields),
    "CommuneForm": set(CommuneForm.base_fields),
    "ReferenceFilters": set(ReferenceFilterForm.base_fields),
    "IntentionForm": set(IntentionForm.base_fields),
}
SENSIBLE = {200, 301, 302, 304, 400, 404, 410}


@pytest.fixture(scope="module")
def addresses(django_db_setup, django_db_blocker) -> Iterator[list[str]]:
    """Every public address of a site with a page of each type; the database forgets it."""
    with django_db_blocker.unblock(), transaction.atomic():
        factories.SiteFactory()
        for make in factories.PAGE_FACTORIES[1:]:
            if not make._meta.model.objects.exists():
                make()
        factories.EventPageFactory(title="Rendez-vous")
        factories.ReportPageFactory(year=2024)
        factories.ValueFactory(year=2024)
        factories.NewsPageFactory(trades=[factories.TradeFactory()])
        factories.ReferencePageFactory(commune=factories.CommuneFactory())
        pages = [page.get_url() for page in all_pages().visible()]
        yield [*pages, *FILES, *PATTERNS.values()]
        transaction.set_rollback(True)


NAMES = st.one_of(
    st.sampled_from(sorted(PARAMETERS)),
    st.sampled_from(["annee[]", "page[0]", "", "é", "\x00", "date_from", "next", "_method"]),
    st.text(max_size=5),
)
VALUES = st.one_of(
    st.sampled_from([*HOSTILE, "-1", "0", "1", "9" * 40, "1e9", "NaN", "2026", "0000", "9999"]),
    st.integers().map(str),
    st.text(max_size=30),
)


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


PAIRS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=4).map(
    lambda pairs: "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
)
QUERIES = st.one_of(
    PAIRS, PAIRS, st.binary(max_size=40).map(lambda raw: quote_from_bytes(raw, "&=+;"))
)
ALWAYS = [
    *(f"{name}={quote('é' * 10_000)}" for name in ("q", "page", "theme")),
    "&".join(f"annee={year}" for year in range(990)),
    "&".join(f"x{number}" for number in range(2_000)),
    "&".join(f"{name}={value}" for name in sorted(PARAMETERS) for value in ("%00", "%FF", "-1")),
    "page=9999&annee=x&passes=1",
]


def refuse_surprises(address: str, query: str) -> None:
    """An exception of the site goes through the test client and fails the test."""
    status = Client().get(address, QUERY_STRING=query).status_code
    assert status in SENSIBLE, (status, address, query[:200])


@settings(
    max_examples=800,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), query=QUERIES)
def test_no_query_string_breaks_an_address(addresses, data, query: str) -> None:
    refuse_surprises(data.draw(st.sampled_from(addresses)), query)


def test_every_address_bears_every_hostile_value(addresses) -> None:
    for address in addresses:
        for query in ALWAYS:
            refuse_surprises(address, query)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_every_parameter_bears_every_hostile_value(addresses, name: str) -> None:
    reading = [one for one in addresses if re.fullmatch(r"/[\w-]+/", one)]
    for rank, value in enumerate(HOSTILE):
        refuse_surprises(reading[rank % len(reading)], f"{name}={encoded(value)}")
    for address in reading:
        refuse_surprises(address, f"{name}={encoded(HOSTILE[0])}&{name}=a&{name}[]=b")


def test_the_addresses_answer_without_a_query(addresses) -> None:
    """The other half: on a site where nothing is found, nothing breaks."""
    answers = {address: Client().get(address).status_code for address in addresses}
    found = [address for address, status in answers.items() if status == 200]
    assert len(found) >= len(factories.PAGE_FACTORIES)


def test_every_pattern_is_known() -> None:
    assert {str(pattern.pattern) for pattern in urlpatterns} == OTHER_PATTERNS | PATTERNS.keys()


def test_every_parameter_is_known() -> None:
    """Query strings are read in few places, each of which is in the table."""
    readers = set()
    for application in APPLICATIONS:
        for path in (ROOT / application).rglob("*.py"):
            text = path.read_text("utf-8")
            readers |= set(re.findall(r"\b(\w+)\(request\.GET[,)]", text))
            readers |= set(re.findall(r"\bGET\.get\w*\(([^)]*)\)", text))
    assert readers == READERS.keys()
    assert set().union(*READERS.values()) == PARAMETERS
