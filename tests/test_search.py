"""Search: French on both databases, nothing private, nothing that breaks it, few queries."""

from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modelsearch.query import And, Not, Phrase, PlainText
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from pages.models import (
    ContentPage,
    HistoryPage,
    HomePage,
    Milestone,
    NewsIndexPage,
    NewsPage,
    SectionPage,
    SitePage,
)
from pages.search.excerpts import Segment, excerpt, highlight
from pages.search.forms import SearchForm
from pages.search.indexing import page_text
from pages.search.query import MAX_QUERY_LENGTH, clean_text, search_terms
from pages.search.suggestions import nearest_pages
from tests import factories

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"', '""', '"un', "*", "mot*", "'", "l'", "%", "%s %(a)s", "\\", "\x00", "a\x00b", " ", "\t\n",
    "-", "- -", "(", "NEAR(a b)", "AND", "OR NOT", "title:x", "{body}: x", "^x", "a:*", "!a & |",
    "les des de la", "___", "é" * 10_000, "x " * 5_000, "\u202e\u200b\ufeff", "\ud800", "😀",
    "ﷺ", "①②", "ǅ", "İstanbul", "ß", "\u0301", "e\u0301te", "' OR 1=1 --", "<script>", "٣", "Ⅻ",
    "\U0001f1eb\U0001f1f7", "한국어", "ﬁ", "\u00ad", "aujourd'hui", "qu'est-ce", "1" * 5_000,
]  # fmt: skip


@pytest.fixture
def home(db) -> HomePage:
    """The home page of an empty site."""
    home = HomePage(title="Accueil", slug="accueil-de-test")
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
    )
    Site.clear_site_root_paths_cache()
    return home


def add(parent: Page, title: str, model: type[SitePage] = ContentPage, **fields) -> SitePage:
    return parent.add_child(instance=model(title=title, **fields))


def ask(client, q, **others) -> str:
    """The text of the search page's main part, its marks taken off."""
    response = client.get("/recherche/", {"q": q, **others})
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("<mark>", "").replace("</mark>", "")


def results(client, q, **others):
    return client.get("/recherche/", {"q": q, **others}).context["results"]


def titles(client, q, **others) -> list[str]:
    return [
        "".join(segment.text for segment in item.title)
        for item in results(client, q, **others).items
    ]


# --- French, the same on both databases ------------------------------------------------------


@pytest.fixture
def french(home):
    add(home, "Médiation de quartier")
    add(home, "Les espaces verts", summary="Tonte, taille et désherbage.")
    add(home, "Rénovation du bâtiment B")
    add(home, "Second œuvre", summary="Peinture et sols.")
    add(home, "Curriculum vitæ", summary="L’insertion par l’activité économique.")
    add(home, "Accès", summary="La mission locale/PLIE, de 2023-2024, à Hénin-Beaumont.")
    add(home, "La fête d’été")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("mediation", "Médiation de quartier"),
        ("MÉDIATION", "Médiation de quartier"),
        ("la médiation des quartiers", "Médiation de quartier"),
        ("espace vert", "Les espaces verts"),
        ("espaces verts", "Les espaces verts"),
        ("desherbage", "Les espaces verts"),
        ("batiment", "Rénovation du bâtiment B"),
        ("bâtiments", "Rénovation du bâtiment B"),
        ("second oeuvre", "Second œuvre"),
        ("second œuvre", "Second œuvre"),
        ("SECOND ŒUVRE", "Second œuvre"),
        ("vitae", "Curriculum vitæ"),
        ("vitæ", "Curriculum vitæ"),
        ("insertion", "Curriculum vitæ"),
        ("l'insertion", "Curriculum vitæ"),
        ("l’insertion par l’activité", "Curriculum vitæ"),
        ("activité, économique !", "Curriculum vitæ"),
        ("plie", "Accès"),
        ("2024", "Accès"),
        ("hénin beaumont", "Accès"),
        ("Hénin-Beaumont", "Accès"),
        ("fete ete", "La fête d’été"),
        ("fe\u0302te", "La fête d’été"),
        ("mé\u00addiation\x00", "Médiation de quartier"),
    ],
)
def test_what_people_type_finds_the_page(client, french, query, title):
    assert titles(client, query) == [title]


