"""The files for calendars: read again by icalendar and by khal, true to what the pages say."""

import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Component

from pages.models import EventPage, EventSession, HomePage, User

from . import factories
from .conftest import signed_in
from .factories import paris

pytestmark = pytest.mark.django_db

NOW = paris(2027, 3, 1, 12)
AGENDA = "/agenda/agenda.ics"


@pytest.fixture(autouse=True)
def _frozen() -> None:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def fair(home: HomePage) -> EventPage:
    """An event of three dates, published as an editor would."""
    event = factories.EventPageFactory(
        title="Fête du jardin",
        place="Salle d’essai",
        address="1, rue de l’Essai",
        summary="Une soupe ; de la musique, et des jeux.",
        hours=[
            (paris(2027, 3, 27, 14), paris(2027, 3, 27, 18)),
            (paris(2027, 3, 28, 3, 30), paris(2027, 3, 28, 18)),  # the night that loses an hour
            (paris(2027, 10, 31, 10), None),
        ],
    )
    event.save_revision().publish()
    return published(event)


def published(event: EventPage) -> EventPage:
    """The event as visitors have it."""
    return EventPage.objects.get(pk=event.pk)


def file_of(event: EventPage) -> str:
    return f"{event.get_url()}evenement.ics"


def entries(client: Client, address: str = AGENDA) -> list[Component]:
    """The entries of a file, whose form is checked on the way."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def change(event: EventPage, **fields) -> EventPage:
    """Change an event and publish it, as the form does: from its latest version."""
    draft = event.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision().publish()
    return published(event)


def told(client: Client, event: EventPage) -> tuple[list[str], set[int]]:
    """The identifiers of the entries, and their sequence numbers."""
    found = entries(client, file_of(event))
    return [str(entry["UID"]) for entry in found], {int(entry["SEQUENCE"]) for entry in found}


# --- What the files hold -------------------------------------------------------------------


def test_each_date_is_an_entry_at_the_hour_of_paris(fair, client) -> None:
    found = entries(client, file_of(fair))
    assert [entry["DTSTART"].dt for entry in found] == [
        session.starts_at for session in fair.timetable().sessions
    ]
    assert {entry["DTSTART"].params["TZID"] for entry in found} == {"Europe/Paris"}
    assert found[1]["DTSTART"].dt.hour == 3
    assert "DTEND" not in found[2]
    for entry in found:
        assert entry["SUMMARY"] == "Fête du jardin"
        assert entry["LOCATION"] == "Salle d’essai, 1, rue de l’Essai"
        assert entry["STATUS"] == "CONFIRMED"
        assert entry["DTSTAMP"].dt == NOW
        assert entry["URL"].endswith("/agenda/fete-du-jardin/")
        assert "de la musique, et des jeux." in entry["DESCRIPTION"]


def test_the_file_explains_the_hours_of_paris(fair, client) -> None:
    calendar = Calendar.from_ical(client.get(AGENDA).content)
    zone = calendar.walk("VTIMEZONE")[0]
    assert zone["TZID"] == "Europe/Paris"
    assert {part["TZOFFSETTO"].td for part in zone.walk("DAYLIGHT")} == {timedelta(hours=2)}
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]


def test_the_agenda_holds_what_is_coming_and_the_last_months(fair, client) -> None:
    recent = factories.EventPageFactory(title="Récent", starts_at=NOW - timedelta(days=30))
    factories.EventPageFactory(title="Ancien", starts_at=NOW - timedelta(days=300))
    assert {str(entry["SUMMARY"]) for entry in entries(client)} == {fair.title, recent.title}


def test_an_empty_agenda_is_a_calendar(home, client) -> None:
    factories.AgendaPageFactory()
    assert entries(client) == []
    # RFC 5545 wants a component in each calendar, and phones refuse one without.
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in client.get(AGENDA).content


def test_what_people_paste_breaks_no_file(home, client) -> None:
    title = "Été\x0b, « œuvre »; \\n BEGIN:VEVENT \U0001f331 " + "très " * 30 + "long"
    event = factories.EventPageFactory(
        title=title, slug="pot", summary="Une ligne\r\nUID:autre\x0c", place="Là;,"
    )
    (entry,) = entries(client, file_of(event))
    assert entry["SUMMARY"].replace("\u202f", " ").startswith("Été, «")
    assert str(entry["UID"]) != "autre"
    assert str(entry["LOCATION"]) == "Là;,"


@pytest.mark.parametrize(
    ("status", "word", "ics", "schema"),
    [
        ("confirme", None, "CONFIRMED", "EventScheduled"),
        ("reporte", "Reporté", "TENTATIVE", "EventPostponed"),
        ("annule", "Annulé", "CANCELLED", "EventCancelled"),
    ],
)
def test_a_status_is_told_alike_everywhere(fair, client, status, word, ics, schema) -> None:
    change(fair, status=status)
    for address in (AGENDA, file_of(fair)):
        for entry in entries(client, address):
            assert entry["STATUS"] == ics
            assert (word in entry["SUMMARY"]) if word else entry["SUMMARY"] == fair.title
            assert entry["TRANSP"] == ("TRANSPARENT" if word else "OPAQUE")
    page, listing = (client.get(a).content.decode() for a in (fair.get_url(), "/agenda/"))
    search = client.get("/recherche/?q=jardin").content.decode()
    assert f"https://schema.org/{schema}" in page
    for text in (page, listing, search):
        assert (word in text) if word else not re.search("Reporté|Annulé", text)


# --- One identity, whatever changes ---------------------------------------------------------


def test_a_change_that_matters_raises_the_sequence_and_keeps_the_uid(fair, client) -> None:
    uids, before = told(client, fair)
    assert before == {0}
    assert len(set(uids)) == 3
    for number, fields in enumerate(
        [{"title": "Fête d’été"}, {"place": "Ailleurs"}, {"status": "annule"}, {"slug": "autre"}],
        start=1,
    ):
        fair = change(fair, **fields)
        # A new address alone is no news for who comes.
        expected = {min(number, 3)}
        assert told(client, fair) == (uids, expected), fields


def test_a_new_hour_raises_the_sequence_and_keeps_the_uid(fair, client) -> None:
    uids, _ = told(client, fair)
    draft = fair.get_latest_revision_as_object()
    first, *others = draft.sessions.all()
    first.starts_at -= timedelta(hours=1)
    draft.sessions = [first, *others]
    draft.save_revision().publish()
    assert told(client, published(fair)) == (uids, {1})


def test_what_does_not_matter_raises_nothing(fair, client) -> None:
    before = told(client, fair)
    for fields in ({"summary": "Autre résumé"}, {}, {"price": "Gratuit"}):
        fair = change(fair, **fields)
        assert told(client, fair) == before, fields


def test_drafts_and_old_versions_change_nothing_until_they_are_published(fair, client) -> None:
    before = told(client, fair)
    first_version = fair.get_latest_revision()
    draft = fair.get_latest_revision_as_object()
    draft.title = "Fête secrète"
    draft.save_revision()
    assert told(client, published(fair)) == before
    fair = change(fair, title="Fête d’été")
    assert told(client, fair) == (before[0], {1})
    # Going back is a change too: the number never goes back.
    first_version.publish()
    assert told(client, published(fair)) == (before[0], {2})


def test_unpublished_and_published_again_it_is_the_same(fair, client) -> None:
    before = told(client, fair)
    fair.unpublish()
    assert client.get(file_of(fair)).status_code == 404
    assert entries(client) == []
    assert told(client, change(fair)) == before


def test_a_copy_is_another_event(fair, client) -> None:
    copy = fair.copy(update_attrs={"slug": "copie"}, keep_live=True)
    assert not set(told(client, fair)[0]) & set(told(client, copy)[0])


def form_of(event: EventPage, *rows: tuple[str, str, str], **fields: str) -> dict[str, str]:
    """What the form of an event sends: rows of (identifier, start, end)."""
    data = {
        "title": event.title, "slug": event.slug, "summary": event.summary, "place": event.place,
        "status": event.status, "body-count": "0", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "sessions-TOTAL_FORMS": str(len(rows)),
        "sessions-INITIAL_FORMS": str(sum(bool(pk) for pk, _, _ in rows)),
        "sessions-MIN_NUM_FORMS": "1", "sessions-MAX_NUM_FORMS": "1000",
        **fields,
    }  # fmt: skip
    for number, (pk, start, end) in enumerate(rows):
        prefix = f"sessions-{number}"
        data |= {f"{prefix}-id": pk, f"{prefix}-starts_at": start, f"{prefix}-ends_at": end}
    return data


def test_dates_keep_their_identity_through_the_form(fair, client, publisher: User) -> None:
    """A date that the form adds is the same one when the form is opened again."""
    browser = signed_in(publisher)
    edit = reverse("wagtailadmin_pages:edit", args=[fair.pk])

    def rows() -> list[tuple[str, str, str]]:
        form = browser.get(edit).context["form"]
        # The rows as the form shows them: with the identifiers of the latest version.
        return [
            (str(row.instance.pk or ""), f"{row.instance.starts_at:%d/%m/%Y %H:%M}", "")
            for row in form.formsets["sessions"].forms
        ]

    def send(*sent: tuple[str, str, str], **fields: str) -> list[str]:
        answer = browser.post(edit, form_of(fair, *sent, **fields, **{"action-publish": "Publier"}))
        assert answer.status_code == 302, answer.context["form"].errors
        return told(client, published(fair))[0]

    local = [(pk, start, "") for pk, start, _ in rows()]
    added = send(*local, ("", "14/11/2027 10:00", ""))
    assert len(added) == 4
    kept = rows()
    assert all(pk for pk, _, _ in kept)
    assert send(*kept, title="Autre titre") == added


# --- In the form ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("28/03/2027 02:30", "", "Cette heure n’existe pas ce jour-là"),
        ("31/10/2027 02:30", "", "Cette heure existe deux fois ce jour-là"),
        ("27/03/2027 10:00", "28/03/2027 02:00", "Cette heure n’existe pas ce jour-là"),
        ("27/03/2027 10:00", "27/03/2027 09:00", "La fin est avant le début."),
        ("", "", "Champ requis."),
        ("demain", "", "Saisissez une date et une heure valides."),
    ],
)
def test_the_form_says_what_is_wrong_with_a_date(home, publisher, start, end, sentence) -> None:
    agenda = factories.AgendaPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", agenda.pk])
    event = EventPage(title="Essai", slug="essai", place="Ici")
    data = form_of(event, ("", start, end)) | {"action-publish": "Publier"}
    answer = signed_in(publisher).post(address, data)
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not EventPage.objects.exists()


@pytest.mark.parametrize("hour", ["01:59", "03:00"])
@pytest.mark.parametrize("day", ["28/03/2027", "31/10/2027"])
def test_the_other_hours_of_these_nights_are_accepted(home, publisher, day, hour) -> None:
    assert create(publisher, f"{day} {hour}").starts_at == paris(
        *(int(part) for part in reversed(day.split("/"))), *(int(p) for p in hour.split(":"))
    )


def create(person: User, start: str) -> EventPage:
    """Publish an event with the form."""
    agenda = factories.AgendaPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", agenda.pk])
    event = EventPage(title="Essai", slug="essai", place="Ici")
    data = form_of(event, ("", start, "")) | {"action-publish": "Publier"}
    browser = signed_in(person)
    answer = browser.post(address, data, follow=True)
    assert answer.status_code == 200
    create.page = answer.content.decode()  # type: ignore[attr-defined]
    return EventPage.objects.get()


def test_a_date_that_is_over_is_published_with_a_warning(home, publisher) -> None:
    assert create(publisher, "01/02/2027 10:00").live
    assert "Ce rendez-vous est déjà passé" in create.page  # type: ignore[attr-defined]


def test_a_date_to_come_is_published_without_a_warning(home, publisher) -> None:
    assert create(publisher, "01/04/2027 10:00").live
    assert "déjà passé" not in create.page  # type: ignore[attr-defined]


def test_an_event_without_a_date_is_not_published(home, publisher) -> None:
    agenda = factories.AgendaPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", agenda.pk])
    data = form_of(EventPage(title="Essai", slug="essai", place="Ici"))
    answer = signed_in(publisher).post(address, data | {"action-publish": "Publier"})
    assert answer.status_code == 200
    assert "Ajoutez au moins un élément." in answer.content.decode()
    assert not EventPage.objects.exists()


def test_a_draft_may_wait_for_its_date(home, publisher) -> None:
    agenda = factories.AgendaPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", agenda.pk])
    browser = signed_in(publisher)
    browser.post(address, form_of(EventPage(title="Essai", slug="essai", place="Ici")))
    draft = EventPage.objects.get()
    assert (draft.live, draft.starts_at) == (False, None)
    assert browser.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).status_code == 200


# --- Another program ------------------------------------------------------------------------

KHAL = """
[calendars]
[[agenda]]
path = {path}
readonly = False
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %d/%m/%Y
longdateformat = %d/%m/%Y
datetimeformat = %d/%m/%Y %H:%M
longdatetimeformat = %d/%m/%Y %H:%M
[sqlite]
path = {path}.db
"""


@pytest.fixture
def khal(tmp_path: Path):
    """Gives a file to khal, and what khal then knows of some days."""
    assert shutil.which("khal"), "Il manque le programme khal : apt-get install khal."
    (tmp_path / "agenda").mkdir()
    config = tmp_path / "config"
    config.write_text(KHAL.format(path=tmp_path / "agenda"))

    def run(*words: str) -> str:
        done = subprocess.run(
            ["khal", "-c", str(config), *words],
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        assert not re.search("error|critical|traceback", done.stderr, re.IGNORECASE), done.stderr
        return done.stdout

    def read(content: bytes, start: datetime, days: int) -> list[str]:
        (tmp_path / "agenda.ics").write_bytes(content)
        run("import", "--batch", "-a", "agenda", str(tmp_path / "agenda.ics"))
        shown = "{start-date} {start-time} {title} {status}"
        return run(
            "list", "--format", shown, "--day-format", "", f"{start:%d/%m/%Y}", f"{days}d"
        ).split("\n")

    return read


def test_khal_reads_the_agenda(fair, client, khal) -> None:
    factories.EventPageFactory(
        title="Annulé", slug="annule", status="annule", starts_at=paris(2027, 3, 29, 9, 15)
    )
    lines = " | ".join(khal(client.get(AGENDA).content, paris(2027, 3, 27), 4))
    assert re.search(r"27/03/2027 14:00 Fête du jardin", lines)
    assert re.search(r"28/03/2027 03:30 Fête du jardin", lines)
    assert re.search(r"29/03/2027 09:15 Annulé.: Annulé\s+CANCELLED", lines)


def test_khal_reads_an_event_and_its_change(fair, client, khal) -> None:
    khal(client.get(file_of(fair)).content, paris(2027, 3, 27), 2)
    fair = change(fair, title="Fête d’été", status="reporte")
    lines = " | ".join(khal(client.get(file_of(fair)).content, paris(2027, 3, 27), 2))
    assert lines.count("27/03/2027 14:00") == 1
    assert "Reporté" in lines
    assert "Fête du jardin" not in lines


# --- Rows ----------------------------------------------------------------------------------


def test_a_date_alone_knows_when_it_is_over(fair) -> None:
    session = factories.EventSessionFactory(event=fair, starts_at=paris(2027, 5, 1, 10))
    assert EventSession.objects.get(pk=session.pk).over_at == paris(2027, 5, 2, 0)
