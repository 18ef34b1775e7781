"""Searches without result: counted without anybody, bounded, read by editors."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from impulsion_site.roles import ensure_roles
from pages import chores
from pages.models import HomePage, SearchMiss
from pages.search import misses

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(SearchMiss.objects.values_list("words", "times"))


def ask(client: Client, query: str, **headers: str):
    answer = client.get("/recherche/", {"q": query}, headers=headers)
    assert answer.status_code == 200
    return answer


# --- What is counted ------------------------------------------------------------------------


def test_what_finds_nothing_is_counted_in_one_form(client, home) -> None:
    for query in ("Vélos d’occasion", "velos OCCASION", "  les vélos, d'occasion !"):
        ask(client, query)
    assert counts() == {"velos occasion": 3}


def test_what_finds_something_is_not_counted(client, home) -> None:
    factories.ContentPageFactory(title="Jardin")
    ask(client, "jardin")
    client.get("/recherche/?q=jardin&sorte=rendez-vous")
    assert counts() == {}


@pytest.mark.parametrize(
    "query", ["", "   ", "les des", "___", "06 12 34 56 78", "camille@example.org", "x 0612345678"]
)
def test_what_says_nothing_or_may_be_about_a_person_is_not_kept(client, home, query) -> None:
    ask(client, query)
    assert counts() == {}


def test_a_postcode_and_a_year_are_nobody(client, home) -> None:
    ask(client, "jobs 62220")
    assert counts() == {"jobs 62220": 1}


def test_only_a_visit_counts(client, home) -> None:
    client.head("/recherche/?q=introuvable")
    ask(client, "introuvable", sec_purpose="prefetch")
    client.get("/recherche/?q=introuvable&sorte=actualites")
    assert counts() == {}


def test_nothing_of_the_person_is_written() -> None:
    fields = {field.name for field in SearchMiss._meta.get_fields()}
    assert fields == {"id", "words", "times", "first_on", "last_on"}
    # Days, not hours: nothing to bring nearer to a journal of requests.
    assert type(SearchMiss().first_on) is date


def test_counting_sets_no_cookie_and_keeps_the_answer_out_of_caches(client, home) -> None:
    answer = ask(client, "introuvable")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("query", ["ﷺ" * 100, "x" * 10_000, "ß" * 100, "\u0958" * 100])
def test_words_that_grow_when_they_are_folded_are_cut(client, home, query: str) -> None:
    ask(client, query)
    assert [len(words) <= 100 for words in counts()] == [True]


# --- A flood --------------------------------------------------------------------------------


def test_a_flood_fills_the_table_to_its_bound_and_no_more(client, home, monkeypatch) -> None:
    monkeypatch.setattr(misses, "MAX_ROWS", 5)
    ask(client, "connu")
    for number in range(9):
        ask(client, f"ordure {number}")
    ask(client, "connu")
    assert len(counts()) == 5
    assert counts()["connu"] == 2


def test_after_a_flood_what_is_asked_most_stays(client, home, monkeypatch) -> None:
    monkeypatch.setattr(misses, "KEPT_ROWS", 3)
    today = timezone.localdate()
    factories.SearchMissFactory(words="souvent", times=9, last_on=today - timedelta(days=60))
    for number in range(6):
        factories.SearchMissFactory(words=f"ordure {number}")
    misses.forget_misses()
    assert len(counts()) == 3
    assert "souvent" in counts()


def test_the_table_is_bounded_by_default() -> None:
    assert misses.KEPT_ROWS < misses.MAX_ROWS <= 1_000


# --- A database that does not write ---------------------------------------------------------


def test_search_answers_when_the_count_cannot_be_written(client, home) -> None:
    with patch.object(misses, "_add_one", side_effect=DatabaseError("read only")):
        assert "Aucune page ne répond" in ask(client, "introuvable").content.decode()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_search_answers_on_a_database_that_may_only_be_read(client) -> None:
    factories.default_home()
    factories.OrganisationFactory()
    read_only, normal = {
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": (
            "SET default_transaction_read_only = on",
            "SET default_transaction_read_only = off",
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(read_only)
    try:
        assert "Aucune page ne répond" in ask(client, "introuvable").content.decode()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(normal)
    assert counts() == {}


def test_two_visitors_with_the_same_new_words_are_no_error(home) -> None:
    """The second finds no row to add to, then one where it wanted to write its own."""
    factories.SearchMissFactory(words="velos")
    with patch.object(type(SearchMiss.objects.all()), "update", return_value=0):
        misses.count_miss("vélos", ["velos"])
    assert counts() == {"velos": 1}


# --- What is forgotten ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "days", "stays"),
    [(1, 30, True), (1, 31, False), (2, 31, True), (2, 365, True), (2, 366, False)],
)
def test_old_words_are_forgotten(home, times: int, days: int, stays: bool) -> None:
    with time_machine.travel(factories.paris(2026, 6, 15, 12), tick=False):
        last = timezone.localdate() - timedelta(days=days)
        factories.SearchMissFactory(words="ancien", times=times, last_on=last)
        misses.forget_misses()
        assert ("ancien" in counts()) is stays


def test_words_that_find_something_by_now_leave_the_list(client, home) -> None:
    ask(client, "compost")
    ask(client, "xylophone")
    factories.ContentPageFactory(title="Le compost du quartier")
    misses.forget_misses()
    assert list(counts()) == ["xylophone"]


def test_forgetting_is_a_chore(home) -> None:
    assert "recherches-sans-resultat" in [work.name for work in chores.registered()]
    with patch.object(misses, "forget_misses") as forget:
        chores.forget_search_misses()
    forget.assert_called_once_with()


# --- The report -----------------------------------------------------------------------------


@pytest.fixture
def report(home: HomePage) -> None:
    factories.SearchMissFactory(words="rare", times=1)
    factories.SearchMissFactory(words="vélos & co", times=12)


def test_the_report_begins_with_what_is_asked_most(report, writer) -> None:
    html = signed_in(writer).get("/admin/recherches/").content.decode()
    assert html.index("/recherche/?q=v%C3%A9los+%26+co") < html.index("/recherche/?q=rare")
    assert "vélos &amp; co" in html
    assert "jamais qui les a écrits" in html


def test_the_report_is_in_the_menu_of_those_who_may_read_it(report, writer) -> None:
    assert "/admin/recherches/" in signed_in(writer).get("/admin/").content.decode()
    stranger = factories.UserFactory(group="")
    assert signed_in(stranger).get("/admin/recherches/").status_code == 403


def test_the_report_without_rows_says_so(home, writer) -> None:
    html = signed_in(writer).get("/admin/recherches/").content.decode()
    assert "Aucune recherche n’est restée sans réponse." in html


def test_the_report_is_exported(report, writer) -> None:
    answer = signed_in(writer).get("/admin/recherches/?export=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["vélos & co", "12"], ["rare", "1"]]


def test_nobody_is_given_the_right_to_change_what_the_site_counts(home) -> None:
    ensure_roles()
    given = Permission.objects.filter(content_type__model="searchmiss", group__isnull=False)
    assert set(given.values_list("codename", flat=True)) == {"view_searchmiss"}
