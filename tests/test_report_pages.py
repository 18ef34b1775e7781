"""The report as visitors have it: its tables, its chapters, the files of its figures."""

import csv
import io
import json
import re
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from activities.figures import exports
from activities.figures.reading import Figures
from activities.figures.recording import record
from activities.models import Chapter, Indicator, ReportPage, Status
from activities.pdf import chore
from impulsion_site.content.blocks import cite
from pages.templatetags.french_dates import long_date

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEAR = 2020
FILES = ("indicateurs.csv", "indicateurs.json", "indicateurs.xlsx")


@pytest.fixture
def report(site: Any) -> ReportPage:
    return factories.ReportPageFactory(year=YEAR)


@pytest.fixture
def entries(report: ReportPage) -> Indicator:
    """An indicator with the figures of three years, and one of its parts."""
    support = factories.BreakdownFactory(code="dispositif", label="Dispositif")
    aci = factories.BreakdownItemFactory(breakdown=support, code="aci", label="ACI")
    indicator = factories.IndicatorFactory(
        code="entrees", label="Entrées", unit="personnes", breakdowns=[support]
    )
    factories.IndicatorDefinitionFactory(indicator=indicator, definition="Qui a signé un contrat.")
    for year, number in ((2018, 900), (2019, 1050), (YEAR, 1234)):
        if year != YEAR:
            factories.ReportPageFactory(year=year)
        record(indicator, year, number, status=Status.VALIDATED)
    record(indicator, YEAR, 717, item=aci, status=Status.VALIDATED)
    return indicator


def page_of(report: ReportPage) -> str:
    return Client().get(report.get_url()).content.decode()


def words_of(report: ReportPage) -> str:
    """The text of the page, every space a plain one."""
    return re.sub(r"\s+", " ", text_of(page_of(report)))


