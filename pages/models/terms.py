"""The two lists of words that the whole site shares."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.search import index
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet


class Trade(models.Model):
    """One of the activities of the association, as a term: its name, its colour, its place."""

    class Colour(models.TextChoices):
        """The colour of an activity; the shades are in ``static/css/tokens.css``."""

        GREEN = "espaces-verts", "Vert"
        OCHRE = "second-oeuvre", "Ocre"
        BLUE = "entretien", "Bleu"
        PLUM = "mediation", "Prune"

    name = models.CharField("nom", max_length=80, unique=True)
    slug = models.SlugField("nom dans les adresses", max_length=80, unique=True)
    colour_key = models.CharField("couleur", max_length=20, choices=Colour.choices)
    sort_order = models.PositiveSmallIntegerField("rang", default=0)

    panels: ClassVar[list[FieldPanel]] = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("colour_key"),
        FieldPanel("sort_order"),
    ]

    class Meta:
        verbose_name = "métier"
        verbose_name_plural = "métiers"
        ordering: ClassVar[list[str]] = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name


class Commune(index.Indexed, models.Model):
    """A commune of the territory; its INSEE code places it on the map."""

    name = models.CharField("nom", max_length=80, unique=True)
    insee_code = models.CharField(
        "code INSEE",
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^\d[\dAB]\d{3}$", "Un code INSEE a cinq caractères.")],
    )
    postcode = models.CharField(
        "code postal",
        max_length=5,
        validators=[RegexValidator(r"^\d{5}$", "Un code postal a cinq chiffres.")],
    )
    is_founder = models.BooleanField("commune fondatrice", default=False)
    sort_order = models.PositiveSmallIntegerField("rang", default=0)

    panels: ClassVar[list[FieldPanel]] = [
        FieldPanel("name"),
        FieldPanel("insee_code"),
        FieldPanel("postcode"),
        FieldPanel("is_founder"),
        FieldPanel("sort_order"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
    ]

    class Meta:
        verbose_name = "commune"
        verbose_name_plural = "communes"
        ordering: ClassVar[list[str]] = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name


class TradeViewSet(SnippetViewSet):
    """The list of the activities, in the settings."""

    model = Trade
    icon = "tag"
    menu_label = "Métiers et couleurs"
    menu_name = "metiers"
    menu_order = 800
    add_to_settings_menu = True
    list_display = [
        "name",
        Column("colour", label="Couleur", accessor="get_colour_key_display"),
        "sort_order",
    ]


class CommuneViewSet(SnippetViewSet):
    """The communes of the territory, in the settings."""

    model = Commune
    icon = "globe"
    menu_label = "Communes"
    menu_name = "communes"
    menu_order = 810
    add_to_settings_menu = True
    list_display = [
        "name",
        "postcode",
        "insee_code",
        BooleanColumn("is_founder", label="Fondatrice"),
    ]
    list_filter = ["is_founder"]


register_snippet(TradeViewSet)
register_snippet(CommuneViewSet)
