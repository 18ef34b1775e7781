"""Ten years of a hundred and fifty indicators and their parts: as many queries as for a few.

Twenty thousand figures, made in bulk: the history of each is not what is measured here.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Chapter, Indicator, ReportChapterPage, ReportPage, Status, Value
from impulsion_site.content.blocks import cite
from impulsion_site.roles import FIGURES

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db
YEARS = range(2014, 2024)
YEAR = YEARS[-1]
INDICATORS, PARTS = 150, 13
ENTRY = f"/admin/chiffres/{YEAR}/A/"
CITING = [
    {"type": "paragraph", "value": f"<p>Ici {cite('premier', YEAR)}, là {cite('taux', YEAR)}</p>"},
    {"type": "evolution", "value": {"indicator": "premier", "years": "0", "finding": ""}},
    {"type": "key_figure", "value": {"indicator": "taux", "words": ""}},
    {
        "type": "breakdown",
        "value": {"indicator": "premier", "breakdown": "detail", "form": "share", "finding": ""},
    },
]


def values_of(indicator: Indicator, items: list[Any], years: Any) -> list[Value]:
    return [
        Value(
            indicator=indicator,
            year=year,
            item=item,
            number=year - 2000 + rank,
            status=Status.VALIDATED,
            updated_at=timezone.now(),
        )
        for year in years
        for rank, item in enumerate([None, *items])
    ]


@pytest.fixture
def first(site: Any) -> Indicator:
    """A small site: an indicator with its parts in ten years, and one computed from it."""
    detail = factories.BreakdownFactory(code="detail", label="Détail")
    for _number in range(PARTS):
        factories.BreakdownItemFactory(breakdown=detail)
    first = factories.IndicatorFactory(code="premier", breakdowns=[detail], on_home=True)
    other = factories.IndicatorFactory(code="second", breakdowns=[detail])
    factories.IndicatorFactory(code="taux", numerator="premier", denominator="second")
    for year in YEARS:
        factories.ReportPageFactory(year=year)
    items = list(detail.items.all())
    rows = values_of(first, items, YEARS) + values_of(other, items, YEARS)
    Value._base_manager.bulk_create(rows)
    chapter = factories.ReportChapterPageFactory(
        parent=ReportPage.objects.get(year=YEAR), chapter=Chapter.INSERTION
    )
    chapter.body = chapter._meta.get_field("body").to_python(CITING)
    chapter.save_revision().publish()
    return first


def fill(first: Indicator) -> None:
    """Up to twenty thousand figures, in every chapter and family."""
    detail = first.breakdowns.get()
    items = list(detail.items.all())
    chapters, families = Chapter.values, Indicator.Family.values
    rows: list[Value] = []
    for number in range(INDICATORS - 2):
        indicator = factories.IndicatorFactory(
            chapter=chapters[number % len(chapters)],
            family=families[number % len(families)],
            breakdowns=[detail],
        )
        rows += values_of(indicator, items, YEARS)
    Value._base_manager.bulk_create(rows, batch_size=500)
    factories.refresh_statistics()


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(captured)


def test_twenty_thousand_figures_cost_no_more_queries(first: Indicator) -> None:
    public = [
        "/",
        f"/rapports/{YEAR}/",
        f"/rapports/{YEAR}/diaporama/",
        ReportChapterPage.objects.get().get_url(),
        *(f"/rapports/{YEAR}/indicateurs.{kind}" for kind in ("csv", "json", "xlsx")),
        "/rapports/indicateurs/",
        "/rapports/indicateurs/premier/",
        "/rapports/indicateurs/taux/",
        "/rapports/indicateurs/premier.csv",
    ]
    typist = signed_in(factories.UserFactory(group=FIGURES))
    few = {address: queries(Client(), address) for address in public}
    few_to_type = queries(typist, ENTRY)
    fill(first)
    assert Value.objects.count() == INDICATORS * len(YEARS) * (1 + PARTS) > 20_000
    assert {address: queries(Client(), address) for address in public} == few
    assert max(few.values()) <= 15, few
    assert queries(typist, ENTRY) == few_to_type <= 13
