"""The agenda: what is still to come, at every edge of the clock."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from pages.models import EventPage, EventSession, HomePage
from pages.models.agenda import EVENTS_PER_PAGE
from pages.structured_data import price_in_euros

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


# --- Several dates -------------------------------------------------------------------------


def several(*days: int, **fields) -> EventPage:
    """An event of two hours at 10 on several days of June 2026."""
    return factories.EventPageFactory(
        hours=[(paris(2026, 6, day, 10), paris(2026, 6, day, 12)) for day in days], **fields
    )


@pytest.mark.parametrize(
    ("moment", "shown", "later", "is_to_come"),
    [
        (paris(2026, 5, 1), 5, [12, 19], True),
        (paris(2026, 6, 5, 11, 59), 5, [12, 19], True),
        (paris(2026, 6, 5, 12), 12, [19], True),
        (paris(2026, 6, 19, 11), 19, [], True),
        (paris(2026, 6, 19, 12), 19, [], False),
    ],
)
def test_an_event_is_listed_once_at_its_next_date(
    home, client, moment, shown, later, is_to_come
) -> None:
    event = several(19, 5, 12, title="Atelier")
    assert split_at(moment) == ((["Atelier"], []) if is_to_come else ([], ["Atelier"]))
    with time_machine.travel(moment, tick=False):
        times = event.timetable()
        assert times.shown.first_day.day == shown
        assert [session.first_day.day for session in times.later] == later
        text = client.get("/agenda/" if is_to_come else "/agenda/?passes=1").content.decode()
        main = text.partition("<main")[2]
        assert main.count(">Atelier</a>") == 1
        assert f"<b>{shown}</b>" in main
        assert f"Aussi le {later[0]} juin" in main if later else "Aussi le" not in main


def test_events_are_in_the_order_of_their_next_dates(home) -> None:
    several(1, 20, title="Vieux, puis le 20")
    several(15, title="Le 15")
    several(10, 30, title="Le 10")
    assert split_at(paris(2026, 6, 8))[0] == ["Le 10", "Le 15", "Vieux, puis le 20"]
    assert split_at(paris(2026, 7, 8))[1] == ["Le 10", "Vieux, puis le 20", "Le 15"]


def test_the_page_sets_each_date_as_a_date(home, client) -> None:
    event = several(5, 12, 19, title="Atelier")
    with time_machine.travel(paris(2026, 6, 12, 9), tick=False):
        text = client.get(event.get_url()).content.decode()
    assert "Les 3 dates" in text
    for day in (5, 12, 19):
        assert f"2026-06-{day:02}T10:00:00+02:00" in text
    assert text.count('class="is-over"') == 1
    assert "Aujourd’hui" in text


def test_an_event_of_several_days_stays_until_its_end(home, client) -> None:
    factories.EventPageFactory(
        title="Festival", starts_at=paris(2026, 6, 30, 10), ends_at=paris(2026, 7, 2, 18)
    )
    for moment, words in (
        (paris(2026, 6, 29, 23, 59), ""),
        (paris(2026, 6, 30, 0, 1), "Aujourd’hui"),
        (paris(2026, 7, 2, 17, 59), "En ce moment"),
    ):
        with time_machine.travel(moment, tick=False):
            text = client.get("/agenda/").content.decode().partition("<main")[2]
        assert "Festival" in text
        assert (words in text) if words else "Aujourd’hui" not in text
        assert "du mardi" in text
        assert "juin au jeudi 2" in text.replace("\xa0", " ")
    assert split_at(paris(2026, 7, 2, 18)) == ([], ["Festival"])


def test_a_night_belongs_to_its_evening(home) -> None:
    party = EventSession(starts_at=paris(2026, 12, 31, 20), ends_at=paris(2027, 1, 1, 2))
    assert party.is_one_day
    assert not EventSession(
        starts_at=paris(2026, 12, 31, 20), ends_at=paris(2027, 1, 1, 10)
    ).is_one_day


def test_today_is_that_of_paris(home, client) -> None:
    """At 23:30 in Paris in winter it is 22:30 UTC; at 00:30, still the day before there."""
    factories.EventPageFactory(title="Veille", starts_at=paris(2027, 1, 10, 20), ends_at=None)
    factories.EventPageFactory(title="Jour", starts_at=paris(2027, 1, 11, 0, 15), ends_at=None)
    assert split_at(paris(2027, 1, 10, 23, 30)) == (["Veille", "Jour"], [])
    assert split_at(paris(2027, 1, 11, 0, 30)) == (["Jour"], ["Veille"])
    with time_machine.travel(paris(2027, 1, 11, 0, 30), tick=False):
        assert "Aujourd’hui" in client.get("/agenda/").content.decode()


# --- Past years ----------------------------------------------------------------------------


@pytest.fixture
def years(home: HomePage) -> None:
    """Events of two years; one goes from one to the next, one is to come."""
    factories.EventPageFactory(title="Vieux", starts_at=paris(2025, 12, 31, 23), ends_at=None)
    factories.EventPageFactory(
        title="À cheval",
        hours=[(paris(2025, 12, 20, 10), None), (paris(2026, 1, 1, 0, 30), None)],
    )
    factories.EventPageFactory(title="À venir", starts_at=paris(2026, 9, 1, 10))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?passes=1", ["À cheval", "Vieux"]),
        ("?passes=1&annee=2025", ["Vieux"]),
        ("?passes=1&annee=2026", ["À cheval"]),
        ("?annee=2026", ["À cheval"]),
        ("?passes=1&annee=2024", ["À cheval", "Vieux"]),
        ("?passes=1&annee=x", ["À cheval", "Vieux"]),
        ("?passes=1&annee=%00&page=zz", ["À cheval", "Vieux"]),
        ("", ["À venir"]),
        ("?passes=2", ["À venir"]),
        ("?passes=0", ["À venir"]),
        ("?passes[]=1", ["À venir"]),
        ("?annee=2027", ["À venir"]),
        ("?annee=2030&passes=%ff", ["À venir"]),
        ("?annee=" + "9" * 4000, ["À venir"]),
    ],
)
def test_what_is_over_is_found_by_year(years, client, query, expected) -> None:
    with time_machine.travel(paris(2026, 6, 1), tick=False):
        answer = client.get(f"/agenda/{query}")
        assert [event.title for event in answer.context["events"]] == expected
        labels = [choice.label for choice in answer.context["wanted"].choices()]
        assert labels == ["Tous", "2026", "2025"]


# --- The home page -------------------------------------------------------------------------


def test_the_home_page_announces_what_takes_place(home, client) -> None:
    now = timezone.now()
    for days, title, status in (
        (1, "Annulé hier", "annule"),
        (2, "Reporté demain", "reporte"),
        (3, "Bal", "confirme"),
    ):
        factories.EventPageFactory(title=title, status=status, starts_at=now + timedelta(days=days))
    text = client.get("/").content.decode().partition("<main")[2]
    assert "Bal" in text
    assert "Annulé" not in text
    assert "Reporté" not in text


# --- What the page says --------------------------------------------------------------------


def test_the_page_says_how_to_come_and_what_it_costs(home, client) -> None:
    event = factories.EventPageFactory(
        address="1, rue de l’Essai",
        access="Bus 7",
        wheelchair=EventPage.Wheelchair.WITH_HELP,
        price="2 € par personne",
        capacity=EventPage.Capacity.FULL,
        contact_name="L’accueil",
        contact_phone="03 21 00 00 00",
        contact_email="accueil@example.org",
    )
    text = client.get(event.get_url()).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    for words in (
        "1, rue de l’Essai",
        "Bus 7",
        "Accessible en fauteuil roulant avec de l’aide",
        "2 € par personne",
        "Complet",
        "L’accueil",
        "tel:+33321000000",
        "mailto:accueil@example.org",
        f"{event.get_url()}evenement.ics",
    ):
        assert words in text, words
    assert "complet" in client.get("/agenda/").content.decode()


def test_what_is_not_known_is_not_said(home, client) -> None:
    event = factories.EventPageFactory()
    text = client.get(event.get_url()).content.decode().partition("<main")[2]
    for words in ("Gratuit", "Prix", "fauteuil", "Places", "Se renseigner"):
        assert words not in text


def test_the_agenda_offers_to_subscribe(home, client) -> None:
    factories.AgendaPageFactory()
    text = client.get("/agenda/").content.decode()
    host = settings.SITE_URL.partition("://")[2]
    assert f'href="webcal://{host}/agenda/agenda.ics"' in text
    assert f"<code>{settings.SITE_URL}/agenda/agenda.ics</code>" in text


# --- For machines --------------------------------------------------------------------------


def terms(client: Client, event: EventPage) -> dict:
    """The page in schema.org's terms."""
    text = client.get(event.get_url()).content.decode()
    data = json.loads(text.partition('application/ld+json">')[2].partition("</script>")[0])
    return data[0] if isinstance(data, list) else data