def test_all_the_words_are_needed(client, french):
    assert titles(client, "espace batiment") == []


def test_the_milestones_just_published_are_found_and_the_former_ones_are_not(client, home):
    """The rows of a list are saved after the page: the index must not read it too soon."""
    history = add(home, "Histoire", HistoryPage)
    history.milestones = [Milestone(title="La médiation")]
    history.save_revision().publish()
    assert titles(client, "mediation") == ["Histoire"]

    history.milestones = [Milestone(title="Les espaces verts")]
    history.save_revision().publish()
    assert titles(client, "espace vert") == ["Histoire"]
    assert titles(client, "mediation") == []


def test_the_summer_is_no_small_word(client, french):
    """On SQLite its stemmer takes « été » for « et »: others come too, after it."""
    assert titles(client, "été")[0] == "La fête d’été"


def test_a_word_of_the_title_counts_more_than_one_of_the_text(client, home):
    add(home, "Médiation", summary="Être là, écouter, renouer. " * 10)
    add(home, "Équipe", summary="La médiation, les médiations, une médiation.")

    assert titles(client, "mediation") == ["Médiation", "Équipe"]


def test_update_index_keeps_french(client, french):
    call_command("update_index", verbosity=0)

    assert titles(client, "second oeuvre") == ["Second œuvre"]


def test_a_changed_page_is_found_by_its_new_words_only(client, home):
    page = add(home, "Cœur de ville")
    page.title = "Nœud de ville"
    page.save()

    assert titles(client, "noeud") == ["Nœud de ville"]
    assert titles(client, "coeur") == []

    page.delete()
    assert titles(client, "noeud") == []


@pytest.mark.parametrize("typed", ["batim", "bâtim"])
def test_the_admin_finds_the_beginning_of_a_word(french, typed):
    found = get_search_backend().autocomplete(typed, Page)

    assert [page.title for page in found] == ["Rénovation du bâtiment B"]


# --- The query ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Les espaces verts d’Hénin-Carvin", ["espaces", "verts", "henin", "carvin"]),
        ("l'ÉTÉ à la régie, aujourd’hui", ["ete", "regie"]),
        ("lot 3 b", ["lot", "3"]),
        ("Second ŒUVRE, vitæ", ["second", "oeuvre", "vitae"]),
        ("vert vert Vért", ["vert"]),
        ("les des à d' l'", []),
        ("___ * \" ' %", []),
    ],
)
def test_terms(text, terms):
    assert search_terms(text) == terms


def test_the_query_is_cut():
    assert len(clean_text("x" * 10_000)) == MAX_QUERY_LENGTH
    assert search_terms("x " * 200 + "trop") == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_queries_are_answered(client, french, hostile):
    sent = hostile.encode("utf-8", "surrogatepass")

    for parameters in ({"q": sent}, {"q": [sent, "mediation"]}, {"q": "mediation", "page": sent}):
        assert client.get("/recherche/", parameters).status_code == 200


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=120))
def test_any_text_can_be_looked_for(french, text):
    form = SearchForm({"q": text, "page": text})
    backend = get_search_backend()

    assert form.page_number
    assert "\x00" not in form.query
    for query in (text, form.query):
        assert backend.search(query, Page).count() >= 0
        assert backend.autocomplete(query, Page).count() >= 0
        assert isinstance(nearest_pages("/" + query), list)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_admin_search_is_as_safe(french, hostile):
    backend = get_search_backend()
    trees = [
        PlainText(hostile),
        Phrase(hostile),
        And([PlainText(hostile), Phrase("espaces verts")]),
        Not(PlainText(hostile)),
    ]

    for query in [hostile, *trees]:
        assert list(backend.search(query, Page)[:3]) is not None
        assert list(backend.autocomplete(hostile, Page)[:3]) is not None


def test_a_phrase_keeps_its_small_words(french):
    found = get_search_backend().search(Phrase("Médiation de quartier"), Page)

    assert [page.title for page in found] == ["Médiation de quartier"]


