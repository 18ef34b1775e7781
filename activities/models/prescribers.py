"""The page of those who send people to the association: one sheet to print."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel, Panel

from pages.models import BodyPage, EventPage, SitePage
from pages.models.organisation import PHONE

from .jobs import JobPage

# One sheet of paper; the rest is in the list of offers.
MOST_OFFERS = 20


class PrescriberPage(BodyPage):
    """Open posts, whom to send and how, the next meeting, whom to call."""

    meeting = models.ForeignKey(
        EventPage,
        verbose_name="prochaine réunion d’information",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Un rendez-vous de l’agenda. Une fois passé, il disparaît d’ici tout seul.",
    )
    platform_url = models.URLField(
        "adresse de la plateforme officielle",
        blank=True,
        help_text="Le site public où les prescripteurs envoient les candidatures.",
    )
    contact_name = models.CharField(
        "personne à joindre",
        max_length=80,
        blank=True,
        help_text="Laissez vide pour donner le téléphone et l’adresse de l’association.",
    )
    contact_function = models.CharField("sa fonction", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True, validators=[PHONE])
    email = models.EmailField("adresse e-mail", blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        PageChooserPanel("meeting", "pages.EventPage"),
        FieldPanel("body", heading="Qui orienter, et comment"),
        FieldPanel("platform_url"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_function")]),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
            ],
            "Qui joindre",
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.SectionPage"]
    max_count = 1
    page_description = "La feuille des prescripteurs : postes ouverts, profils, réunion, contact."
    kind = "Prescripteurs"

    class Meta:
        verbose_name = "page des prescripteurs"
        verbose_name_plural = "pages des prescripteurs"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the open offers and the next meeting."""
        context = super().get_context(request, *args, **kwargs)
        offers = JobPage.objects.visible().open().for_list()
        context["offers"] = list(offers[:MOST_OFFERS])
        context["meeting"] = self.next_meeting()
        return context

    def next_meeting(self) -> EventPage | None:
        """The meeting that was chosen, unless it is over or nobody may read of it."""
        if not self.meeting_id:
            return None
        return EventPage.objects.visible().upcoming().filter(pk=self.meeting_id).first()
