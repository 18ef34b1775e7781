"""Figures in the pages of a report: in sentences, in blocks, in charts; and what they promise."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import expand_db_html

from activities.figures import charts
from activities.figures.citations import Citation, cited_in_html, codes_of, required
from activities.figures.reading import Figures
from activities.figures.recording import record
from activities.figures.vouching import not_seen_yet
from activities.models import Chapter, Indicator, ReportChapterPage, ReportPage, Status
from activities.outline import copy_structure
from activities.report_blocks import EXITS, REPORT_FEATURES, ReportBodyBlock
from impulsion_site.content.blocks import cite
from pages.models import NotPublishable
from pages.search.indexing import page_text

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEAR = 2020


@pytest.fixture
def report(site: Any) -> ReportPage:
    return factories.ReportPageFactory(year=YEAR)


@pytest.fixture
def entries(report: ReportPage) -> Indicator:
    indicator = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    for year, number in ((2018, 900), (2019, 1050), (YEAR, 1234)):
        if year != YEAR:
            factories.ReportPageFactory(year=year)
        record(indicator, year, number, status=Status.VALIDATED)
    return indicator


def paragraph(html: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{html}</p>"}


def with_body(page: Any, *blocks: dict[str, Any]) -> Any:
    page.body = page._meta.get_field("body").to_python(list(blocks))
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def chapter_of(report: ReportPage, *blocks: dict[str, Any], **fields: Any) -> ReportChapterPage:
    return with_body(factories.ReportChapterPageFactory(parent=report, **fields), *blocks)


def words_of(page: Any) -> str:
    html = Client().get(page.get_url()).content.decode()
    return re.sub(r"\s+", " ", text_of(html))


# --- In a sentence ----------------------------------------------------------------------------


def test_a_sentence_shows_the_figure_of_today(report, entries) -> None:
    page = chapter_of(report, paragraph(f"Nous avons accueilli {cite('entrees', YEAR)} ici."))
    assert "Nous avons accueilli 1 234 personnes ici." in words_of(page)
    record(entries, YEAR, 1240, status=Status.VALIDATED)
    assert "Nous avons accueilli 1 240 personnes ici." in words_of(page)


def test_a_figure_in_a_sentence_leads_to_its_definition(report, entries) -> None:
    index = report.get_parent()
    index.show_in_menus = True
    index.save()
    page = chapter_of(report, paragraph(f"{cite('entrees', YEAR)}"))
    html = Client().get(page.get_url()).content.decode()
    link = '<a class="cited-figure" href="/rapports/indicateurs/entrees/">'
    assert f"{link}1\u202f234\u00a0personnes</a>" in html


def test_a_quotient_in_a_sentence_says_what_it_divides(report, entries) -> None:
    leavers = factories.IndicatorFactory(code="sorties")
    record(leavers, YEAR, 617, status=Status.VALIDATED)
    factories.IndicatorFactory(
        code="taux", unit="%", numerator="sorties", denominator="entrees", scale=100
    )
    page = chapter_of(report, paragraph(f"Soit {cite('taux', YEAR)}."))
    assert "Soit 50 % (617 sur 1 234)" in words_of(page)


def test_a_part_is_cited_by_its_name(report, entries) -> None:
    support = factories.BreakdownFactory(code="dispositif")
    aci = factories.BreakdownItemFactory(breakdown=support, code="aci")
    entries.breakdowns = [support]
    entries.save()
    record(entries, YEAR, 717, item=aci, status=Status.VALIDATED)
    page = chapter_of(report, paragraph(f"{cite('entrees', YEAR, 'dispositif/aci')} ici"))
    assert "717 personnes ici" in words_of(page)


def test_a_figure_that_may_not_be_read_is_not_said(report, entries) -> None:
    page = chapter_of(report, paragraph(f"Ici {cite('entrees', YEAR)}."), chapter=Chapter.FOREWORD)
    hidden = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    assert "1 234" in words_of(page)
    factories.make_private(hidden)
    assert "Ici (non disponible)." in words_of(page)
    hidden.view_restrictions.all().delete()
    record(entries, YEAR, 1235, status=Status.PROVISIONAL)
    assert "1 23" not in words_of(page)


def test_search_keeps_no_figure(report, entries) -> None:
    page = chapter_of(report, paragraph(f"Nous avons accueilli {cite('entrees', YEAR)} ici."))
    assert "1\u202f234" not in page_text(page)
    assert "non disponible" not in page_text(page)


NO_FIGURE = [
    '<embed embedtype="figure"/>',
    '<embed embedtype="figure" code="entrees" year="99999"/>',
    '<embed embedtype="figure" code="entrees" year="douze"/>',
]
UNKNOWN_FIGURE = [
    '<embed embedtype="figure" code="absent" year="2020"/>',
    '<embed embedtype="figure" code="&lt;script&gt;" year="2020"/>',
    '<embed embedtype="figure" code="entrees" year="2020" part="absente/aci"/>',
]


@pytest.mark.parametrize("stored", NO_FIGURE + UNKNOWN_FIGURE)
def test_what_names_no_figure_breaks_nothing(report, entries, stored) -> None:
    html = expand_db_html(f"<p>Ici {stored}.</p>")
    assert "non disponible" in html
    assert "<script" not in html
    page = factories.ReportChapterPageFactory(parent=report)
    # As an older version of the site could have stored it, under no check.
    page.body = page._meta.get_field("body").to_python([paragraph(f"Ici {stored}.")])
    page.save(clean=False)
    assert re.search(r"Ici \(?non disponible\)? ?\.", words_of(page))


@pytest.mark.parametrize("stored", UNKNOWN_FIGURE)
def test_what_names_an_unknown_figure_is_not_published(report, entries, stored) -> None:
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    page.body = page._meta.get_field("body").to_python([paragraph(f"Ici {stored}.")])
    with pytest.raises(ValidationError, match="n’existe plus"):
        page.check_publishable()


def test_the_editor_shows_the_number_and_stores_the_name(report, entries) -> None:
    stored = f"<p>Ici {cite('entrees', YEAR)} personnes</p>"
    converter = ContentstateConverter(features=REPORT_FEATURES)
    state = converter.from_database_format(stored)
    assert "1\\u202f234\\u00a0personnes" in state
    again = converter.to_database_format(state)
    assert list(cited_in_html(again)) == [Citation("entrees", YEAR)]
    assert "234" not in again
    record(entries, YEAR, 5, status=Status.VALIDATED)
    assert "5\\u00a0personnes" in converter.from_database_format(again)


class TypedFigures(TestCase):
    @given(
        code=st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
        year=st.integers(2003, 2100),
        part=st.one_of(st.just(""), st.from_regex(r"[a-z]{1,9}/[a-z_]{1,9}", fullmatch=True)),
    )
    def test_a_citation_survives_the_editor(self, code: str, year: int, part: str) -> None:
        converter = ContentstateConverter(features=REPORT_FEATURES)
        html = f"<p>Avant {cite(code, year, part)} après</p>"
        again = converter.to_database_format(converter.from_database_format(html))
        assert list(cited_in_html(again)) == [Citation(code, year, part)]
        assert text_of(again).split() == ["Avant", "après"]


# --- What a text promises ---------------------------------------------------------------------


def test_a_chapter_waits_for_the_figures_that_it_cites(report, entries) -> None:
    record(entries, YEAR, 1234, status=Status.PROVISIONAL)
    factories.IndicatorFactory(code="femmes", label="Femmes")
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    page.body = page._meta.get_field("body").to_python(
        [
            paragraph(f"{cite('entrees', YEAR)}, dont {cite('femmes', YEAR)}"),
            {"type": "key_figure", "value": {"indicator": "entrees", "words": ""}},
        ]
    )
    revision = page.save_revision()
    with pytest.raises(NotPublishable) as refused:
        revision.publish()
    (sentence,) = refused.value.message_dict["body"]
    assert "« Entrées » en 2020 (provisoire), « Femmes » en 2020 (à saisir)" in sentence
    assert sentence.count("Entrées") == 1
    for code in ("entrees", "femmes"):
        record(Indicator.objects.get(code=code), YEAR, 3, status=Status.VALIDATED)
    revision.publish()
    assert ReportChapterPage.objects.get(pk=page.pk).live


def test_the_editor_is_told_of_figures_that_are_ready_and_not_seen(report, entries) -> None:
    hidden = factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.INSERTION, live=False
    )
    page = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.FOREWORD, live=False)
    page.body = page._meta.get_field("body").to_python([paragraph(cite("entrees", YEAR))])
    page.save_revision()
    assert not_seen_yet(page.body, YEAR) == ["« Entrées » en 2020"]
    hidden.save_revision().publish()
    assert not_seen_yet(page.body, YEAR) == []


def test_a_computed_figure_says_what_it_lacks(report, entries) -> None:
    factories.IndicatorFactory(code="sorties")
    factories.IndicatorFactory(
        code="taux", label="Taux", numerator="sorties", denominator="entrees"
    )
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    page.body = page._meta.get_field("body").to_python([paragraph(cite("taux", YEAR))])
    with pytest.raises(ValidationError, match=r"« Taux » en 2020 .il manque de quoi .*sorties"):
        page.check_publishable()


def test_the_form_says_it_and_keeps_what_was_written(report, entries, publisher) -> None:
    record(entries, YEAR, 1234, status=Status.PROVISIONAL)
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    converter = ContentstateConverter(features=REPORT_FEATURES)
    data = {
        "title": page.title,
        "slug": page.slug,
        "chapter": page.chapter,
        "body-count": "1",
        "body-0-type": "paragraph",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value": converter.from_database_format(
            f"<p>Des mots à garder, {cite('entrees', YEAR)}</p>"
        ),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = signed_in(publisher).post(address, {**data, "action-publish": "1"})
    said = str(answer.context["form"].errors["body"])
    assert "« Entrées » en 2020 (provisoire)" in said
    assert "Des mots" in answer.content.decode()
    assert not ReportChapterPage.objects.get(pk=page.pk).live
    # A draft promises nothing.
    assert signed_in(publisher).post(address, data).status_code == 302
    record(entries, YEAR, 1234, status=Status.VALIDATED)
    answer = signed_in(publisher).post(address, {**data, "action-publish": "1"})
    assert ReportChapterPage.objects.get(pk=page.pk).live


def test_blocks_promise_the_year_of_their_report(site) -> None:
    block = ReportBodyBlock()
    raw = [
        {"type": "evolution", "value": {"indicator": "a", "years": "5", "finding": ""}},
        {
            "type": "section",
            "value": {
                "title": "Une partie",
                "content": [
                    {"type": "exits", "value": {"finding": ""}},
                    {
                        "type": "figures_table",
                        "value": {"title": "T", "indicators": [{"type": "item", "value": "b"}]},
                    },
                    paragraph(cite("c", 2011)),
                ],
            },
        },
    ]
    expected = [Citation(code, YEAR) for code in ("a", *EXITS, "b")] + [Citation("c", 2011)]
    assert required(raw, block, YEAR) == expected
    assert codes_of(raw, block) == {"a", "b", "c", "taux_dynamiques", *EXITS}


# --- Blocks -----------------------------------------------------------------------------------


@pytest.fixture
def clients(entries: Indicator) -> Indicator:
    kinds = factories.BreakdownFactory(code="client", label="Type de client")
    entries.breakdowns = [kinds]
    entries.save()
    for code, number in (("bailleurs", 1000), ("communes", 234)):
        item = factories.BreakdownItemFactory(breakdown=kinds, code=code, label=code.title())
        record(entries, YEAR, number, item=item, status=Status.VALIDATED)
    return entries


def test_a_key_figure_has_its_year(report, entries) -> None:
    page = chapter_of(
        report, {"type": "key_figure", "value": {"indicator": "entrees", "words": "sont entrées"}}
    )
    assert "1 234 personnes sont entrées, en 2020" in words_of(page)


def test_an_evolution_is_a_line_and_a_table(report, entries) -> None:
    page = chapter_of(
        report,
        {"type": "evolution", "value": {"indicator": "entrees", "years": "5", "finding": ""}},
        chapter=Chapter.FOREWORD,
    )
    html = Client().get(page.get_url()).content.decode()
    assert html.count('<svg class="drawing"') == 1
    assert "De 900\u00a0personnes en 2018 à 1\u202f234\u00a0personnes en 2020." in html
    assert "Entrées, de 2018 à 2020" in html
    assert "Entrées personnes 1 234 1 050 900" in words_of(page)
    assert html.count("<circle") == 3


def test_the_finding_is_the_title_of_a_chart(report, clients) -> None:
    block = {
        "indicator": "entrees", "breakdown": "client", "form": "share",
        "finding": "Les bailleurs d’abord",
    }  # fmt: skip
    page = chapter_of(report, {"type": "breakdown", "value": block})
    html = Client().get(page.get_url()).content.decode()
    assert '<p class="chart__title">Les bailleurs d’abord</p>' in html
    assert "Bailleurs\u00a0: 1\u202f000\u00a0personnes (81\u00a0%)" in html
    assert "dont Communes 234" in words_of(page)


def test_a_comparison_shows_the_year_before(report, clients) -> None:
    item = clients.breakdowns.get().items.get(code="bailleurs")
    record(clients, 2019, 800, item=item, status=Status.VALIDATED)
    block = {"indicator": "entrees", "breakdown": "client", "form": "comparison", "finding": ""}
    html = (
        Client()
        .get(chapter_of(report, {"type": "breakdown", "value": block}).get_url())
        .content.decode()
    )
    assert "Entrées en 2020, par type de client" in html
    assert html.count('class="drawing__shade-0"') == 2
    # What is not known of the year before is not drawn as nothing.
    assert html.count('class="drawing__shade-3"') == 1


def test_exits_are_stacked_with_their_rate(report, entries) -> None:
    for rank, code in enumerate(EXITS):
        indicator = factories.IndicatorFactory(code=code, label=f"Sorties {rank}")
        for year in (2019, YEAR):
            record(indicator, year, rank + 1, status=Status.VALIDATED)
    page = chapter_of(report, {"type": "exits", "value": {"finding": ""}})
    html = Client().get(page.get_url()).content.decode()
    assert "2020\u00a0: Sorties 0 1, Sorties 1 2, Sorties 2 3, Sorties 3 4." in html
    assert len(re.findall(r'class="drawing__shade-\d" d="M\d+\.\d', html)) == 8


def test_money_comes_from_sales_and_from_each_funder(report) -> None:
    funders = factories.BreakdownFactory(code="financeur")
    state = factories.BreakdownItemFactory(breakdown=funders, label="État")
    sales = factories.IndicatorFactory(code="chiffre_affaires", label="Ventes", unit="€")
    subsidies = factories.IndicatorFactory(
        code="subventions", label="Subventions", unit="€", breakdowns=[funders]
    )
    whole = factories.IndicatorFactory(code="total_produits", label="Produits", unit="€")
    for indicator, number in ((sales, 600), (subsidies, 300), (whole, 1000)):
        record(indicator, YEAR, number, status=Status.VALIDATED)
    record(subsidies, YEAR, 300, item=state, status=Status.VALIDATED)
    page = chapter_of(report, {"type": "funding", "value": {"finding": ""}})
    html = Client().get(page.get_url()).content.decode()
    assert "Ventes\u00a0: 600\u00a0€ (60\u00a0%), État\u00a0: 300\u00a0€ (30\u00a0%)." in html


def test_blocks_without_a_figure_show_nothing(report) -> None:
    """The indicators are there, their figures are not: neither an empty chart nor a bare title."""
    for code in ("entrees", "total_produits", "total_charges", *EXITS):
        factories.IndicatorFactory(code=code)
    block = ReportBodyBlock()
    values = {
        "key_figure": {"indicator": "entrees", "words": ""},
        "figures_table": {"title": "T", "indicators": ["entrees"], "with_parts": True},
        "evolution": {"indicator": "entrees", "years": "5", "finding": "x"},
        "exits": {"finding": "x"},
        "funding": {"finding": "x"},
        "accounts": {},
    }
    context = {"cited": Figures.readable_by(None), "report_year": YEAR}
    for name, value in values.items():
        known = block.child_blocks[name]
        assert not known.render(known.normalize(value), context).strip(), name


def test_a_breakdown_that_an_indicator_does_not_have_is_refused(entries) -> None:
    factories.BreakdownFactory(code="client", label="Type de client")
    block = ReportBodyBlock().child_blocks["breakdown"]
    value = block.normalize(
        {"indicator": "entrees", "breakdown": "client", "form": "share", "finding": ""}
    )
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert "n’est pas détaillé ainsi" in str(refused.value.block_errors["breakdown"])


def test_a_preview_shows_what_is_provisional_too(report, entries, publisher) -> None:
    record(entries, YEAR, 4321, status=Status.PROVISIONAL)
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    page.body = page._meta.get_field("body").to_python([paragraph(cite("entrees", YEAR))])
    request = RequestFactory().get("/", headers={"host": "localhost"})
    request.user, request.is_preview = publisher, True
    answer = page.make_preview_request(request, "")
    assert "4\u202f321\u00a0personnes" in answer.render().content.decode()
    assert Client().get(page.get_url()).status_code == 404


def test_the_plan_of_a_report_keeps_its_blocks_and_not_its_words(report, entries) -> None:
    source = chapter_of(
        report,
        paragraph("Des mots de 2020"),
        {
            "type": "section",
            "value": {
                "title": "Les entrées",
                "content": [
                    paragraph("Encore des mots"),
                    {
                        "type": "evolution",
                        "value": {"indicator": "entrees", "years": "5", "finding": "En 2020, plus"},
                    },
                ],
            },
        },
    )
    target = factories.ReportPageFactory(year=2021)
    (page,) = copy_structure(source.report, target)
    (section,) = page.get_latest_revision_as_object().body
    assert section.value["title"] == "Les entrées"
    (block,) = section.value["content"]
    assert (block.block_type, block.value["indicator"], block.value["finding"]) == (
        "evolution", "entrees", "",
    )  # fmt: skip


# --- Drawings ---------------------------------------------------------------------------------

numbers = st.one_of(st.none(), st.decimals(-10_000, 10_000, places=1))


def figures_of(values: list[Decimal | None], breaks: tuple[int, ...] = ()) -> list[Any]:
    indicator = Indicator(code="a", label="A", decimals=1)
    indicator.series_breaks = lambda: list(breaks)
    from activities.figures.reading import Figure

    return [Figure(indicator, 2010 + rank, number=value) for rank, value in enumerate(values)]


def drawn_numbers(*texts: str) -> Iterator[float]:
    for text in texts:
        yield from (float(number) for number in re.split("[ ,]", text) if number)


@given(st.lists(numbers, min_size=1, max_size=12))
def test_a_line_stays_in_its_drawing_and_joins_only_years_that_follow(values) -> None:
    line = charts.line(figures_of(values))
    known = [rank for rank, value in enumerate(values) if value is not None]
    if len(known) < 2:
        assert line is None
        return
    assert len(line.points) == len(known)
    for point in line.points:
        assert 0 <= float(point.x) <= charts.WIDTH
        assert 0 <= float(point.y) <= line.height
    stretches = 1 + sum(b != a + 1 for a, b in pairwise(known))
    assert len(line.runs) == stretches
    by_number = sorted(line.points, key=lambda p: values[p.year - 2010])
    assert float(by_number[0].y) >= float(by_number[-1].y)


def test_the_number_of_a_dip_is_below_the_line() -> None:
    line = charts.line(figures_of([Decimal(n) for n in (9, 8, 5, 9, 9)]))
    assert [point.below for point in line.points] == [False, False, True, False, False]
    # A line that rises from its first year would cross the number above it too.
    assert charts.line(figures_of([Decimal(6), Decimal(9)])).points[0].below


def test_a_line_stops_where_the_definition_changes() -> None:
    values = [Decimal(n) for n in (5, 6, 7, 8)]
    line = charts.line(figures_of(values, breaks=(2012,)))
    assert len(line.runs) == 2
    assert len(line.breaks) == 1


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=4))
def test_stacks_are_as_long_as_their_totals(rows) -> None:
    stacks = charts.stacks([(str(rank), row) for rank, row in enumerate(rows)], ["a", "b", "c"])
    positive = [sum(max(n or 0, 0) for n in row) for row in rows]
    if max(positive) <= 0:
        return
    if any((n or 0) < 0 for row in rows for n in row):
        return
    lengths = [sum(float(s.width) for s in stack.segments) for stack in stacks.stacks]
    for length, total in zip(lengths, positive, strict=True):
        expected = float(total) / float(max(positive)) * (charts.WIDTH - charts.STACK_LEFT - 2)
        assert length == pytest.approx(expected, abs=0.3)


def test_there_are_no_more_series_than_shades() -> None:
    with pytest.raises(ValueError, match="6 series"):
        charts.stacks([("2020", [Decimal(1)] * 6)], list("abcdef"))


def test_a_long_name_leaves_room_for_its_number() -> None:
    (figure,) = figures_of([Decimal(123456)])
    bars = charts.bars([("Un nom vraiment très long pour une barre de ce graphique", figure, None)])
    assert bars.bars[0].label.endswith("…")
    assert len(bars.bars[0].label) + len(bars.bars[0].text) < charts.WIDTH // charts.LETTER


# --- What a fresh eye found -------------------------------------------------------------------


def test_a_chart_of_a_year_shows_that_year_or_nothing(report, clients) -> None:
    item = clients.breakdowns.get().items.get(code="bailleurs")
    record(clients, 2019, 800, item=item, status=Status.VALIDATED)
    block = {"indicator": "entrees", "breakdown": "client", "form": "comparison", "finding": ""}
    page = chapter_of(report, {"type": "breakdown", "value": block})
    assert "Entrées en 2020" in words_of(page)
    record(clients, YEAR, 1300, status=Status.PROVISIONAL)
    assert "Entrées en 2020" not in words_of(page)
    assert 'class="drawing"' not in Client().get(page.get_url()).content.decode()


def test_a_breakdown_with_a_provisional_part_waits(report, clients) -> None:
    item = clients.breakdowns.get().items.get(code="bailleurs")
    record(clients, YEAR, 1000, item=item, status=Status.PROVISIONAL)
    page = factories.ReportChapterPageFactory(parent=report, live=False)
    block = {"indicator": "entrees", "breakdown": "client", "form": "share", "finding": ""}
    page.body = page._meta.get_field("body").to_python([{"type": "breakdown", "value": block}])
    with pytest.raises(ValidationError, match="des parts sont provisoires"):
        page.check_publishable()


def test_the_year_before_is_the_year_before(report, clients) -> None:
    """A figure two years old is not drawn as last year's."""
    item = clients.breakdowns.get().items.get(code="bailleurs")
    record(clients, 2018, 500, item=item, status=Status.VALIDATED)
    block = {"indicator": "entrees", "breakdown": "client", "form": "comparison", "finding": ""}
    page = chapter_of(report, {"type": "breakdown", "value": block})
    assert 'class="drawing__shade-3"' not in Client().get(page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("unit", "k€"), ("decimals", 2), ("chapter", Chapter.ACCOUNTS)]
)
def test_what_was_validated_is_not_counted_otherwise(report, entries, field, value) -> None:
    hidden = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    factories.make_private(hidden)
    setattr(entries, field, value)
    with pytest.raises(ValidationError) as refused:
        entries.full_clean()
    assert set(refused.value.message_dict) == {field}