def test_posting_is_refused(client, home):
    assert client.post("/recherche/", {"q": "x"}).status_code == 405


# --- The page -------------------------------------------------------------------------------


def test_an_empty_query_asks_nothing(client, home):
    response = client.get("/recherche/")

    assert response.context["results"].total == 0
    assert "Aucune page" not in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"


def test_no_answer_says_so_and_offers_the_main_sections(client, home):
    add(home, "Nos activités", model=SectionPage, show_in_menus=True)

    text = ask(client, "xylophone")

    assert "Aucune page ne répond à «\u00a0xylophone\u00a0»" in text
    steps = text.split('class="search-steps"')[1].split("</ul>")[0]
    assert "Nos activités" in steps
    assert 'name="robots" content="noindex"' in text


def test_the_query_is_escaped(client, home):
    html = client.get("/recherche/", {"q": '<script>"x" & y'}).content.decode()

    assert "<script>" not in html.split("<main")[1]
    assert "&lt;script&gt;&quot;x&quot; &amp; y" in html


def test_editors_markup_is_text_in_the_results(client, home):
    add(home, "Vert <b>gras</b>", summary='Un <img src=x onerror="alert(1)"> espace vert.')

    html = client.get("/recherche/", {"q": "vert"}).content.decode()

    assert "<img" not in html.split('class="search-results"')[1].split("</ol>")[0]
    assert "&lt;b&gt;gras&lt;/b&gt;" in html
    assert "<mark>vert</mark>" in html


def test_a_result_shows_kind_date_example_and_excerpt(client, home):
    news = add(home, "Actualités", model=NewsIndexPage)
    add(news, "Chantier ouvert", model=NewsPage, date=date(2026, 11, 3), is_example=True)
    add(home, "Chantiers d’insertion", summary="Un chantier par commune.")

    items = {item.kind: item for item in results(client, "chantier").items}

    example = items[NewsPage.kind]
    assert (example.date, example.is_example) == (date(2026, 11, 3), True)
    plain = items[ContentPage.kind]
    assert (plain.date, plain.is_example) == (None, False)
    assert Segment("chantier", True) in plain.excerpt
    assert Segment("Chantiers", True) in plain.title
    text = ask(client, "chantier")
    assert "3 novembre 2026" in text
    assert text.count('class="badge"') == 1


def test_every_kind_of_page_tells_its_date_by_a_field():
    """Search reads dates by the field's name: a redefined ``list_date`` would not be seen."""
    kinds = [model for model in Page.__subclasses__() + _all_kinds() if issubclass(model, SitePage)]

    assert len(kinds) > 5
    assert [kind.__name__ for kind in kinds if kind.list_date is not SitePage.list_date] == []
    for kind in kinds:
        if kind.list_date_field:
            assert "Date" in kind._meta.get_field(kind.list_date_field).get_internal_type()


def _all_kinds() -> list[type[Page]]:
    from wagtail.models import get_page_models

    return get_page_models()


def test_the_index_holds_the_body_but_no_mark_up(home):
    page = add(home, "Page", summary="Résumé.")
    page.body = [("paragraph", "<p>Une <b>phrase</b> du corps.</p>")]

    assert "phrase" in page_text(page)
    assert "<" not in page_text(page)


# --- Excerpts -------------------------------------------------------------------------------


def test_the_excerpt_is_where_the_words_are_together():
    text = "Le quartier. " + "Rien ici. " * 60 + "La médiation du quartier aide. " + "Fin. " * 60

    segments = excerpt(text, ["mediation", "quartier"])

    assert [segment.text for segment in segments if segment.is_match] == ["médiation", "quartier"]
    assert segments[0].text == "… "
    assert segments[-1].text == " …"
    assert len("".join(segment.text for segment in segments)) < 240


def test_an_excerpt_without_a_match_is_the_beginning():
    assert excerpt("Bonjour à tous.", ["rien"]) == [Segment("Bonjour à tous.")]
    assert excerpt("", ["rien"]) == []


