"""Partners and funders, in the four families of the association's own presentation."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.search import index
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.models import BodyPage
from pages.pictures import prefetch_pictures


class Partner(index.Indexed, models.Model):
    """A body that works with the association or supports it, named as it names itself."""

    class Family(models.TextChoices):
        """The four families, in the words of the association."""

        LOCAL = "local", "Habitants et collectivités locales"
        LANDLORD = "landlord", "Bailleurs sociaux"
        INSTITUTION = "institution", "Institutions"
        FOUNDATION = "foundation", "Fondations"

    name = models.CharField(
        "nom",
        max_length=120,
        unique=True,
        help_text="Comme le partenaire s’écrit lui-même.",
    )
    family = models.CharField("famille", max_length=20, choices=Family.choices)
    detail = models.CharField(
        "précision",
        max_length=160,
        blank=True,
        help_text="Affichée en petit sous le nom. Facultatif.",
    )
    website = models.URLField("site", blank=True)
    logo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="logo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    sort_order = models.PositiveSmallIntegerField(
        "rang",
        default=0,
        help_text="L’ordre dans la famille : le plus petit d’abord.",
    )
    is_example = models.BooleanField("exemple", default=False, editable=False)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("family"),
        FieldPanel("detail"),
        FieldPanel("website"),
        FieldPanel("logo"),
        FieldPanel("sort_order"),
    ]
    search_fields: ClassVar[list[Any]] = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("family"),
    ]

    class Meta:
        verbose_name = "partenaire"
        verbose_name_plural = "partenaires"
        ordering: ClassVar[list[str]] = ["sort_order", "name"]

    def __str__(self) -> str:
        return f"Exemple – {self.name}" if self.is_example else self.name


class PartnerViewSet(SnippetViewSet):
    """The partners, in the main menu."""

    model = Partner
    icon = "group"
    menu_order = 500
    add_to_admin_menu = True
    list_display = [
        "__str__",
        Column("family", label="Famille", accessor="get_family_display", sort_key="family"),
        "website",
    ]
    list_filter = ["family"]


register_snippet(PartnerViewSet)


def partners_by_family() -> list[tuple[str, list[Partner]]]:
    """Every partner, grouped in the order of the families; one query."""
    partners = list(Partner.objects.select_related("logo"))
    groups = [
        (str(family.label), [p for p in partners if p.family == family])
        for family in Partner.Family
    ]
    return [(label, members) for label, members in groups if members]


class PartnerIndexPage(BodyPage):
    """The partners, in four families."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La page des partenaires, rangés en quatre familles."
    kind = "Partenaires"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des partenaires"
        verbose_name_plural = "pages des partenaires"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the families."""
        context = super().get_context(request, *args, **kwargs)
        context["families"] = families = partners_by_family()
        prefetch_pictures(partner.logo for _label, members in families for partner in members)
        return context
