"""The one rule of publicity: who may read which figure.

A figure is public when it is validated or approved, and the report of its year, with the chapter
of its indicator if it has a page, is published and readable. Each hidden figure here is a number
that nothing else holds: it is looked for in what readers may have.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from activities.figures.reading import NOT_AVAILABLE, Figures
from activities.figures.recording import record
from activities.models import (
    Chapter,
    Indicator,
    ReportChapterPage,
    ReportPage,
    Status,
    Value,
    ValueChange,
)
from activities.models.values import hidden_chapters
from pages.models import SitePage, User
from pages.querysets import all_pages

from . import factories

pytestmark = pytest.mark.django_db

YEAR, CANARY = 2020, 777


@pytest.fixture
def report(site: Any) -> ReportPage:
    return factories.ReportPageFactory(year=YEAR)


@pytest.fixture
def chapter(report: ReportPage) -> ReportChapterPage:
    return factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)


@pytest.fixture
def indicator(site: Any) -> Indicator:
    return factories.IndicatorFactory(code="entrees", chapter=Chapter.INSERTION)


@pytest.fixture
def value(indicator: Indicator) -> Value:
    return record(indicator, YEAR, CANARY, status=Status.VALIDATED)


def is_readable(user: Any = None) -> bool:
    """Whether this person reads the canary, the same answer whatever way it is asked for."""
    direct = Value.objects.readable(user).filter(number=CANARY).exists()
    figures = Figures.readable_by(user)
    shown = "777" in figures.get("entrees", YEAR).text
    listed = any(f.number == CANARY for year in figures.years for f in figures.all_of(year))
    series = any(f.number == CANARY for f in figures.series("entrees"))
    traced = ValueChange.objects.readable(user).filter(new_number=CANARY).exists()
    assert {direct, shown, listed, series} == {direct}
    assert traced == direct
    return direct


def reserve(page: Page, kind: str, *groups: Group, password: str = "") -> Page:
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=kind, password=password
    )
    restriction.groups.add(*groups)
    return page


# --- Anybody ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.VALIDATED, Status.APPROVED])
def test_a_figure_of_a_published_report_is_public(
    indicator: Indicator, report: ReportPage, status: str
) -> None:
    record(indicator, YEAR, CANARY, status=status)
    assert is_readable()
    assert is_readable(AnonymousUser())


def test_a_published_chapter_changes_nothing(value: Value, chapter: ReportChapterPage) -> None:
    assert is_readable()


def hide_nothing_published(value: Value) -> None:
    ReportPage.objects.get().delete()


def hide_other_year(value: Value) -> None:
    ReportPage.objects.get().delete()
    factories.ReportPageFactory(year=YEAR + 1)


def hide_draft_report(value: Value) -> None:
    ReportPage.objects.get().unpublish()


def hide_provisional(value: Value) -> None:
    record(value.indicator, YEAR, CANARY, status=Status.PROVISIONAL)


def hide_reserved_report(value: Value) -> None:
    factories.make_private(ReportPage.objects.get())


def hide_report_under_a_password(value: Value) -> None:
    reserve(ReportPage.objects.get(), PageViewRestriction.PASSWORD, password="sésame")


def hide_reserved_index(value: Value) -> None:
    factories.make_private(ReportPage.objects.get().get_parent())


def hide_reserved_chapter(value: Value) -> None:
    factories.make_private(ReportChapterPage.objects.get())


def hide_draft_chapter(value: Value) -> None:
    ReportChapterPage.objects.get().unpublish()


def hide_second_chapter(value: Value) -> None:
    """Two pages for a chapter: the one that is hidden decides."""
    factories.ReportChapterPageFactory(
        parent=ReportPage.objects.get(), slug="bis", chapter=Chapter.INSERTION, live=False
    )


def hide_alias_of_reserved_chapter(value: Value) -> None:
    """The chapter is a copy kept in step with one that is reserved elsewhere."""
    ReportChapterPage.objects.get().delete()
    other = factories.ReportPageFactory(year=YEAR - 5)
    source = factories.ReportChapterPageFactory(parent=other, chapter=Chapter.INSERTION)
    source.create_alias(parent=ReportPage.objects.get(year=YEAR), update_slug="copie")
    factories.make_private(source)


def hide_report_of_another_site(value: Value) -> None:
    elsewhere = factories.SiteFactory(hostname="ailleurs.example", is_default_site=False)
    index = factories.ReportIndexPageFactory(parent=elsewhere.root_page)
    ReportPage.objects.get().move(index, "last-child")


@pytest.mark.parametrize(
    "hide",
    [
        hide_nothing_published,
        hide_other_year,
        hide_draft_report,
        hide_provisional,
        hide_reserved_report,
        hide_report_under_a_password,
        hide_reserved_index,
        hide_reserved_chapter,
        hide_draft_chapter,
        hide_second_chapter,
        hide_alias_of_reserved_chapter,
        hide_report_of_another_site,
    ],
)
def test_a_hidden_figure_is_read_by_nobody(
    value: Value, chapter: ReportChapterPage, hide: Callable[[Value], None]
) -> None:
    assert is_readable()
    hide(value)
    assert not is_readable()
    assert not is_readable(factories.UserFactory())
    assert not is_readable(factories.WriterFactory())


def test_a_chapter_hides_its_own_figures_only(value: Value, report: ReportPage) -> None:
    factories.ReportChapterPageFactory(parent=report, chapter=Chapter.ACCOUNTS, live=False)
    other = factories.ReportPageFactory(year=YEAR - 1)
    factories.ReportChapterPageFactory(parent=other, chapter=Chapter.INSERTION, live=False)
    assert is_readable()
    assert set(hidden_chapters().values_list("year", "chapter")) == {
        (YEAR, Chapter.ACCOUNTS),
        (YEAR - 1, Chapter.INSERTION),
    }


def test_an_erased_figure_is_nowhere(value: Value, report: ReportPage) -> None:
    record(value.indicator, YEAR, None)
    assert not is_readable()
    assert not ValueChange.objects.readable().exists()


# --- Those for whom something is reserved -----------------------------------------------------


@pytest.mark.parametrize("place", ["report", "chapter"])
def test_a_group_reads_what_is_reserved_to_it(
    value: Value, report: ReportPage, chapter: ReportChapterPage, place: str
) -> None:
    group, other = (Group.objects.create(name=name) for name in ("Financeurs", "Autres"))
    reserve({"report": report, "chapter": chapter}[place], PageViewRestriction.GROUPS, group)
    member, stranger = factories.UserFactory(), factories.UserFactory()
    member.groups.add(group)
    stranger.groups.add(other)
    readers = [None, AnonymousUser(), member, stranger, User(is_superuser=True)]
    superuser = factories.UserFactory(is_superuser=True)
    assert [is_readable(reader) for reader in readers[:4]] == [False, False, True, False]
    assert is_readable(superuser)


def test_two_restrictions_are_to_be_met_both(
    value: Value, report: ReportPage, chapter: ReportChapterPage
) -> None:
    groups = [Group.objects.create(name=name) for name in ("Un", "Deux")]
    reserve(report, PageViewRestriction.GROUPS, groups[0])
    reserve(chapter, PageViewRestriction.GROUPS, groups[1])
    half, both = factories.UserFactory(), factories.UserFactory()
    half.groups.add(groups[0])
    both.groups.add(*groups)
    assert [is_readable(reader) for reader in (None, half, both)] == [False, False, True]


def test_a_page_for_those_who_have_an_account(value: Value, report: ReportPage) -> None:
    reserve(report, PageViewRestriction.LOGIN)
    assert not is_readable()
    assert is_readable(factories.UserFactory())


@pytest.mark.parametrize("kind", [PageViewRestriction.GROUPS, PageViewRestriction.LOGIN])
def test_readable_is_what_wagtail_serves(report: ReportPage, kind: str, rf: Any) -> None:
    """The rule in the database is the rule of the page: the same people pass both."""
    group = Group.objects.create(name="Financeurs")
    reserve(report, kind, group)
    member = factories.UserFactory()
    member.groups.add(group)
    people = [AnonymousUser(), member, factories.UserFactory()]
    people.append(factories.UserFactory(is_superuser=True))
    for person in people:
        request = rf.get("/")
        request.user = person
        served = all(r.accept_request(request) for r in report.get_view_restrictions())
        assert ReportPage.objects.readable_by(person).exists() == served, person


def test_for_nobody_readable_is_visible(one_page_of_each_type: dict[str, SitePage]) -> None:
    factories.make_private(one_page_of_each_type["ContentPage"])
    one_page_of_each_type["NewsPage"].unpublish()
    visible = set(all_pages().visible().values_list("pk", flat=True))
    assert visible == set(all_pages().readable_by(AnonymousUser()).values_list("pk", flat=True))
    assert len(visible) == len(one_page_of_each_type) - 2


# --- Derived figures --------------------------------------------------------------------------


@pytest.fixture
def rate(value: Value, report: ReportPage) -> Indicator:
    """777 out of 1 000, in a chapter of its own."""
    total = factories.IndicatorFactory(code="total", chapter=Chapter.ACTIVITIES)
    record(total, YEAR, 1000, status=Status.VALIDATED)
    return factories.IndicatorFactory(
        code="taux",
        numerator="entrees",
        denominator="total",
        scale=1000,
        chapter=Chapter.ACCOUNTS,
    )


def shown() -> tuple[str, str]:
    figure = Figures.readable_by().get("taux", YEAR)
    return figure.text, figure.fraction


def test_a_derived_figure_is_public_with_all_its_parts(rate: Indicator) -> None:
    assert shown() == ("777", "777\u00a0sur\u00a01\u202f000")


@pytest.mark.parametrize("hidden", [Chapter.INSERTION, Chapter.ACTIVITIES, Chapter.ACCOUNTS])
def test_a_derived_figure_is_hidden_with_any_of_its_parts_or_its_chapter(
    rate: Indicator, report: ReportPage, hidden: str
) -> None:
    factories.ReportChapterPageFactory(parent=report, chapter=hidden, live=False)
    assert shown() == (NOT_AVAILABLE, "")


def test_a_provisional_part_hides_the_derived_figure(rate: Indicator) -> None:
    record(Indicator.objects.get(code="total"), YEAR, 1001)
    assert shown() == (NOT_AVAILABLE, "")
    assert Figures.internal().get("taux", YEAR).is_known


def test_what_is_asked_for_alone_is_what_is_asked_for_with_the_rest(rate: Indicator) -> None:
    alone = Figures.readable_by(codes=["taux"], years=[YEAR], totals_only=True)
    assert list(alone.indicators) == ["taux"]
    assert alone.get("taux", YEAR) == Figures.readable_by().get("taux", YEAR)


# --- Many -------------------------------------------------------------------------------------


def cost(read: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read()
    return len(queries)


def read_everything() -> None:
    figures = Figures.readable_by()
    for year in figures.years:
        figures.all_of(year)


def read_a_few() -> None:
    figures = Figures.readable_by(codes=["entrees", "taux"], totals_only=True)
    assert figures.newest("taux")


def test_twenty_thousand_figures_cost_the_same_queries(rate: Indicator) -> None:
    breakdown = factories.BreakdownFactory()
    factories.ValueFactory(
        indicator=factories.IndicatorFactory(breakdowns=[breakdown]),
        item=factories.BreakdownItemFactory(breakdown=breakdown),
        year=YEAR,
    )
    small = cost(read_everything), cost(read_a_few)
    items = [factories.BreakdownItemFactory(breakdown=breakdown) for _ in range(13)]
    indicators = Indicator.objects.bulk_create(
        factories.IndicatorFactory.build(code=f"volume_{number}") for number in range(150)
    )
    now, years = timezone.now(), range(2010, 2020)
    for year in years:
        report = factories.ReportPageFactory(year=year)
        for chapter in (Chapter.INSERTION, Chapter.ACCOUNTS):
            factories.ReportChapterPageFactory(parent=report, chapter=chapter)
    Value._base_manager.bulk_create(
        [
            Value(
                indicator=indicator,
                year=year,
                item=item,
                number=number,
                status=Status.VALIDATED,
                updated_at=now,
            )
            for number, indicator in enumerate(indicators)
            for year in years
            for item in (None, *items)
        ],
        batch_size=1000,
    )
    assert Value.objects.readable().count() == 150 * 10 * 14 + 3
    assert (cost(read_everything), cost(read_a_few)) == small
    assert small[0] <= 6
    assert small[1] <= 4
