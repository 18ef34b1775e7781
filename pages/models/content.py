"""The pages that are mostly text, and those of « La régie »."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, Panel
from wagtail.models import Orderable, Page

from pages.blocks import BodyBlock
from pages.details import NOTHING, details_of
from pages.querysets import all_pages, restricted_collections
from pages.streams import SlimStreamField
from pages.territory_map import territory_map

from .base import SitePage
from .terms import Commune


class BodyPage(SitePage):
    """Abstract: a page with a body made of blocks."""

    body = SlimStreamField(BodyBlock(), verbose_name="contenu", blank=True)

    content_panels: ClassVar[list[Panel]] = [*SitePage.content_panels, FieldPanel("body")]

    class Meta:
        abstract = True


class SectionPage(BodyPage):
    """The opening page of a part of the site: it presents the pages below it."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    # Whatever says that it may live here, in this room or in one above.
    subpage_types: ClassVar[list[str] | None] = None
    page_description = "Ouvre une rubrique et présente les pages qu’elle contient."
    kind = "Rubrique"

    class Meta:
        verbose_name = "rubrique"
        verbose_name_plural = "rubriques"

    def child_pages(self) -> list[Page]:
        """The pages below, in the order of the tree, with their summaries."""
        pages = list(all_pages().visible().child_of(self).order_by("path"))
        details = details_of(pages)
        for page in pages:
            known = details.get(page.pk, NOTHING)
            page.summary, page.is_example = known.summary, known.is_example
        return pages


class ContentPage(BodyPage):
    """An ordinary page."""

    page_description = "Une page de texte, avec ses titres, ses images, ses documents."
    kind = "Page"

    class Meta:
        verbose_name = "page de contenu"
        verbose_name_plural = "pages de contenu"


class HistoryPage(BodyPage):
    """The story of the association, milestone after milestone."""

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        InlinePanel("milestones", heading="Les étapes", label="Étape"),
        FieldPanel("body", heading="Après les étapes"),
    ]
    page_description = "L’histoire de l’association, en étapes datées ou non."
    kind = "Histoire"
    schema_type = "AboutPage"

    class Meta:
        verbose_name = "histoire"
        verbose_name_plural = "histoires"

    def search_extras(self) -> Iterable[str]:
        """The milestones."""
        for milestone in self.milestones.all():
            yield f"{milestone.date_label} {milestone.title}"
            yield milestone.text


class Milestone(Orderable):
    """A step of the story; its date is written as it is known, or not at all."""

    page = ParentalKey(HistoryPage, on_delete=models.CASCADE, related_name="milestones")
    date_label = models.CharField(
        "date",
        max_length=40,
        blank=True,
        help_text="Une année, « à partir de 2008 »… Laissez vide si elle n’est pas connue.",
    )
    title = models.CharField("titre", max_length=120)
    text = models.TextField("récit", max_length=800, blank=True)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("date_label"),
        FieldPanel("title"),
        FieldPanel("text"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "étape"

    def __str__(self) -> str:
        return self.title


class TeamPage(BodyPage):
    """The people of the association."""

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        InlinePanel("members", heading="Les personnes", label="Personne"),
        FieldPanel("body"),
    ]
    page_description = "Les personnes qui font vivre l’association."
    kind = "Équipe"
    schema_type = "AboutPage"

    class Meta:
        verbose_name = "équipe"
        verbose_name_plural = "équipes"

    def search_extras(self) -> Iterable[str]:
        """The people and what they do."""
        return [f"{member.name} {member.function}" for member in self.members.all()]

    def groups(self) -> list[tuple[str, list["TeamMember"]]]:
        """The people by group, the employees first, then each collège of the governance."""
        members = list(self.members.select_related("photo"))
        names: list[str] = []
        for member in members:
            if member.college not in names:
                names.append(member.college)
        names.sort(key=bool)  # no collège: the team itself
        return [(name, [m for m in members if m.college == name]) for name in names]


