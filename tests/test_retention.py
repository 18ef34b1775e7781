"""How long requests are kept: moved clocks, months of every length, what goes with a request."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contact import retention
from contact.models import (
    ContactRequest,
    ErasedCount,
    HeldFile,
    PersonalDataAccess,
    ReasonSettings,
    RequestEvent,
    RequestFile,
)
from contact.reasons import Reason
from pages import mail_folder
from pages.chores import forget_sessions, registered
from pages.models import OutgoingMail

from . import factories
from .every_table import where_is

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
State = ContactRequest.State


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


def exchanged(when: datetime, months: int = 12, **fields: object) -> ContactRequest:
    """A request whose last exchange was then, of a reason kept for so many months."""
    ReasonSettings.objects.filter(code=Reason.OTHER).update(kept_months=months)
    return factories.ContactRequestFactory(received_at=when, last_exchange_at=when, **fields)


def is_kept_at(request: ContactRequest, moment: datetime) -> bool:
    with time_machine.travel(moment, tick=False):
        retention.purge()
    return ContactRequest.objects.filter(pk=request.pk).exists()


# --- The boundaries -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_exchange", "months", "last_moment_kept"),
    [
        (paris(2026, 11, 29, 10), 12, paris(2027, 11, 29, 23, 59, 59)),
        # One minute to midnight in Paris is still that day, though UTC is not there yet…
        (paris(2026, 11, 29, 23, 59), 12, paris(2027, 11, 29, 23, 59, 59)),
        # … and one minute past is the next one, though UTC is still the day before.
        (paris(2026, 11, 30, 0, 1), 12, paris(2027, 11, 30, 23, 59, 59)),
        # 29 February has no anniversary in most years.
        (paris(2028, 2, 29, 12), 12, paris(2029, 2, 28, 23, 59, 59)),
        (paris(2028, 2, 28, 12), 12, paris(2029, 2, 28, 23, 59, 59)),
        (paris(2028, 3, 1, 0, 0), 12, paris(2029, 3, 1, 23, 59, 59)),
        (paris(2024, 2, 29, 12), 48 - 12, paris(2027, 2, 28, 23, 59, 59)),
        # The end of a month, before a shorter one.
        (paris(2027, 1, 31, 12), 1, paris(2027, 2, 28, 23, 59, 59)),
        (paris(2027, 8, 31, 12), 6, paris(2028, 2, 29, 23, 59, 59)),
        # The clocks change in the last night: 25 and 23 hours.
        (paris(2026, 9, 25, 12), 1, paris(2026, 10, 25, 23, 59, 59)),
        (paris(2027, 2, 28, 1, 30), 1, paris(2027, 3, 28, 23, 59, 59)),
    ],
)
def test_a_request_is_kept_to_the_end_of_its_last_day(
    last_exchange: datetime, months: int, last_moment_kept: datetime
) -> None:
    request = exchanged(last_exchange, months)
    assert retention.last_day_kept(request) == last_moment_kept.date()
    assert is_kept_at(request, last_moment_kept)
    assert not is_kept_at(request, (last_moment_kept.astimezone(UTC) + timedelta(seconds=1)))


def test_the_limit_is_the_same_day_by_day_over_four_years() -> None:
    """What the database is asked is what each request is told, without a day lost or gained."""
    day, last = date(2026, 1, 1), date(2030, 1, 1)
    while day < last:
        for months in (1, 6, 12, 24, 36):
            limit = timezone.localdate(retention.first_moment_kept(months, day))
            assert retention.months_later(limit - timedelta(days=1), months) < day
            assert retention.months_later(limit, months) >= day
        day += timedelta(days=1)


def test_each_reason_has_its_own_clock() -> None:
    now = timezone.now()
    ReasonSettings.objects.filter(code=Reason.QUOTE).update(kept_months=36)
    ReasonSettings.objects.filter(code=Reason.OTHER).update(kept_months=6)
    then = now - timedelta(days=250)
    quote = factories.ContactRequestFactory(reason=Reason.QUOTE, last_exchange_at=then)
    other = factories.ContactRequestFactory(reason=Reason.OTHER, last_exchange_at=then)
    assert is_kept_at(quote, now)
    assert not ContactRequest.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("state", [State.NEW, State.IN_PROGRESS, State.ANSWERED, State.CLOSED])
def test_whatever_its_state(state: str) -> None:
    request = exchanged(paris(2026, 1, 5), 12, state=state)
    assert not is_kept_at(request, paris(2027, 1, 6, 0, 0, 1))


def test_an_exchange_starts_the_clock_again() -> None:
    request = exchanged(paris(2026, 1, 5), 12)
    ContactRequest.objects.filter(pk=request.pk).update(last_exchange_at=paris(2026, 12, 24))
    assert is_kept_at(request, paris(2027, 12, 24, 23))


def test_spam_lasts_thirty_days_after_it_was_set_aside() -> None:
    then = paris(2026, 3, 1, 12).astimezone(UTC)
    spam = exchanged(then, 12, state=State.SPAM)
    old = exchanged(paris(2026, 1, 2), 12, state=State.SPAM)
    # An old request that somebody set aside today is not gone tonight.
    old.events.create(kind=RequestEvent.Kind.SET_ASIDE, at=then)
    assert is_kept_at(spam, then + timedelta(days=30))
    assert ContactRequest.objects.filter(pk=old.pk).exists()
    assert not is_kept_at(spam, then + timedelta(days=30, seconds=1))
    assert not ContactRequest.objects.filter(pk=old.pk).exists()


def test_settings_that_are_not_there_keep_nothing_for_ever() -> None:
    request = exchanged(paris(2026, 1, 5))
    ReasonSettings.objects.all().delete()
    assert not is_kept_at(request, paris(2027, 1, 6))


# --- What goes with it ----------------------------------------------------------------------


def test_everything_goes_and_a_count_stays(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    gone = exchanged(paris(2026, 1, 31, 23, 30))
    kept = exchanged(paris(2026, 12, 30))
    for request in (gone, kept):
        factories.RequestFileFactory(request=request)
        factories.RequestEventFactory(request=request, message_id=f"<reply-{request.pk}@site.fr>")
        factories.OutgoingMailFactory(about=f"request:{request.pk}")
        message = EmailMessage(
            "Réponse", "…", to=["a@b.fr"], headers={"Message-ID": f"<reply-{request.pk}@site.fr>"}
        )
        mail_folder.FolderBackend().send_messages([message])
    assert not is_kept_at(gone, paris(2027, 2, 1))
    for model in (RequestFile, RequestEvent):
        assert [row.request_id for row in model.objects.all()] == [kept.pk]
    assert [mail.about for mail in OutgoingMail.objects.all()] == [f"request:{kept.pk}"]
    files = [path.read_text() for path in tmp_path.glob("*.eml")]
    assert len(files) == 1
    assert f"reply-{kept.pk}@" in files[0]
    count = ErasedCount.objects.get()
    assert (count.month, count.reason, count.was_spam, count.count) == (
        date(2026, 1, 1),
        Reason.OTHER,
        False,
        1,
    )


def test_counts_add_up() -> None:
    for _ in range(3):
        exchanged(paris(2026, 1, 5))
        exchanged(paris(2026, 1, 5), state=State.SPAM)
    with time_machine.travel(paris(2027, 1, 6)):
        assert retention.purge() == 6
        exchanged(paris(2026, 1, 6, 23))
    with time_machine.travel(paris(2027, 1, 7)):
        assert retention.purge() == 1
    counts = ErasedCount.objects.order_by("was_spam").values_list("was_spam", "count")
    assert list(counts) == [(False, 4), (True, 3)]


def test_killed_between_two_batches_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        exchanged(paris(2026, 1, 5))
    forget, batches = retention._forget_files_of, []

    def killed_in_the_second(threads: set[str]) -> None:
        batches.append(threads)
        if len(batches) == 2:
            raise KeyboardInterrupt
        forget(threads)

    monkeypatch.setattr(retention, "_forget_files_of", killed_in_the_second)
    with time_machine.travel(paris(2027, 1, 6)):
        with pytest.raises(KeyboardInterrupt):
            retention.purge()
        # The batch that was killed is whole, and not counted.
        assert ContactRequest.objects.count() == 3
        assert ErasedCount.objects.get().count == 2
        assert retention.purge() == 3
    assert ErasedCount.objects.get().count == 5


def test_files_are_erased_without_being_read(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(20):
        factories.RequestFileFactory(request=exchanged(paris(2026, 1, 5)))
    with (
        time_machine.travel(paris(2027, 1, 6)),
        django_assert_max_num_queries(40) as queries,
    ):
        retention.purge()
    read = [one["sql"] for one in queries if '"content"' in one["sql"]]
    assert not read


def test_the_files_of_a_form_that_nobody_sent_last_a_day() -> None:
    held = factories.HeldFileFactory()
    with time_machine.travel(held.added_at + timedelta(hours=23, minutes=59)):
        retention.purge()
        assert HeldFile.objects.exists()
    with time_machine.travel(held.added_at + timedelta(hours=24, minutes=1)):
        retention.purge()
        assert not HeldFile.objects.exists()


def test_the_register_of_readings_lasts_twelve_months() -> None:
    factories.PersonalDataAccessFactory(at=paris(2026, 5, 5, 12))
    with time_machine.travel(paris(2027, 5, 5, 23, 59)):
        retention.purge()
        assert PersonalDataAccess.objects.exists()
    with time_machine.travel(paris(2027, 5, 6)):
        retention.purge()
        assert not PersonalDataAccess.objects.exists()


def test_the_worker_knows_the_chore() -> None:
    assert "demandes-anciennes" in {work.name for work in registered()}


def test_sessions_and_counts_of_tries_are_dropped_when_they_are_over() -> None:
    shared = caches["throttles"]
    shared.set("abuse:post:a", 3, timeout=600)
    shared.set("abuse:post:b", 3, timeout=7200)
    ended, open_ = SessionStore(), SessionStore()
    ended.set_expiry(600)
    open_.set_expiry(7200)
    ended.save()
    open_.save()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        forget_sessions()
        assert [row.session_key for row in Session.objects.all()] == [open_.session_key]
        assert shared.get("abuse:post:b") == 3
    assert not where_is("abuse:post:a")
    assert where_is("abuse:post:b")
