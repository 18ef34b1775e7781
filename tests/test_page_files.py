"""Files beside pages: what holds for a page holds for them, and no address breaks anything."""

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from pages.models import HomePage, User

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

FEED, AGENDA, EVENT = "/actualites/flux.xml", "/agenda/agenda.ics", "/agenda/atelier/evenement.ics"
FILES = [FEED, AGENDA, EVENT]


@pytest.fixture
def pages(home: HomePage) -> dict[str, Page]:
    """A page for each file, by the address of the file."""
    news = factories.NewsPageFactory(title="Nouvelle")
    event = factories.EventPageFactory(title="Atelier")
    return {FEED: news.get_parent(), AGENDA: event.get_parent(), EVENT: event}


@pytest.mark.parametrize("address", FILES)
def test_a_file_may_be_kept_if_one_asks_again(pages, client: Client, address) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Last-Modified" not in answer
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", FILES)
@pytest.mark.parametrize("above", [False, True])
def test_a_reserved_page_gives_no_file(pages, home, client: Client, address, above) -> None:
    page = pages[address].get_parent() if above else pages[address]
    factories.make_private(page)
    answer = client.get(address)
    assert answer.status_code in (302, 403)
    assert b"BEGIN" not in answer.content
    assert b"<feed" not in answer.content


@pytest.mark.parametrize("address", FILES)
def test_the_file_of_a_reserved_page_is_kept_by_nobody(pages, address) -> None:
    factories.make_private(pages[address])
    person: User = factories.UserFactory(group="Personne")
    answer = signed_in(person).get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private, no-store")
    # Whoever asks, lists hold what anybody may read.
    assert address == EVENT or b"Atelier" not in answer.content
    assert b"Nouvelle" not in answer.content


@pytest.mark.parametrize("address", FILES)
def test_the_file_of_a_draft_is_not_found(pages, client: Client, address) -> None:
    Page.objects.filter(pk=pages[address].pk).update(live=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", [FEED, AGENDA, EVENT])
def test_examples_are_in_no_file(home, client: Client, address) -> None:
    factories.NewsPageFactory(title="Inventée", date=timezone.localdate(), is_example=True)
    event = factories.EventPageFactory(title="Atelier", summary="Inventé", is_example=True)
    answer = client.get(address)
    assert answer.status_code == (404 if address == EVENT else 200)
    assert "Invent" not in answer.content.decode().partition("<main")[0]
    page = client.get(event.get_url()).content.decode()
    assert "evenement.ics" not in page
    assert "application/ld+json" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/flux.xml",
        "/agenda.ics",
        "/agenda/flux.xml",
        "/agenda/evenement.ics",
        "/agenda/atelier/agenda.ics",
        "/agenda/atelier/evenement.pdf",
        "/agenda/agenda.ics/",
        "/agenda/agenda.ics%0A",
        "/agenda/agenda.ics%00",
        "/agenda//agenda.ics",
        "/agenda/x/agenda.ics",
        "/agenda/agenda.ICS",
        "/agenda/.ics",
        "/agenda/" + "a/" * 200 + "agenda.ics",
        "/" + "é" * 3000 + ".json",
        "/rapports/indicateurs.csv",
    ],
)
def test_other_addresses_with_a_dot_are_not_found(pages, client: Client, address) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", FILES)
def test_a_file_ignores_what_is_asked_of_it(pages, client: Client, address) -> None:
    for query in ("?page=zzz", "?annee=%00", "?view=x&file[]=y", "?" + "a" * 9000):
        assert client.get(address + query).status_code == 200
