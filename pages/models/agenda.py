"""The agenda: events, each with one or several sessions.

Every question about time is asked of the sessions. What lists sort and filter by is copied from
them onto the event's own row when it is saved: its first start, its last start, and when all of
it is over. An event is then in one list and in one place of it, by a plain column.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Page as PaginatorPage
from django.db import models
from django.db.models import Case, Expression, OuterRef, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.search import index

from pages import calendars
from pages.french_fields import apply_french_typography
from pages.list_filters import PastEventsFilter
from pages.page_files import FileView, PageFilesMixin
from pages.pagination import paginate
from pages.querysets import SitePageManager, SitePageQuerySet
from pages.structured_data import event_terms

from .base import TITLE_PANEL, SitePage
from .content import BodyPage
from .organisation import PHONE, OrganisationSettings

EVENTS_PER_PAGE = 20
# What ends before this hour of the night belongs to the evening it began in.
END_OF_NIGHT = timedelta(hours=6)
# What a subscribed calendar holds: all that is coming and the last months, within reason.
CALENDAR_PAST = timedelta(days=183)
CALENDAR_EVENTS = 400


def midnight_after(moment: datetime) -> datetime:
    """When the day of ``moment`` ends for the association: midnight in Paris."""
    day = timezone.localtime(moment).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min))


class EventQuerySet(SitePageQuerySet):
    """Querysets of events. An event is to come until its last session is over."""

    def upcoming(self) -> "EventQuerySet":
        """Not all over yet, by the next session (or the one under way)."""
        now = timezone.now()
        left = EventSession.objects.filter(event=OuterRef("pk"), over_at__gt=now)
        next_start = left.order_by("starts_at", "pk").values("starts_at")[:1]
        events = self.filter(over_at__gt=now).annotate(next_starts_at=Subquery(next_start))
        return events.order_by("next_starts_at", "pk")

    def past(self) -> "EventQuerySet":
        """All over, the most recent first, by the last session."""
        return self.over().order_by("-last_starts_at", "-pk")

    def over(self) -> "EventQuerySet":
        """Those that are past, in no order."""
        return self.filter(over_at__lte=timezone.now())

    def holding(self) -> "EventQuerySet":
        """Those that take place as they were announced."""
        return self.filter(status=EventPage.Status.CONFIRMED)

    def for_list(self) -> "EventQuerySet":
        """What a list shows, in a bounded number of queries."""
        return self.prefetch_related("sessions").defer_streamfields()


class AgendaPage(PageFilesMixin, SitePage):
    """What is coming, then what has been."""

    subpage_types: ClassVar[list[str]] = ["pages.EventPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    admin_default_ordering = "-latest_revision_created_at"
    max_count = 1
    page_description = "Les rendez-vous à venir et passés."
    kind = "Agenda"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "agenda"
        verbose_name_plural = "agendas"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the events to come; with ``?passes=1``, or ``?annee=``, those that are over."""
        context = super().get_context(request, *args, **kwargs)
        wanted = PastEventsFilter(request.GET, years=self.past_years())
        context["wanted"] = wanted
        context["events"] = self.listed_events(request, wanted)
        address = calendars.subscription_address(self, request)
        context["calendar_url"] = address
        # The scheme that calendars answer to: they subscribe instead of copying once.
        context["webcal_url"] = f"webcal://{address.partition('://')[2]}"
        return context

    def events(self) -> EventQuerySet:
        """The events of this agenda that anybody may read."""
        return EventPage.objects.visible().child_of(self)

    def past_years(self) -> list[int]:
        """The years with something over in them, the latest first."""
        starts = self.events().past().datetimes("last_starts_at", "year", order="DESC")
        return [start.year for start in starts]

    def listed_events(self, request: HttpRequest, wanted: PastEventsFilter) -> PaginatorPage:
        """The events of this page of the list."""
        if not wanted.show_past:
            events = self.events().upcoming()
        elif wanted.year is None:
            events = self.events().past()
        else:
            events = self.events().past().filter(last_starts_at__year=wanted.year)
        return paginate(events.for_list(), request, EVENTS_PER_PAGE)

    def files(self) -> dict[str, FileView]:
        """``agenda.ics``, to subscribe to."""
        return {calendars.AGENDA_FILE: self.serve_calendar}

    def serve_calendar(self, request: HttpRequest) -> HttpResponse:
        """What is coming and what has just been; examples are in no file."""
        real = self.events().filter(is_example=False).for_list()
        since = timezone.now() - CALENDAR_PAST
        events = [
            *real.upcoming()[:CALENDAR_EVENTS],
            *real.past().filter(over_at__gt=since)[:CALENDAR_EVENTS],
        ]
        name = OrganisationSettings.load(request_or_site=request).name or self.title
        return calendars.answer(calendars.agenda(events, name, request), calendars.AGENDA_FILE)


