"""« Est-ce pour moi ? »: the official criteria, in plain words.

The list is the State's, not the association's: it goes to the public only once somebody of the
staff has compared it with its source, and said when.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.models import Orderable

from activities.forms import EligibilityPageForm
from pages.models import SitePage

from .conditions import ConditionalPage


class EligibilityPage(ConditionalPage):
    """A self-check that explains and decides nothing: an adviser does."""

    level_1_needed = models.PositiveSmallIntegerField(
        "situations de niveau 1 qui suffisent", default=1, validators=[MinValueValidator(1)]
    )
    level_2_needed = models.PositiveSmallIntegerField(
        "situations de niveau 2 qui suffisent",
        default=3,
        validators=[MinValueValidator(1)],
        help_text="Pour un chantier ou une entreprise d’insertion.",
    )
    list_name = models.CharField("nom de la liste officielle", max_length=150)
    list_version = models.CharField("sa version, ou sa date", max_length=80)
    list_source = models.CharField(
        "d’où elle vient", max_length=150, help_text="Le texte ou le site où l’on peut la vérifier."
    )
    list_source_url = models.URLField("adresse de cette source", blank=True)
    is_confirmed = models.BooleanField(
        "j’ai comparé cette liste avec la liste officielle en vigueur",
        default=False,
        help_text="Sans cette case, la page ne peut pas être publiée.",
    )
    confirmed_on = models.DateField(
        "comparée le",
        null=True,
        blank=True,
        help_text="Cette date est montrée aux visiteurs. Changez-la à chaque vérification.",
    )

    base_form_class = EligibilityPageForm
    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("list_name"),
                FieldPanel("list_version"),
                FieldRowPanel([FieldPanel("list_source"), FieldPanel("list_source_url")]),
                FieldPanel("is_confirmed"),
                FieldPanel("confirmed_on"),
            ],
            "La liste officielle",
        ),
        FieldRowPanel([FieldPanel("level_1_needed"), FieldPanel("level_2_needed")]),
        InlinePanel("criteria", heading="Les situations", label="Situation", min_num=1),
        FieldPanel("body", heading="Après la liste"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.SectionPage"]
    page_description = "La liste officielle des situations qui ouvrent un parcours d’insertion."
    kind = "Est-ce pour moi ?"

    class Meta:
        verbose_name = "page « Est-ce pour moi ? »"
        verbose_name_plural = "pages « Est-ce pour moi ? »"

    @staticmethod
    def missing_confirmation(is_confirmed: bool, confirmed_on: date | None) -> dict[str, str]:
        """What keeps a list from the public, by field; nothing when staff answer for it."""
        missing = {}
        if not is_confirmed:
            missing["is_confirmed"] = (
                "Comparez la liste avec sa source, puis cochez cette case : sans elle, la page ne "
                "peut pas être publiée."
            )
        if confirmed_on is None:
            missing["confirmed_on"] = "Donnez le jour où vous avez comparé la liste."
        elif confirmed_on > timezone.localdate():
            missing["confirmed_on"] = "Ce jour n’est pas encore venu."
        return missing

    def check_publishable(self) -> None:
        """The list must have been confirmed.

        Raises:
            ValidationError: nobody has, or the page is incomplete.
        """
        super().check_publishable()
        if missing := self.missing_confirmation(self.is_confirmed, self.confirmed_on):
            raise ValidationError(missing)

    def levels(self) -> list[tuple[int, int, list["Criterion"]]]:
        """Each level: its number, how many of its situations are needed, the situations."""
        criteria = list(self.criteria.all())
        needed = {
            Criterion.Level.ONE: self.level_1_needed,
            Criterion.Level.TWO: self.level_2_needed,
        }
        return [
            (int(level), count, [c for c in criteria if c.level == level])
            for level, count in needed.items()
        ]

    def search_extras(self) -> Iterable[str]:
        """The situations, in both wordings."""
        for criterion in self.criteria.all():
            yield f"{criterion.label} {criterion.official_label} {criterion.explanation}"


class Criterion(Orderable):
    """A situation of the official list, as one says it and as the list writes it."""

    class Level(models.IntegerChoices):
        """How much a situation weighs."""

        ONE = 1, "Niveau 1"
        TWO = 2, "Niveau 2"

    page = ParentalKey(EligibilityPage, on_delete=models.CASCADE, related_name="criteria")
    level = models.PositiveSmallIntegerField("niveau", choices=Level.choices)
    label = models.CharField(
        "en mots simples",
        max_length=120,
        help_text="Comme on le dit de soi : « Je touche le RSA ».",
    )
    official_label = models.CharField("mots de la liste officielle", max_length=160)
    explanation = models.CharField("explication", max_length=200, blank=True)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("level"),
        FieldPanel("label"),
        FieldPanel("official_label"),
        FieldPanel("explanation"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "situation"

    def __str__(self) -> str:
        return self.label
