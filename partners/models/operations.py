"""Operations that the European Union co-finances, and the duties that come with its money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, Panel

from pages.models import BodyPage, Trade
from pages.models.base import TITLE_PANEL
from pages.querysets import SitePageManager, SitePageQuerySet

from .partners import Partner

CENT = Decimal("0.01")
POSITIVE = MinValueValidator(CENT, "Écrivez un nombre plus grand que zéro.")


@dataclass(frozen=True)
class Duty:
    """Something that the funder checks on the site, and whether it is done."""

    sentence: str
    is_met: bool


class OperationQuerySet(SitePageQuerySet):
    """Querysets of operations."""

    def running(self) -> "OperationQuerySet":
        """Those of which today is one of the days, at the clocks of the association."""
        return self.touching(timezone.localdate())

    def touching(self, first: date, last: date | None = None) -> "OperationQuerySet":
        """Those that run on at least one day from ``first`` to ``last`` (itself by default)."""
        return self.filter(starts_on__lte=last or first, ends_on__gte=first)

    def of_funder(self, partner: Partner) -> "OperationQuerySet":
        """Those that this partner pays, the newest first, without their texts."""
        return self.filter(funder=partner).defer_streamfields().order_by("-starts_on", "-pk")

    def real(self) -> "OperationQuerySet":
        """Without the examples: the Union's emblem is never shown for money that is invented."""
        return self.filter(is_example=False)


class OperationPage(BodyPage):
    """A co-financed operation: its page is lasting, as the rules of the Union want it."""

    class Fund(models.TextChoices):
        """The funds of the Union."""

        ESF_PLUS = "fse-plus", "Fonds social européen plus (FSE+)"
        ESF = "fse", "Fonds social européen (FSE)"
        ERDF = "feder", "Fonds européen de développement régional (FEDER)"
        JUST_TRANSITION = "ftj", "Fonds pour une transition juste (FTJ)"
        OTHER = "autre", "Un autre fonds européen"

    fund = models.CharField("fonds", max_length=20, choices=Fund.choices, default=Fund.ESF_PLUS)
    funder = models.ForeignKey(
        Partner,
        verbose_name="financeur",
        on_delete=models.PROTECT,
        related_name="operations",
        help_text="Le partenaire qui verse cette aide, ou l’Union européenne.",
    )
    operation_number = models.CharField(
        "numéro de l’opération", max_length=60, blank=True, help_text="Celui de la convention."
    )
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", help_text="Dernier jour. La page reste après.")
    aims = models.TextField(
        "objectifs",
        max_length=1500,
        blank=True,
        help_text="Ce que l’opération veut changer, pour qui, en quelques phrases.",
    )
    results = models.TextField(
        "résultats",
        max_length=1500,
        blank=True,
        help_text="Ce qui est déjà obtenu, ou ce que l’on attend. À compléter en cours de route.",
    )
    total_cost = models.DecimalField(
        "coût total",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[POSITIVE],
        help_text="En euros.",
    )
    eu_amount = models.DecimalField(
        "part de l’Union européenne",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[POSITIVE],
        help_text="En euros. Le taux est calculé.",
    )
    trades = ParentalManyToManyField(
        Trade,
        verbose_name="activités",
        blank=True,
        related_name="+",
        help_text="L’emblème est montré sur leurs pages tant que l’opération dure.",
    )

    objects = SitePageManager.from_queryset(OperationQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        HelpPanel(template="partners/admin/duties_panel.html", heading="Ce que l’Union demande"),
        TITLE_PANEL,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("fund"), FieldPanel("funder", widget=forms.Select)]),
                FieldPanel("operation_number"),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            ],
            "L’opération",
        ),
        FieldPanel("aims"),
        FieldPanel("results"),
        FieldRowPanel([FieldPanel("total_cost"), FieldPanel("eu_amount")], "L’argent"),
        FieldPanel("trades", widget=forms.CheckboxSelectMultiple),
        FieldPanel("body"),
    ]
    subpage_types: ClassVar[list[str]] = []
    parent_page_types: ClassVar[list[str]] = ["partners.PartnerIndexPage"]
    page_description = "Une opération cofinancée par l’Union européenne : sa page reste."
    kind = "Opération européenne"
    read_with = ("funder",)

    class Meta:
        verbose_name = "opération cofinancée par l’Union européenne"
        verbose_name_plural = "opérations cofinancées par l’Union européenne"

    @property
    def is_running(self) -> bool:
        """Whether today is one of its days, the first and the last included."""
        return self.starts_on <= timezone.localdate() <= self.ends_on

    @property
    def is_over(self) -> bool:
        """Whether its last day is past."""
        return self.ends_on < timezone.localdate()

    @property
    def shows_emblem(self) -> bool:
        """Whether its page carries the emblem: for ever, unless it is an example."""
        return not self.is_example

    @property
    def eu_rate(self) -> Decimal | None:
        """The part of the Union in the whole, in percent with one decimal."""
        if not (self.total_cost and self.eu_amount):
            return None
        rate = (100 * self.eu_amount / self.total_cost).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate

    @property
    def publicity(self) -> list[Duty]:
        """What the funder will look for on the site, in the words of editors."""
        return [
            Duty("L’emblème et la phrase sont montrés en haut de la page.", self.shows_emblem),
            Duty("Les objectifs sont décrits.", bool(self.aims.strip())),
            Duty("Les résultats sont décrits.", bool(self.results.strip())),
            Duty("Le montant de la part européenne est écrit.", bool(self.eu_amount)),
            Duty("Une activité au moins est choisie : sa page montre l’emblème.", self._has_trade),
            Duty("La page est publiée et ouverte à tous.", self._is_open),
        ]

    @property
    def _has_trade(self) -> bool:
        return bool(self.pk) and self.trades.exists()

    @property
    def _is_open(self) -> bool:
        return bool(self.pk) and OperationPage.objects.visible().filter(pk=self.pk).exists()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the address of the funder's page: the page above holds it."""
        context = super().get_context(request, *args, **kwargs)
        above = (self.get_url(request) or "").rstrip("/").rpartition("/")[0]
        context["funder_url"] = f"{above}/{self.funder.slug}/"
        return context

    def search_extras(self) -> Iterable[str]:
        """What the page shows besides its text."""
        return [self.get_fund_display(), self.operation_number, self.aims, self.results]

    def clean(self) -> None:
        """Refuse what cannot be published as it is.

        Raises:
            ValidationError: on the field where the editor can put it right.
        """
        super().clean()
        errors = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            errors["ends_on"] = "La fin est avant le début : corrigez l’une des deux dates."
        if self.total_cost and self.eu_amount and self.eu_amount > self.total_cost:
            errors["eu_amount"] = (
                "La part de l’Union dépasse le coût total : corrigez l’un des deux."
            )
        if self.slug and Partner.objects.filter(slug=self.slug).exists():
            errors["slug"] = "Un partenaire a déjà cette adresse : choisissez-en une autre."
        if errors:
            raise ValidationError(errors)
