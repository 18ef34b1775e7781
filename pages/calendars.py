"""Events as calendars read them (RFC 5545): one entry a session, whatever becomes of it.

A calendar knows an entry by its UID and takes it again when SEQUENCE grows. Both come from the
event and its sessions: not from its title, its address or the order of its dates.

A postponed event is TENTATIVE, a cancelled one CANCELLED, and both say so in their title too:
many calendars hide what is CANCELLED, and show TENTATIVE like the rest. Postponed and hidden, a
rendezvous would be forgotten; shown as if nothing was, people would come.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event, Timezone

from pages.page_files import printable
from pages.structured_data import absolute

if TYPE_CHECKING:
    from pages.models import AgendaPage, EventPage, EventSession

AGENDA_FILE = "agenda.ics"
EVENT_FILE = "evenement.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH_EVERY = timedelta(hours=6)
STATUS = {"confirme": "CONFIRMED", "reporte": "TENTATIVE", "annule": "CANCELLED"}


def agenda(events: Iterable["EventPage"], name: str, request: HttpRequest) -> Calendar:
    """The calendar to subscribe to."""
    calendar = _calendar(events, request)
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, printable(name))
    calendar.add("X-WR-TIMEZONE", settings.TIME_ZONE)
    calendar.add("REFRESH-INTERVAL", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", REFRESH_EVERY)
    return calendar


def event(page: "EventPage", request: HttpRequest) -> Calendar:
    """The calendar of one event."""
    return _calendar([page], request)


def answer(calendar: Calendar, name: str) -> HttpResponse:
    """The file. Phones open it in their calendar when it is not an attachment."""
    return HttpResponse(
        calendar.to_ical(),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def subscription_address(page: "AgendaPage", request: HttpRequest) -> str:
    """Where the agenda's calendar is, with the host of the site."""
    return absolute(f"{page.get_url(request)}{AGENDA_FILE}")


def digest(page: "EventPage") -> str:
    """What matters to who noted the event: another one means that something has changed."""
    sessions = sorted(
        f"{session.uid} {session.starts_at.timestamp()} "
        f"{session.ends_at.timestamp() if session.ends_at else ''}"
        for session in page.sessions.all()
    )
    told = [page.title, page.place, page.address, page.status, *sessions]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def uid(page: "EventPage", session: "EventSession") -> str:
    """The name of a session for calendars: it outlives every change but that of the host."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"{uuid.uuid5(page.translation_key, str(session.uid))}@{host}"


def _calendar(events: Iterable["EventPage"], request: HttpRequest) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//{urlsplit(settings.SITE_URL).hostname}//Agenda//FR")
    calendar.add("CALSCALE", "GREGORIAN")
    # This year at least: RFC 5545 wants a component, even in an agenda without events.
    years = {timezone.localdate().year}
    for page in events:
        url = absolute(page.get_url(request) or "")
        for session in page.timetable().sessions:
            calendar.add_component(_entry(page, session, url))
            years |= {session.first_day.year, session.last_day.year}
    first, last = date(min(years), 1, 1), date(max(years) + 1, 1, 1)
    if calendar.events:
        calendar.add_missing_timezones(first, last)
    else:
        calendar.add_component(
            Timezone.from_tzid(settings.TIME_ZONE, first_date=first, last_date=last)
        )
    return calendar


def _entry(page: "EventPage", session: "EventSession", url: str) -> Event:
    changed = page.last_published_at or session.starts_at
    is_sure = page.status == page.Status.CONFIRMED
    entry = Event()
    entry.add("UID", uid(page, session))
    # Without METHOD, the RFC makes of both the moment of the last change.
    entry.add("DTSTAMP", changed)
    entry.add("LAST-MODIFIED", changed)
    entry.add("SEQUENCE", page.calendar_sequence)
    entry.add("STATUS", STATUS[page.status])
    entry.add("TRANSP", "OPAQUE" if is_sure else "TRANSPARENT")
    title = page.title if is_sure else f"{page.get_status_display()}\u00a0: {page.title}"
    entry.add("SUMMARY", printable(title))
    entry.add("DTSTART", timezone.localtime(session.starts_at))
    if session.ends_at:
        entry.add("DTEND", timezone.localtime(session.ends_at))
    entry.add("URL", url)
    for name, lines in (
        ("LOCATION", [page.place, page.address]),
        ("CONTACT", [page.contact_name, page.contact_phone, page.contact_email]),
    ):
        if text := ", ".join(line for line in lines if line):
            entry.add(name, printable(text))
    entry.add("DESCRIPTION", printable("\n".join(_description(page, url))))
    return entry


def _description(page: "EventPage", url: str) -> Iterable[str]:
    """What to know before coming, a line each."""
    if page.status != page.Status.CONFIRMED:
        yield f"{page.get_status_display()}."
    known = [
        page.summary,
        page.get_capacity_display(),
        page.price,
        page.get_wheelchair_display(),
        page.access,
    ]
    yield from (line for line in known if line)
    yield url
