"""The report as slides: what each shows, to whom, and that nothing is typed for it."""

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import PageViewRestriction

from activities.figures.recording import record
from activities.models import Chapter, Indicator, ReportPage, Status
from activities.slides import MOST_LETTERS, MOST_WORDS, first_sentences
from impulsion_site.content.blocks import cite

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEAR = 2020


@pytest.fixture
def report(site: Any) -> ReportPage:
    return factories.ReportPageFactory(year=YEAR, body="[]")


@pytest.fixture
def entries(report: ReportPage) -> Indicator:
    """An indicator with the figures of two years."""
    factories.ReportPageFactory(year=YEAR - 1)
    indicator = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    record(indicator, YEAR - 1, 1050, status=Status.VALIDATED)
    record(indicator, YEAR, 1234, status=Status.VALIDATED)
    return indicator


def chapter_of(report: ReportPage, *blocks: dict[str, Any], **fields: Any) -> Any:
    return factories.ReportChapterPageFactory(
        parent=report, body=json.dumps(list(blocks)), **{"chapter": Chapter.INSERTION, **fields}
    )


def key_figure(code: str = "entrees", words: str = "") -> dict[str, Any]:
    return {"type": "key_figure", "value": {"indicator": code, "words": words}}


def evolution(finding: str = "") -> dict[str, Any]:
    return {
        "type": "evolution",
        "value": {"indicator": "entrees", "years": "5", "finding": finding},
    }


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def html_of(report: ReportPage, client: Client | None = None) -> str:
    answer = (client or Client()).get(report.slides_url())
    assert answer.status_code == 200
    return answer.content.decode()


def titles_of(html: str) -> list[str]:
    found = re.findall(r'<h[123] class="slide__title[^>]*>(.*?)</h', html)
    return [re.sub(r"\s", " ", title) for title in found]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", text_of(html))


# --- What is shown --------------------------------------------------------------------------


def test_an_empty_report_has_its_first_and_last_slides(report) -> None:
    html = html_of(report)
    assert titles_of(html) == [f"Rapport d’activité {YEAR}", "Merci"]
    assert f"/rapports/{YEAR}/</p>" in html
    assert "Code QR" in html


def test_slides_follow_the_report(report, entries) -> None:
    section = {
        "type": "section",
        "value": {
            "title": "Les entrées",
            "content": [paragraph("Ils entrent."), evolution("Plus.")],
        },
    }
    quote = {"type": "quote", "value": {"text": "Je reste.", "author": "Nadia", "role": ""}}
    chapter_of(report, paragraph("Un début."), key_figure(), section, quote, title="L’insertion")
    html = html_of(report)
    expected = ["L’insertion", "Entrées", "Les entrées", "Plus.", "Nadia", "Merci"]
    assert titles_of(html)[1:] == expected
    said = words_of(html)
    assert "L’insertion Un début." in said
    assert "1 234 personnes 2019 : 1 050 personnes" in said
    assert "L’insertion · Les entrées" in said
    assert "« Je reste. »" in said


def test_key_figures_stand_together_and_the_home_page_lends_its_own(report, entries) -> None:
    entries.on_home = True
    entries.save()
    assert f"{YEAR} en chiffres" in titles_of(html_of(report))
    blocks = [key_figure(words=f"fois {number}") for number in range(6)]
    chapter_of(report, *blocks, chapter=Chapter.KEY_FIGURES, title="En dix")
    html = html_of(report)
    # Its figure belongs to a chapter that has no page.
    grids = [f"{YEAR} en chiffres", f"{YEAR} en chiffres, suite"]
    assert titles_of(html)[1:-1] == ["En dix", *grids, "L’insertion", "Les chiffres"]
    assert [grid.count("<li>") for grid in html.split('class="numbers"')[1:]] == [3, 3]


def test_a_chapter_without_a_page_shows_its_figures_and_a_long_table_stays_there(
    report, entries
) -> None:
    said = words_of(html_of(report))
    assert "Entrées (personnes) 1 234 1 050" in said
    for number in range(13):
        other = factories.IndicatorFactory(code=f"autre_{number}", label=f"Autre {number}")
        record(other, YEAR, 7, status=Status.VALIDATED)
    said = words_of(html_of(report))
    assert "Ce tableau a 14 lignes" in said
    assert "1 234" not in said