def test_the_formula_of_validated_figures_does_not_change(report, entries) -> None:
    factories.IndicatorFactory(code="sorties")
    rate = factories.IndicatorFactory(code="taux", numerator="entrees")
    rate.numerator = "entrees + sorties"
    with pytest.raises(ValidationError) as refused:
        rate.full_clean()
    assert set(refused.value.message_dict) == {"numerator"}


def test_a_chapter_that_hides_figures_is_not_deleted(report, entries, administrator) -> None:
    page = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    factories.make_private(page)
    address = reverse("wagtailadmin_pages:delete", args=[page.pk])
    assert signed_in(administrator).post(address).status_code == 302
    assert ReportChapterPage.objects.filter(pk=page.pk).exists()
    page.view_restrictions.all().delete()
    signed_in(administrator).post(address)
    assert not ReportChapterPage.objects.filter(pk=page.pk).exists()


def test_a_chapter_is_neither_copied_nor_moved_to_another_year(
    report, entries, administrator
) -> None:
    page = factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    client = signed_in(administrator)
    client.get(reverse("wagtailadmin_pages:copy", args=[page.pk]))
    answer = client.get(reverse("wagtailadmin_pages:copy", args=[page.pk]))
    assert answer.status_code == 302
    other = ReportPage.objects.get(year=2019)
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk]))
    assert ReportChapterPage.objects.get(pk=page.pk).report == report


