"""The list of news: order, pages, and an honest empty state."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pages.models import HomePage, NewsPage
from pages.models.news import NEWS_PER_PAGE

from . import factories
from .factories import paris

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(home: HomePage) -> int:
    """Two full pages of news, and one item more."""
    count = 2 * NEWS_PER_PAGE + 1
    for number in range(count):
        factories.NewsPageFactory(
            title=f"Nouvelle {number:02}", date=date(2026, 1, 1) + timedelta(days=number)
        )
    return count


def titles(client: Client, query: str = "") -> list[str]:
    return [item.title for item in client.get(f"/actualites/{query}").context["news"]]


def test_every_item_is_on_one_page_of_the_list_the_newest_first(many, client) -> None:
    pages = [titles(client, f"?page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [NEWS_PER_PAGE, NEWS_PER_PAGE, 1]
    assert [t for page in pages for t in page] == [
        f"Nouvelle {number:02}" for number in reversed(range(many))
    ]


def test_of_a_same_day_the_last_published_comes_first(home, client) -> None:
    for title, hour in (("Matin", 9), ("Soir", 18), ("Midi", 12)):
        factories.NewsPageFactory(
            title=title, date=date(2026, 3, 1), first_published_at=paris(2026, 3, 1, hour)
        )
    assert titles(client) == ["Soir", "Midi", "Matin"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("1", 1),
        ("3", 3),
        ("4", 3),
        ("99999999999999999999", 3),
        ("0", 3),
        ("-1", 3),
        ("deux", 1),
        ("", 1),
        ("1.5", 1),
        ("2'--", 1),
        ("\x00", 1),
        ("²", 1),
        ("٢", 2),  # Python reads the digits of every script
        ("2&page=3", 3),
    ],
)
def test_a_strange_page_number_gives_the_nearest_sensible_page(many, client, asked, given) -> None:
    address = f"/actualites/?page={asked}" if "&" in asked else "/actualites/"
    answer = client.get(address) if "&" in asked else client.get(address, {"page": asked})
    assert answer.status_code == 200
    assert answer.context["news"].number == given


def test_the_pages_of_the_list_have_titles_of_their_own_and_lead_to_each_other(
    many, client
) -> None:
    first, second = (client.get(f"/actualites/{q}").content.decode() for q in ("", "?page=2"))
    assert first.partition("</title>")[0] != second.partition("</title>")[0]
    assert 'rel="next" href="?page=2"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="."' in second
    assert "Page 2 sur 3" in second


def test_an_empty_list_says_so(home, client) -> None:
    factories.NewsIndexPageFactory()
    text = client.get("/actualites/").content.decode()
    assert "Aucune actualité pour l’instant." in text
    assert "pagination" not in text.partition("<main")[2]


def test_a_news_item_is_dated_today_unless_told_otherwise(home) -> None:
    assert NewsPage().date == timezone.localdate()


def test_the_home_page_shows_the_newest(many, client) -> None:
    text = client.get("/").content.decode()
    assert f"Nouvelle {many - 1:02}" in text
    assert "Nouvelle 00" not in text
