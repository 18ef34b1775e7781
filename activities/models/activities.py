"""The activities of the association."""

from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from activities.querysets import JoinedQuerySet, joined_manager
from pages.models import BodyPage, Commune, Trade
from pages.models.organisation import PHONE

from .audiences import Audience


class ActivityQuerySet(JoinedQuerySet):
    """Querysets of activity pages."""

    def for_list(self) -> "ActivityQuerySet":
        """What a list shows, in the order of the tree."""
        return self.defer_streamfields().order_by("path")


class ActivityIndexPage(BodyPage):
    """The door of the four activities."""

    subpage_types: ClassVar[list[str]] = ["activities.ActivityPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "Présente les activités de l’association."
    kind = "Activités"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des activités"
        verbose_name_plural = "pages des activités"

    def activities(self) -> list["ActivityPage"]:
        """The activities that anybody may read."""
        return list(ActivityPage.objects.visible().child_of(self).for_list())


class RequestReason(models.TextChoices):
    """What one asks for on an activity's page; the values are reasons of the contact page."""

    QUOTE = "devis", "Un devis"
    MEDIATION = "mediation", "Une médiation"


class ActivityPage(BodyPage):
    """An activity: what is done, for whom, where, how to ask, and who answers."""

    trade = models.ForeignKey(
        Trade, verbose_name="activité", on_delete=models.PROTECT, related_name="+"
    )
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    tasks = models.TextField(
        "ce que nous faisons",
        max_length=1500,
        blank=True,
        help_text="Une tâche par ligne, avec un verbe\u00a0: «\u00a0Tondre les pelouses.\u00a0»",
    )
    for_residents = models.CharField(
        "pour les habitants",
        max_length=300,
        blank=True,
        help_text="Une ou deux phrases. Laissez vide si cette activité ne s’adresse pas à eux.",
    )
    for_landlords = models.CharField(
        "pour les bailleurs",
        max_length=300,
        blank=True,
        help_text="Une ou deux phrases, ou rien.",
    )
    for_authorities = models.CharField(
        "pour les collectivités",
        max_length=300,
        blank=True,
        help_text="Une ou deux phrases, ou rien.",
    )
    for_companies = models.CharField(
        "pour les entreprises",
        max_length=300,
        blank=True,
        help_text="Une ou deux phrases, ou rien.",
    )
    communes = ParentalManyToManyField(
        Commune,
        verbose_name="où",
        blank=True,
        related_name="+",
        help_text="Ne cochez rien si c’est sur tout le territoire.",
    )
    request_reason = models.CharField(
        "ce qu’on peut demander",
        max_length=20,
        choices=RequestReason.choices,
        default=RequestReason.QUOTE,
        help_text="Le bouton de la page ouvre le contact avec ce motif déjà choisi.",
    )
    contact_name = models.CharField(
        "nom",
        max_length=80,
        blank=True,
        help_text="La personne à joindre pour cette activité. Laissez vide pour montrer "
        "l’association.",
    )
    contact_function = models.CharField(
        "fonction",
        max_length=80,
        blank=True,
        help_text="Par exemple\u00a0: «\u00a0cheffe d’équipe\u00a0».",
    )
    phone = models.CharField(
        "téléphone",
        max_length=20,
        blank=True,
        validators=[PHONE],
        help_text="Son numéro professionnel, par groupes de deux chiffres.",
    )
    email = models.EmailField(
        "adresse e-mail", blank=True, help_text="Son adresse professionnelle."
    )

    objects = joined_manager(ActivityQuerySet, "trade", "image")

    content_panels: ClassVar[list[Panel]] = [
        *BodyPage.content_panels[:-1],
        FieldPanel("trade", widget=forms.Select),
        FieldPanel("image"),
        FieldPanel("tasks"),
        MultiFieldPanel(
            [
                FieldPanel("for_residents"),
                FieldPanel("for_landlords"),
                FieldPanel("for_authorities"),
                FieldPanel("for_companies"),
            ],
            "Pour qui",
        ),
        FieldPanel("communes", widget=forms.CheckboxSelectMultiple),
        FieldPanel("body"),
        FieldPanel("request_reason"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_function")]),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
            ],
            "La personne à joindre",
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["activities.ActivityIndexPage"]
    page_description = "Une activité\u00a0: ce qu’on fait, pour qui, comment demander."
    kind = "Activité"
    search_group = "Activités"

    class Meta:
        verbose_name = "activité"
        verbose_name_plural = "activités"

    @property
    def task_list(self) -> list[str]:
        """The tasks, one a line."""
        return [line.strip() for line in self.tasks.splitlines() if line.strip()]

    @property
    def audiences(self) -> list[tuple[str, str]]:
        """For whom it is, and what is said to each; the residents first."""
        texts = {
            Audience.RESIDENTS: self.for_residents,
            Audience.LANDLORDS: self.for_landlords,
            Audience.AUTHORITIES: self.for_authorities,
            Audience.COMPANIES: self.for_companies,
        }
        return [(str(audience.label), text) for audience, text in texts.items() if text]

    @property
    def contact_query(self) -> str:
        """The end of the contact page's address: the reason and the activity, chosen."""
        return f"?{urlencode({'motif': self.request_reason, 'activite': self.trade.slug})}"

    @property
    def has_contact(self) -> bool:
        """Whether somebody in particular answers for this activity."""
        return bool(self.contact_name or self.phone or self.email)

    def search_extras(self) -> Iterable[str]:
        """The tasks and what is said to each audience."""
        yield from self.task_list
        yield from (f"{audience}\u00a0: {text}" for audience, text in self.audiences)