def test_words_are_marked_whole_whatever_their_accents():
    marked = highlight("Œuvre d’art, œuvres vertes", ["oeuvre", "vert"])

    assert [segment.text for segment in marked if segment.is_match] == ["Œuvre", "œuvres", "vertes"]
    assert "".join(segment.text for segment in marked) == "Œuvre d’art, œuvres vertes"


@given(text=st.text(), terms=st.lists(st.sampled_from(["vert", "a", "ete", "x"])))
@settings(deadline=None)
def test_no_text_breaks_an_excerpt(text, terms):
    assert "".join(segment.text for segment in highlight(text, terms)) == text
    assert all(segment.text for segment in excerpt(text, terms))


# --- Pages of results, queries --------------------------------------------------------------


def add_many(home: Page, count: int) -> None:
    """Many indexed pages, written in bulk."""
    first = home.numchild
    prototype = ContentPage(title="x", depth=home.depth + 1)
    rows = [
        ContentPage(
            title=f"Jardin {number}",
            slug=f"jardin-{number}",
            summary="Un jardin partagé au pied des immeubles.",
            path=home._get_path(home.path, home.depth + 1, first + number + 1),
            depth=home.depth + 1,
            url_path=f"{home.url_path}jardin-{number}/",
            content_type=prototype.content_type,
            locale=home.locale,
        )
        for number in range(count)
    ]
    plain = Page.objects.bulk_create(
        Page(**{field.attname: getattr(row, field.attname) for field in Page._meta.concrete_fields})
        for row in rows
    )
    for page, row in zip(plain, rows, strict=True):
        row.pk = row.id = row.page_ptr_id = page.pk
        row.save_base(raw=True)
    Page.objects.filter(pk=home.pk).update(numchild=first + count)
    for start in range(0, count, 500):
        get_search_backend().add_bulk(ContentPage, rows[start : start + 500])


def count_queries(client, query: str) -> int:
    client.get("/recherche/", {"q": query})  # content types and the like are read once a process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get("/recherche/", {"q": query}).context["results"].items
    return len(queries)


def test_the_number_of_queries_does_not_grow(client, home):
    add_many(home, 10)
    few = count_queries(client, "jardin")
    Page.objects.filter(title__startswith="Jardin").delete()
    home.refresh_from_db()
    add_many(home, 2000)
    factories.refresh_statistics()

    assert count_queries(client, "jardin") == few <= 11
    with CaptureQueriesContext(connection) as queries:
        nearest_pages("/jardim-12/")
    assert len(queries) <= 3


def test_a_mix_of_kinds_costs_no_more_queries(client, home):
    add(home, "Jardin partagé")
    few = count_queries(client, "jardin")
    news = add(home, "Jardin : les nouvelles", model=NewsIndexPage)
    add(news, "Jardin ouvert", model=NewsPage)
    add(home, "Jardin et rubrique", model=SectionPage)

    assert count_queries(client, "jardin") <= few + 0


def test_pages_hold_every_result_once(client, home):
    add_many(home, 23)

    seen = [title for page in (1, 2, 3) for title in titles(client, "jardin", page=page)]

    assert sorted(seen) == sorted(f"Jardin {number}" for number in range(23))
    assert results(client, "jardin").total == 23


@pytest.mark.parametrize(
    ("asked", "given"),
    [("2", 2), ("0", 1), ("-4", 1), ("99", 3), ("x", 1), ("", 1), ("2.0", 2), ("9" * 5000, 1)],
)
def test_a_bad_page_number_gives_the_nearest_page(client, home, asked, given):
    add_many(home, 23)

    assert results(client, "jardin", page=asked).page.number == given


def test_links_to_the_other_pages(client, home):
    add_many(home, 23)

    html = client.get("/recherche/", {"q": "jardin & co", "page": 2}).content.decode()
    assert "page=" not in html  # « co » is in no page: one page, no links
    html = client.get("/recherche/", {"q": "jardin", "page": 2}).content.decode()
    assert 'rel="prev" href="?q=jardin&amp;page=1"' in html
    assert 'rel="next" href="?q=jardin&amp;page=3"' in html


# --- Nothing private ------------------------------------------------------------------------


