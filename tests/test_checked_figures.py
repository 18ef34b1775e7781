"""The figures that a funder checks: on its page, in its files, and nowhere when they are hidden."""

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from activities.figures.recording import record
from activities.figures.small_numbers import WHY
from activities.models import Chapter, Indicator, ReportPage, Status
from partners.models import Partner

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEARS = range(2014, 2021)
FILES = "/rapports/indicateurs/financeurs/"


@pytest.fixture
def reports(site: Any) -> dict[int, ReportPage]:
    return {year: factories.ReportPageFactory(year=year) for year in YEARS}


@pytest.fixture
def funder(reports: dict[int, ReportPage]) -> Partner:
    """A funder that checks one indicator of two, known for seven years."""
    factories.PartnerIndexPageFactory()
    funder = factories.PartnerFactory(name="Département d’essai")
    checked = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    factories.IndicatorDefinitionFactory(indicator=checked, definition="Qui a signé.")
    other = factories.IndicatorFactory(code="chantiers", label="Chantiers")
    checked.checked_by = [funder]
    checked.save()
    for year in YEARS:
        record(checked, year, year - 1000, status=Status.VALIDATED)
        record(other, year, 77, status=Status.VALIDATED)
    return funder


def page_of(funder: Partner, client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/partenaires/{funder.slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


def file_of(funder: Partner, extension: str = "csv") -> Any:
    return Client().get(f"{FILES}{funder.slug}.{extension}")


def rows_of(funder: Partner) -> list[dict[str, str]]:
    text = io.StringIO(file_of(funder).content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def test_the_page_shows_the_last_five_years_with_their_meaning(funder) -> None:
    html = page_of(funder)
    text = re.sub(r"\s+", " ", text_of(html))
    assert "Les chiffres que Département d’essai vérifie" in text
    assert "2020 2019 2018 2017 2016 Entrées personnes 1 020 1 019 1 018 1 017 1 016" in text
    assert "1 015" not in text
    assert "Qui a signé." in text
    assert 'href="/rapports/indicateurs/entrees/"' in html
    assert "Chantiers" not in text
    for extension in ("csv", "xlsx"):
        assert f'href="{FILES}{funder.slug}.{extension}"' in html


def test_the_files_hold_every_year(funder) -> None:
    assert [(row["annee"], row["valeur"]) for row in rows_of(funder)] == [
        (str(year), str(year - 1000)) for year in YEARS
    ]
    answer = file_of(funder)
    assert f'filename="impulsion-{funder.slug}.csv"' in answer["Content-Disposition"]
    again = Client().get(f"{FILES}{funder.slug}.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    sheet = load_workbook(io.BytesIO(file_of(funder, "xlsx").content)).active
    assert sheet.max_row == len(YEARS) + 1


def test_a_former_address_leads_to_the_file(funder) -> None:
    before, funder.name = funder.slug, "Conseil d’essai"
    funder.save()
    answer = Client().get(f"{FILES}{before}.csv")
    assert (answer.status_code, answer["Location"]) == (301, f"{FILES}conseil-d-essai.csv")


@pytest.mark.parametrize(
    "end", ["absent.csv", "departement-d-essai.json", "departement-d-essai.pdf"]
)
def test_what_does_not_exist_is_not_found(funder, end) -> None:
    assert Client().get(f"{FILES}{end}").status_code == 404


def test_a_partner_that_checks_nothing_shows_nothing(funder) -> None:
    other = factories.PartnerFactory(name="Autre")
    assert "chiffres-verifies" not in page_of(other)
    assert file_of(other).status_code == 404
    assert Client().post(f"{FILES}{funder.slug}.csv").status_code == 405


def test_what_is_reserved_or_provisional_is_nowhere(funder, reports) -> None:
    indicator = Indicator.objects.get(code="entrees")
    record(indicator, 2020, 777_777, status=Status.PROVISIONAL)
    factories.make_private(reports[2019])
    chapter = factories.ReportChapterPageFactory(parent=reports[2018], chapter=Chapter.INSERTION)
    factories.make_private(chapter)
    years = {row["annee"] for row in rows_of(funder)}
    assert years == {"2014", "2015", "2016", "2017"}
    html = page_of(funder)
    for number in ("777 777", "1 020", "1 019", "1 018"):
        assert number not in text_of(html).replace("\u202f", " ")
    # Who may read what is reserved finds it; nothing keeps it on the way.
    superuser = factories.UserFactory(is_superuser=True)
    assert "1 019" in text_of(page_of(funder, signed_in(superuser))).replace("\u202f", " ")


def test_small_numbers_are_masked_in_both(funder) -> None:
    part = factories.BreakdownItemFactory(code="pai")
    rest = factories.BreakdownItemFactory(code="aci", breakdown=part.breakdown)
    indicator = factories.IndicatorFactory(
        code="sorties", label="Sorties", counts_people=True, breakdowns=[part.breakdown]
    )
    indicator.checked_by = [funder]
    indicator.save()
    record(indicator, 2020, 43, status=Status.VALIDATED)
    record(indicator, 2020, 3, item=part, status=Status.VALIDATED)
    record(indicator, 2020, 40, item=rest, status=Status.VALIDATED)
    known = {row["ventilation"]: row for row in rows_of(funder) if row["code"] == "sorties"}
    for row in known.values():
        if row["ventilation"]:
            assert (row["valeur"], row["remarque"]) == ("", WHY)
    Indicator.objects.filter(pk=indicator.pk).update(hidden_figures=[[2020, None]])
    text = text_of(page_of(funder))
    assert "masqué" in text
    assert WHY in text


def test_a_formula_stays_a_text(funder) -> None:
    Indicator.objects.filter(code="entrees").update(label="=HYPERLINK(1)")
    assert {row["libelle"] for row in rows_of(funder)} == {"'=HYPERLINK(1)"}


def test_an_example_says_so(funder) -> None:
    indicator = factories.IndicatorFactory(code="essai", label="Essai")
    indicator.checked_by = [funder]
    indicator.save()
    record(indicator, 2020, 5, status=Status.VALIDATED, is_example=True)
    answer = file_of(funder)
    assert 'filename="exemple-' in answer["Content-Disposition"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Exemple" in page_of(funder)


def test_it_costs_the_same_for_many_figures(funder) -> None:
    address = f"/partenaires/{funder.slug}/"
    Client().get(address)
    counts = []
    for round_ in range(2):
        Client().get(address)  # the weights of the files are computed once
        with CaptureQueriesContext(connection) as queries:
            Client().get(address)
        counts.append(len(queries))
        for n in range(6):
            indicator = factories.IndicatorFactory(code=f"ligne_{round_}_{n}")
            indicator.checked_by = [funder]
            indicator.save()
            for year in YEARS:
                record(indicator, year, 9, status=Status.VALIDATED)
    assert counts[0] == counts[1]


def test_the_form_of_an_indicator_says_who_checks_it(funder, administrator) -> None:
    browser = signed_in(administrator)
    indicator = Indicator.objects.get(code="entrees")
    html = browser.get(f"/admin/snippets/activities/indicator/edit/{indicator.pk}/").content
    assert "Financeurs qui le vérifient" in html.decode()
    assert funder.name in html.decode()
