"""The screen where figures are typed: nothing lost, nothing false, nothing without the right."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.figures.recording import Entry, RecordingRefused, record, record_many
from activities.models import EntryDraft, Indicator, Status, Value, ValueChange
from impulsion_site.roles import FIGURES
from pages.models import User

from . import factories
from .conftest import signed_in
from .site_text import text_of

pytestmark = pytest.mark.django_db
YEAR = 2020
URL = f"/admin/chiffres/{YEAR}/A/"


@pytest.fixture
def typist(db: None) -> User:
    return factories.UserFactory(group=FIGURES)


@pytest.fixture
def entries(site: Any) -> Indicator:
    return factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")


@pytest.fixture
def women(site: Any) -> Indicator:
    return factories.IndicatorFactory(code="femmes", label="Femmes")


def send(user: User, **fields: Any) -> Any:
    data = {name.replace("__", "-"): value for name, value in fields.items()}
    return signed_in(user).post(URL, data)


def number(code: str) -> Decimal | None:
    value = Value.objects.filter(indicator__code=code, year=YEAR, item=None).first()
    return value and value.number


def test_a_figure_is_typed_in_french_beside_that_of_last_year(typist, entries) -> None:
    record(entries, YEAR - 1, 1050, status=Status.VALIDATED)
    html = signed_in(typist).get(URL).content.decode()
    assert "1\u202f050\u00a0personnes" in html
    answer = send(typist, n__entrees="1 234 personnes", w__entrees="", o__entrees="Une estimation")
    assert answer.status_code == 302
    value = Value.objects.get(year=YEAR)
    assert (value.number, value.status, value.note) == (1234, Status.PROVISIONAL, "Une estimation")
    assert value.updated_by == typist
    assert 'value="1\u202f234"' in signed_in(typist).get(URL).content.decode()


@pytest.mark.parametrize("typed", ["douze", "1.234", "12,5", "-3", "9" * 30, "\x00", "=1+1"])
def test_what_is_wrong_is_said_and_what_was_typed_stays(typist, entries, women, typed) -> None:
    answer = send(typist, n__entrees=typed, n__femmes="4")
    assert answer.status_code == 200
    assert 'aria-describedby="e-entrees"' in answer.content.decode()
    assert 'name="n-femmes" value="4"' in answer.content.decode()
    assert not Value.objects.exists()


def test_what_cannot_be_true_is_not_written(typist, entries, women) -> None:
    answer = send(typist, n__entrees="4", n__femmes="7")
    assert "« Femmes » (7) dépasse « Entrées » (4)." in text_of(answer.content.decode())
    assert 'name="n-femmes" value="7"' in answer.content.decode()
    assert not Value.objects.exists()


def test_what_somebody_else_wrote_meanwhile_is_not_lost(typist, entries, women) -> None:
    record(entries, YEAR, 10)
    # The screen showed nothing: somebody has typed 10 since.
    answer = send(typist, n__entrees="12", w__entrees="", n__femmes="", w__femmes="")
    assert "Quelqu’un a écrit 10\u00a0personnes entre-temps." in answer.content.decode()
    assert number("entrees") == 10
    # A figure that was not touched here keeps what the other wrote.
    assert (
        send(typist, n__entrees="", w__entrees="", n__femmes="3", w__femmes="").status_code == 302
    )
    assert (number("entrees"), number("femmes")) == (10, 3)


def test_what_somebody_else_erased_meanwhile_can_be_written_again(typist, entries) -> None:
    record(entries, YEAR, 10)
    record(entries, YEAR, None)
    html = send(typist, n__entrees="12", w__entrees="10").content.decode()
    assert "Quelqu’un a effacé ce chiffre entre-temps." in html
    assert 'name="w-entrees" value=""' in html
    assert send(typist, n__entrees="12", w__entrees="").status_code == 302
    assert number("entrees") == 12


def test_the_note_that_somebody_else_wrote_meanwhile_stays(typist, entries) -> None:
    theirs = "Sans le chantier de mai"
    record(entries, YEAR, 10, note=theirs)
    send(typist, n__entrees="12", w__entrees="10", o__entrees="", p__entrees="")
    assert Value.objects.get().note == theirs
    send(
        typist,
        n__entrees="12",
        w__entrees="12",
        o__entrees="",
        p__entrees=theirs,
    )
    assert Value.objects.get().note == ""


def test_between_reading_and_writing_nobody_is_overwritten(entries) -> None:
    record(entries, YEAR, 10)
    with pytest.raises(RecordingRefused, match="entre-temps"):
        record_many([Entry(entries, YEAR, 12, seen=(Decimal(9),))])
    record_many([Entry(entries, YEAR, 12, seen=(Decimal(10),))])
    assert number("entrees") == 12


def test_only_those_who_vouch_for_figures_validate(typist, publisher, entries) -> None:
    send(typist, n__entrees="10", etat="valide")
    assert Value.objects.get().status == Status.PROVISIONAL
    send(publisher, n__entrees="10", w__entrees="10", etat="valide")
    assert Value.objects.get().status == Status.VALIDATED


def test_an_approved_figure_changes_with_a_public_reason_only(typist, publisher, entries) -> None:
    record(entries, YEAR, 10, status=Status.APPROVED)
    sent = {"n__entrees": "12", "w__entrees": "10"}
    assert "qui valide les chiffres le corrige" in send(typist, **sent).content.decode()
    assert "dites pourquoi" in send(publisher, **sent).content.decode()
    assert send(publisher, **sent, raison="Une erreur d’addition.").status_code == 302
    assert (number("entrees"), Value.objects.get().status) == (12, Status.APPROVED)
    erratum = ValueChange.objects.errata().get()
    assert (erratum.old_number, erratum.reason) == (10, "Une erreur d’addition.")


def test_an_unusual_jump_asks_a_question_until_a_note_answers(typist, entries) -> None:
    record(entries, YEAR - 1, 10)
    send(typist, n__entrees="40")
    assert "Dites pourquoi dans la note" in signed_in(typist).get(URL).content.decode()
    send(typist, n__entrees="40", w__entrees="40", o__entrees="Deux chantiers de plus")
    assert "Dites pourquoi dans la note" not in signed_in(typist).get(URL).content.decode()


def test_a_line_says_what_is_missing_by_chapter(typist, entries, women) -> None:
    send(typist, n__entrees="10")
    text = text_of(signed_in(typist).get(URL).content.decode())
    assert "L’insertion : 1 sur 2" in text
    send(typist, n__entrees="10", n__femmes="4")
    assert "L’insertion : 2 sur 2, complet" in text_of(signed_in(typist).get(URL).content.decode())


def test_parts_are_typed_under_their_total(typist, site) -> None:
    support = factories.BreakdownFactory(code="dispositif")
    aci = factories.BreakdownItemFactory(breakdown=support, label="ACI")
    factories.IndicatorFactory(code="entrees", breakdowns=[support])
    assert send(typist, **{"n__entrees": "10", f"n__entrees-{aci.pk}": "6"}).status_code == 302
    assert Value.objects.get(item=aci).number == 6


@pytest.mark.parametrize("address", ["/admin/chiffres/1990/A/", f"/admin/chiffres/{YEAR}/Z/"])
def test_other_years_and_families_are_not_found(typist, address) -> None:
    assert signed_in(typist).get(address).status_code == 404


def test_the_screen_is_for_those_who_type(typist, writer, entries) -> None:
    assert signed_in(writer).get(URL).status_code == 302
    assert "/admin/chiffres/" not in signed_in(writer).get("/admin/").content.decode()
    start = signed_in(typist).get("/admin/chiffres/")
    assert start["Location"] == f"/admin/chiffres/{timezone.localdate().year - 1}/A/"
    assert "/admin/chiffres/" in signed_in(typist).get("/admin/").content.decode()


def test_the_screen_costs_no_more_with_many_figures(typist, entries) -> None:
    browser = signed_in(typist)

    def count() -> int:
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(URL).status_code == 200
        return len(queries)

    few = count()
    keep(typist, n__entrees="12", w__entrees="")
    support = factories.BreakdownFactory()
    for _number in range(8):
        factories.BreakdownItemFactory(breakdown=support)
    for value in range(40):
        indicator = factories.IndicatorFactory(breakdowns=[support])
        record(indicator, YEAR, value)
    assert count() == few
    # Eight of them are Wagtail's; one asks whether the account is of a partner.
    assert few <= 13


# --- While one types --------------------------------------------------------------------------

DRAFT = f"{URL}brouillon/"


def keep(user: User, **fields: Any) -> dict[str, Any]:
    data = {name.replace("__", "-"): value for name, value in fields.items()}
    answer = signed_in(user).post(DRAFT, data)
    assert answer.status_code == 200
    return answer.json()


def test_what_is_typed_is_kept_and_is_no_figure_yet(typist, entries, women) -> None:
    assert keep(typist, n__entrees="12", w__entrees="", n__femmes="", w__femmes="")["touched"]
    assert not Value.objects.exists()
    html = signed_in(typist).get(URL).content.decode()
    assert 'name="n-entrees" value="12"' in html
    assert "ils ne sont pas encore enregistrés" in html
    # Somebody else sees nothing of it.
    assert 'value="12"' not in signed_in(factories.PublisherFactory()).get(URL).content.decode()
    assert send(typist, n__entrees="12", w__entrees="").status_code == 302
    assert not EntryDraft.objects.exists()
    assert number("entrees") == 12


def test_half_a_word_is_kept_as_it_is(typist, entries) -> None:
    answer = keep(typist, n__entrees="douz", w__entrees="")
    assert "n’est pas un nombre" in answer["errors"]["entrees"]
    assert 'name="n-entrees" value="douz"' in signed_in(typist).get(URL).content.decode()


def test_what_was_kept_can_be_given_up(typist, entries) -> None:
    record(entries, YEAR, 10)
    keep(typist, n__entrees="12", w__entrees="10")
    assert signed_in(typist).post(DRAFT, {"abandonner": "1"}).status_code == 302
    assert 'name="n-entrees" value="10"' in signed_in(typist).get(URL).content.decode()


def test_nothing_is_kept_of_what_was_not_touched(typist, entries, women) -> None:
    record(entries, YEAR, 10)
    keep(typist, n__entrees="10", w__entrees="10", n__femmes="3", w__femmes="")
    assert set(EntryDraft.objects.get().boxes) == {"n-femmes", "w-femmes", "o-femmes", "p-femmes"}
    keep(typist, n__entrees="10", w__entrees="10", n__femmes="", w__femmes="")
    assert not EntryDraft.objects.exists()


def test_a_draft_does_not_overwrite_what_somebody_wrote_meanwhile(typist, entries) -> None:
    keep(typist, n__entrees="12", w__entrees="")
    record(entries, YEAR, 20)
    html = signed_in(typist).get(URL).content.decode()
    assert 'name="n-entrees" value="12"' in html
    assert 'name="w-entrees" value=""' in html
    assert "Quelqu’un a écrit" in send(typist, n__entrees="12", w__entrees="").content.decode()
    assert number("entrees") == 20


def test_what_follows_from_the_boxes_is_said_before_anything_is_written(
    typist, entries, women
) -> None:
    kinds = factories.BreakdownFactory(code="client", label="Par client")
    one, two = (factories.BreakdownItemFactory(breakdown=kinds) for _number in range(2))
    entries.breakdowns = [kinds]
    entries.save()
    factories.IndicatorFactory(
        code="part", label="Part", unit="%", numerator="femmes", denominator="entrees", scale=100
    )
    said = keep(
        typist,
        n__entrees="20",
        n__femmes="12",
        **{f"n__entrees-{one.pk}": "8", f"n__entrees-{two.pk}": "3"},
    )
    assert said["computed"] == {"part": "60\u00a0% (12\u00a0sur\u00a020)"}
    assert said["sums"] == {"entrees": "Somme des parts, Par client\u00a0: 11"}
    assert said["impossible"] == []
    assert any("les parts font 11" in sentence for sentence in said["questions"])
    said = keep(typist, n__entrees="10", n__femmes="12")
    assert said["impossible"] == ["« Femmes » (12) dépasse « Entrées » (10)."]
    assert not Value.objects.exists()


def test_drafts_are_for_those_who_type(writer, typist, entries) -> None:
    assert signed_in(writer).post(DRAFT, {"n-entrees": "1"}).status_code == 302
    assert signed_in(typist).get(DRAFT).status_code == 405
    assert signed_in(typist).post("/admin/chiffres/1990/A/brouillon/").status_code == 404
    assert not EntryDraft.objects.exists()


def test_a_number_that_was_not_seen_is_not_validated(publisher, entries) -> None:
    """The screen was empty; somebody has typed 40 since: nobody vouches for it unread."""
    record(entries, YEAR, 40)
    html = send(publisher, n__entrees="", w__entrees="", etat="valide").content.decode()
    assert "Relisez-le avant de le valider." in html
    assert 'name="w-entrees" value="40"' in html
    assert Value.objects.get().status == Status.PROVISIONAL
    assert send(publisher, n__entrees="40", w__entrees="40", etat="valide").status_code == 302
    assert Value.objects.get().status == Status.VALIDATED


@pytest.mark.parametrize("status", [Status.VALIDATED, Status.APPROVED])
def test_the_note_of_a_validated_figure_is_for_those_who_validate(
    typist, publisher, entries, status
) -> None:
    record(entries, YEAR, 10, status=status)
    sent = {"n__entrees": "10", "w__entrees": "10", "o__entrees": "Sans le chantier de mai"}
    assert "change aussi sa note" in send(typist, **sent).content.decode()
    assert Value.objects.get().note == ""
    assert send(publisher, **sent).status_code == 302
    assert Value.objects.get().note == "Sans le chantier de mai"


def test_two_people_do_not_overwrite_each_others_note(typist, entries) -> None:
    record(entries, YEAR, 10, note="Celle de quelqu’un")
    html = send(
        typist, n__entrees="10", w__entrees="10", o__entrees="La mienne", p__entrees=""
    ).content.decode()
    assert "Quelqu’un a changé cette note entre-temps" in html
    assert Value.objects.get().note == "Celle de quelqu’un"


def test_figures_are_approved_once_the_report_is(publisher, entries) -> None:
    report = factories.ReportPageFactory(year=YEAR)
    answer = send(publisher, n__entrees="10", etat="approuve")
    assert "le jour où l’assemblée l’a approuvé" in answer.content.decode()
    assert not Value.objects.exists()
    report.approved_on = timezone.localdate()
    report.save()
    assert send(publisher, n__entrees="10", etat="approuve").status_code == 302
    assert Value.objects.get().status == Status.APPROVED


def test_a_note_answers_the_question_before_it_is_written(typist, entries) -> None:
    record(entries, YEAR - 1, 10)
    assert keep(typist, n__entrees="40")["questions"]
    assert keep(typist, n__entrees="40", o__entrees="Deux chantiers de plus")["questions"] == []
