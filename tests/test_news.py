"""The list of news: order, pages, and an honest empty state."""

from datetime import date, timedelta
from urllib.parse import urljoin

import pytest
import time_machine
from django.core.exceptions import ValidationError
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


# --- Years and themes ----------------------------------------------------------------------


@pytest.fixture
def mixed(home: HomePage) -> None:
    """News of two years and two activities; a third activity has none."""
    green, blue = (factories.TradeFactory(name=name) for name in ("Espaces verts", "Entretien"))
    factories.TradeFactory(name="Médiation")
    for title, day, trades in (
        ("Haie", date(2025, 12, 31), [green]),
        ("Sols", date(2026, 1, 1), [blue]),
        ("Tout", date(2026, 2, 1), [green, blue]),
    ):
        factories.NewsPageFactory(title=title, date=day, trades=trades)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Tout", "Sols", "Haie"]),
        ("?annee=2026", ["Tout", "Sols"]),
        ("?annee=2025", ["Haie"]),
        ("?theme=espaces-verts", ["Tout", "Haie"]),
        ("?annee=2026&theme=espaces-verts", ["Tout"]),
        ("?annee=2025&theme=entretien", []),
        # What the list does not have is as if it had not been asked.
        ("?annee=2024", ["Tout", "Sols", "Haie"]),
        ("?theme=mediation", ["Tout", "Sols", "Haie"]),
        ("?annee=2026&theme=zzz", ["Tout", "Sols"]),
        ("?annee=x&theme=entretien", ["Tout", "Sols"]),
        ("?annee=%00&theme=%00", ["Tout", "Sols", "Haie"]),
        ("?annee[]=2026", ["Tout", "Sols", "Haie"]),
        ("?annee=2025&annee=2026", ["Tout", "Sols"]),
        (f"?theme={'a' * 5000}", ["Tout", "Sols", "Haie"]),
        ("?annee=-1&page=-1", ["Tout", "Sols", "Haie"]),
        ("?annee=99999999999999999999", ["Tout", "Sols", "Haie"]),
    ],
)
def test_years_and_themes_narrow_the_list(mixed, client, query, expected) -> None:
    assert titles(client, query) == expected


def test_only_what_exists_is_offered(mixed, client) -> None:
    wanted = client.get("/actualites/?theme=entretien").context["wanted"]
    years, themes = wanted.year_choices(), wanted.theme_choices()
    assert [choice.label for choice in years] == ["Les plus récentes", "2026", "2025"]
    assert [choice.label for choice in themes] == ["Toutes", "Espaces verts", "Entretien"]
    assert [choice.label for choice in [*years, *themes] if choice.is_current] == [
        "Les plus récentes",
        "Entretien",
    ]


def test_every_choice_leads_where_it_says(mixed, client) -> None:
    wanted = client.get("/actualites/?annee=2026&theme=entretien").context["wanted"]
    for choice in [*wanted.year_choices(), *wanted.theme_choices()]:
        reached = client.get(urljoin("/actualites/", choice.address)).context["wanted"]
        current = [
            c.label for c in [*reached.year_choices(), *reached.theme_choices()] if c.is_current
        ]
        assert choice.label in current
        # The other filter stays as it was.
        assert {"2026", "Entretien"} & set(current)


def test_an_empty_choice_says_so_and_leads_back(mixed, client) -> None:
    text = client.get("/actualites/?annee=2025&theme=entretien").content.decode()
    assert "Aucune actualité pour ce choix." in text
    assert "Voir toutes les actualités" in text


def test_the_pages_of_a_narrowed_list_stay_narrowed(home, client) -> None:
    trade = factories.TradeFactory(name="Espaces verts")
    for number in range(NEWS_PER_PAGE + 1):
        factories.NewsPageFactory(title=f"Nouvelle {number}", trades=[trade])
    factories.NewsPageFactory(title="Autre", date=date(2026, 1, 15))
    first = client.get("/actualites/?theme=espaces-verts&annee=2026").content.decode()
    assert 'href="?annee=2026&amp;theme=espaces-verts&amp;page=2"' in first
    assert len(titles(client, "?annee=2026&theme=espaces-verts&page=2")) == 1
    second = client.get("/actualites/?theme=espaces-verts&annee=2026&page=2").content.decode()
    assert 'rel="prev" href="?annee=2026&amp;theme=espaces-verts"' in second


# --- Archives ------------------------------------------------------------------------------


def test_an_item_is_archived_on_its_day_in_paris(home, client) -> None:
    item = factories.NewsPageFactory(
        title="Chantier", date=date(2026, 6, 1), archive_on=date(2026, 6, 15)
    )
    with time_machine.travel(paris(2026, 6, 14, 23, 59, 59), tick=False):
        assert titles(client) == ["Chantier"]
        assert "Chantier" in client.get("/").content.decode()
        assert not item.is_archived
    # In London it is still the day before.
    with time_machine.travel(paris(2026, 6, 15, 0, 0), tick=False):
        assert item.is_archived
        assert titles(client) == []
        assert titles(client, "?theme=zzz") == []
        assert "Chantier" not in client.get("/").content.decode()
        assert titles(client, "?annee=2026") == ["Chantier"]
        assert "Archive" in client.get("/actualites/?annee=2026").content.decode()
        assert '<p class="status">Archive</p>' in client.get(item.get_url()).content.decode()
        found = client.get("/recherche/?q=chantier").content.decode()
        assert '<b class="status">Archive</b>' in found
        assert "/actualites/chantier/" in client.get("/sitemap.xml").content.decode()


def test_a_day_of_archiving_must_leave_time_to_read(home) -> None:
    for day, is_right in ((date(2026, 6, 1), False), (date(2026, 6, 2), True)):
        item = factories.NewsPageFactory.build(date=date(2026, 6, 1), archive_on=day)
        if is_right:
            item.clean()
            continue
        with pytest.raises(ValidationError) as refused:
            item.clean()
        assert "archive_on" in refused.value.message_dict


# --- What to read next ---------------------------------------------------------------------


def test_related_pages_are_those_chosen_in_their_order_and_visible_only(home, client) -> None:
    first, second = (factories.ContentPageFactory(title=title) for title in ("Un", "Deux"))
    draft = factories.ContentPageFactory(title="Brouillon", live=False)
    private = factories.make_private(factories.ContentPageFactory(title="Réservée"))
    gone = factories.ContentPageFactory(title="Partie")
    item = factories.NewsPageFactory(
        related_pages=factories.related(second, draft, private, gone, first, second)
    )
    gone.delete()
    answer = client.get(item.get_url())
    assert [page.title for page in answer.context["related_pages"]] == ["Deux", "Un"]
    text = answer.content.decode()
    assert "À lire aussi" in text
    assert "Brouillon" not in text
    assert "Réservée" not in text


def test_without_related_pages_there_is_no_title(home, client) -> None:
    item = factories.NewsPageFactory()
    assert "À lire aussi" not in client.get(item.get_url()).content.decode()
