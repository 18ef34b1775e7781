"""Background work: nothing lost, nothing done twice, whatever happens to the worker."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from pages import chores
from pages.models import Chore, ContentPage, HomePage

from . import factories
from .conftest import signed_in
from .factories import paris

NOON = paris(2026, 6, 15, 12, 0)
EVERY = timedelta(minutes=10)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that only moves when told to."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class Counter:
    """A chore that counts its runs, and fails when told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = None

    def __call__(self) -> None:
        self.runs += 1
        if self.error:
            raise self.error


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The only chore of the site."""
    counter = Counter()
    work = chores.Work("compteur", "Compteur", EVERY, counter)
    monkeypatch.setattr(chores, "_registry", {work.name: work})
    return counter


def state() -> Chore:
    return Chore.objects.get(name="compteur")


@pytest.mark.django_db
def test_a_chore_runs_when_due_and_not_before(counter, clock) -> None:
    assert chores.run_due() == ["compteur"]
    clock.shift(EVERY - timedelta(seconds=1))
    assert chores.run_due() == []
    clock.shift(timedelta(seconds=1))
    assert chores.run_due() == ["compteur"]
    assert counter.runs == 2
    assert state().last_done_at == timezone.now()
    assert state().lease_until is None


@pytest.mark.django_db
def test_a_failure_is_recorded_and_put_off_twice_as_long_each_time(counter, clock) -> None:
    counter.error = ValueError("no such file")
    assert chores.run_due() == ["compteur"]
    assert "no such file" in state().last_error
    waits = []
    for _ in range(5):
        waited = timedelta()
        while not chores.run_due():
            clock.shift(timedelta(minutes=10))
            waited += timedelta(minutes=10)
        waits.append(waited // timedelta(minutes=10))
    # 20, 40, then one hour at most.
    assert waits == [2, 4, 6, 6, 6]
    assert state().failures == 6


@pytest.mark.django_db
def test_a_success_forgets_the_failures(counter, clock) -> None:
    counter.error = ValueError("for now")
    chores.run_due()
    counter.error = None
    clock.shift(timedelta(hours=1))
    assert chores.run_due() == ["compteur"]
    assert (state().failures, state().last_error) == (0, "")
    clock.shift(EVERY)
    assert chores.run_due() == ["compteur"]


@pytest.mark.django_db
def test_one_failing_chore_does_not_stop_the_others(counter, clock) -> None:
    after = Counter()
    chores._registry["zz"] = chores.Work("zz", "Après", EVERY, after)
    counter.error = ValueError("broken")
    assert chores.run_due() == ["compteur", "zz"]
    assert after.runs == 1


@pytest.mark.django_db
def test_a_killed_worker_leaves_a_lease_that_ends_by_itself(counter, clock) -> None:
    counter.error = KeyboardInterrupt()  # what a kill looks like from inside: nothing is written
    with pytest.raises(KeyboardInterrupt):
        chores.run_due()
    counter.error = None
    assert state().is_running
    clock.shift(chores.LEASE - timedelta(seconds=1))
    assert chores.run_due() == []
    clock.shift(timedelta(seconds=1))
    assert chores.run_due() == ["compteur"]
    assert not state().is_running


@pytest.mark.django_db
def test_a_chore_under_way_is_left_to_its_worker(counter, clock) -> None:
    Chore.objects.create(name="compteur", lease_until=NOON + timedelta(minutes=5))
    assert chores.run_due() == []
    assert counter.runs == 0


@pytest.mark.django_db
def test_two_workers_that_saw_it_due_start_it_once(counter, clock, monkeypatch) -> None:
    """The second worker decided before the first one had finished, and comes after it."""
    due_at = chores.due_at
    monkeypatch.setattr(chores, "due_at", lambda work, chore: NOON - EVERY)
    chores.run_due()
    assert chores.run_due() == []
    monkeypatch.setattr(chores, "due_at", due_at)
    assert counter.runs == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_the_same_moment_start_it_once(counter) -> None:
    barrier = threading.Barrier(2)
    ran: list[list[str]] = []

    def worker() -> None:
        barrier.wait()
        ran.append(chores.run_due())
        connection.close()

    Chore.objects.create(name="compteur")
    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [[], ["compteur"]]
    assert counter.runs == 1


def test_two_chores_cannot_have_the_same_name(counter) -> None:
    with pytest.raises(ValueError, match="compteur"):
        chores.register_chore("compteur", "Encore", EVERY)(counter)


@pytest.mark.parametrize(
    ("started", "late"), [(None, True), (NOON, False), (NOON - timedelta(minutes=31), True)]
)
def test_a_stopped_worker_is_seen(clock, started, late) -> None:
    work = chores.Work("compteur", "Compteur", EVERY, lambda: None)
    assert chores.is_late(work, Chore(name="compteur", last_started_at=started)) is late
    assert chores.is_late(work, None)


@pytest.mark.django_db
def test_the_admin_shows_what_fails(counter, clock, administrator, home) -> None:
    counter.error = ValueError("disque plein")
    chores.run_due()
    text = signed_in(administrator).get("/admin/taches-de-fond/").content.decode()
    assert "Compteur" in text
    assert "disque plein" in text


# --- Scheduled publishing -----------------------------------------------------------------


def scheduled(go_live_at=None, expire_at=None) -> ContentPage:
    page = factories.ContentPageFactory(title="Annoncée", live=go_live_at is None)
    page.go_live_at, page.expire_at = go_live_at, expire_at
    page.save_revision(approved_go_live_at=go_live_at).publish()
    return page


def is_live(page: ContentPage) -> bool:
    call_command("chores")
    page.refresh_from_db()
    return page.live


@pytest.mark.django_db
def test_a_planned_page_appears_at_its_minute(home: HomePage, clock, client) -> None:
    page = scheduled(go_live_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(minutes=58))
    assert not is_live(page)
    assert client.get("/annoncee/").status_code == 404
    clock.move_to(NOON + timedelta(hours=1, minutes=1))
    assert is_live(page)
    assert client.get("/annoncee/").status_code == 200


@pytest.mark.django_db
def test_a_planned_withdrawal_happens(home: HomePage, clock, client) -> None:
    page = scheduled(expire_at=NOON + timedelta(hours=1))
    assert is_live(page)
    clock.move_to(NOON + timedelta(hours=1, minutes=1))
    assert not is_live(page)
    assert client.get("/annoncee/").status_code == 404


@pytest.mark.django_db
def test_a_worker_that_slept_catches_up(home: HomePage, clock) -> None:
    page = scheduled(go_live_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(days=30))
    assert is_live(page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("go_live_at", "just_before", "just_after"),
    [
        # In spring 02:00 becomes 03:00: one hour after 01:30 is 03:30.
        (paris(2027, 3, 28, 3, 30), paris(2027, 3, 28, 1, 59), paris(2027, 3, 28, 3, 31)),
        # In autumn 03:00 becomes 02:00 again: 03:30 is two and a half hours after 02:00.
        (paris(2027, 10, 31, 3, 30), paris(2027, 10, 31, 2, 59), paris(2027, 10, 31, 3, 31)),
    ],
)
def test_the_days_of_23_and_25_hours(home, clock, go_live_at, just_before, just_after) -> None:
    page = scheduled(go_live_at=go_live_at)
    clock.move_to(just_before)
    assert not is_live(page)
    clock.move_to(just_after)
    assert is_live(page)