def rows_of_csv(report: ReportPage) -> list[dict[str, str]]:
    text = Client().get(f"{report.get_url()}indicateurs.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def rows_of_xlsx(report: ReportPage) -> list[dict[str, Any]]:
    content = Client().get(f"{report.get_url()}indicateurs.xlsx").content
    sheet = load_workbook(io.BytesIO(content)).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def rows_of_json(report: ReportPage) -> list[dict[str, Any]]:
    return Client().get(f"{report.get_url()}indicateurs.json").json()["valeurs"]


# --- The page -------------------------------------------------------------------------------


def test_a_table_compares_the_year_with_the_two_before(report, entries) -> None:
    text = words_of(report)
    assert "Indicateur 2020 2019 2018" in text
    assert "Entrées personnes 1 234 1 050 900" in text
    assert "dont ACI 717 non disponible non disponible" in text
    assert "Qui a signé un contrat." in text


def test_a_quotient_shows_what_it_is_made_of(report, entries) -> None:
    factories.IndicatorFactory(code="sorties", label="Sorties")
    factories.IndicatorFactory(
        code="taux", label="Taux", unit="%", numerator="sorties", denominator="entrees", scale=100
    )
    record(Indicator.objects.get(code="sorties"), YEAR, 617, status=Status.VALIDATED)
    text = words_of(report)
    assert "50 % 617 sur 1 234" in text


def test_a_report_on_one_page_holds_its_chapters(report, entries) -> None:
    factories.ReportChapterPageFactory(
        parent=report,
        title="Nos parcours",
        body=factories.body(factories.section("Une partie", factories.paragraph("Un texte."))),
    )
    html = page_of(report)
    places = [html.index(text) for text in ("Nos parcours</h2>", "Une partie</h3>", "1\u202f234")]
    assert places == sorted(places)


def test_a_long_report_leads_to_its_chapters(report, entries) -> None:
    report.layout = ReportPage.Layout.CHAPTERS
    report.save()
    chapter = factories.ReportChapterPageFactory(parent=report, title="Nos parcours")
    html = page_of(report)
    assert f'href="{chapter.get_url()}"' in html
    assert "1\u202f234" not in html
    assert "1\u202f234" in Client().get(chapter.get_url()).content.decode()


def test_the_same_chapter_of_two_years_has_two_titles(report) -> None:
    """A tab, a bookmark, a result of a search engine say of which year."""
    other = factories.ReportPageFactory(year=2021)
    titles = set()
    for parent in (report, other):
        page = factories.ReportChapterPageFactory(parent=parent, title="Les comptes")
        html = Client().get(page.get_url()).content.decode()
        titles.add(re.search(r"<title>(.*?)</title>", html)[1])
    assert titles == {
        f"Les comptes – Rapport d’activité {year} – Régie de quartier Impulsion"
        for year in (YEAR, 2021)
    }


def test_a_report_without_figures_has_neither_table_nor_file(report, client: Client) -> None:
    html = page_of(report)
    assert "<table" not in html
    assert "indicateurs." not in html
    for name in FILES:
        assert client.get(f"{report.get_url()}{name}").status_code == 404


# --- The same number everywhere ---------------------------------------------------------------


def told(report: ReportPage) -> dict[str, Any]:
    """The figure of the year, as each form of the report tells it."""

    def total(rows: list[dict[str, Any]]) -> Any:
        (row,) = [r for r in rows if r["code"] == "entrees" and not r["ventilation"]]
        return row["valeur"]

    chapter = words_at(report.chapters()[0].get_url())
    index = report.get_parent()
    chore.make_pdfs()
    full, summary = (words_of_pdf(report, name) for name in ("rapport-activite", "resume"))
    rows = csv.DictReader(
        io.StringIO(
            Client().get(f"{index.get_url()}indicateurs/entrees.csv").content.decode("utf-8-sig"),
            newline="",
        ),
        delimiter=";",
    )
    (of_the_year,) = [
        row for row in rows if row["annee"] == str(report.year) and not row["ventilation"]
    ]
    return {
        "csv": total(rows_of_csv(report)),
        "xlsx": total(rows_of_xlsx(report)),
        "json": total(rows_of_json(report)),
        "csv of the indicator": of_the_year["valeur"],
        "table of the report": found(r"Entrées personnes ([\d ]+) 1 050 900", words_of(report)),
        "sentence": found(r"En tout, ([\d ]+) personnes", chapter),
        "key figure": found(r"([\d ]+) personnes Entrées, en 2020", chapter),
        "table of the chart": found(
            r"Les chiffres Indicateur 2020 2019 2018 Entrées personnes ([\d ]+) 1 050 900", chapter
        ),
        "words of the chart": found(
            r"à ([\d ]+) personnes en 2020\.",
            spaced(Client().get(report.chapters()[0].get_url()).content.decode()),
        ),
        "key figure on a slide": found(
            r"([\d ]+) personnes Entrées 2019 : 1 050", words_at(report.slides_url())
        ),
        "sentence on a slide": found(r"En tout, ([\d ]+) personnes", words_at(report.slides_url())),
        "home page": found(r"([\d ]+) personnes Entrées, en 2020", words_at("/")),
        "list of indicators": found(
            r"Entrées ([\d ]+) personnes 2020", words_at(f"{index.get_url()}indicateurs/")
        ),
        "page of the indicator": found(
            r" 2020 ([\d ]+) personnes", words_at(f"{index.get_url()}indicateurs/entrees/")
        ),
        "sentence of the PDF": found(r"En tout, ([\d ]+) personnes", full),
        "table of the PDF": found(r"Entrées1 ([\d ]+) 1 050 900", full),
        "table of the chart of the PDF": found(
            r"Les chiffres Indicateur 2020 2019 2018 Entrées ([\d ]+) 1 050 900", full
        ),
        "key figure of the PDF": found(r"([\d ]+) personnes Entrées, en 2020", full),
        "key figure of the summary": found(
            r"([\d ]+) personnes Entrées 1 050 personnes en 2019", summary
        ),
        "table of the summary": found(r"Indicateur 2020 2019 Entrées ([\d ]+) 1 050", summary),
    }


def found(pattern: str, text: str) -> str:
    """The number of a pattern, without its spaces; its absence fails the test."""
    match = re.search(pattern, text)
    assert match, f"{pattern}: {text}"
    return match[1].replace(" ", "")


def spaced(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def words_at(address: str) -> str:
    return spaced(text_of(Client().get(address).content.decode()))


def words_of_pdf(report: ReportPage, name: str) -> str:
    """The text of a PDF of the report, every space a plain one."""
    content = Client().get(f"{report.get_url()}{name}-{report.year}.pdf").content
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return spaced(text.stdout.decode())


def told_everywhere(report: ReportPage) -> set[str]:
    """The numbers that the figure has, wherever it is told."""
    return {str(number) for number in told(report).values()}


def test_the_same_number_is_everywhere_and_an_erratum_changes_it_everywhere(
    report, entries
) -> None:
    entries.on_home = True
    entries.save()
    citing = [
        {"type": "paragraph", "value": f"<p>En tout, {cite('entrees', YEAR)}.</p>"},
        {"type": "key_figure", "value": {"indicator": "entrees", "words": ""}},
        {"type": "evolution", "value": {"indicator": "entrees", "years": "5", "finding": ""}},
    ]
    factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.FOREWORD, body=json.dumps(citing)
    )
    record(entries, YEAR, 1234, status=Status.APPROVED)
    assert told_everywhere(report) == {"1234"}
    assert "1\u202f234" in page_of(report)

    record(entries, YEAR, 1237, status=Status.APPROVED, reason="Une erreur d’addition.")
    assert told_everywhere(report) == {"1237"}
    html, errata = page_of(report).split('id="errata"')
    assert "1\u202f237" in html
    assert "1\u202f234" not in html
    # The correction is public: the old, the new, why, when.
    said = re.sub(r"\s+", " ", text_of(errata))
    assert "Entrées : 1 237 personnes, et non 1 234 personnes." in said
    chapter = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    assert "et non 1\u202f234" in Client().get(chapter.get_url()).content.decode()
    assert "Une erreur d’addition." in said
    assert f"Corrigé le {long_date(timezone.localdate())}" in errata


def test_the_three_files_hold_the_same_rows(report, entries) -> None:
    rate = factories.IndicatorFactory(code="moyenne", unit="mois", decimals=1, is_additive=False)
    record(rate, YEAR, Decimal("11.5"), status=Status.VALIDATED)
    by_csv, by_xlsx, by_json = rows_of_csv(report), rows_of_xlsx(report), rows_of_json(report)
    assert len(by_csv) == len(by_xlsx) == len(by_json) == 3
    assert list(by_csv[0]) == list(by_xlsx[0]) == list(by_json[0]) == list(exports.COLUMNS)
    for one, two, three in zip(by_csv, by_xlsx, by_json, strict=True):
        for name in exports.COLUMNS:
            expected = "" if three[name] is None else str(three[name])
            assert one[name].replace(",", ".") == expected
            assert two[name] == three[name]
    assert [row["valeur"] for row in by_json] == [1234, 717, 11.5]
    assert by_json[1]["ventilation"] == "dispositif/aci"
    assert by_json[0]["statut"] == "valide"


def test_the_files_are_what_they_say(report, entries, client: Client) -> None:
    answers = {name: client.get(f"{report.get_url()}{name}") for name in FILES}
    assert answers["indicateurs.csv"]["Content-Type"] == "text/csv; charset=utf-8"
    assert answers["indicateurs.csv"].content.startswith(b"\xef\xbb\xbfcode;libelle;annee;")
    assert answers["indicateurs.json"]["Content-Type"] == "application/json"
    data = answers["indicateurs.json"].json()
    assert (data["schema"], data["annee"], data["exemple"]) == ("impulsion-rapport/1", YEAR, False)
    html = page_of(report)
    for name, answer in answers.items():
        assert f'href="{report.get_url()}{name}"' in html
        assert answer["Content-Disposition"].startswith('attachment; filename="impulsion-2020.')
        again = client.get(f"{report.get_url()}{name}", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304, name
        assert again.content == b""
    record(entries, YEAR, 1235, status=Status.VALIDATED)
    for name, answer in answers.items():
        assert client.get(f"{report.get_url()}{name}")["ETag"] != answer["ETag"]


@pytest.mark.parametrize(
    "start", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"]
)
def test_no_text_is_a_formula(report, start) -> None:
    indicator = factories.IndicatorFactory(code="piege", label=f"{start} piège", unit="=u")
    record(indicator, YEAR, 3, status=Status.VALIDATED)
    (row,) = rows_of_csv(report)
    assert row["libelle"].startswith("'")
    assert row["unite"] == "'=u"
    content = Client().get(f"{report.get_url()}indicateurs.xlsx").content
    sheet = load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n", "inlineStr"}


def test_a_control_character_in_a_name_breaks_neither_page_nor_file(report) -> None:
    indicator = factories.IndicatorFactory(code="piege", label="Un\x0bnom")
    record(indicator, YEAR, 3, status=Status.VALIDATED)
    assert Client().get(report.get_url()).status_code == 200
    assert rows_of_xlsx(report)[0]["libelle"] == rows_of_csv(report)[0]["libelle"] == "Unnom"


def test_a_negative_number_stays_a_number(report) -> None:
    result = factories.IndicatorFactory(code="resultat", minimum=None, unit="€")
    record(result, YEAR, -1500, status=Status.VALIDATED)
    assert [row["valeur"] for row in rows_of_csv(report)] == ["-1500"]
    assert [row["valeur"] for row in rows_of_xlsx(report)] == [-1500]


def test_examples_say_so_in_the_page_and_in_every_file(report) -> None:
    indicator = factories.IndicatorFactory(code="essai", label="Essai")
    record(indicator, YEAR, 5, status=Status.VALIDATED, is_example=True)
    assert '<span class="badge">Exemple</span>' in page_of(report)
    for rows in (rows_of_csv(report), rows_of_xlsx(report), rows_of_json(report)):
        assert rows[0]["libelle"] == "Exemple – Essai"
    answer = Client().get(f"{report.get_url()}indicateurs.json")
    assert answer.json()["exemple"] is True
    assert 'filename="exemple-' in answer["Content-Disposition"]


# --- What nobody may read yet -----------------------------------------------------------------

CANARY = "777777"


def everything(report: ReportPage) -> str:
    """The page, its files and its chapters, as somebody without an account has them."""
    client = Client()
    urls = [report.get_url(), *(f"{report.get_url()}{name}" for name in FILES)]
    urls += [chapter.get_url() for chapter in report.get_children()]
    texts = []
    for url in urls:
        answer = client.get(url)
        content = answer.content
        if answer.status_code == 200 and url.endswith("xlsx"):
            sheet = load_workbook(io.BytesIO(content)).active
            content = json.dumps([list(row) for row in sheet.values], default=str).encode()
        texts.append(content.decode().replace("\u202f", ""))
    return "\n".join(texts)


@pytest.fixture
def canary(report, entries) -> Indicator:
    indicator = factories.IndicatorFactory(code="secret", chapter=Chapter.ACCOUNTS)
    record(indicator, YEAR, int(CANARY), status=Status.VALIDATED)
    return indicator


def test_the_canary_is_read_when_it_may_be(report, canary) -> None:
    assert everything(report).count(CANARY) == 1 + len(FILES)


def test_a_provisional_figure_is_nowhere(report, canary) -> None:
    record(canary, YEAR, int(CANARY), status=Status.PROVISIONAL)
    assert CANARY not in everything(report)
    assert "1234" in everything(report)


def test_the_figures_of_a_reserved_or_draft_chapter_are_nowhere(report, canary) -> None:
    chapter = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.ACCOUNTS)
    factories.make_private(chapter)
    assert CANARY not in everything(report)
    chapter.view_restrictions.all().delete()
    assert CANARY in everything(report)
    chapter.unpublish()
    assert CANARY not in everything(report)
    assert "1234" in everything(report)


def test_the_figures_of_a_year_that_is_not_published_are_in_no_other_report(report, canary) -> None:
    later = factories.ReportPageFactory(year=YEAR + 1)
    record(canary, YEAR + 1, 5, status=Status.VALIDATED)
    assert CANARY in everything(later)
    report.unpublish()
    assert CANARY not in everything(later)
    assert CANARY not in everything(report)


def test_the_errata_of_a_reserved_chapter_are_nowhere(report, canary) -> None:
    record(canary, YEAR, int(CANARY), status=Status.APPROVED)
    record(canary, YEAR, 12, status=Status.APPROVED, reason="Une erreur.")
    chapter = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.ACCOUNTS)
    assert CANARY in everything(report)
    factories.make_private(chapter)
    assert CANARY not in everything(report)
    assert "Une erreur." not in everything(report)


