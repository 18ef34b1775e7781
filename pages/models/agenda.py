"""The agenda."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Page as PaginatorPage
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.search import index

from pages.pagination import paginate
from pages.querysets import SitePageManager, SitePageQuerySet
from pages.structured_data import known

from .base import TITLE_PANEL, SitePage
from .content import BodyPage

EVENTS_PER_PAGE = 20


class EventQuerySet(SitePageQuerySet):
    """Querysets of events. An event is to come until its end; without one, until midnight."""

    def upcoming(self) -> "EventQuerySet":
        """Not over yet, the nearest first."""
        return self.filter(self._not_over()).order_by("starts_at", "pk")

    def past(self) -> "EventQuerySet":
        """Over, the most recent first."""
        return self.over().order_by("-starts_at", "-pk")

    def over(self) -> "EventQuerySet":
        """Those that are past, in no order."""
        return self.exclude(self._not_over())

    @staticmethod
    def _not_over() -> Q:
        now = timezone.now()
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return Q(ends_at__gt=now) | Q(ends_at__isnull=True, starts_at__gte=midnight)


class AgendaPage(SitePage):
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
        """Add the events to come, or with ``?passes=1`` those that are over."""
        context = super().get_context(request, *args, **kwargs)
        show_past = request.GET.get("passes") == "1"
        context["show_past"] = show_past
        context["events"] = self.events(request, show_past)
        return context

    def events(self, request: HttpRequest, show_past: bool) -> PaginatorPage:
        """The events of this page of the list."""
        events = EventPage.objects.visible().child_of(self).defer_streamfields()
        return paginate(events.past() if show_past else events.upcoming(), request, EVENTS_PER_PAGE)


class EventPage(BodyPage):
    """A rendezvous: when, where, and whether it still holds."""

    class Status(models.TextChoices):
        """Whether the event takes place."""

        CONFIRMED = "confirme", "Confirmé"
        POSTPONED = "reporte", "Reporté"
        CANCELLED = "annule", "Annulé"

    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin", null=True, blank=True)
    status = models.CharField(
        "état", max_length=10, choices=Status.choices, default=Status.CONFIRMED
    )
    place = models.CharField("lieu", max_length=120, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    access = models.CharField(
        "accès", max_length=300, blank=True, help_text="Bus, parking, fauteuil roulant…"
    )

    objects = SitePageManager.from_queryset(EventQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldPanel("place"),
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("address"), FieldPanel("access")], "Venir"),
        FieldPanel("status"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *BodyPage.search_fields,
        index.SearchField("place"),
        index.FilterField("starts_at"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.AgendaPage"]
    page_description = "Un rendez-vous : une date, une heure, un lieu."
    kind = search_group = "Rendez-vous"
    over_note = "passé"
    schema_type = "Event"
    list_date_field = "starts_at"

    class Meta:
        verbose_name = "rendez-vous"
        verbose_name_plural = "rendez-vous"

    @property
    def is_over(self) -> bool:
        """Whether it has ended; without an end, its whole day counts."""
        if self.ends_at:
            return self.ends_at <= timezone.now()
        return timezone.localtime(self.starts_at).date() < timezone.localdate()

    def clean(self) -> None:
        """Refuse an end before the start.

        Raises:
            ValidationError: on the field ``ends_at``.
        """
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "La fin est avant le début."})

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The event's own terms."""
        data = super().json_ld(request)
        if data:
            data[0] |= known(
                {
                    "startDate": timezone.localtime(self.starts_at).isoformat(),
                    "endDate": self.ends_at and timezone.localtime(self.ends_at).isoformat(),
                    "eventStatus": f"https://schema.org/{SCHEMA_STATUS[self.status]}",
                    "location": self._schema_place(),
                }
            )
        return data

    def _schema_place(self) -> dict[str, Any]:
        if not (self.place or self.address):
            return {}
        return {"@type": "Place", **known({"name": self.place, "address": self.address})}


SCHEMA_STATUS: dict[str, str] = {
    EventPage.Status.CONFIRMED: "EventScheduled",
    EventPage.Status.POSTPONED: "EventPostponed",
    EventPage.Status.CANCELLED: "EventCancelled",
}