def test_annexes_are_read_at_a_desk(report, entries) -> None:
    chapter_of(report, paragraph("Une définition."), chapter=Chapter.ANNEXES, title="Annexes")
    assert "Une définition." not in html_of(report)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Une phrase. Puis deux. Puis trois.", "Une phrase. Puis deux."),
        ("mot " * 45 + ".", "mot " * MOST_WORDS + "[…]"),
        ("a" * 500, "a" * MOST_LETTERS + " […]"),
        ("Court. " + "Mot " * 45, "Court."),
        ("Déjà 70,6\u00a0% ici.", "Déjà 70,6\u00a0% ici."),
    ],
)
def test_forty_words_at_most(text, expected) -> None:
    assert first_sentences(text) == expected


def test_two_ways_of_counting_do_not_compare(report, entries) -> None:
    factories.IndicatorDefinitionFactory(indicator=entries, since=2000)
    factories.IndicatorDefinitionFactory(indicator=entries, since=YEAR)
    chapter_of(report, key_figure())
    assert "2019 :" not in words_of(html_of(report))


def test_an_erratum_changes_the_slides(report, entries) -> None:
    chapter_of(report, paragraph(f"Ici {cite('entrees', YEAR)}."), key_figure(), evolution())
    record(entries, YEAR, 1234, status=Status.APPROVED)
    assert html_of(report).count("1\u202f234") == 5
    record(entries, YEAR, 1237, status=Status.APPROVED, reason="Une erreur d’addition.")
    html = html_of(report)
    assert "1\u202f234" not in html
    assert html.count("1\u202f237") == 5


# --- To whom --------------------------------------------------------------------------------


def test_a_reserved_chapter_and_provisional_figures_stay_out(report, entries) -> None:
    chapter = chapter_of(
        report, paragraph("CANARI du texte."), evolution("CANARI du graphique"), title="CANARI"
    )
    PageViewRestriction.objects.create(page=chapter, restriction_type=PageViewRestriction.LOGIN)
    provisional = factories.IndicatorFactory(
        code="secret", label="Provisoire", chapter=Chapter.ACCOUNTS
    )
    record(provisional, YEAR, 98765, status=Status.PROVISIONAL)
    chapter_of(report, paragraph("Ouvert."), chapter=Chapter.ACCOUNTS, title="Comptes")
    html = html_of(report)
    for canary in ("CANARI", "1\u202f234", "98\u202f765", "Provisoire"):
        assert canary not in html
    reader = signed_in(factories.UserFactory())
    answer = reader.get(report.slides_url())
    assert "CANARI du graphique" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "98\u202f765" not in answer.content.decode()


def test_who_may_not_read_the_report_may_not_see_its_slides(report) -> None:
    PageViewRestriction.objects.create(page=report, restriction_type=PageViewRestriction.LOGIN)
    answer = Client().get(report.slides_url())
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/compte/connexion/")
    draft = factories.ReportPageFactory(year=YEAR + 1, live=False)
    assert Client().get(f"/rapports/{draft.year}/diaporama/").status_code == 404


def test_a_withdrawn_quotation_is_not_shown(report) -> None:
    kept, withdrawn = factories.TestimonyFactory(), factories.TestimonyFactory(agreement="attendu")
    quotes = [
        {"type": "quote", "value": {"text": text, "author": "", "role": "", "testimony": who.pk}}
        for text, who in (("Je reste.", kept), ("Je pars.", withdrawn))
    ]
    chapter_of(report, *quotes)
    html = html_of(report)
    assert ("Je reste." in html) == kept.is_usable
    assert not withdrawn.is_usable
    assert "Je pars." not in html


def test_search_engines_and_forms_have_nothing_to_do_there(report) -> None:
    answer = Client().get(report.slides_url())
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert Client().post(report.slides_url()).status_code == 405
    assert Client().get(report.slides_url().removesuffix("/")).status_code == 301


def test_the_report_and_its_editors_lead_there(report, entries) -> None:
    chapter_of(report)
    link = f'href="{report.slides_url()}"'
    assert link in Client().get(report.get_url()).content.decode()
    editor = signed_in(factories.UserFactory(is_superuser=True))
    assert link in editor.get(f"/admin/pages/{report.pk}/edit/").content.decode()


def test_no_chapter_takes_the_address_of_the_slides(report) -> None:
    with pytest.raises(ValidationError) as refused:
        chapter_of(report, title="Diaporama", slug="diaporama")
    assert "slug" in refused.value.message_dict
