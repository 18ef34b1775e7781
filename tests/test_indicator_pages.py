"""The indicators over the years: their list, their pages, their files; the home and activities."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from activities.figures.recording import record
from activities.models import Chapter, Indicator, ReportPage, Status
from pages.models import HomePage

from . import factories
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEARS = (2018, 2019, 2020)
LIST = "/rapports/indicateurs/"
PAGE = f"{LIST}entrees/"
FILE = f"{LIST}entrees.csv"


@pytest.fixture
def reports(site: Any) -> dict[int, ReportPage]:
    return {year: factories.ReportPageFactory(year=year) for year in YEARS}


@pytest.fixture
def entries(reports: dict[int, ReportPage]) -> Indicator:
    indicator = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    factories.IndicatorDefinitionFactory(
        indicator=indicator,
        definition="Qui a signé.",
        method="Au 31 décembre.",
        source="Le registre",
    )
    for year, number in zip(YEARS, (900, 1050, 1234), strict=True):
        record(indicator, year, number, status=Status.VALIDATED)
    return indicator


def words_at(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", text_of(answer.content.decode()))


def test_the_list_says_the_newest_figure_of_each_indicator(entries) -> None:
    text = words_at(LIST)
    assert "Activité d’insertion" in text
    assert "Entrées 1 234 personnes 2020 depuis 2018" in text
    assert f'href="{PAGE}"' in Client().get(LIST).content.decode()


def test_a_page_says_the_years_then_what_is_counted(entries) -> None:
    text = words_at(PAGE)
    assert "2020 1 234 personnes 2019 1 050 personnes 2018 900 personnes" in text
    assert "Qui a signé. Au 31 décembre. Source : Le registre" in text
    html = Client().get(PAGE).content.decode()
    assert html.index("<table") < html.index('<svg class="drawing"')
    assert '<link rel="canonical" href="http://testserver' not in html
    assert re.search(r'<link rel="canonical" href="[^"]+/rapports/indicateurs/entrees/">', html)
    assert "<title>Entrées, année après année" in html


def test_the_file_of_an_indicator_holds_all_its_years(entries) -> None:
    answer = Client().get(FILE)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="impulsion-entrees.csv"'
    text = io.StringIO(answer.content.decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(text, delimiter=";"))
    assert [(r["annee"], r["valeur"]) for r in rows] == [
        ("2018", "900"), ("2019", "1050"), ("2020", "1234"),
    ]  # fmt: skip
    again = Client().get(FILE, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_changed_definition_is_a_break_in_the_series(entries) -> None:
    factories.IndicatorDefinitionFactory(
        indicator=entries, since=2020, definition="Qui a commencé."
    )
    text = words_at(PAGE)
    assert "la façon de compter a changé" in text
    assert "Depuis 2020 Qui a commencé." in text
    assert "Au début Qui a signé." in text


def test_parts_and_errata_are_there(entries) -> None:
    support = factories.BreakdownFactory(code="dispositif", label="Dispositif")
    aci = factories.BreakdownItemFactory(breakdown=support, label="ACI")
    entries.breakdowns = [support]
    entries.save()
    record(entries, 2020, 717, item=aci, status=Status.APPROVED)
    record(entries, 2020, 718, item=aci, status=Status.APPROVED, reason="Une erreur.")
    text = words_at(PAGE)
    assert "Entrées en 2020, par dispositif" in text
    assert "dont ACI 718" in text
    assert "Entrées, ACI : 718 personnes, et non 717 personnes." in text


def test_a_computed_indicator_says_from_what(entries) -> None:
    factories.IndicatorFactory(code="double", label="Double", numerator="entrees")
    assert "Ce chiffre est calculé à partir de : Entrées" in words_at(f"{LIST}double/")


@pytest.mark.parametrize("address", [f"{LIST}absent/", f"{LIST}absent.csv", f"{LIST}vide/"])
def test_what_has_no_public_figure_is_not_found(entries, address) -> None:
    factories.IndicatorFactory(code="vide")
    assert Client().get(address).status_code == 404


def test_the_list_without_a_figure_says_so(reports) -> None:
    assert "Aucun chiffre n’est encore public" in words_at(LIST)


def test_an_example_is_for_no_search_engine(reports) -> None:
    indicator = factories.IndicatorFactory(code="essai", label="Essai")
    record(indicator, 2020, 5, status=Status.VALIDATED, is_example=True)
    for address in (LIST, f"{LIST}essai/"):
        answer = Client().get(address)
        assert answer["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert "Exemple" in answer.content.decode()
    answer = Client().get(f"{LIST}essai.csv")
    assert 'filename="exemple-' in answer["Content-Disposition"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_pages_of_figures_are_read_only(entries) -> None:
    for address in (LIST, PAGE, FILE):
        assert Client().post(address).status_code == 405


def test_the_index_lists_every_year_newest_first(entries, reports) -> None:
    assert re.search(r"2020.*2019.*2018.*année après année", words_at("/rapports/"))


# --- Canaries ---------------------------------------------------------------------------------

CANARY = 777_777


def everywhere() -> str:
    """Every answer that shows an indicator, as somebody without an account has it."""
    addresses = [
        "/",
        "/activites/verts/",
        "/rapports/",
        LIST,
        f"{LIST}secret/",
        f"{LIST}secret.csv",
    ]
    addresses += ["/recherche/?q=secret", "/sitemap.xml"]
    texts = [Client().get(address).content.decode() for address in addresses]
    return "\n".join(texts).replace("\u202f", "")


@pytest.fixture
def canary(reports: dict[int, ReportPage]) -> Indicator:
    trade = factories.TradeFactory(slug="verts")
    factories.ActivityPageFactory(slug="verts", trade=trade)
    secret = factories.IndicatorFactory(
        code="secret", label="Secret", trade=trade, on_home=True, chapter=Chapter.ACCOUNTS
    )
    record(secret, 2020, CANARY, status=Status.VALIDATED)
    return secret


def test_the_canary_is_everywhere_when_it_may_be(canary) -> None:
    # Home, activity, list, file; twice on its own page when there is a chart.
    assert everywhere().count(str(CANARY)) == 5


def test_a_provisional_figure_is_nowhere(canary) -> None:
    record(canary, 2020, CANARY, status=Status.PROVISIONAL)
    assert str(CANARY) not in everywhere()


def test_the_figures_of_an_unpublished_year_are_nowhere(canary, reports) -> None:
    reports[2020].unpublish()
    assert str(CANARY) not in everywhere()


def test_the_figures_of_a_reserved_year_or_chapter_are_nowhere(canary, reports) -> None:
    chapter = factories.ReportChapterPageFactory(parent=reports[2020], chapter=Chapter.ACCOUNTS)
    assert str(CANARY) in everywhere()
    factories.make_private(chapter)
    assert str(CANARY) not in everywhere()
    chapter.delete()
    assert str(CANARY) in everywhere()
    factories.make_private(reports[2020])
    assert str(CANARY) not in everywhere()


def test_reports_that_are_reserved_hide_every_indicator(canary, reports) -> None:
    factories.make_private(reports[2020].get_parent())
    assert str(CANARY) not in everywhere()


# --- The home page and the activities ---------------------------------------------------------


def test_the_home_shows_the_newest_public_figure_with_its_year(home: HomePage, entries) -> None:
    assert "En chiffres" not in words_at("/")
    entries.on_home = True
    entries.save()
    assert "1 234 personnes Entrées, en 2020" in words_at("/")
    record(entries, 2020, 1235, status=Status.PROVISIONAL)
    assert "1 050 personnes Entrées, en 2019" in words_at("/")


def test_a_computed_figure_is_not_for_the_home(site) -> None:
    factories.IndicatorFactory(code="entrees")
    indicator = Indicator(
        code="taux", label="Taux", family="A", chapter=Chapter.INSERTION, numerator="entrees",
        on_home=True,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        indicator.full_clean()
    assert "on_home" in refused.value.message_dict


def test_an_activity_shows_its_own_figures(entries) -> None:
    trade = factories.TradeFactory()
    page = factories.ActivityPageFactory(trade=trade)
    assert "En chiffres" not in words_at(page.get_url())
    entries.trade = trade
    entries.save()
    assert "1 234 personnes Entrées, en 2020" in words_at(page.get_url())
