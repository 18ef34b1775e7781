"""The pages of the reports, their chapters, and the screens where what is counted is said."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from activities.figures.checks import check_year
from activities.figures.reading import Figures
from activities.figures.recording import record
from activities.figures.rights import may_enter, may_validate
from activities.models import (
    Breakdown,
    BreakdownItem,
    Chapter,
    Indicator,
    ReportChapterPage,
    ReportIndexPage,
    ReportPage,
    Status,
    Value,
    ValueChange,
)
from activities.outline import copy_structure, create_outline
from impulsion_site.content import deliver, withdraw
from impulsion_site.content.indicators import BREAKDOWNS, FAMILIES
from impulsion_site.content.initial import COMMUNES, PARTNERS
from impulsion_site.roles import ADMINISTRATION, FIGURES, PUBLISHING, WRITING
from pages.models import LoadedItem
from pages.typography import french
from partners.models import Partner

from . import factories
from .conftest import signed_in
from .test_admin import JARGON, page_of, visible_text

pytestmark = pytest.mark.django_db


# --- Pages ------------------------------------------------------------------------------------


def test_the_address_of_a_report_is_its_year(site: Any, client: Client) -> None:
    report = factories.ReportPageFactory(year=2019, slug="autre-chose", title="Notre année")
    assert report.slug == "2019"
    assert client.get("/rapports/2019/").status_code == 200
    report.year = 2018
    report.save_revision().publish()
    assert Page.objects.get(pk=report.pk).slug == "2018"


@pytest.mark.parametrize("year", [2002, 2101, None])
def test_a_report_has_a_possible_year(site: Any, year: int | None) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.ReportPageFactory(year=year, title="Un rapport", slug="un-rapport")
    assert "year" in refused.value.message_dict


def test_a_year_has_one_report(site: Any) -> None:
    factories.ReportPageFactory(year=2019)
    with pytest.raises(ValidationError, match="existe déjà"):
        factories.ReportPageFactory(year=2019)


def test_reports_come_newest_first_and_chapters_in_their_order(site: Any) -> None:
    for year in (2018, 2020, 2019):
        factories.ReportPageFactory(year=year)
    factories.ReportPageFactory(year=2017, live=False)
    index = ReportIndexPage.objects.get()
    assert [report.year for report in index.reports()] == [2020, 2019, 2018]
    report = ReportPage.objects.get(year=2020)
    for chapter in (Chapter.INSERTION, Chapter.FOREWORD, Chapter.ACCOUNTS):
        factories.ReportChapterPageFactory(parent=report, chapter=chapter)
    factories.make_private(ReportChapterPage.objects.get(chapter=Chapter.ACCOUNTS))
    assert [c.chapter for c in report.chapters()] == [Chapter.INSERTION, Chapter.FOREWORD]
    superuser = factories.UserFactory(is_superuser=True)
    assert len(report.chapters(superuser)) == 3


def test_a_report_is_created_in_the_admin_without_an_address(publisher: Any, site: Any) -> None:
    index = factories.ReportIndexPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["activities", "reportpage", index.pk])
    data = {
        "title": "Rapport d'activité",
        "year": "2019",
        "layout": "une-page",
        "body-count": "0",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    answer = signed_in(publisher).post(address, data)
    assert answer.status_code == 302
    assert ReportPage.objects.get().url == "/rapports/2019/"
    again = signed_in(publisher).post(address, data)
    assert "existe déjà" in again.content.decode()


def test_a_report_is_not_copied(site: Any) -> None:
    report = factories.ReportPageFactory(year=2019)
    client = signed_in(factories.AdministratorFactory())
    for page in (report, ReportIndexPage.objects.get()):
        answer = client.post(
            reverse("wagtailadmin_pages:copy", args=[page.pk]),
            {"new_title": "Copie", "new_slug": "copie", "copy_subpages": "on"},
            follow=True,
        )
        assert "ne se copient" in answer.content.decode()
    assert ReportPage.objects.count() == ReportIndexPage.objects.count() == 1
    other = factories.ContentPageFactory()
    assert client.get(reverse("wagtailadmin_pages:copy", args=[other.pk])).status_code == 200


# --- The outline ------------------------------------------------------------------------------


def test_the_usual_chapters_are_drafts_in_their_order(site: Any, client: Client) -> None:
    report = factories.ReportPageFactory(year=2019)
    made = create_outline(report, user=factories.PublisherFactory())
    assert [page.chapter for page in made] == list(Chapter)
    assert not report.chapters()
    for page in ReportChapterPage.objects.all():
        assert client.get(page.get_url()).status_code == 404
        page.get_latest_revision_as_object().full_clean()
    assert create_outline(report) == []
    ReportChapterPage.objects.get(chapter=Chapter.MEDIATION).delete()
    (again,) = create_outline(ReportPage.objects.get())
    assert again.chapter == Chapter.MEDIATION
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_structure_of_a_year_is_copied_without_its_words_nor_figures(site: Any) -> None:
    source = factories.ReportPageFactory(
        year=2019,
        layout=ReportPage.Layout.CHAPTERS,
        body=factories.body(factories.section("En bref", factories.paragraph("12 sorties"))),
    )
    factories.ReportChapterPageFactory(
        parent=source,
        chapter=Chapter.INSERTION,
        title="Les parcours",
        body=factories.body(
            factories.paragraph("Une phrase de 2019."),
            factories.section("Entrées", factories.paragraph("20 entrées")),
            factories.section("Sorties"),
        ),
    )
    factories.ReportChapterPageFactory(parent=source, chapter=Chapter.ACCOUNTS)
    target = factories.ReportPageFactory(year=2020, body="")
    factories.ReportChapterPageFactory(parent=target, chapter=Chapter.ACCOUNTS)
    (copied,) = copy_structure(source, target)
    assert (copied.title, copied.chapter, copied.live) == (
        "Les parcours",
        Chapter.INSERTION,
        False,
    )
    draft = copied.get_latest_revision_as_object()
    assert [part.value["title"] for part in draft.body] == ["Entrées", "Sorties"]
    texts = draft.search_text() + target.get_latest_revision_as_object().search_text()
    assert "2019" not in texts
    assert "20 entrées" not in texts
    assert "12 sorties" not in texts
    draft_of_target = target.get_latest_revision_as_object()
    assert draft_of_target.layout == ReportPage.Layout.CHAPTERS
    assert [part.value["title"] for part in draft_of_target.body] == ["En bref"]
    # What is on line did not change.
    assert ReportPage.objects.get(year=2020).layout == ReportPage.Layout.ONE_PAGE
    assert copy_structure(source, ReportPage.objects.get(year=2020)) == []


# --- Rights and screens -----------------------------------------------------------------------

LISTS = ["/admin/snippets/activities/indicator/", "/admin/snippets/activities/breakdown/"]


def test_who_types_who_vouches(site: Any) -> None:
    rights = {}
    for group in (WRITING, FIGURES, PUBLISHING, ADMINISTRATION):
        user = factories.UserFactory(group=group)
        rights[group] = (may_enter(user), may_validate(user))
    assert rights == {
        WRITING: (False, False),
        FIGURES: (True, False),
        PUBLISHING: (True, True),
        ADMINISTRATION: (True, True),
    }
    assert not may_enter(factories.UserFactory())


@pytest.mark.parametrize("address", LISTS)
def test_who_says_what_is_counted(site: Any, address: str) -> None:
    opened = {
        group
        for group in (WRITING, FIGURES, PUBLISHING, ADMINISTRATION)
        if signed_in(factories.UserFactory(group=group)).get(address).status_code == 200
    }
    assert opened == {FIGURES, ADMINISTRATION}


def test_what_is_counted_is_not_deleted_by_those_who_count(site: Any) -> None:
    user = factories.UserFactory(group=FIGURES)
    assert not user.has_perm("activities.delete_indicator")
    assert not Group.objects.get(name=FIGURES).page_permissions.exists()


@pytest.mark.parametrize("group", [FIGURES, ADMINISTRATION])
def test_the_screens_are_in_plain_french(site: Any, group: str) -> None:
    deliver()
    client = signed_in(factories.UserFactory(group=group))
    derived = Indicator.objects.get(code="taux_dynamiques")
    breakdown = Breakdown.objects.first()
    screens = [
        "/admin/",
        *LISTS,
        *(f"{address}add/" for address in LISTS),
        f"{LISTS[0]}edit/{derived.pk}/",
        f"{LISTS[1]}edit/{breakdown.pk}/",
        f"{LISTS[0]}history/{derived.pk}/",
        f"{LISTS[0]}usage/{derived.pk}/",
    ]
    for address in screens:
        found = JARGON.findall(visible_text(page_of(client, address)))
        assert not found, (address, found)


def test_what_holds_figures_stays_and_says_why(site: Any) -> None:
    client = signed_in(factories.AdministratorFactory())
    item = factories.BreakdownItemFactory()
    counted = factories.IndicatorFactory(code="entrees", breakdowns=[item.breakdown])
    record(counted, 2020, 3, item=item)
    used = factories.IndicatorFactory(code="sorties")
    factories.IndicatorFactory(label="Le double", numerator="sorties")
    free = factories.IndicatorFactory()
    for index, kept, why in (
        (0, counted, "toujours compté"),
        (0, used, "Le double"),
        (1, item.breakdown, "détaillés ainsi"),
    ):
        answer = client.post(f"{LISTS[index]}delete/{kept.pk}/", follow=True)
        assert why in answer.content.decode()
        assert type(kept).objects.filter(pk=kept.pk).exists()
    client.post(f"{LISTS[0]}delete/{free.pk}/")
    assert not Indicator.objects.filter(pk=free.pk).exists()


def breakdown_form(breakdown: Breakdown, **rows: dict[str, str]) -> dict[str, str]:
    """What the form of a breakdown sends, with what changes in its rows."""
    items = list(breakdown.items.all())
    data = {
        "label": breakdown.label,
        "code": breakdown.code,
        "sort_order": "0",
        "items-TOTAL_FORMS": str(len(items)),
        "items-INITIAL_FORMS": str(len(items)),
        "items-MIN_NUM_FORMS": "0",
        "items-MAX_NUM_FORMS": "1000",
    }
    for rank, item in enumerate(items):
        row = {"id": str(item.pk), "label": item.label, "code": item.code, "sort_order": "0"}
        row |= rows.get(f"row{rank}", {})
        data |= {f"items-{rank}-{name}": value for name, value in row.items()}
    return data


@pytest.mark.parametrize("change", [{"DELETE": "on"}, {"code": "autre"}])
def test_a_part_that_holds_figures_stays(site: Any, change: dict[str, str]) -> None:
    item = factories.BreakdownItemFactory(code="aci")
    indicator = factories.IndicatorFactory(breakdowns=[item.breakdown])
    client = signed_in(factories.UserFactory(group=FIGURES))
    address = f"{LISTS[1]}edit/{item.breakdown.pk}/"
    record(indicator, 2020, 3, item=item)
    answer = client.post(address, breakdown_form(item.breakdown, row0=change))
    assert answer.status_code == 200
    assert "gardez" in answer.content.decode()
    item.refresh_from_db()
    assert item.code == "aci"
    other = factories.BreakdownItemFactory(code="ei")
    answer = client.post(
        f"{LISTS[1]}edit/{other.breakdown.pk}/", breakdown_form(other.breakdown, row0=change)
    )
    assert answer.status_code == 302
    assert not BreakdownItem.objects.filter(code="ei").exists()


# --- The dictionary ---------------------------------------------------------------------------


def test_the_dictionary_is_sound(site: Any) -> None:
    deliver()
    assert Indicator.objects.count() == sum(len(specs) for specs in FAMILIES.values()) >= 100
    assert not Value.objects.exists()
    assert not ReportPage.objects.exists()
    for indicator in Indicator.objects.all():
        indicator.full_clean()
        assert indicator.definition_in(2020).definition.endswith((".", "…")), indicator.code
        if indicator.unit == "personnes":
            assert indicator.counts_people, indicator.code
        if indicator.unit == "%":
            assert not indicator.is_additive, indicator.code
    for breakdown in Breakdown.objects.all():
        breakdown.full_clean()
        assert breakdown.indicators.exists() or breakdown.code in BREAKDOWNS


def test_every_family_and_every_breakdown_is_used(site: Any) -> None:
    deliver()
    assert set(Indicator.objects.values_list("family", flat=True)) == set(Indicator.Family.values)
    assert not Breakdown.objects.filter(indicators=None).exists()


def test_the_dictionary_has_french_typography() -> None:
    for specs in FAMILIES.values():
        for spec in specs:
            for text in (spec.label, spec.definition, spec.method):
                assert french(text) == text, spec.code
                assert "'" not in text


def test_the_official_formulas(site: Any) -> None:
    """Domain, 3.3 and 3.4: what a funder recomputes."""
    deliver()
    formulas = {
        "sorties_dynamiques": ("sorties_durable + sorties_transition + sorties_positives", "", 1),
        "taux_dynamiques": (
            "sorties_durable + sorties_transition + sorties_positives",
            "sorties_total - sorties_neutralisees",
            100,
        ),
        "taux_durable": ("sorties_durable", "sorties_total - sorties_neutralisees", 100),
        "taux_realisation_etp": ("etp_realises", "etp_conventionnes", 100),
        "taux_acces_formation": ("salaries_formes", "salaries_parcours_annee", 100),
        "part_autofinancement": ("chiffre_affaires", "total_produits", 100),
    }
    for code, expected in formulas.items():
        found = Indicator.objects.get(code=code)
        assert (found.numerator, found.denominator, found.scale) == expected


def test_an_indicator_that_an_editor_changed_or_deleted_is_left_alone(site: Any) -> None:
    deliver()
    Indicator.objects.get(code="km_voirie").delete()
    Indicator.objects.filter(code="femmes").update(label="Les femmes")
    deliver()
    assert not Indicator.objects.filter(code="km_voirie").exists()
    assert Indicator.objects.get(code="femmes").label == "Les femmes"


# --- The examples -----------------------------------------------------------------------------


@pytest.fixture
def examples(db: None) -> None:
    deliver(demonstration=True)


def test_the_example_years_are_complete_public_and_coherent(examples: None) -> None:
    figures = Figures.readable_by()
    years = [report.year for report in ReportPage.objects.order_by("year")]
    assert figures.years == years
    assert len(years) == 3
    for year in years:
        assert check_year(Figures.internal(), year) == []
        unknown = [c for c in figures.indicators if not figures.get(c, year).is_shown]
        assert unknown == []
        assert all(figure.is_example for figure in figures.all_of(year))
    assert Value.objects.filter(is_example=False).count() == 0
    newest, oldest = (Value.objects.filter(year=year) for year in (years[-1], years[0]))
    assert set(newest.values_list("status", flat=True)) == {Status.VALIDATED}
    assert set(oldest.values_list("status", flat=True)) == {Status.APPROVED}
    assert ValueChange.objects.errata().readable().count() == 1


def test_no_example_figure_is_lent_to_anybody_real(examples: None) -> None:
    real = {name for name, *_ in COMMUNES}
    real |= {name for name, _, family in PARTNERS if family != Partner.Family.LOCAL}
    real |= set(BREAKDOWNS["financeur"][2].values()) | set(BREAKDOWNS["prescripteur"][2].values())
    counted = BreakdownItem.objects.filter(values__isnull=False).distinct()
    assert {
        item.label for item in counted if item.label in real and item.breakdown.code != "client"
    } <= {"Bailleurs sociaux"}
    funders = counted.filter(breakdown__code="financeur")
    assert funders.count() == 5
    assert all("Exemple" in item.label for item in funders)
    assert not counted.filter(breakdown__code__in=["commune", "prescripteur"]).exists()


def test_another_day_brings_no_other_year(examples: None, time_machine: Any) -> None:
    before = list(ReportPage.objects.values_list("year", flat=True))
    time_machine.move_to("2031-02-03")
    deliver(demonstration=True)
    assert list(ReportPage.objects.values_list("year", flat=True)) == before


def test_examples_are_not_mixed_with_a_true_report(site: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-02-03")
    deliver()
    index = ReportIndexPage.objects.get()
    true = factories.ReportPageFactory(year=2024, parent=index)
    indicator = Indicator.objects.get(code="entrees")
    record(indicator, 2024, 11)
    deliver(demonstration=True)
    assert set(Value.objects.filter(year=2024).values_list("number", flat=True)) == {11}
    assert not ReportPage.objects.get(pk=true.pk).is_example
    withdraw()
    assert [(v.year, v.number) for v in Value.objects.all()] == [(2024, 11)]
    assert not BreakdownItem.objects.filter(is_example=True).exists()
    assert [report.year for report in ReportPage.objects.all()] == [2024]


def test_the_examples_take_their_figures_away(examples: None) -> None:
    report = ReportPage.objects.order_by("year").last()
    record(Indicator.objects.get(code="entrees"), report.year, 22)
    done = withdraw()
    assert done.removed["figure"] > 500
    assert not Value.objects.exists()
    assert not ValueChange.objects.exists()
    assert not LoadedItem.objects.filter(key__startswith="figures:").exists()