REQUIRED = {"@type", "name", "startDate", "location", "eventStatus"}


def test_schema_org_is_told_of_each_date(home, client, organisation) -> None:
    data = terms(client, several(5, 12, title="Atelier", address="Ici", price="Gratuit"))
    assert data.keys() >= REQUIRED | {"organizer", "offers", "subEvent", "endDate"}
    assert data["@type"] == "Event"
    assert [part["startDate"] for part in data["subEvent"]] == [
        "2026-06-05T10:00:00+02:00",
        "2026-06-12T10:00:00+02:00",
    ]
    assert all(part.keys() >= REQUIRED for part in data["subEvent"])
    assert data["location"] == {"@type": "Place", "name": "Salle d’essai", "address": "Ici"}
    assert data["organizer"]["name"] == organisation.name
    assert data["isAccessibleForFree"] is True
    assert (data["offers"]["price"], data["offers"]["priceCurrency"]) == ("0", "EUR")


def test_schema_org_gets_no_half_event(home, client) -> None:
    assert terms(client, factories.EventPageFactory(place=""))["@type"] == "WebPage"
    assert terms(client, factories.EventPageFactory(hours=[]))["@type"] == "WebPage"
    single = terms(client, factories.EventPageFactory())
    assert single["@type"] == "Event"
    assert not single.keys() & {"offers", "subEvent", "isAccessibleForFree"}


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Gratuit", "0"),
        ("gratuit pour tous", "0"),
        ("2\xa0€", "2"),
        ("2,50 € par personne", "2.50"),
        ("5 euros", "5"),
        ("2 € ou 4 € selon les revenus", None),
        ("Gratuit pour les enfants, 3 € pour les autres", "3"),
        ("Prix libre", None),
        ("", None),
        ("Non gratuit", None),
    ],
)
def test_a_price_is_read_when_it_is_clear(text, price) -> None:
    found = price_in_euros(text)
    assert (None if found is None else str(found)) == price


def test_an_event_without_a_date_breaks_no_page(home, client) -> None:
    event = factories.EventPageFactory(title="Un jour", hours=[])
    assert client.get(event.get_url()).status_code == 200
    assert client.get(f"{event.get_url()}evenement.ics").status_code == 200
    assert split_at(timezone.now()) == ([], [])
