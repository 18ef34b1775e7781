"""The style guide: every component is in it, and only those who work on the site see it."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from impulsion_site import style_guide, style_guide_states
from pages.models import OrganisationSettings, User
from tests import factories

from .conftest import signed_in

ADDRESS = "/composants/"
# States whose very point is that nothing is shown.
SHOWS_NOTHING = "rien"


@pytest.fixture
def guide(home, organisation: OrganisationSettings, writer: User) -> str:
    answer = signed_in(writer).get(ADDRESS)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_component_has_its_states_and_every_entry_its_file(home) -> None:
    """A failure here: describe the new component in ``impulsion_site/style_guide_states.py``."""
    states = style_guide_states.component_states()
    assert style_guide.component_files() == sorted(states)
    assert all(states.values())


def test_a_visitor_is_sent_to_the_login_and_back(home) -> None:
    answer = Client().get(ADDRESS)
    assert answer.status_code == 302
    assert answer["Location"] == f"/compte/connexion/?next={ADDRESS}"


def test_who_may_not_enter_the_admin_may_not_look(home) -> None:
    assert signed_in(factories.UserFactory()).get(ADDRESS).status_code == 403


def test_the_right_to_enter_the_admin_is_enough(home) -> None:
    person = factories.UserFactory()
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert signed_in(person).get(ADDRESS).status_code == 200


def test_it_opens_when_the_glossary_has_words(home, writer: User) -> None:
    factories.TermFactory()
    assert signed_in(writer).get(ADDRESS).status_code == 200


def test_no_search_engine_keeps_it(home, writer: User) -> None:
    answer = signed_in(writer).get(ADDRESS)
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    for address in ("/sitemap.xml", "/robots.txt", "/recherche/?q=composants"):
        assert ADDRESS not in Client().get(address).content.decode()


def test_each_state_of_each_component_is_shown(guide: str) -> None:
    shown = re.split(r'data-component="(\w+)">', guide)[1:]
    names = shown[::2]
    for name, states in style_guide_states.component_states().items():
        assert names.count(name) == len(states), name


def test_no_state_is_empty_but_those_that_say_so(home, organisation, writer: User, rf) -> None:
    request = rf.get(ADDRESS)
    request.user = writer
    for shown in style_guide._components(request):
        for label, html in shown.states:
            empty = not html.strip()
            assert empty == label.endswith(SHOWS_NOTHING), (shown.name, label)
            assert "None" not in html, (shown.name, label)
            assert ("Image indisponible" in html) == (label == "fichier illisible")


def test_a_figure_is_written_as_in_french(guide: str) -> None:
    assert "<b>12\u202f500\u00a0h</b> de travail" in guide
    assert '<td class="table__number">1\u202f240</td>' in guide


def test_each_block_is_shown(guide: str) -> None:
    blocks = guide.partition('id="blocs"')[2]
    for name in ("steps", "callout", "quote", "figure", "gallery", "table", "documents", "links"):
        assert f'class="{name}' in blocks, name


def test_looking_writes_nothing(home, organisation, writer: User) -> None:
    client = signed_in(writer)
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS)
    written = [q["sql"] for q in queries if not re.match(r"SELECT|SAVEPOINT|RELEASE", q["sql"])]
    assert not written


class Identifiers(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.found += [known["id"]] if known.get("id") else []
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget"):
            self.named += (known.get(name) or "").split()


def test_each_piece_has_its_own_identifiers(guide: str) -> None:
    page = Identifiers()
    page.feed(guide)
    assert len(page.found) == len(set(page.found))
    assert set(page.named) <= set(page.found)
