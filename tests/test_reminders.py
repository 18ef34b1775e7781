"""Reminders: after so many working days, once a day, and with references only."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import time_machine

from contact.models import ContactRequest, ReasonSettings, RequestEvent
from contact.reasons import Reason
from contact.reminders import send_reminders
from contact.working_days import after_working_days, holidays, is_working_day
from pages.chores import registered
from pages.models import OutgoingMail

from . import factories

State = ContactRequest.State

# --- Working days -------------------------------------------------------------------------


def test_the_holidays_of_a_year_are_the_eleven_of_the_law() -> None:
    assert holidays(2026) == {
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8),
        date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15),
        date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    }  # fmt: skip
    # In 2008 Ascension fell on the first of May: one day off, ten dates.
    assert len(holidays(2008)) == 10


@pytest.mark.parametrize(
    ("since", "count", "expected"),
    [
        (date(2026, 11, 30), 1, date(2026, 12, 1)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a week-end
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 12, 23), 5, date(2026, 12, 31)),  # over Christmas
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # over the new year
        (date(2026, 3, 27), 2, date(2026, 3, 31)),  # the night that has 23 hours
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(since, count, expected) -> None:
    assert after_working_days(since, count) == expected


def test_a_saturday_is_no_working_day() -> None:
    assert not is_working_day(date(2026, 11, 28))
    assert is_working_day(date(2026, 11, 30))
    assert not is_working_day(date(2026, 7, 14))


# --- Reminders ----------------------------------------------------------------------------

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Five working days later, at nine in Carvin.
DUE = datetime(2026, 11, 30, 8, tzinfo=UTC)


@pytest.fixture
def outbox(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"


def at(moment: datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return send_reminders()


def ask(**fields: Any) -> ContactRequest:
    return factories.ContactRequestFactory(received_at=MONDAY, last_exchange_at=MONDAY, **fields)


def text_of(mail: OutgoingMail) -> str:
    return message_from_bytes(bytes(mail.message), policy=default).get_content()


def test_who_follows_a_request_is_reminded_by_its_reference(outbox) -> None:
    owner = factories.ReceptionistFactory(email="nadia@example.org")
    asked = ask(assigned_to=owner, state=State.IN_PROGRESS, name="Monsieur Secret", message="Non")
    assert at(DUE) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.purpose) == ("nadia@example.org", "rappel")
    text = text_of(mail)
    assert asked.reference in text
    assert "/admin/demandes/" in text
    assert "Secret" not in text
    assert asked.email not in text
    asked.refresh_from_db()
    assert asked.reminded_at == DUE
    assert asked.last_exchange_at == MONDAY
    assert asked.events.get().kind == RequestEvent.Kind.REMINDER


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(2026, 11, 27, 12, tzinfo=UTC), 0),  # four days only
        (datetime(2026, 11, 29, 12, tzinfo=UTC), 0),  # a Sunday
        (datetime(2026, 11, 30, 6, 59, tzinfo=UTC), 0),  # before eight in the morning
        (datetime(2026, 11, 30, 7, tzinfo=UTC), 1),
        (datetime(2026, 12, 25, 12, tzinfo=UTC), 0),  # late, and a holiday
        (datetime(2026, 12, 28, 12, tzinfo=UTC), 1),
    ],
)
def test_a_reminder_leaves_on_a_working_day_in_the_morning(outbox, moment, count) -> None:
    ask(assigned_to=factories.ReceptionistFactory(), state=State.IN_PROGRESS)
    assert at(moment) == count


def test_each_reason_has_its_own_patience(outbox) -> None:
    ReasonSettings.objects.filter(code=Reason.JOB).update(reply_within=2)
    owner = factories.ReceptionistFactory()
    ask(assigned_to=owner, reason=Reason.JOB), ask(assigned_to=owner)
    assert at(datetime(2026, 11, 25, 9, tzinfo=UTC)) == 1
    assert text_of(OutgoingMail.objects.get()).count("R-2026-") == 1


def test_one_mail_a_person_and_a_day_however_often_the_chore_runs(outbox) -> None:
    owner = factories.ReceptionistFactory(email="nadia@example.org")
    for _ in range(3):
        ask(assigned_to=owner)
    assert [at(DUE), at(DUE.replace(hour=9)), at(DUE.replace(hour=15))] == [1, 0, 0]
    mail = OutgoingMail.objects.get()
    assert mail.subject == "3 demandes sans réponse"
    assert text_of(mail).count("R-2026-") == 3
    # Nor the next day: so many working days again.
    assert at(datetime(2026, 12, 1, 9, tzinfo=UTC)) == 0
    assert at(datetime(2026, 12, 7, 9, tzinfo=UTC)) == 1


def test_what_nobody_follows_is_told_to_those_who_receive_it(outbox) -> None:
    factories.RecipientFactory(email="a@example.org")
    factories.RecipientFactory(email="b@example.org")
    closed = factories.ReceptionistFactory(is_active=False)
    writer = factories.WriterFactory()
    ask(), ask(assigned_to=closed), ask(assigned_to=writer)
    assert at(DUE) == 2
    told = list(OutgoingMail.objects.values_list("recipient", flat=True).order_by("recipient"))
    assert told == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("state", [State.ANSWERED, State.CLOSED])
def test_what_awaits_nothing_is_not_spoken_of(outbox, state) -> None:
    factories.RecipientFactory()
    ask(state=state)
    assert at(DUE) == 0
    assert not OutgoingMail.objects.exists()


def test_an_address_that_is_none_does_not_deprive_the_others(outbox) -> None:
    ask(assigned_to=factories.ReceptionistFactory(email="pas une adresse"))
    ask(assigned_to=factories.ReceptionistFactory(email="nadia@example.org"))
    at(DUE)
    assert OutgoingMail.objects.get().recipient == "nadia@example.org"


def test_a_long_list_is_told_by_its_number(outbox) -> None:
    owner = factories.ReceptionistFactory()
    for _ in range(45):
        ask(assigned_to=owner)
    at(DUE)
    assert "et 5 autres." in text_of(OutgoingMail.objects.get())


def test_the_worker_knows_the_reminders() -> None:
    assert "rappels-des-demandes" in [work.name for work in registered()]


# --- What is set aside --------------------------------------------------------------------


def test_what_nobody_looked_at_among_the_suspects_is_told_once_a_week(outbox) -> None:
    factories.OrganisationFactory(email="accueil@example.org")
    ask(state=State.SPAM, name="Monsieur Secret")
    ask(state=State.SPAM, read_at=MONDAY)
    for hour in (8, 9, 32):
        at(datetime(2026, 11, 30, tzinfo=UTC) + timedelta(hours=hour))
    mail = OutgoingMail.objects.get()
    assert mail.recipient == "accueil@example.org"
    assert mail.subject == "1 message à vérifier parmi les indésirables"
    text = text_of(mail)
    assert "Un message du formulaire de contact a été mis de côté" in text
    assert "?vue=indesirables" in text
    assert "Secret" not in text
    ask(state=State.SPAM)
    at(datetime(2026, 12, 7, 8, tzinfo=UTC))
    assert OutgoingMail.objects.latest("pk").subject.startswith("2 messages à vérifier")


def test_nothing_is_said_of_suspects_that_were_looked_at(outbox) -> None:
    ask(state=State.SPAM, read_at=MONDAY)
    at(DUE)
    assert not OutgoingMail.objects.exists()
