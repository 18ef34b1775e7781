"""The list of requests in a spreadsheet, and how many people wrote: true, and never a formula."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from contact import statistics
from contact.exports import COLUMNS, as_csv, as_xlsx
from contact.finding import for_list
from contact.models import ContactRequest
from contact.reasons import Reason
from pages.models import HomePage, User

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

State = ContactRequest.State
LABELS = [label for label, _read, _width in COLUMNS]
# S39: what spreadsheet programs take for a formula, at the beginning of a text.
FORMULAS = [
    '=HYPERLINK("http://x")', "+1", "@SUM(A1)", "-1", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "＝1+1", "＋1", "－1", "＠SUM", "=cmd|' /C calc'!A0",
]  # fmt: skip


@pytest.fixture
def desk(home: HomePage, receptionist: User) -> Client:
    return signed_in(receptionist)


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def cells_of_xlsx(content: bytes) -> list[dict[str, Any]]:
    """The cells of a workbook by the heading of their column, formulas as they are written."""
    first, *rows = load_workbook(io.BytesIO(content)).active.iter_rows()
    return [{head.value: cell for head, cell in zip(first, row, strict=True)} for row in rows]


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_that_a_visitor_wrote_is_a_formula(text) -> None:
    factories.ContactRequestFactory(
        name=text, message=text, organisation=text, wanted_when=text, subject_title=text,
        phone=text[:40], email=f"{text[0]}x@example.org",
    )  # fmt: skip
    found = for_list(ContactRequest.objects.all())
    (row,) = rows_of_csv(as_csv(found))
    for label, value in row.items():
        assert not value.lstrip(" ").startswith(tuple("=+-@\t\r\n＝＋－＠")), label
    (cells,) = cells_of_xlsx(as_xlsx(found))
    assert {cell.data_type for cell in cells.values()} <= {"s", "n", "d", "inlineStr"}
    assert cells["Nom"].value.strip() == text.strip()


def test_the_two_files_say_the_same_of_a_request() -> None:
    factories.ContactRequestFactory(
        reason=Reason.QUOTE,
        trade=factories.TradeFactory(name="Espaces verts"),
        commune=factories.CommuneFactory(name="Carvin"),
        client_kind="bailleur",
        message="Une ligne ;\nune autre \x07\ufffe.",
        assigned_to=factories.ReceptionistFactory(first_name="Nadia", last_name="Lefebvre"),
        received_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    )
    factories.RequestFileFactory(request=ContactRequest.objects.get())
    found = for_list(ContactRequest.objects.all())
    (row,), (cells,) = rows_of_csv(as_csv(found)), cells_of_xlsx(as_xlsx(found))
    assert list(row) == list(cells) == LABELS
    assert row["Reçue le"] == "02/07/2026 00:30"  # at the clock of the association
    assert cells["Reçue le"].value == datetime(2026, 7, 2, 0, 30)
    assert row["Fichiers joints"] == str(cells["Fichiers joints"].value) == "1"
    for label in ("Motif", "Activité", "Commune", "Suivie par", "Qui demande", "Référence"):
        assert row[label] == cells[label].value, label
        assert row[label], label
    assert row["Message"].startswith("Une ligne ;\nune autre")
    assert "\x07" not in row["Message"]


def test_the_export_is_the_list_as_it_is_narrowed(desk) -> None:
    factories.ContactRequestFactory(name="A", reason=Reason.PRESS)
    factories.ContactRequestFactory(name="B")
    factories.ContactRequestFactory(name="C", reason=Reason.PRESS, state=State.SPAM)
    answer = desk.get("/admin/demandes/demandes.csv?vue=toutes&motif=presse")
    assert [row["Nom"] for row in rows_of_csv(answer.content)] == ["A"]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]
    answer = desk.get("/admin/demandes/demandes.xlsx?vue=toutes")
    assert [row["Nom"].value for row in cells_of_xlsx(answer.content)] == ["B", "A"]
    assert desk.get("/admin/demandes/demandes.pdf").status_code == 404


def test_statistics_count_what_was_erased_and_set_spam_apart(desk) -> None:
    factories.ErasedCountFactory(month=date(2026, 1, 1), reason=Reason.JOB, count=4)
    factories.ErasedCountFactory(month=date(2026, 1, 1), reason=Reason.JOB, was_spam=True, count=9)
    # In Carvin it is February already.
    received = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    for state in (State.NEW, State.CLOSED, State.SPAM):
        factories.ContactRequestFactory(reason=Reason.JOB, state=state, received_at=received)
    with time_machine.travel(datetime(2026, 3, 15, tzinfo=UTC), tick=False):
        year = statistics.of_year(2026)
        job = list(Reason).index(Reason.JOB)
        assert [line.month.month for line in year.lines] == [1, 2, 3]
        assert [(line.numbers[job], line.spam) for line in year.lines] == [(4, 9), (2, 1), (0, 0)]
        assert (year.total, year.spam) == (6, 10)
        html = desk.get("/admin/demandes/statistiques/").content.decode()
        assert "Les demandes de 2026" in html
        assert "Février" in html


def test_statistics_open_every_year_in_which_somebody_wrote(desk) -> None:
    factories.ErasedCountFactory(month=date(2021, 5, 1))
    today = datetime.now(UTC)
    html = desk.get("/admin/demandes/statistiques/?annee=2021").content.decode()
    assert "Les demandes de 2021" in html
    assert "Décembre" in html
    for nonsense in ("", "abc", "1900", "²"):
        answer = desk.get(f"/admin/demandes/statistiques/?annee={nonsense}")
        assert f"Les demandes de {(today + timedelta(hours=1)).year}" in answer.content.decode()