def test_a_second_page_for_a_chapter_is_refused(report, entries, administrator) -> None:
    factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION)
    address = reverse("wagtailadmin_pages:add", args=["activities", "reportchapterpage", report.pk])
    data = {
        "title": "Encore",
        "slug": "encore",
        "chapter": Chapter.INSERTION,
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    answer = signed_in(administrator).post(address, data)
    assert "a déjà une page pour ce chapitre" in str(answer.context["form"].errors["chapter"])


def test_a_plan_covers_neither_a_draft_nor_a_taken_address(report, administrator) -> None:
    source = factories.ReportPageFactory(year=2019)
    factories.ReportChapterPageFactory(parent=source, chapter=Chapter.ACCOUNTS, slug="comptes")
    factories.ReportChapterPageFactory(parent=report, chapter=Chapter.INSERTION, slug="comptes")
    report.refresh_from_db()
    report.summary = "Un brouillon important"
    report.body = report._meta.get_field("body").to_python([paragraph("Un texte")])
    report.save_revision()
    address = reverse("report_outline", args=[report.pk])
    assert signed_in(administrator).post(address, {"plan": "2019"}).status_code == 302
    latest = ReportPage.objects.get(pk=report.pk).get_latest_revision_as_object()
    assert latest.summary == "Un brouillon important"
    assert signed_in(administrator).post(address, {"plan": "usuel"}).status_code == 302
    assert ReportChapterPage.objects.child_of(report).count() == len(Chapter)
