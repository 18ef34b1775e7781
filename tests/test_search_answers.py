"""Search: one sort of answers at a time, what is over last, another spelling on a near miss."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.text import slugify
from hypothesis import given
from hypothesis import strategies as st

from pages.demonstration import page_types
from pages.models import ContentPage, EventPage, HomePage, NewsPage, SitePage
from pages.querysets import SitePageQuerySet
from pages.search import spelling
from pages.search.answers import answers_to, search_groups
from pages.search.query import fold, search_terms

from . import factories

pytestmark = pytest.mark.django_db


def results(client: Client, **parameters):
    return client.get("/recherche/", parameters).context["results"]


def titles(client: Client, **parameters) -> list[str]:
    found = results(client, **parameters).items
    return ["".join(segment.text for segment in item.title) for item in found]


def meant(client: Client, query: str) -> str:
    return client.get("/recherche/", {"q": query}).context["meant"]


def main_part(answer) -> str:
    return unescape(answer.content.decode().partition("<main")[2].partition("</main>")[0])


# --- Sorts of answers -----------------------------------------------------------------------


@pytest.fixture
def gardens(home: HomePage) -> None:
    """Twelve pages, two news items and one event that speak of a garden."""
    for number in range(12):
        factories.ContentPageFactory(title=f"Jardin {number}")
    for number in range(2):
        factories.NewsPageFactory(title=f"Jardin ouvert {number}")
    factories.EventPageFactory(title="Jardin en fête")


def test_the_filters_say_how_many_answers_each_sort_has(client, gardens) -> None:
    filters = results(client, q="jardin").filters
    assert [(f.name, f.count, f.is_current) for f in filters] == [
        ("Tout", 15, True),
        ("Pages", 12, False),
        ("Actualités", 2, False),
        ("Rendez-vous", 1, False),
    ]


def test_each_filter_leads_to_the_answers_that_it_counts(client, gardens) -> None:
    for choice in results(client, q="jardin").filters:
        answer = client.get(f"/recherche/{choice.address}").context["results"]
        assert answer.total == choice.count
        assert answer.found == 15
        assert [f.name for f in answer.filters if f.is_current] == [choice.name]


def test_the_sort_stays_from_page_to_page(client, gardens) -> None:
    answer = client.get("/recherche/", {"q": "jardin", "sorte": "pages"})
    assert 'rel="next" href="?q=jardin&amp;sorte=pages&amp;page=2"' in answer.content.decode()
    assert len(titles(client, q="jardin", sorte="pages", page=2)) == 2
    # Beyond the last page of the sort, not of all the answers.
    assert results(client, q="jardin", sorte="actualites", page=2).page.number == 1


def test_the_current_sort_is_told_to_screen_readers(client, gardens) -> None:
    html = main_part(client.get("/recherche/?q=jardin&sorte=actualites"))
    assert html.count("aria-current") == 1
    assert '?q=jardin&sorte=actualites" aria-current="page">Actualités</a>' in html
    assert "2 pages pour «\u00a0jardin\u00a0» dans Actualités" in html


def test_one_sort_of_answers_only_is_nothing_to_choose(client, home) -> None:
    factories.ContentPageFactory(title="Jardin")
    assert results(client, q="jardin").filters == []


def test_a_sort_without_answer_leads_to_those_of_the_others(client, home) -> None:
    factories.ContentPageFactory(title="Jardin")
    answer = client.get("/recherche/?q=jardin&sorte=rendez-vous")
    found = answer.context["results"]
    assert (found.found, found.total, found.items) == (1, 0, [])
    assert [(f.name, f.address) for f in found.filters] == [
        ("Tout", "?q=jardin"),
        ("Pages", "?q=jardin&sorte=pages"),
    ]
    assert "Aucune page pour «\u00a0jardin\u00a0» dans Rendez-vous" in main_part(answer)


@pytest.mark.parametrize(
    "sort", ["", "inconnue", "Actualités", "actualites\x00x", "é" * 10_000, "../..", "[]"]
)
def test_an_unknown_sort_keeps_all_the_answers(client, gardens, sort: str) -> None:
    assert results(client, q="jardin", sorte=sort).total == 15


def test_a_sort_sent_twice_counts_once(client, gardens) -> None:
    answer = client.get("/recherche/?q=jardin&sorte=x&sorte=actualites&sorte[]=pages")
    assert answer.context["results"].total == 2


def test_every_type_is_filed_under_a_plural_that_addresses_can_say() -> None:
    groups = search_groups()
    assert set(groups.values()) == {model.search_group for model in page_types()}
    assert all(slug == slugify(name) and slug for slug, name in groups.items())


# --- What is over ---------------------------------------------------------------------------


def test_what_is_over_comes_last_and_says_so(client, home) -> None:
    now = timezone.now()
    factories.EventPageFactory(
        title="Fête du jardin, jardin, jardin",
        starts_at=now - timedelta(days=9),
        ends_at=now - timedelta(days=8),
    )
    factories.EventPageFactory(title="Fête à venir", summary="Au jardin.")
    factories.ContentPageFactory(title="Le quartier", summary="Il a un jardin.")
    items = results(client, q="jardin").items
    assert [item.note for item in items] == ["", "", "Passé"]
    assert titles(client, q="jardin")[-1] == "Fête du jardin, jardin, jardin"
    assert main_part(client.get("/recherche/?q=jardin")).count('class="status">Passé<') == 1


def test_among_what_is_over_and_what_is_not_the_best_comes_first(client, home) -> None:
    past = {
        "starts_at": timezone.now() - timedelta(days=9),
        "ends_at": timezone.now() - timedelta(days=8),
    }
    factories.EventPageFactory(title="Visite", summary="Au jardin.", **past)
    factories.EventPageFactory(title="Jardin passé", summary="", **past)
    factories.EventPageFactory(title="Rencontre", summary="Au jardin.")
    factories.EventPageFactory(title="Jardin à venir", summary="")
    assert titles(client, q="jardin") == ["Jardin à venir", "Rencontre", "Jardin passé", "Visite"]


def test_search_and_the_event_agree_on_what_is_over(home) -> None:
    for number, hours in enumerate([-30, -3, -1, 1, 30]):
        factories.EventPageFactory(
            title=f"Jardin {number}", starts_at=timezone.now() + timedelta(hours=hours)
        )
    said = {page.pk: page.is_over for page in answers_to(["jardin"])}
    assert said == {event.pk: event.timetable().is_over for event in EventPage.objects.all()}
    assert set(said.values()) == {True, False}


@pytest.mark.parametrize("model", page_types(), ids=lambda model: model._meta.label)
def test_a_type_that_can_be_over_says_how_it_is_told_and_found(model: type[SitePage]) -> None:
    """``over_note`` without ``over()``, or the contrary, would say nothing."""
    finds = type(model.objects.all()).over is not SitePageQuerySet.over
    assert finds == bool(model.over_note)


# --- « Vouliez-vous dire » ------------------------------------------------------------------


@pytest.fixture
def town(home: HomePage) -> None:
    factories.ContentPageFactory(title="Médiation de quartier", summary="Écouter, renouer.")
    factories.ContentPageFactory(title="Les espaces verts", summary="Tonte et désherbage.")
    factories.ContentPageFactory(title="Second œuvre", summary="Peinture, sols à Hénin-Beaumont.")
    factories.CommuneFactory(name="Hénin-Beaumont")


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("mediaton", "Médiation"),
        ("MÉDIATTION", "Médiation"),
        ("medaition", "Médiation"),
        ("médiasion de quartié", "Médiation de quartier"),
        ("espasses verts", "espaces verts"),
        ("l'espasse", "l'espaces"),
        ("Hénin-Baumont", "Hénin-Beaumont"),  # a commune, that no title names
        ("tonte quartieer", ""),  # nothing answers to both
        ("xylophone", ""),
        ("vret", ""),
        ("médiation", ""),
        ("médiations", ""),
        ("abc", ""),
        ("06 12 34 56 78", ""),
    ],
)
def test_a_near_miss_is_understood(client, town, typed: str, proposed: str) -> None:
    assert meant(client, typed) == proposed


def test_a_proposal_is_a_link_that_finds_something(client, town) -> None:
    html = main_part(client.get("/recherche/?q=mediaton"))
    assert (
        'Vouliez-vous dire <a href="?q=M%C3%A9diation">«\u00a0Médiation\u00a0»</a>\u202f?' in html
    )
    assert results(client, q="Médiation").total == 1


def test_a_word_of_a_source_that_no_page_holds_is_not_proposed(client, home) -> None:
    factories.CommuneFactory(name="Courrières")
    assert meant(client, "Courieres") == ""


def test_the_second_nearest_word_is_proposed_when_the_nearest_finds_nothing(client, home) -> None:
    factories.CommuneFactory(name="Jardyn")
    factories.ContentPageFactory(title="Jardins")
    assert meant(client, "jardyns") == ""  # a plural of a known word
    assert meant(client, "jardynn") == "Jardins"


def test_what_finds_enough_is_not_doubted(client, home) -> None:
    for number in range(spelling.FEW + 1):
        factories.ContentPageFactory(title=f"Une faute {number}", summary="La mediatiom.")
    for number in range(spelling.FEW + 3):
        factories.ContentPageFactory(title=f"Médiation {number}")
    assert results(client, q="mediatiom").found == spelling.FEW + 1
    assert meant(client, "mediatiom") == ""


def test_few_answers_may_hide_a_better_spelling(client, home) -> None:
    factories.ContentPageFactory(title="Une faute", summary="La mediatiom.")
    for number in range(2):
        factories.ContentPageFactory(title=f"Médiation {number}")
    assert results(client, q="mediatiom").found == 1
    assert meant(client, "mediatiom") == "Médiation"


def test_private_titles_are_never_proposed(client, home) -> None:
    reserved = factories.make_private(factories.SectionPageFactory(title="Zibeline réservée"))
    factories.ContentPageFactory(title="Zibeline dessous", parent=reserved)
    factories.ContentPageFactory(title="Zibeline brouillon", live=False)
    other = factories.SiteFactory(hostname="ailleurs.example", is_default_site=False)
    factories.ContentPageFactory(title="Zibeline ailleurs", parent=other.root_page)
    assert meant(client, "zibelinne") == ""
    assert "zibeline" not in fold(client.get("/recherche/?q=zibelin").content.decode())


def test_a_title_made_private_is_not_proposed_any_more(client, town) -> None:
    assert meant(client, "mediaton")
    factories.make_private(ContentPage.objects.get(title="Médiation de quartier"))
    assert meant(client, "mediaton") == ""


def test_a_room_adds_its_own_words(client, home, monkeypatch) -> None:
    factories.ContentPageFactory(title="Une page", summary="Un texte sur le compostage.")
    assert meant(client, "conpostage") == ""
    sources = (*spelling.SOURCES, lambda: ["Compostage"])
    monkeypatch.setattr(spelling, "SOURCES", sources)
    assert meant(client, "conpostage") == "Compostage"


def test_the_words_read_are_bounded(client, town, monkeypatch) -> None:
    monkeypatch.setattr(spelling, "MAX_TEXTS", 1)
    assert len(list(spelling.visible_titles())) == 1


def test_another_spelling_costs_few_queries_however_many_words(client, town) -> None:
    def count(query: str) -> int:
        client.get("/recherche/", {"q": query})
        with CaptureQueriesContext(connection) as queries:
            client.get("/recherche/", {"q": query})
        return len(queries)

    plain = count("xylophone")
    assert count("mediaton") <= plain + spelling.TRIES
    assert count("mediaton espasses quartié tonnte secomd oeuvree") <= plain + spelling.TRIES


def test_a_hostile_query_is_shown_as_text_in_the_proposal(client, town) -> None:
    html = main_part(client.get("/recherche/", {"q": 'mediaton <b onclick="x">'}))
    assert (
        "<b onclick"
        not in client.get("/recherche/", {"q": 'mediaton <b onclick="x">'}).content.decode()
    )
    assert "Vouliez-vous dire" not in html  # « onclick » is nowhere


@given(text=st.text(max_size=120))
def test_words_that_are_looked_for_are_still_words_the_second_time(text: str) -> None:
    """They are cleaned again on their way to the database: « ℒℰ » must not become « le » there."""
    terms = search_terms(text)
    assert bool(search_terms(" ".join(terms))) == bool(terms)
    assert fold(fold(text)) == fold(text)


# --- The page -------------------------------------------------------------------------------


def test_an_answer_of_each_type_costs_no_more_queries(client, one_page_of_each_type) -> None:
    for page in one_page_of_each_type.values():
        page.heading = "Un jardin"
        page.save()
    client.get("/recherche/?q=jardin")
    with CaptureQueriesContext(connection) as queries:
        found = client.get("/recherche/?q=jardin").context["results"]
    searched = [page for page in one_page_of_each_type.values() if page.is_searched]
    assert found.total == len(searched) > 20
    assert len(queries) <= 11


def test_a_news_item_is_filed_with_the_news(client, home) -> None:
    factories.NewsPageFactory(title="Jardin")
    assert NewsPage.search_group == "Actualités"
    assert titles(client, q="jardin", sorte="actualites") == ["Jardin"]
