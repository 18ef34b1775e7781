"""The agenda: what is still to come, at every edge of the clock."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from pages.models import EventPage, EventSession, HomePage
from pages.models.agenda import EVENTS_PER_PAGE

from . import factories
from .factories import paris

pytestmark = pytest.mark.django_db


def split_at(moment: datetime) -> tuple[list[str], list[str]]:
    """The titles to come and those past, at a moment."""
    with time_machine.travel(moment, tick=False):
        return (
            list(EventPage.objects.upcoming().values_list("title", flat=True)),
            list(EventPage.objects.past().values_list("title", flat=True)),
        )


@pytest.mark.parametrize(
    ("moment", "is_to_come"),
    [
        (paris(2026, 6, 14, 12), True),
        (paris(2026, 6, 15, 14), True),  # it begins
        (paris(2026, 6, 15, 15, 59), True),  # under way
        (paris(2026, 6, 15, 16), False),  # it ends
    ],
)
def test_an_event_is_to_come_until_its_end(home, moment, is_to_come) -> None:
    event = factories.EventPageFactory(
        title="Atelier", starts_at=paris(2026, 6, 15, 14), ends_at=paris(2026, 6, 15, 16)
    )
    assert split_at(moment) == ((["Atelier"], []) if is_to_come else ([], ["Atelier"]))
    with time_machine.travel(moment, tick=False):
        assert event.timetable().is_over is not is_to_come


@pytest.mark.parametrize(
    ("starts_at", "last_moment"),
    [
        (paris(2026, 6, 15, 0, 0), paris(2026, 6, 15, 23, 59, 59)),
        (paris(2026, 6, 15, 23, 59), paris(2026, 6, 15, 23, 59, 59)),
        # The days of 23 and of 25 hours.
        (paris(2027, 3, 28, 1, 30), paris(2027, 3, 28, 23, 59, 59)),
        (paris(2027, 3, 27, 23, 30), paris(2027, 3, 27, 23, 59, 59)),
        (paris(2027, 10, 31, 0, 30), paris(2027, 10, 31, 23, 59, 59)),
        (paris(2027, 10, 30, 23, 30), paris(2027, 10, 30, 23, 59, 59)),
        (paris(2026, 12, 31, 20), paris(2026, 12, 31, 23, 59, 59)),
    ],
)
def test_without_an_end_the_whole_day_counts(home, starts_at, last_moment) -> None:
    event = factories.EventPageFactory(title="Fête", starts_at=starts_at, ends_at=None)
    assert split_at(last_moment) == (["Fête"], [])
    midnight = last_moment + timedelta(seconds=1)
    assert timezone.localtime(midnight).hour == 0
    assert split_at(midnight) == ([], ["Fête"])
    for moment, over in ((last_moment, False), (midnight, True)):
        with time_machine.travel(moment, tick=False):
            assert event.timetable().is_over is over


@pytest.mark.parametrize("shift", [timedelta(hours=-30), timedelta(0), timedelta(hours=30)])
def test_an_event_is_in_one_list_and_only_one(home, shift) -> None:
    now = paris(2027, 10, 31, 2, 30)
    for hours in range(-30, 31, 3):
        start = now + timedelta(hours=hours)
        factories.EventPageFactory(starts_at=start, ends_at=None)
        factories.EventPageFactory(starts_at=start, ends_at=start + timedelta(hours=1))
    to_come, past = split_at(now + shift)
    assert len(to_come) + len(past) == EventPage.objects.count()
    assert not set(to_come) & set(past)


def test_to_come_begins_with_the_nearest_and_past_with_the_latest(home) -> None:
    for day in (3, 1, 2):
        factories.EventPageFactory(title=f"Le {day}", starts_at=paris(2026, 6, day, 10))
    assert split_at(paris(2026, 5, 1))[0] == ["Le 1", "Le 2", "Le 3"]
    assert split_at(paris(2026, 7, 1))[1] == ["Le 3", "Le 2", "Le 1"]


def test_the_page_lists_what_is_to_come_then_what_is_past(home: HomePage, client: Client) -> None:
    now = timezone.now()
    factories.EventPageFactory(title="Prochain", starts_at=now + timedelta(days=2))
    factories.EventPageFactory(title="Ancien", starts_at=now - timedelta(days=2))
    to_come = client.get("/agenda/").content.decode()
    past = client.get("/agenda/?passes=1").content.decode()
    assert "Prochain" in to_come
    assert "Ancien" not in to_come
    assert "Ancien" in past
    assert "Prochain" not in past.partition("<main")[2]


@pytest.mark.parametrize(
    ("status", "words"), [("reporte", "Reporté"), ("annule", "Annulé"), ("confirme", None)]
)
def test_a_cancelled_event_says_so_in_the_list_and_on_its_page(home, client, status, words) -> None:
    event = factories.EventPageFactory(title="Atelier", status=status)
    for address in ("/agenda/", event.get_url()):
        text = client.get(address).content.decode()
        assert (words in text) if words else not ("Reporté" in text or "Annulé" in text)


def test_hours_are_those_of_the_clock_on_the_wall(home, client) -> None:
    winter = factories.EventPageFactory(
        title="Hiver", starts_at=paris(2027, 1, 10, 14), ends_at=None
    )
    summer = factories.EventPageFactory(title="Été", starts_at=paris(2027, 7, 10, 14), ends_at=None)
    for event, offset in ((winter, "+01:00"), (summer, "+02:00")):
        text = client.get(event.get_url()).content.decode()
        assert f"T14:00:00{offset}" in text, event
        assert "14" in text.partition("<main")[2]


def test_an_end_before_the_start_is_refused(home) -> None:
    start = paris(2026, 6, 15, 14)
    for end in (start, start - timedelta(minutes=1)):
        with pytest.raises(ValidationError) as refused:
            EventSession(starts_at=start, ends_at=end).full_clean(exclude=["event", "over_at"])
        assert refused.value.message_dict["ends_at"] == [
            "La fin est avant le début. Choisissez une heure plus tard."
        ]


@pytest.mark.parametrize("asked", ["2", "0", "-1", "99999999999999999999", "deux", "1.5", "", "é"])
def test_a_strange_page_number_gives_a_page(home, client, asked) -> None:
    for number in range(EVENTS_PER_PAGE + 1):
        factories.EventPageFactory(title=f"Rendez-vous {number}")
    answer = client.get("/agenda/", {"page": asked})
    assert answer.status_code == 200
    assert answer.context["events"].number in (1, 2)
