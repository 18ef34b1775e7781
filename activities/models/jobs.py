"""The offers of work: they leave the lists by themselves the day after they close."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.core.paginator import Page as PaginatorPage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.search import index

from activities.forms import JobPageForm
from activities.structured_data import job_posting
from pages.models import BodyPage, Commune, OrganisationSettings, Trade
from pages.models.base import TITLE_PANEL
from pages.models.organisation import PHONE
from pages.pagination import paginate
from pages.querysets import SitePageManager, SitePageQuerySet

JOBS_PER_PAGE = 20
# An offer says so when it closes within these days: it is time to call.
LAST_DAYS = 7
# The most that the law allows in one week (code du travail, article L. 3121-20).
MOST_HOURS = 48


class JobQuerySet(SitePageQuerySet):
    """Querysets of offers. An offer is open until the end of its last day, in Paris."""

    def open(self) -> "JobQuerySet":
        """Still open, the one that closes first at the head."""
        return self.filter(closes_on__gte=timezone.localdate()).order_by("closes_on", "pk")

    def closed(self) -> "JobQuerySet":
        """No longer open, the one that closed last at the head."""
        return self.over().order_by("-closes_on", "-pk")

    def unlisted(self) -> "JobQuerySet":
        """Examples, and the offers that are closed."""
        return super().unlisted() | self.over()

    def over(self) -> "JobQuerySet":
        """No longer open, in no order: what search ranks last."""
        return self.filter(closes_on__lt=timezone.localdate())

    def for_list(self) -> "JobQuerySet":
        """What a list shows, in one query."""
        return self.select_related("trade", "commune").defer_streamfields()


class JobIndexPage(BodyPage):
    """The offers that are open, the one that closes first at the head."""

    subpage_types: ClassVar[list[str]] = ["activities.JobPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.SectionPage"]
    admin_default_ordering = "-latest_revision_created_at"
    max_count = 1
    page_description = "La liste des offres d’emploi ouvertes."
    kind = "Offres d’emploi"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "liste des offres d’emploi"
        verbose_name_plural = "listes des offres d’emploi"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the page of offers that was asked for."""
        context = super().get_context(request, *args, **kwargs)
        context["offers"] = self.offers(request)
        return context

    def offers(self, request: HttpRequest) -> PaginatorPage:
        """The open offers of this page of the list."""
        offers = JobPage.objects.visible().child_of(self).open().for_list()
        return paginate(offers, request, JOBS_PER_PAGE)