def test_a_reserved_report_gives_its_files_to_nobody_else(report, canary, publisher) -> None:
    factories.make_private(report)
    assert CANARY not in everything(report)
    answer = signed_in(publisher).get(f"{report.get_url()}indicateurs.csv")
    assert answer.status_code in (200, 302, 403, 404)
    if answer.status_code == 200:
        assert "no-store" in answer["Cache-Control"]


# --- Many figures -----------------------------------------------------------------------------


def count_queries(url: str) -> int:
    client = Client()
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_many_figures_cost_no_more_queries(report, entries) -> None:
    addresses = [report.get_url(), *(f"{report.get_url()}{name}" for name in FILES)]
    few = [count_queries(url) for url in addresses]
    chapters = [chapter for chapter in Chapter.values if chapter != Chapter.FOREWORD]
    for number in range(40):
        indicator = factories.IndicatorFactory(chapter=chapters[number % len(chapters)])
        for year in (2018, 2019, YEAR):
            record(indicator, year, number, status=Status.VALIDATED)
    assert [count_queries(url) for url in addresses] == few
    assert max(few) <= 15
    assert len(rows_of_json(report)) == 42


def test_the_tables_hold_every_public_figure_once(report, entries, canary) -> None:
    shown = [row for row in rows_of_json(report) if row["annee"] == YEAR]
    public = Figures.readable_by(None, years=[YEAR]).all_of(YEAR)
    assert len(shown) == len(public) == 3
