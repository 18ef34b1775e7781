"""The references: work that was done, with its proof."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Page as PaginatorPage
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Prefetch, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from activities.facets import Combination, Term
from activities.querysets import JoinedQuerySet, joined_manager
from activities.reference_filters import ReferenceFilters
from pages.models import BodyPage, Commune, OrganisationSettings, Trade
from pages.models.base import TITLE_PANEL
from pages.pagination import paginate
from pages.pictures import public_images
from pages.structured_data import known, signature
from pages.templatetags.french_dates import long_date
from partners.models import FormerName, Partner

from .audiences import Audience

REFERENCES_PER_PAGE = 10
UNNAMED_CLIENT = "Client non nommé"


class ClientShown(models.TextChoices):
    """What the public is told of the client."""

    NAME = "nom", "Son nom"
    KIND = "sorte", "Sa sorte seulement (un bailleur, une entreprise…)"
    NOTHING = "rien", "Rien («\u00a0client non nommé\u00a0»)"


# What a database may say of the client: every filter and every count reads these, never the
# fields, so that a client who is not named is not found by its name either.
PUBLIC_CLIENT: dict[str, Case] = {
    "public_kind": Case(
        When(client_shown=ClientShown.NOTHING, then=Value("")), default=F("client_kind")
    ),
    "public_client": Case(When(client_shown=ClientShown.NAME, then=F("client_id"))),
    "public_client_name": Case(
        When(client_shown=ClientShown.NAME, then=F("client__name")), default=Value("")
    ),
}
# The filters of the list, by their names in its address, and what each compares.
FILTERED = {
    "activite": "trade",
    "commune": "commune",
    "client": "public_kind",
    "partenaire": "public_client",
}


class ReferenceQuerySet(JoinedQuerySet):
    """Querysets of references."""

    def newest_first(self) -> "ReferenceQuerySet":
        """By the day the work began, the last one first."""
        return self.order_by("-starts_on", "-pk")

    def for_list(self) -> "ReferenceQuerySet":
        """What a list shows, in three queries."""
        last_day = Coalesce(OuterRef("ends_on"), Value(timezone.localdate()))
        formers = FormerName.objects.filter(partner=OuterRef("client"), until__gte=last_day)
        return (
            self.newest_first()
            .select_related("client__successor")
            .annotate(client_then=Subquery(formers.order_by("until").values("name")[:1]))
            .prefetch_related(Prefetch("after", public_images()))
            .defer_streamfields()
        )

    def matching(self, keys: Mapping[str, Any]) -> "ReferenceQuerySet":
        """Those that answer every filter: what each compares, by its name in ``FILTERED``."""
        wanted = {FILTERED[name]: key for name, key in keys.items()}
        return self.alias(**PUBLIC_CLIENT).filter(**wanted)

    def combinations(self) -> list[Combination]:
        """How many there are of each activity, place and client together; one query."""
        rows = (
            self.annotate(**PUBLIC_CLIENT)
            .order_by()
            .values(
                "trade",
                "trade__name",
                "trade__slug",
                "trade__sort_order",
                "commune",
                "commune__name",
                "commune__sort_order",
                *PUBLIC_CLIENT,
            )
            .annotate(total=Count("pk"))
        )
        return [Combination(_terms(row), row["total"]) for row in rows]

    def count_by_commune(self) -> dict[int, int]:
        """How many there are in each commune, by its key."""
        return self._count_by("commune")

    def count_by_client(self) -> dict[tuple[int, str], int]:
        """How many there are for each client that is named, by the key and name of the partner."""
        rows = (
            self.annotate(**PUBLIC_CLIENT)
            .order_by()
            .values_list("public_client", "public_client_name")
            .annotate(total=Count("pk"))
        )
        return {(key, name): total for key, name, total in rows if key}

    def _count_by(self, name: str) -> dict[int, int]:
        rows = self.order_by().values_list(name).annotate(total=Count("pk"))
        return {key: total for key, total in rows if key}


def _terms(row: Mapping[str, Any]) -> dict[str, Term]:
    """What a row of ``combinations()`` is filtered by."""
    terms = {
        "activite": Term(
            row["trade__sort_order"], row["trade__name"], row["trade__slug"], row["trade"]
        )
    }
    if row["commune"]:
        name = row["commune__name"]
        terms["commune"] = Term(row["commune__sort_order"], name, slugify(name), row["commune"])
    if row["public_kind"]:
        kind = Audience(row["public_kind"])
        terms["client"] = Term(list(Audience).index(kind), str(kind.label), kind.value, kind.value)
    if row["public_client"]:
        name = row["public_client_name"]
        terms["partenaire"] = Term(0, name, slugify(name), row["public_client"])
    return terms


class ReferenceIndexPage(BodyPage):
    """Every reference, the newest first, with filters that combine."""

    subpage_types: ClassVar[list[str]] = ["activities.ReferencePage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    admin_default_ordering = "-latest_revision_created_at"
    max_count = 1
    page_description = "La liste des réalisations, avec ses filtres."
    kind = "Réalisations"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des réalisations"
        verbose_name_plural = "pages des réalisations"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the filters, and the references that answer them."""
        context = super().get_context(request, *args, **kwargs)
        children = ReferencePage.objects.visible().child_of(self)
        filters = ReferenceFilters(request.GET, children.combinations())
        context["filters"] = filters
        context["references"] = self.answers(request, children, filters)
        return context

    @staticmethod
    def answers(
        request: HttpRequest, references: ReferenceQuerySet, filters: ReferenceFilters
    ) -> PaginatorPage:
        """The references of this page of the list."""
        answers = references.for_list().matching(filters.keys)
        return paginate(answers, request, REFERENCES_PER_PAGE)


