"""The Atom feed: valid, complete, and never of what the public may not have."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import pytest
import time_machine
from django.test import Client

from pages.feeds import NEWS_IN_FEED
from pages.models import HomePage

from . import factories
from .factories import paris
from .site_text import xml_of

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "/actualites/flux.xml"
REQUIRED = ("id", "title", "updated")  # RFC 4287, 4.1.1 and 4.1.2


def feed(client: Client) -> Element:
    """The feed, whose required elements are checked."""
    root = xml_of(client, ADDRESS, "application/atom+xml; charset=utf-8")
    assert root.tag == f"{ATOM}feed"
    for element in [root, *root.findall(f"{ATOM}entry")]:
        for name in REQUIRED:
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
            assert element.findtext(f"{ATOM}{name}"), name
        updated = datetime.fromisoformat(element.findtext(f"{ATOM}updated"))
        assert updated.utcoffset() is not None  # RFC 4287, 3.3
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"].endswith(ADDRESS)
    assert all(href.startswith("http") for href in links.values())
    return root


def titles(client: Client) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed(client).findall(f"{ATOM}entry")]


def test_an_entry_says_all_that_is_known(home: HomePage, client: Client) -> None:
    trade, commune = factories.TradeFactory(name="Espaces verts"), factories.CommuneFactory()
    item = factories.NewsPageFactory(
        title="Un <b>jardin</b> & des légumes\x0b",
        slug="jardin",
        summary="Plus de 3 < 4 ; « oui »\x0c",
        trades=[trade],
        communes=[commune],
    )
    with time_machine.travel(paris(2026, 5, 4, 10), tick=False):
        item.save_revision().publish()
    (entry,) = feed(client).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Un <b>jardin</b> & des légumes"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{item.translation_key}"
    assert entry.find(f"{ATOM}link").get("href").endswith("/actualites/jardin/")
    assert entry.find(f"{ATOM}summary").get("type") == "html"
    assert "3 &lt; 4" in entry.findtext(f"{ATOM}summary")
    assert entry.findtext(f"{ATOM}updated").startswith("2026-05-04T08:00:00")
    terms = [category.get("term") for category in entry.findall(f"{ATOM}category")]
    assert terms == [trade.name, commune.name]


def test_an_empty_feed_is_a_feed_that_does_not_move(home, client: Client) -> None:
    factories.NewsIndexPageFactory()
    assert titles(client) == []
    tags = set()
    for minute in range(2):
        with time_machine.travel(paris(2027, 1, 1, 0, minute), tick=False):
            tags.add(client.get(ADDRESS)["ETag"])
    assert len(tags) == 1


def test_the_feed_holds_the_newest(home, client: Client) -> None:
    for number in range(NEWS_IN_FEED + 2):
        factories.NewsPageFactory(
            title=f"Nouvelle {number:02}", date=date(2026, 1, 1) + timedelta(days=number)
        )
    found = titles(client)
    assert len(found) == NEWS_IN_FEED
    assert found[0] == f"Nouvelle {NEWS_IN_FEED + 1}"


def test_an_archived_item_leaves_and_readers_are_told(home, client: Client) -> None:
    factories.NewsPageFactory(title="Reste", date=date(2026, 1, 1))
    factories.NewsPageFactory(title="Part", date=date(2026, 1, 2), archive_on=date(2026, 6, 15))
    with time_machine.travel(paris(2026, 6, 14, 23, 59), tick=False):
        assert titles(client) == ["Part", "Reste"]
        known = client.get(ADDRESS)
    with time_machine.travel(paris(2026, 6, 15, 0, 0), tick=False):
        assert titles(client) == ["Reste"]
        again = client.get(ADDRESS, headers={"if-none-match": known["ETag"]})
        assert again.status_code == 200


@pytest.mark.parametrize("address", ["/actualites/", "/actualites/nouvelle/"])
def test_pages_of_news_say_where_the_feed_is(home, client: Client, address) -> None:
    factories.NewsPageFactory(title="Nouvelle")
    text = client.get(address).content.decode()
    assert 'rel="alternate" type="application/atom+xml"' in text
    (href,) = re.findall(r'application/atom\+xml" title="Actualités" href="([^"]+)"', text)
    assert urljoin(address, href) == ADDRESS