class JobPage(BodyPage):
    """An offer: the work, the hours, the place, until when and how to apply."""

    class Support(models.TextChoices):
        """The part of the association that hires."""

        ACI = "aci", "Atelier et chantier d’insertion (ACI)"
        EI = "ei", "Entreprise d’insertion (EI)"
        PERMANENT = "permanent", "Équipe permanente"

    trade = models.ForeignKey(
        Trade,
        verbose_name="métier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Il donne sa couleur et son dessin à l’offre.",
    )
    support = models.CharField(
        "qui embauche",
        max_length=10,
        choices=Support.choices,
        help_text="Le chantier d’insertion, l’entreprise d’insertion, ou l’équipe permanente.",
    )
    contract = models.CharField(
        "contrat",
        max_length=160,
        help_text="Avec des mots simples : « contrat de 6 mois, qui peut être renouvelé ».",
    )
    hours = models.DecimalField(
        "heures par semaine",
        max_digits=4,
        decimal_places=2,
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text="26, ou 17,5 pour 17 h 30.",
    )
    pay = models.CharField(
        "salaire", max_length=120, blank=True, help_text="Comme on le dirait : « le SMIC »."
    )
    start = models.CharField(
        "début",
        max_length=80,
        blank=True,
        help_text="Une date ou des mots : « le 4 janvier », « dès que possible ».",
    )
    posts = models.PositiveSmallIntegerField(
        "nombre de postes", default=1, validators=[MinValueValidator(1)]
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    place = models.CharField(
        "lieu",
        max_length=120,
        blank=True,
        help_text="Une adresse, un quartier, ou la commune si elle n’est pas dans la liste.",
    )
    closes_on = models.DateField(
        "dernier jour pour répondre",
        null=True,
        db_index=True,
        help_text="Ce jour compte. Le lendemain, l’offre quitte les listes toute seule.",
    )
    profile = models.TextField(
        "pour qui",
        max_length=600,
        blank=True,
        help_text="Ce qu’il faut vraiment, en phrases courtes. Sans diplôme ? Dites-le aussi.",
    )
    how_to_apply = models.TextField(
        "comment répondre",
        max_length=600,
        blank=True,
        help_text="Ce qu’il faut dire ou apporter. Un bouton mène déjà au formulaire.",
    )
    contact_name = models.CharField(
        "personne à joindre",
        max_length=80,
        blank=True,
        help_text="Laissez ces trois cases vides pour donner l’adresse de l’association.",
    )
    phone = models.CharField("téléphone", max_length=20, blank=True, validators=[PHONE])
    email = models.EmailField("adresse e-mail", blank=True)

    objects = SitePageManager.from_queryset(JobQuerySet)()

    base_form_class = JobPageForm
    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldPanel("closes_on"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("support"),
                FieldPanel("trade"),
                FieldPanel("contract"),
                FieldRowPanel([FieldPanel("hours"), FieldPanel("posts")]),
                FieldRowPanel([FieldPanel("start"), FieldPanel("pay")]),
            ],
            "Le poste",
        ),
        MultiFieldPanel([FieldPanel("commune"), FieldPanel("place")], "Où"),
        FieldPanel("profile"),
        FieldPanel("body", heading="Le travail"),
        FieldPanel("how_to_apply"),
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
            ],
            "Qui joindre",
        ),
    ]
    search_fields: ClassVar[list[Any]] = [*BodyPage.search_fields, index.FilterField("closes_on")]
    parent_page_types: ClassVar[list[str]] = ["activities.JobIndexPage"]
    page_description = "Une offre d’emploi : elle quitte les listes seule, après son dernier jour."
    kind = "Offre d’emploi"
    search_group = "Offres d’emploi"
    over_note = "fermée"
    comes_and_goes = True

    class Meta:
        verbose_name = "offre d’emploi"
        verbose_name_plural = "offres d’emploi"

    @property
    def is_open(self) -> bool:
        """Whether one may still apply: the last day counts, in Paris."""
        return self.closes_on is not None and self.closes_on >= timezone.localdate()

    @property
    def closed_since(self) -> date | None:
        """The first day on which it was too late."""
        return self.closes_on + timedelta(days=1) if self.closes_on else None

    @property
    def closes_soon(self) -> str:
        """How much time is left, said only in the last days: « Plus que 3 jours »."""
        if self.closes_on is None or not self.is_open:
            return ""
        left = (self.closes_on - timezone.localdate()).days
        words = {0: "Dernier jour pour répondre", 1: "Plus qu’un jour pour répondre"}
        if left > LAST_DAYS:
            return ""
        return words.get(left, f"Plus que {left}\u00a0jours pour répondre")

    @property
    def hours_label(self) -> str:
        """The weekly hours as a clock says them: « 26 h », « 17 h 30 »."""
        if self.hours is None:
            return ""
        minutes = round(Decimal(self.hours) * 60)
        rest = f"\u00a0{minutes % 60:02}" if minutes % 60 else ""
        return f"{minutes // 60}\u00a0h{rest}"

    @property
    def where(self) -> str:
        """The place, then the commune."""
        return ", ".join(filter(None, [self.place, self.commune and self.commune.name]))

    @property
    def is_for_search_engines(self) -> bool:
        """Until it closes: an offer found too late is a door shut in somebody's face."""
        return super().is_for_search_engines and self.is_open

    def search_extras(self) -> Iterable[str]:
        """What one types to find work: the trade, the place, the contract."""
        trade = self.trade.name if self.trade else ""
        return [trade, self.where, self.contract, self.start, self.profile, self.how_to_apply]

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The offer in schema.org's terms while one may apply, when all it requires is known."""
        data = super().json_ld(request)
        if data and self.is_open:
            organisation = OrganisationSettings.load(request_or_site=request)
            data += filter(None, [job_posting(self, organisation, request)])
        return data