class EventPage(PageFilesMixin, BodyPage):
    """A rendezvous: when, where, and whether it still holds."""

    class Status(models.TextChoices):
        """Whether the event takes place."""

        CONFIRMED = "confirme", "Confirmé"
        POSTPONED = "reporte", "Reporté"
        CANCELLED = "annule", "Annulé"

    class Wheelchair(models.TextChoices):
        """Whether somebody in a wheelchair can come in."""

        YES = "oui", "Accessible en fauteuil roulant"
        WITH_HELP = "aide", "Accessible en fauteuil roulant avec de l’aide"
        NO = "non", "Pas accessible en fauteuil roulant"

    class Capacity(models.TextChoices):
        """Whether there is room."""

        OPEN = "libre", "Entrée libre"
        SIGN_UP = "inscription", "Sur inscription"
        LAST = "dernieres", "Dernières places"
        FULL = "complet", "Complet"

    place = models.CharField(
        "lieu",
        max_length=120,
        blank=True,
        help_text="Le nom que connaissent les gens : « Salle des fêtes ».",
    )
    address = models.CharField(
        "adresse", max_length=200, blank=True, help_text="Le numéro, la rue, la commune."
    )
    access = models.CharField(
        "comment venir",
        max_length=300,
        blank=True,
        help_text="L’arrêt de bus, le parking, la bonne porte.",
    )
    wheelchair = models.CharField(
        "accès en fauteuil roulant",
        max_length=8,
        choices=Wheelchair.choices,
        blank=True,
        help_text="Laissez vide si personne n’a vérifié sur place.",
    )
    price = models.CharField(
        "prix",
        max_length=80,
        blank=True,
        help_text="« Gratuit », « 2 € par personne »… Laissez vide si ce n’est pas décidé.",
    )
    capacity = models.CharField(
        "places",
        max_length=12,
        choices=Capacity.choices,
        blank=True,
        help_text="S’il n’y a plus de place, choisissez « Complet » : les listes le diront.",
    )
    contact_name = models.CharField(
        "personne à joindre",
        max_length=120,
        blank=True,
        help_text="Un nom, ou un service. Laissez vide pour la régie.",
    )
    contact_phone = models.CharField(
        "téléphone",
        max_length=20,
        blank=True,
        validators=[PHONE],
        help_text="Le numéro à appeler pour ce rendez-vous.",
    )
    contact_email = models.EmailField(
        "adresse e-mail", blank=True, help_text="L’adresse où écrire pour ce rendez-vous."
    )
    status = models.CharField(
        "état",
        max_length=10,
        choices=Status.choices,
        default=Status.CONFIRMED,
        help_text="Reporté ou annulé, gardez la page : tous ceux qui l’ont noté le sauront.",
    )

    # Copied from the sessions by save(); empty as long as there is none.
    starts_at = models.DateTimeField("début", null=True, editable=False)
    last_starts_at = models.DateTimeField("début de la dernière date", null=True, editable=False)
    over_at = models.DateTimeField("terminé", null=True, editable=False, db_index=True)

    # What calendars were told last, and how many times it has changed since the first.
    calendar_digest = models.CharField("empreinte", max_length=64, default="", editable=False)
    calendar_sequence = models.PositiveIntegerField("changements", default=0, editable=False)

    objects = SitePageManager.from_queryset(EventQuerySet)()

    exclude_fields_in_copy: ClassVar[list[str]] = ["calendar_digest", "calendar_sequence"]

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        InlinePanel(
            "sessions",
            heading="Quand",
            label="Date",
            min_num=1,
            help_text="Une seule, ou plusieurs pour un rendez-vous qui revient. Elles se rangent "
            "toutes seules.",
        ),
        FieldPanel("place"),
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("address"), FieldPanel("access"), FieldPanel("wheelchair")], "Venir"
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("price"), FieldPanel("capacity")]),
                FieldPanel("contact_name"),
                FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")]),
            ],
            "Participer",
        ),
        FieldPanel("status"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *BodyPage.search_fields,
        index.SearchField("place"),
        index.FilterField("starts_at"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.AgendaPage"]
    page_description = "Un rendez-vous : une date ou plusieurs, une heure, un lieu."
    kind = search_group = "Rendez-vous"
    over_note = "passé"
    schema_type = "Event"
    list_date_field = "starts_at"
    comes_and_goes = True

    class Meta:
        verbose_name = "rendez-vous"
        verbose_name_plural = "rendez-vous"

    @classmethod
    def list_mention(cls) -> Expression:
        """Put off, cancelled, or over: the same words as on the page."""
        changed = [
            When(status=status, then=Value(status.label))
            for status in (cls.Status.POSTPONED, cls.Status.CANCELLED)
        ]
        over = When(over_at__lte=timezone.now(), then=Value("Passé"))
        return Case(*changed, over, default=Value(""), output_field=models.CharField())

    def timetable(self) -> "Timetable":
        """Its sessions, in the order of the days."""
        return Timetable(sorted(self.sessions.all(), key=lambda session: session.starts_at))

    @property
    def is_full(self) -> bool:
        """Whether there is no room left."""
        return self.capacity == self.Capacity.FULL

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with what the sessions say copied onto the row.

        A draft that is kept aside writes a few columns of the row only: it changes nothing here.
        """
        if kwargs.get("update_fields") is None:
            apply_french_typography(self)
            self._copy_sessions()
            if self.live:
                self._count_change()
        super().save(*args, **kwargs)

    def _copy_sessions(self) -> None:
        sessions = self.timetable().sessions
        self.starts_at = sessions[0].starts_at if sessions else None
        self.last_starts_at = sessions[-1].starts_at if sessions else None
        self.over_at = max((session.end_of_day for session in sessions), default=None)

    def _count_change(self) -> None:
        """One change more when what calendars hold is no more what they were told."""
        digest = calendars.digest(self)
        if self.calendar_digest and digest != self.calendar_digest:
            self.calendar_sequence += 1
        self.calendar_digest = digest

    def with_content_json(self, content: dict[str, Any]) -> "EventPage":
        """A version of the page; what calendars were told belongs to none of its versions."""
        page = super().with_content_json(content)
        page.calendar_digest = self.calendar_digest
        page.calendar_sequence = self.calendar_sequence
        return page

    def files(self) -> dict[str, FileView]:
        """``evenement.ics``, to put it in one's calendar; none for an example."""
        return {} if self.is_example else {calendars.EVENT_FILE: self.serve_calendar}

    def serve_calendar(self, request: HttpRequest) -> HttpResponse:
        """All the sessions of this event."""
        return calendars.answer(calendars.event(self, request), f"{self.slug}.ics")

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The event's own terms."""
        data = super().json_ld(request)
        if data:
            organisation = OrganisationSettings.load(request_or_site=request)
            data[0] |= event_terms(self, organisation)
            if data[0]["@type"] == self.schema_type:
                # Pages and other works are modified; schema.org's events are not.
                data[0].pop("dateModified", None)
        return data


class EventSession(models.Model):
    """One of the times of an event. They need no rank: the days give it."""

    event = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField("début", help_text="Le jour et l’heure : 12/06/2027 14:00.")
    ends_at = models.DateTimeField(
        "fin",
        null=True,
        blank=True,
        help_text="Sans heure de fin, le rendez-vous reste annoncé jusqu’à minuit.",
    )
    over_at = models.DateTimeField("terminée", editable=False)
    # Calendars know a session by it, whatever becomes of its hour, of its title or of its row.
    uid = models.UUIDField("identifiant", default=uuid.uuid4, editable=False)

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
    ]

    class Meta:
        verbose_name = "date"
        ordering: ClassVar[list[str]] = ["starts_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["event", "over_at", "starts_at"], name="pages_event_next_session")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the moment when it is over."""
        self.over_at = self.end_of_day
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse an end before the start.

        Raises:
            ValidationError: on the field ``ends_at``.
        """
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError(
                {"ends_at": "La fin est avant le début. Choisissez une heure plus tard."}
            )

    @property
    def end_of_day(self) -> datetime:
        """When it is over: at its end, or at midnight when no end is announced."""
        return self.ends_at or midnight_after(self.starts_at)

    @property
    def is_over(self) -> bool:
        """Whether it has taken place."""
        return self.end_of_day <= timezone.now()

    @property
    def first_day(self) -> date:
        """The day it begins."""
        return timezone.localtime(self.starts_at).date()

    @property
    def last_day(self) -> date:
        """The day it ends, for people: a party that ends at one in the morning has one day."""
        if not self.ends_at:
            return self.first_day
        return max(self.first_day, timezone.localtime(self.ends_at - END_OF_NIGHT).date())

    @property
    def is_one_day(self) -> bool:
        """Whether it begins and ends on the same day."""
        return self.first_day == self.last_day

    @property
    def now_words(self) -> str:
        """« Aujourd’hui » or « En ce moment » when it is so, until it is over."""
        today = timezone.localdate()
        if self.is_over or today < self.first_day:
            return ""
        return "Aujourd’hui" if today == self.first_day else "En ce moment"


@dataclass(frozen=True)
class Timetable:
    """The sessions of an event in the order of the days, as a list or a page shows them."""

    sessions: list[EventSession]

    @property
    def shown(self) -> EventSession | None:
        """The session to announce: the next one, or the last when all are over."""
        left = (session for session in self.sessions if not session.is_over)
        return next(left, self.sessions[-1] if self.sessions else None)

    @property
    def later(self) -> list[EventSession]:
        """Those that come after the one announced."""
        shown = self.shown
        return [row for row in self.sessions if shown and row.starts_at > shown.starts_at]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to come."""
        return all(session.is_over for session in self.sessions)
