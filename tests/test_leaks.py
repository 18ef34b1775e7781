"""What is not to be told is told to nobody: neither to people, nor to machines.

Each page that must not be seen, or not any more, bears a word of its own. The words are looked
for in every public answer there is (tests/routes.py), files and machines' tables included.
``tests/test_visible.py`` holds drafts, reserved pages and other sites against all that may point
to a page; here are the other ways to be hidden, and what is shown to people but not to machines.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from pages.models import SitePage

from . import factories
from .factories import paris
from .routes import public_routes

pytestmark = pytest.mark.django_db

NOON = paris(2027, 6, 15, 12)
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
# A near miss of each kind of search: words, pieces of words, mistakes.
SEARCHES = ("jardin", "jard", "jardyn", "zibe", "zibeline", "secret")

# Which types have lists of their own, and how a page of each is made « now ».
LISTED = {
    "page": (factories.ContentPageFactory, {}),
    "actu": (factories.NewsPageFactory, {"date": date(2027, 6, 14)}),
    "rdv": (factories.EventPageFactory, {"starts_at": paris(2027, 6, 16, 10)}),
    "passe": (factories.EventPageFactory, {"starts_at": paris(2027, 6, 10, 10)}),
    "activite": (factories.ActivityPageFactory, {}),
    "chantier": (factories.ReferencePageFactory, {}),
    "offre": (factories.JobPageFactory, {"closes_on": date(2027, 6, 30)}),
    "rapport": (factories.ReportPageFactory, {"year": 2026}),
}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def canary(kind: str, word: str, **fields) -> SitePage:
    """A page whose title, summary and body hold a word that nothing else holds."""
    make, usual = LISTED[kind]
    return make(
        **{
            "title": f"Jardin {word}",
            "summary": f"Un jardin {word}.",
            "slug": f"jardin-{word}",
            "body": factories.body(factories.section(f"Partie {word}", factories.paragraph(word))),
            "show_in_menus": True,
            **usual,
            **fields,
        }
    )


def reserve(page: SitePage, kind: str) -> SitePage:
    """Ask for an account, or for a password, to read a page."""
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="sésame")
    return page


def scheduled(page: SitePage) -> SitePage:
    """A page that will be published tomorrow."""
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    return page


def answers(pages: dict[str, SitePage]) -> dict[str, str]:
    """Every public answer of the site, headers too, as a stranger gets them."""
    addresses = [
        *(route.path for route in public_routes(pages)),
        *(f"/recherche/?q={word}" for word in SEARCHES),
        "/jardim/",
        "/actualites/?annee=2027",
        "/agenda/?passes=1",
        "/agenda/?annee=2027",
        "/realisations/?client=bailleurs",
    ]
    return {address: asked(address) for address in addresses}


def asked(address: str) -> str:
    """One answer: its headers, then its text."""
    answer = Client().get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.headers}\n{body.decode('utf-8', 'replace')}".casefold()


def holders(word: str, found: dict[str, str]) -> set[str]:
    """The addresses of the answers that hold a word."""
    return {address for address, text in found.items() if word in text}


# --- Hidden from all ----------------------------------------------------------------------


@pytest.fixture
def hidden(one_page_of_each_type) -> list[str]:
    """The words of pages that nobody may see, of each type that has lists."""
    words = []
    for kind in LISTED:
        spelled = {how: f"zibeline{kind}{how}" for how in ("sco", "pas", "bro", "dem", "exp")}
        year = {"year": 2027} if kind == "rapport" else {}
        reserve(canary(kind, spelled["sco"], **year), PageViewRestriction.LOGIN)
        reserve(canary(kind, spelled["pas"], **shifted(year, 1)), PageViewRestriction.PASSWORD)
        canary(kind, spelled["bro"], live=False, **shifted(year, 2))
        scheduled(canary(kind, spelled["dem"], live=False, **shifted(year, 3)))
        late = canary(kind, spelled["exp"], **shifted(year, 4))
        Page.objects.filter(pk=late.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        words += spelled.values()
    call_command("publish_scheduled", verbosity=0)
    return words


def shifted(year: dict[str, int], by: int) -> dict[str, int]:
    """Two reports are not of the same year."""
    return {name: value + by for name, value in year.items()}


def test_what_nobody_may_see_is_in_no_answer(hidden, one_page_of_each_type) -> None:
    found = answers(one_page_of_each_type)
    leaks = {word: places for word in hidden if (places := holders(word, found))}
    assert leaks == {}
    assert len(hidden) == 5 * len(LISTED)


def test_the_reserved_pages_tell_nothing_when_asked_for(hidden) -> None:
    """A form of password, an account asked for, nothing there: never the title of the page."""
    pages = Page.objects.filter(title__startswith="Jardin zibeline")
    assert len(pages) == len(hidden)
    for page in pages:
        address, word = page.get_url(), page.title.split()[-1]
        for path in (address, f"{address}evenement.ics"):
            answer = Client().get(path)
            # The answer may repeat the address that was asked for.
            text = answer.content.decode().casefold().replace(page.slug, "")
            assert word not in text, path
            assert "ld+json" not in text, path
            assert "no-store" in answer.get("Cache-Control", "no-store"), path


def test_the_words_are_found_once_the_pages_are_published(one_page_of_each_type) -> None:
    """The other half: answers in which no word is ever looked for would hide nothing."""
    for kind in LISTED:
        page = canary(kind, f"zibeline{kind}", **({"year": 2027} if kind == "rapport" else {}))
        page.save_revision().publish()
    found = answers(one_page_of_each_type)
    assert "/sitemap.xml" in holders("zibelinepage", found)
    assert holders("zibelineactu", found) >= {
        "/", "/actualites/", "/actualites/flux.xml", "/sitemap.xml", "/recherche/?q=jardin",
    }  # fmt: skip
    assert holders("zibelinerdv", found) >= {"/", "/agenda/", "/agenda/agenda.ics"}
    assert holders("zibelinepasse", found) >= {"/agenda/?passes=1", "/agenda/agenda.ics"}
    for kind in LISTED:
        assert "/recherche/?q=zibeline" in holders(f"zibeline{kind}", found) or (
            "/recherche/?q=jardin" in holders(f"zibeline{kind}", found)
        ), kind
        if kind != "rapport":  # whose address is its year
            assert "/sitemap.xml" in holders(f"zibeline{kind}", found), kind


# --- Hidden from machines -----------------------------------------------------------------


def machine_answers(pages: dict[str, SitePage]) -> dict[str, str]:
    """What robots, readers of feeds and calendars have: files, and what pages tell in JSON-LD."""
    told = {}
    for address, answer in answers(pages).items():
        if "'content-type': 'text/html" not in answer:
            told[address] = answer
        elif script := JSON_LD.search(answer):
            told[address] = json.dumps(json.loads(script[1]), ensure_ascii=False)
    return told


def test_examples_are_for_people_only(one_page_of_each_type) -> None:
    """They are on the pages, under the word « Exemple »; no file of the site's own has them."""
    for kind in LISTED:
        year = {"year": 2027} if kind == "rapport" else {}
        canary(kind, f"zibeline{kind}", is_example=True, **year).save_revision().publish()
    told = machine_answers(one_page_of_each_type)
    assert {"/sitemap.xml", "/actualites/flux.xml", "/agenda/agenda.ics"} <= told.keys()
    assert {kind: places for kind in LISTED if (places := holders(f"zibeline{kind}", told))} == {}
    assert "zibelineactu" in asked("/actualites/")


# --- Gone with time -----------------------------------------------------------------------


def test_a_closed_offer_has_left_all_but_search_and_its_page(one_page_of_each_type) -> None:
    closed = canary("offre", "zibeline", closes_on=date(2027, 6, 14))
    closed.save_revision().publish()
    shown = holders("zibeline", answers(one_page_of_each_type))
    assert {address for address in shown if not address.startswith("/recherche/")} == set()
    assert "fermée" in asked("/recherche/?q=jardin")
    assert "ld+json" not in asked(closed.get_url()) or "jobposting" not in asked(closed.get_url())


def test_an_archived_item_is_only_under_its_year(one_page_of_each_type) -> None:
    item = canary("actu", "zibeline", archive_on=date(2027, 6, 15))
    item.save_revision().publish()
    shown = holders("zibeline", answers(one_page_of_each_type))
    assert {address for address in shown if not address.startswith("/recherche/")} == {
        "/actualites/?annee=2027",
        "/sitemap.xml",  # its address is still good
    }
