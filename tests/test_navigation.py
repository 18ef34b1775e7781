"""Menus, breadcrumb and redirects: the tree is the only list."""

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect

from pages.models import HomePage, LegalPage
from pages.navigation import Navigation

from . import factories


@pytest.fixture
def tree(home: HomePage) -> dict[str, factories.SitePage]:
    """Two rubrics in the menu, one page below each, legal pages at the foot."""
    first = factories.SectionPageFactory(title="La régie", show_in_menus=True)
    second = factories.SectionPageFactory(title="Travailler", show_in_menus=True)
    return {
        "home": home,
        "first": first,
        "second": second,
        "child": factories.ContentPageFactory(parent=first, title="Insertion", show_in_menus=True),
        "hidden": factories.ContentPageFactory(parent=first, title="Hors menu"),
        "legal": factories.LegalPageFactory(show_in_menus=True),
    }


def seen_from(page: factories.SitePage | None) -> Navigation:
    return Navigation(RequestFactory().get("/", SERVER_NAME="localhost"), page)


def titles(entries: list) -> list[str]:
    return [entry.title for entry in entries]


def test_the_menu_is_the_first_two_levels_in_the_order_of_the_tree(tree) -> None:
    menu = seen_from(tree["home"]).main
    assert titles(menu) == ["La régie", "Travailler"]
    assert titles(menu[0].children) == ["Insertion"]
    assert menu[1].children == []
    assert menu[0].url == "/la-regie/"


def test_moving_a_page_moves_its_entry(tree) -> None:
    tree["second"].move(tree["first"], pos="left")
    assert titles(seen_from(None).main) == ["Travailler", "La régie"]


def test_legal_pages_go_to_the_foot_of_the_page(tree) -> None:
    assert titles(seen_from(None).footer) == [LegalPage.Subject.LEGAL_NOTICE.label]


@pytest.mark.parametrize(
    ("page", "current", "ancestors"),
    [
        ("home", [], []),
        ("first", ["La régie"], []),
        ("child", ["Insertion"], ["La régie"]),
        ("hidden", [], ["La régie"]),
    ],
)
def test_the_menu_knows_where_the_reader_is(tree, page, current, ancestors) -> None:
    entries = [e for top in seen_from(tree[page]).main for e in [top, *top.children]]
    assert [e.title for e in entries if e.is_current] == current
    assert [e.title for e in entries if e.is_ancestor] == ancestors


def test_the_page_says_where_the_reader_is(tree, client: Client) -> None:
    text = client.get("/la-regie/insertion/").content.decode()
    assert '<a href="/la-regie/" aria-current="true">La régie</a>' in text
    assert '<span aria-current="page">Insertion</span>' in text
    trail = text.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    assert trail.count('aria-current="page"') == 1


def test_the_breadcrumb_leads_from_the_home_page_to_the_page(tree) -> None:
    assert titles(seen_from(tree["child"]).breadcrumb) == ["Accueil", "La régie", "Insertion"]
    assert seen_from(tree["home"]).breadcrumb == []
    assert seen_from(None).breadcrumb == []


def test_one_query_for_the_menus_and_the_breadcrumb(tree) -> None:
    seen_from(tree["child"]).main  # noqa: B018 - what the process keeps is read first
    navigation = seen_from(tree["child"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert navigation.main
        assert navigation.footer
        assert navigation.breadcrumb
    # One for the pages; the site of the request is the other.
    assert len(queries) <= 2, [query["sql"] for query in queries]


def test_a_renamed_page_leaves_a_redirect(
    tree, client: Client, django_capture_on_commit_callbacks
) -> None:
    page = tree["first"]
    page.slug = "notre-regie"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert Redirect.objects.filter(old_path="/la-regie").exists()
    for old, new in {
        "/la-regie/": "/notre-regie/",
        "/la-regie/insertion/": "/notre-regie/insertion/",
    }.items():
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)


def test_a_moved_page_leaves_a_redirect(tree, client: Client) -> None:
    tree["child"].move(tree["second"], pos="last-child")
    answer = client.get("/la-regie/insertion/")
    assert (answer.status_code, answer["Location"]) == (301, "/travailler/insertion/")


def test_an_address_without_its_final_slash_is_completed(tree, client: Client) -> None:
    answer = client.get("/la-regie/insertion")
    assert (answer.status_code, answer["Location"]) == (301, "/la-regie/insertion/")


@pytest.mark.parametrize(
    "address",
    [
        "/la-regie/inconnue/",
        "/inconnue/insertion/",
        "/insertion/",
        "/la-regie/insertion/encore/",
        "/" + "a/" * 200,
        "/%00/",
        "/..%2f..%2fetc/passwd/",
        "/la-regie//insertion/",
    ],
)
def test_an_address_of_no_page_is_404(tree, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_deep_page_is_found(tree, client: Client) -> None:
    page = tree["child"]
    for number in range(6):
        page = factories.ContentPageFactory(parent=page, title=f"Étage {number}")
    assert client.get(page.get_url()).status_code == 200
    assert page.get_url() == "/la-regie/insertion/" + "".join(f"etage-{n}/" for n in range(6))


def test_a_draft_deeper_than_a_page_is_404(tree, client: Client) -> None:
    draft = factories.ContentPageFactory(parent=tree["first"], title="Brouillon", live=False)
    assert client.get(draft.get_url()).status_code == 404
