"""Few people: nowhere does a reader find their number, nor what would let them compute it.

Twelve women, three of them in one of two programmes: neither three nor nine may be read. What
readers have (pages, places and names in drawings, files, slides, PDF) must not change at all when
other numbers are hidden in their place.
"""

import csv
import io
import json
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import load_workbook

from activities.figures.recording import Entry, record, record_many
from activities.figures.small_numbers import MASKED, WHY
from activities.models import BreakdownItem, Chapter, Indicator, ReportPage, ReportPdf, Status
from activities.pdf.document import document_of
from activities.wagtail_hooks import tell_what_is_not_seen_yet
from impulsion_site.content.blocks import cite, section

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEAR = 2020
# The number of a small part, of what is hidden with it, and of both together.
FEW, OTHERS, TOTAL = 3, 9, 12
# What else could stand there.
ALTERNATIVES = ((1, 11), (4, 8), (9, 3))
# What differs from one answer to the next.
TOKEN = re.compile(r'(?:csrfmiddlewaretoken" value|nonce)="[^"]*"')
FILES = ("indicateurs.csv", "indicateurs.json", "indicateurs.xlsx")


@pytest.fixture
def report(site: Any) -> ReportPage:
    return factories.ReportPageFactory(year=YEAR)


@pytest.fixture
def parts(site: Any) -> tuple[BreakdownItem, BreakdownItem]:
    support = factories.BreakdownFactory(code="dispositif", label="Dispositif")
    aci = factories.BreakdownItemFactory(breakdown=support, code="aci", label="ACI")
    return aci, factories.BreakdownItemFactory(breakdown=support, code="ei", label="EI")


@pytest.fixture
def women(report: ReportPage, parts: tuple[BreakdownItem, BreakdownItem]) -> Indicator:
    indicator = counted("femmes", "Femmes", parts)
    write(indicator, TOTAL, parts, (FEW, OTHERS))
    return indicator


@pytest.fixture
def chapter(report: ReportPage, women: Indicator) -> Any:
    """A page that shows these figures in every way."""
    blocks = [
        paragraph(f"Dans les chantiers : {cited('aci')}. En entreprise : {cited('ei')}."),
        section("Le détail", breakdown("share"), table()),
        breakdown("comparison"),
        {"type": "evolution", "value": {"indicator": "femmes", "years": "5", "finding": ""}},
        {"type": "key_figure", "value": {"indicator": "femmes", "words": ""}},
    ]
    return factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.INSERTION, title="L’insertion", body=json.dumps(blocks)
    )


def counted(code: str, label: str, parts: Any, **fields: Any) -> Indicator:
    """An indicator whose small parts are hidden."""
    fields = {"unit": "personnes", "counts_people": True, **fields}
    return factories.IndicatorFactory(
        code=code, label=label, breakdowns=[parts[0].breakdown], **fields
    )


def write(
    indicator: Indicator, total: int, parts: Any, numbers: Any, status: str = Status.VALIDATED
) -> None:
    """Its total and its parts, at once."""
    cells = zip([None, *parts], [total, *numbers], strict=True)
    record_many(
        Entry(indicator, YEAR, number, item=item, status=None if number is None else status)
        for item, number in cells
    )