class TeamMember(Orderable):
    """A person and what they do; a photo only with their agreement."""

    page = ParentalKey(TeamPage, on_delete=models.CASCADE, related_name="members")
    name = models.CharField("nom", max_length=80)
    function = models.CharField("fonction", max_length=120, blank=True)
    college = models.CharField(
        "collège",
        max_length=80,
        blank=True,
        help_text="Pour la gouvernance : habitants, collectivités, bailleurs… "
        "Laissez vide pour l’équipe salariée.",
    )
    photo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="photo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    photo_consent = models.BooleanField("la personne est d’accord pour la photo", default=False)

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("function")]),
        FieldPanel("college"),
        FieldPanel("photo"),
        FieldPanel("photo_consent"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "personne"

    def __str__(self) -> str:
        return self.name

    @property
    def public_photo(self) -> Any:
        """The photo, if the person agreed and the picture may still be shown."""
        return self.photo if self.photo_consent and self.photo and self.photo.is_usable else None

    def clean(self) -> None:
        """No photo without the person's agreement.

        Raises:
            ValidationError: a photo is chosen and the box is not ticked.
        """
        super().clean()
        if self.photo_id and not self.photo_consent:
            raise ValidationError(
                {"photo_consent": "Cochez la case, ou retirez la photo : il faut son accord."}
            )


class TerritoryPage(BodyPage):
    """Where the association works: the map of the communes and their list."""

    page_description = "La carte et la liste des communes."
    kind = "Territoire"

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the map."""
        context = super().get_context(request, *args, **kwargs)
        context["territory_map"] = territory_map(Commune.objects.all())
        return context


class DocumentsPage(BodyPage):
    """The documents of the association: statutes, accounts, charter."""

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        InlinePanel("entries", heading="Les documents", label="Document"),
        FieldPanel("body"),
    ]
    page_description = "Les documents à télécharger."
    kind = "Documents"

    class Meta:
        verbose_name = "documents"
        verbose_name_plural = "pages de documents"

    def visible_entries(self) -> QuerySet["DocumentEntry"]:
        """The documents anybody may read: those of a reserved collection are left out."""
        return (
            self.entries.select_related("document", "document__collection")
            .exclude(document__collection__in=restricted_collections())
            .order_by("sort_order")
        )


class DocumentEntry(Orderable):
    """A document and what it is."""

    page = ParentalKey(DocumentsPage, on_delete=models.CASCADE, related_name="entries")
    title = models.CharField("titre", max_length=150)
    note = models.CharField("précision", max_length=200, blank=True)
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        verbose_name="fichier",
        on_delete=models.CASCADE,
        related_name="+",
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("title"),
        FieldPanel("note"),
        FieldPanel("document"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "document"

    def __str__(self) -> str:
        return self.title


class LegalPage(BodyPage):
    """A page the law asks for: what it says comes from the settings and from the code."""

    class Subject(models.TextChoices):
        """Which duty the page answers."""

        LEGAL_NOTICE = "mentions", "Mentions légales"
        PRIVACY = "confidentialite", "Confidentialité"
        ACCESSIBILITY = "accessibilite", "Accessibilité"
        ECODESIGN = "ecoconception", "Écoconception"

    subject = models.CharField("sujet", max_length=20, choices=Subject.choices, unique=True)

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        FieldPanel("subject"),
        FieldPanel(
            "body",
            heading="Compléments",
            help_text="La page se remplit d’elle-même à partir des réglages ; ce texte s’y ajoute.",
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    page_description = "Mentions légales, confidentialité, accessibilité, écoconception."
    menu = "footer"
    kind = "Page légale"

    class Meta:
        verbose_name = "page légale"
        verbose_name_plural = "pages légales"

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """One template a subject."""
        return f"pages/legal/{self.subject}.html"


class SiteMapPage(SitePage):
    """Every public page, as one list."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "Le plan du site, toujours à jour."
    menu = "footer"
    kind = "Plan du site"

    class Meta:
        verbose_name = "plan du site"
        verbose_name_plural = "plans du site"