@pytest.fixture
def secrets(home):
    """Pages that nobody may see, all named after the canary."""
    add(home, "Canarisecret brouillon", live=False)
    group = Group.objects.get_or_create(name="Partenaires")[0]
    private = add(home, "Canarisecret réservé", summary="canarisecret")
    restriction = PageViewRestriction.objects.create(
        page=private, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.add(group)
    add(private, "Canarisecret dessous", slug="canarisecret-dessous")
    root = Page.get_first_root_node()
    other = root.add_child(instance=HomePage(title="Autre", slug="autre"))
    Site.objects.create(hostname="autre.example", root_page=other)
    add(other, "Canarisecret ailleurs")
    draft = add(home, "Publique", summary="Ce que tous lisent.")
    draft.summary = "canarisecret en préparation"
    draft.save_revision()
    return home


def test_nothing_private_is_found(client, secrets):
    assert IndexEntry.objects.filter(object_id=str(secrets.pk)).exists()
    for query in ("canarisecret", "Canarisecret brouillon", "dessous", "ailleurs", "préparation"):
        found = results(client, query)
        assert (found.total, found.items) == (0, [])
    assert "anarisecret" not in ask(client, "publique")


def test_nothing_private_is_suggested(secrets):
    for path in ("/canarisecret/", "/canarisecret-dessous/", "/x/canarisecret-brouillon.html"):
        assert nearest_pages(path) == []


def test_a_page_made_private_leaves_the_results_at_once(client, home):
    page = add(home, "Potager")
    assert titles(client, "potager") == ["Potager"]

    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert titles(client, "potager") == []
    assert nearest_pages("/potager/") == []


# --- Suggestions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/activites/mediaton/", "Médiation de quartier"),
        ("/espace-vert.html", "Les espaces verts"),
        ("/Les_Espaces_Verts", "Les espaces verts"),
        ("/second-%C5%93uvre/", "Second œuvre"),
        ("/nos-chantiers/de/desherbage-2019/", "Les espaces verts"),
    ],
)
def test_an_address_that_leads_nowhere_suggests_the_nearest(french, path, first):
    assert [page.title for page in nearest_pages(path)][:1] == [first]


def test_suggestions_are_few_and_each_once(home):
    for number in range(9):
        add(home, f"Jardin {number}")

    suggested = nearest_pages("/jardin/", limit=4)

    assert len({page.pk for page in suggested}) == len(suggested) == 4


@pytest.mark.parametrize("hostile", [*HOSTILE, "", "/", "//", "/" * 9_000, "/%00%ff/" * 900])
def test_hostile_addresses_suggest_without_failing(french, hostile):
    assert isinstance(nearest_pages(hostile), list)


# --- The migration --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_migration_can_be_undone_and_done_again(client, french):
    call_command("migrate", "pages", "0003", verbosity=0)
    call_command("migrate", verbosity=0)  # the rooms above were undone with it
    call_command("update_index", verbosity=0)

    assert titles(client, "second oeuvre") == ["Second œuvre"]


@pytest.mark.parametrize("words", ["téléphone", "horaires", "appeler"])
def test_the_contact_page_is_found_by_what_people_want_of_it(
    client: Client, home: HomePage, words: str
) -> None:
    factories.ContactPageFactory(title="Contact")
    assert titles(client, words) == ["Contact"]


def test_an_excerpt_tells_a_title_from_the_sentence_after_it_and_keeps_french_spaces() -> None:
    text = "Le jardin partagé\nQui\u00a0: les voisins\u202f!\nUn  banc.\n\nUne table"
    told = "".join(segment.text for segment in excerpt(text, ["jardin"]))
    assert told == "Le jardin partagé – Qui\u00a0: les voisins\u202f! Un banc. Une table"


@pytest.mark.parametrize("written", ["potager", "potagers"])
@pytest.mark.parametrize("typed", ["potager", "potagers", "potagers jardin", "jardin potager"])
def test_nouns_in_er_are_found_in_the_singular_and_the_plural(client, home, written, typed):
    add(home, "Au jardin", summary=f"Nos {written} en ville")
    assert titles(client, typed) == ["Au jardin"]