def paragraph(html: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{html}</p>"}


def cited(part: str) -> str:
    return cite("femmes", YEAR, f"dispositif/{part}")


def breakdown(form: str) -> dict[str, Any]:
    value = {"indicator": "femmes", "breakdown": "dispositif", "form": form, "finding": ""}
    return {"type": "breakdown", "value": value}


def table() -> dict[str, Any]:
    value = {"title": "Les femmes", "indicators": ["femmes"], "with_parts": True}
    return {"type": "figures_table", "value": value}


# --- What readers have ------------------------------------------------------------------------


def addresses(report: ReportPage, code: str = "femmes") -> dict[str, str]:
    index = report.get_parent().get_url()
    return {
        "report": report.get_url(),
        **{f"chapter {rank}": page.get_url() for rank, page in enumerate(report.chapters())},
        "indicator": f"{index}indicateurs/{code}/",
        "file of the indicator": f"{index}indicateurs/{code}.csv",
        "list of indicators": f"{index}indicateurs/",
        **{name: f"{report.get_url()}{name}" for name in FILES},
        "slides": report.slides_url(),
        "reports": index,
        "home page": "/",
    }


def received(report: ReportPage, client: Client, code: str = "femmes") -> dict[str, str]:
    """All that somebody reads, as texts: names and descriptions of drawings too."""
    found = {}
    for name, address in addresses(report, code).items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        content = answer.content
        if address.endswith("xlsx"):
            sheet = load_workbook(io.BytesIO(content)).active
            content = "\n".join(";".join(map(str, row)) for row in sheet.values).encode()
        found[name] = TOKEN.sub("", content.decode("utf-8-sig"))
    for kind in ReportPdf.Kind.values:
        found[f"PDF {kind}"] = document_of(report, kind, ReportPdf.Visibility.PUBLIC).html
    return found


def masked(text: str) -> bool:
    """Whether a text says that something is masked, and why."""
    return MASKED in text and WHY in text


@pytest.fixture
def readers() -> list[Client]:
    """Nobody in particular, an account, and those who write and publish: on the site, all alike."""
    users = (factories.UserFactory(), factories.WriterFactory(), factories.PublisherFactory())
    return [Client(), *map(signed_in, users)]


def test_what_readers_have_is_the_same_whatever_is_hidden(
    report, chapter, women, parts, readers
) -> None:
    women.on_home = True
    women.save()
    before = [received(report, client) for client in readers]
    for texts in before:
        for name in ("report", "chapter 0", "indicator", "slides", "file of the indicator", *FILES):
            assert masked(texts[name]), name
        assert masked(texts[f"PDF {ReportPdf.Kind.FULL}"])
        assert "12 personnes Femmes, en 2020" in words(texts["home page"])
    for numbers in ALTERNATIVES:
        write(women, TOTAL, parts, numbers)
        for client, texts in zip(readers, before, strict=True):
            for name, text in received(report, client).items():
                assert text == texts[name], (name, numbers)


def test_each_place_says_that_it_is_masked(report, chapter, women) -> None:
    texts = {name: words(text) for name, text in received(report, Client()).items()}
    page = texts["chapter 0"]
    assert "Dans les chantiers : (nombre masqué). En entreprise : (nombre masqué)." in page
    assert page.count("Femmes personnes 12 dont ACI masqué dont EI masqué") >= 3
    assert "Dans les chantiers : (masqué). En entreprise : (masqué)." in texts["slides"]
    assert "dont ACI masqué dont EI masqué" in texts["slides"]
    assert "dont ACI masqué dont EI masqué" in texts["indicator"]
    for code in ("aci", "ei"):
        (row,) = [r for r in of_json(report) if r["ventilation"] == f"dispositif/{code}"]
        assert (row["valeur"], row["remarque"]) == (None, WHY)
        (line,) = [r for r in of_csv(report) if r["ventilation"] == f"dispositif/{code}"]
        assert (line["valeur"], line["remarque"]) == ("", WHY)
    (total,) = [r for r in of_json(report) if not r["ventilation"]]
    assert (total["valeur"], total["remarque"]) == (TOTAL, None)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", text_of(html)) if "<" in html else html


def of_json(report: ReportPage) -> list[dict[str, Any]]:
    return Client().get(f"{report.get_url()}indicateurs.json").json()["valeurs"]


def of_csv(report: ReportPage) -> list[dict[str, str]]:
    text = Client().get(f"{report.get_url()}indicateurs.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def shown(report: ReportPage, code: str = "femmes") -> list[Any]:
    """The numbers of an indicator as anybody has them: its total, then its parts."""
    return [row["valeur"] for row in of_json(report) if row["code"] == code]


# --- What is not masked -----------------------------------------------------------------------


def test_nobody_is_in_a_zero(report, women, parts) -> None:
    write(women, TOTAL, parts, (0, TOTAL))
    assert shown(report) == [TOTAL, 0, TOTAL]
    assert not masked(received(report, Client())["report"])


@pytest.mark.parametrize("unit", ["€", "m²", "h", "personnes"])
def test_what_does_not_count_people_is_never_masked(report, parts, unit) -> None:
    other = counted("autre", "Autre", parts, unit=unit, counts_people=False)
    write(other, TOTAL, parts, (FEW, OTHERS))
    assert shown(report, "autre") == [TOTAL, FEW, OTHERS]
    assert MASKED not in "".join(received(report, Client(), "autre").values())


def test_a_small_total_is_shown_when_nothing_breaks_it_down(report, women, parts) -> None:
    write(women, FEW, parts, (None, None))
    assert shown(report) == [FEW]


def test_who_is_not_counted_as_people_any_more_is_shown_again(report, women) -> None:
    assert shown(report) == [TOTAL, None, None]
    women.counts_people = False
    women.save()
    assert shown(report) == [TOTAL, FEW, OTHERS]
    women.counts_people = True
    women.save()
    assert shown(report) == [TOTAL, None, None]


def test_once_nothing_is_small_everything_is_shown_again(report, women, parts) -> None:
    write(women, TOTAL, parts, (5, 7))
    assert shown(report) == [TOTAL, 5, 7]
    write(women, TOTAL, parts, (FEW, OTHERS))
    assert shown(report) == [TOTAL, None, None]


def test_validating_the_small_part_hides_the_other_too(report, women, parts) -> None:
    aci, _ei = parts
    write(women, TOTAL, parts, (None, OTHERS))
    assert shown(report) == [TOTAL, OTHERS]
    record(women, YEAR, FEW, item=aci, status=Status.PROVISIONAL)
    assert shown(report) == [TOTAL, OTHERS]
    record(women, YEAR, FEW, item=aci, status=Status.VALIDATED)
    assert shown(report) == [TOTAL, None, None]


def test_a_rate_made_of_few_people_is_masked_and_hours_and_euros_are_not(report, women) -> None:
    hired = factories.IndicatorFactory(code="embauches", unit="personnes", counts_people=True)
    exits = factories.IndicatorFactory(code="sorties", unit="personnes", counts_people=True)
    factories.IndicatorFactory(
        code="taux", label="Taux", unit="%", numerator="embauches", denominator="sorties", scale=100
    )
    hours = factories.IndicatorFactory(code="heures", unit="h")
    cost = factories.IndicatorFactory(code="cout", unit="€")
    factories.IndicatorFactory(code="par_heure", unit="€", numerator="cout", denominator="heures")
    for indicator, number in ((hired, FEW), (exits, 20), (hours, 2), (cost, 4)):
        record(indicator, YEAR, number, status=Status.VALIDATED)
    told = {row["code"]: row for row in of_json(report) if not row["ventilation"]}
    rate = told["taux"]
    assert (rate["valeur"], rate["numerateur"], rate["denominateur"]) == (None, None, None)
    assert rate["remarque"] == WHY
    assert told["embauches"]["valeur"] is None
    assert [told[code]["valeur"] for code in ("heures", "cout", "par_heure")] == [2, 4, 2]
    before = received(report, Client(), "taux")
    record(hired, YEAR, 4, status=Status.VALIDATED)
    assert received(report, Client(), "taux") == before
    record(hired, YEAR, 10, status=Status.VALIDATED)
    assert [r["valeur"] for r in of_json(report) if r["code"] in ("taux", "embauches")] == [10, 50]


# --- Corrections ------------------------------------------------------------------------------


def test_a_correction_of_a_masked_figure_says_no_number(report, chapter, women, parts) -> None:
    write(women, TOTAL, parts, (FEW, OTHERS), status=Status.APPROVED)
    for item, number in zip(parts, (4, 8), strict=True):
        record(
            women, YEAR, number, item=item, status=Status.APPROVED, reason="Une personne de trop."
        )
    texts = received(report, Client())
    for name in ("report", "chapter 0", "indicator", f"PDF {ReportPdf.Kind.FULL}"):
        assert words(texts[name]).count("corrigé (nombre masqué).") == 2, name
        assert "et non" not in words(texts[name]), name
    record(women, YEAR, 13, status=Status.APPROVED, reason="Une personne oubliée.")
    for name in ("report", f"PDF {ReportPdf.Kind.FULL}"):
        text = words(received(report, Client())[name])
        assert "13 personnes, et non 12 personnes." in text, name


# --- Those who write figures --------------------------------------------------------------------


def test_those_who_write_see_the_number_and_what_the_public_reads(report, women) -> None:
    typist = signed_in(factories.PublisherFactory())
    html = typist.get(f"/admin/chiffres/{YEAR}/A/").content.decode()
    assert words(html).count("Le public lit : masqué") == 2
    assert f'value="{FEW}"' in html
    assert f'value="{OTHERS}"' in html
    assert WHY in html
    found = typist.get(reverse("choose_figure"), {"annee": YEAR, "q": "femmes"}).json()["html"]
    assert words(found).count("masqué au public : peu de personnes") == 2
    assert f"{FEW} personnes" in words(found)
    assert f"{OTHERS} personnes" in words(found)


def test_a_preview_shows_what_the_public_will_read(report, chapter, women) -> None:
    request = RequestFactory().get("/", headers={"host": "localhost"})
    request.user, request.is_preview = factories.PublisherFactory(), True
    answer = chapter.make_preview_request(request, "").render()
    text = words(answer.content.decode())
    assert "Dans les chantiers : (nombre masqué)." in text
    assert "dont ACI masqué dont EI masqué" in text
    assert f"{OTHERS} personnes" not in text


def test_publishing_a_page_that_cites_a_masked_figure_says_so(report, chapter, women) -> None:
    chapter.body = json.dumps([paragraph(f"Dans les chantiers : {cited('aci')}.")])
    request = RequestFactory().get("/")
    request.user = factories.PublisherFactory()
    request.session = {}
    request._messages = FallbackStorage(request)
    tell_what_is_not_seen_yet(request, chapter)
    (said,) = [str(message) for message in get_messages(request)]
    assert f"Ces chiffres y sont masqués\u00a0: « Femmes » en {YEAR}." in said
    assert WHY in said


def test_an_indicator_that_was_read_before_does_not_forget_what_is_hidden(women, parts) -> None:
    early = Indicator.objects.get(pk=women.pk)
    Indicator.objects.filter(pk=women.pk).update(hidden_figures=[])
    write(women, TOTAL + 1, parts, (FEW + 1, OTHERS))
    assert Indicator.objects.get(pk=women.pk).hidden_figures
    early.label = "Des femmes"
    early.save()
    assert Indicator.objects.get(pk=women.pk).hidden_figures