class ReferencePage(BodyPage):
    """Work done: where, for whom, when, how much, before and after, and what the client says."""

    trade = models.ForeignKey(
        Trade,
        verbose_name="activité",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="L’activité de la régie qui a fait ce travail.",
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Laissez vide si le travail n’est pas sur une seule commune.",
    )
    place = models.CharField(
        "où exactement",
        max_length=120,
        blank=True,
        help_text="Une rue, une résidence, un parc. Facultatif.",
    )
    client = models.ForeignKey(
        Partner,
        verbose_name="partenaire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Le client, s’il est dans la liste des partenaires.",
    )
    client_kind = models.CharField(
        "sorte de client",
        max_length=20,
        choices=Audience.choices,
        blank=True,
        help_text="Sert à trier la liste. Pour un bailleur de la liste des partenaires, elle se "
        "remplit toute seule.",
    )
    client_shown = models.CharField(
        "ce que les visiteurs en voient",
        max_length=10,
        choices=ClientShown.choices,
        default=ClientShown.KIND,
        help_text="Son nom\u00a0: seulement si le client est d’accord.",
    )
    starts_on = models.DateField(
        "début",
        help_text="Si vous ne connaissez que l’année, mettez le 1er janvier et cochez la case "
        "plus bas.",
    )
    ends_on = models.DateField(
        "fin",
        null=True,
        blank=True,
        help_text="Laissez vide si le travail continue.",
    )
    years_only = models.BooleanField(
        "n’afficher que l’année",
        default=False,
        help_text="Cochez si le jour et le mois ne sont pas connus.",
    )
    quantity = models.DecimalField(
        "quantité",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"), "Écrivez un nombre plus grand que zéro.")],
        help_text="Le chiffre écrit en très grand. Facultatif.",
    )
    unit = models.CharField(
        "unité",
        max_length=40,
        blank=True,
        help_text="Ce que l’on compte\u00a0: m² de pelouse, logements, heures…",
    )
    before = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="photo d’avant",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Prise du même endroit que celle d’après\u00a0: on peut alors les comparer.",
    )
    after = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="photo d’après",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Le travail fini. Elle est aussi montrée dans la liste.",
    )
    quote = models.TextField(
        "ce que dit le client",
        max_length=600,
        blank=True,
        help_text="Ses mots exacts, sans guillemets.",
    )
    quote_author = models.CharField(
        "qui parle",
        max_length=120,
        blank=True,
        help_text="Comme la personne veut être nommée\u00a0: «\u00a0une locataire\u00a0», "
        "«\u00a0la gardienne\u00a0»…",
    )
    quote_agreed = models.BooleanField(
        "le client est d’accord pour que ses mots soient publiés",
        default=False,
        help_text="Sans cet accord, les mots ne sont montrés à personne.",
    )
    quote_agreed_on = models.DateField(
        "accord noté le",
        null=True,
        blank=True,
        help_text="Le jour où le client a donné son accord.",
    )

    objects = joined_manager(ReferenceQuerySet, "trade", "commune", "client")

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldPanel("summary"),
        FieldRowPanel(
            [
                FieldPanel("trade", widget=forms.Select),
                FieldPanel("commune", widget=forms.Select),
            ]
        ),
        FieldPanel("place"),
        FieldRowPanel([FieldPanel("quantity"), FieldPanel("unit")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldPanel("years_only"),
            ],
            "Quand",
        ),
        MultiFieldPanel(
            [
                FieldPanel("client", widget=forms.Select),
                FieldPanel("client_kind"),
                FieldPanel("client_shown", widget=forms.RadioSelect),
            ],
            "Pour quel client",
        ),
        FieldRowPanel([FieldPanel("before"), FieldPanel("after")], "Avant et après"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("quote"),
                FieldPanel("quote_author"),
                FieldPanel("quote_agreed"),
                FieldPanel("quote_agreed_on"),
            ],
            "Les mots du client",
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["activities.ReferenceIndexPage"]
    page_description = "Un travail fait\u00a0: le lieu, la surface, avant et après."
    kind = "Réalisation"
    search_group = "Réalisations"
    schema_type = "CreativeWork"
    comes_and_goes = True

    class Meta:
        verbose_name = "réalisation"
        verbose_name_plural = "réalisations"

    # --- What is said of it -----------------------------------------------------------------

    @property
    def client_label(self) -> str:
        """The client as the public may know it: a name, a kind, or « client non nommé »."""
        if self.client_shown == ClientShown.NAME and self.client:
            return self.client.titled(self._name_then(self.client))
        if self.client_shown != ClientShown.NOTHING and self.client_kind:
            return Audience(self.client_kind).one
        return UNNAMED_CLIENT

    def _name_then(self, client: Partner) -> str:
        """The name that the client had on the last day of the work."""
        if hasattr(self, "client_then"):  # a list has read it
            return self.client_then or client.name
        return client.name_on(self.ends_on or timezone.localdate())

    @property
    def where(self) -> str:
        """The place and the commune, as far as they are known."""
        return ", ".join(filter(None, [self.place, self.commune.name if self.commune else ""]))

    @property
    def when(self) -> str:
        """« 2025 », « de 2024 à 2025 », « depuis 2024 », « du 3 mars au 4 avril 2025 »."""
        if self.years_only:
            return _years(self.starts_on.year, self.ends_on.year if self.ends_on else None)
        return _days(self.starts_on, self.ends_on)

    @property
    def figure(self) -> Decimal | None:
        """The quantity without the zeros that a database adds: 1250, not 1250.00."""
        return self.quantity.normalize() if self.quantity else None

    @property
    def public_quote(self) -> str:
        """The client's words, if the agreement to publish them is noted with its date."""
        return self.quote if self.quote_agreed and self.quote_agreed_on else ""

    @property
    def contact_query(self) -> str:
        """The end of the contact page's address: a quote for work like this one."""
        chosen = {"motif": "devis", "activite": self.trade.slug, "realisation": self.slug}
        return f"?{urlencode(chosen)}"

    def search_extras(self) -> Iterable[str]:
        """What the page shows besides its text; the client as the public knows it."""
        return [self.trade.name, self.where, self.client_label, self.public_quote]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the two pictures that anybody may see."""
        context = super().get_context(request, *args, **kwargs)
        wanted = [key for key in (self.before_id, self.after_id) if key]
        pictures = public_images().in_bulk(wanted) if wanted else {}
        context["before"] = pictures.get(self.before_id)
        context["after"] = pictures.get(self.after_id)
        return context

    # --- What a form refuses ----------------------------------------------------------------

    def clean(self) -> None:
        """Refuse what cannot be published as it is.

        Raises:
            ValidationError: on the field where the editor can put it right.
        """
        super().clean()
        if not self.client_kind and self.client and self.client.family == Partner.Family.LANDLORD:
            self.client_kind = Audience.LANDLORDS
        errors = {**self._wrong_dates(), **self._wrong_client(), **self._wrong_figure()}
        if self.quote and not self.public_quote:
            errors["quote_agreed"] = (
                "Cochez la case et notez la date de l’accord, ou retirez les mots du client\u00a0: "
                "il faut son accord."
            )
        if errors:
            raise ValidationError(errors)

    def _wrong_dates(self) -> dict[str, str]:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            return {"ends_on": "La fin est avant le début\u00a0: corrigez l’une des deux dates."}
        return {}

    def _wrong_client(self) -> dict[str, str]:
        if self.client_shown == ClientShown.NAME and not self.client:
            return {"client": "Choisissez le partenaire, ou ne montrez pas son nom."}
        if self.client_shown != ClientShown.NOTHING and not self.client_kind:
            return {"client_kind": "Choisissez la sorte de client, ou ne montrez rien du client."}
        return {}

    def _wrong_figure(self) -> dict[str, str]:
        if self.quantity and not self.unit:
            return {"unit": "Dites ce que l’on compte\u00a0: m² de pelouse, logements, heures…"}
        if self.unit and not self.quantity:
            return {"quantity": "Écrivez le nombre, ou videz l’unité."}
        return {}

    # --- For machines -----------------------------------------------------------------------

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The work, where and when it was done, and by whom; nothing about the client."""
        data = super().json_ld(request)
        if data:
            organisation = OrganisationSettings.load(request_or_site=request)
            data[0] |= known(
                {
                    "about": self.trade.name,
                    "temporalCoverage": self._schema_period(),
                    "locationCreated": self._schema_place(),
                    "creator": signature(organisation),
                }
            )
        return data

    def _schema_period(self) -> str:
        """An ISO 8601 interval, open while the work goes on."""

        def written(day: date) -> str:
            return str(day.year) if self.years_only else day.isoformat()

        end = written(self.ends_on) if self.ends_on else ".."
        return (
            written(self.starts_on)
            if end == written(self.starts_on)
            else (f"{written(self.starts_on)}/{end}")
        )

    def _schema_place(self) -> dict[str, Any]:
        return {"@type": "Place", "name": self.where} if self.where else {}


def _years(start: int, end: int | None) -> str:
    if end is None:
        return f"depuis {start}"
    return str(start) if start == end else f"de {start} à {end}"


def _days(start: date, end: date | None) -> str:
    if end is None:
        return f"depuis le {long_date(start)}"
    if start == end:
        return f"le {long_date(start)}"
    return f"du {_first_day(start, end)} au {long_date(end)}"


def _first_day(start: date, end: date) -> str:
    """The first day of a period, without what its last day says again."""
    if (start.year, start.month) == (end.year, end.month):
        return "1er" if start.day == 1 else str(start.day)
    return long_date(start, "j F" if start.year == end.year else "j F Y")
