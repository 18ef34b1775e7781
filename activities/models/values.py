"""The figures: one number for an indicator, a year and perhaps a part; and all it has been.

Figures are written by ``activities.figures.recording`` and nothing else: the models refuse any
other way, so that no number changes without a trace.
"""

from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Concat

from activities.figures.formatting import format_with_unit
from activities.figures.small_numbers import is_small
from pages.querysets import OUTER_PATH

from .indicators import FIRST_YEAR, LAST_YEAR, BreakdownItem, Indicator
from .reports import ReportChapterPage, ReportPage


class DirectWrite(RuntimeError):
    """A figure written beside ``activities.figures.recording``: its history would lie."""


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise DirectWrite("Figures are written by activities.figures.recording only.")


class Status(models.TextChoices):
    """How far a figure has come; the order is that of trust."""

    PROVISIONAL = "provisoire", "Provisoire"
    VALIDATED = "valide", "Validé"
    APPROVED = "approuve", "Approuvé en assemblée générale"


PUBLIC_STATUSES = (Status.VALIDATED, Status.APPROVED)


class RecordedQuerySet(models.QuerySet[Any]):
    """Rows that are read here, and written elsewhere."""

    create = bulk_create = bulk_update = update = delete = _refuse
    get_or_create = update_or_create = _refuse


class ValueQuerySet(RecordedQuerySet):
    """Querysets of figures."""

    def known(self) -> "ValueQuerySet":
        """Those that hold a number: a figure that was erased keeps its row, for its history."""
        return self.filter(number__isnull=False)

    def totals(self) -> "ValueQuerySet":
        """Those that are not broken down."""
        return self.filter(item__isnull=True)

    def readable(self, user: Any = None) -> "ValueQuerySet":
        """The figures this person may read: **the** rule of publicity.

        Validated or approved, in a year whose report is published and readable by them, and
        whose chapter, if the report has a page for it, is too. Everything that shows a figure to
        the public goes through here (``activities.figures.reading``).

        Args:
            user: Who reads; nobody in particular without it.
        """
        # Neither subquery looks at the figure being judged: they are computed once, not once a row.
        years = ReportPage.objects.readable_by(user).order_by().values("year")
        hidden = hidden_chapters(user).values_list(_year_and("chapter"))
        return (
            self.known()
            .alias(year_and_chapter=_year_and("indicator__chapter"))
            .filter(status__in=PUBLIC_STATUSES, year__in=years)
            .exclude(year_and_chapter__in=hidden)
        )


def _year_and(chapter: str) -> Concat:
    """A year and a chapter in one text, so that pairs can be compared."""
    return Concat(Cast("year", models.CharField()), models.Value("/"), F(chapter))


def hidden_chapters(user: Any = None) -> QuerySet[ReportChapterPage]:
    """The chapter pages this person may not read, with the ``year`` of their report."""
    report = ReportPage.objects.annotate(chapter_path=OUTER_PATH).filter(
        chapter_path__startswith=F("path")
    )
    readable = ReportChapterPage.objects.readable_by(user).values("pk")
    return (
        ReportChapterPage.objects.exclude(pk__in=readable)
        .annotate(year=Subquery(report.order_by().values("year")[:1]))
        .order_by()
    )


class Value(models.Model):
    """A figure as it is now. Without a number it has been erased."""

    indicator = models.ForeignKey(
        Indicator, verbose_name="indicateur", on_delete=models.PROTECT, related_name="values"
    )
    year = models.PositiveSmallIntegerField(
        "année", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    item = models.ForeignKey(
        BreakdownItem,
        verbose_name="part",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="values",
    )
    # SQLite keeps fifteen significant digits: ten before the comma and four after are exact.
    number = models.DecimalField("nombre", max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField(
        "état", max_length=10, choices=Status.choices, default=Status.PROVISIONAL
    )
    note = models.CharField(
        "note",
        max_length=300,
        blank=True,
        help_text="Affichée avec le chiffre : une estimation, ce qui explique un écart…",
    )
    updated_at = models.DateTimeField("modifié le")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="modifié par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_example = models.BooleanField("exemple", default=False, editable=False)

    objects: ClassVar[Any] = ValueQuerySet.as_manager()
    save = delete = _refuse

    # Thousands of rows that nobody chooses in a form.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "chiffre"
        verbose_name_plural = "chiffres"
        ordering: ClassVar[list[str]] = ["year", "indicator", "item"]
        default_permissions = ("add", "change", "view")
        permissions = (("validate_value", "Valider et approuver : chiffre"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["indicator", "year"], condition=Q(item=None), name="unique_total"
            ),
            models.UniqueConstraint(
                fields=["indicator", "year", "item"],
                condition=Q(item__isnull=False),
                name="unique_part",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="value_year"
            ),
            # What is neither provisional nor a number says nothing.
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(status=Status.PROVISIONAL),
                name="value_known_before_validated",
            ),
        ]

    def __str__(self) -> str:
        part = f" – {self.item}" if self.item else ""
        return f"{self.indicator}{part}, {self.year}"


class ValueChangeQuerySet(RecordedQuerySet):
    """Querysets of changes."""

    def errata(self) -> "ValueChangeQuerySet":
        """The corrections of figures that the assembly had approved, the newest first."""
        return self.filter(is_erratum=True).order_by("-at", "-pk")

    def readable(self, user: Any = None) -> "ValueChangeQuerySet":
        """The changes of the figures that this person may read."""
        return self.filter(value__in=Value.objects.readable(user))


class ValueChange(models.Model):
    """A change of a figure; rows are added and never touched again.

    The change of an approved figure is an *erratum*: public, with its reason.
    """

    value = models.ForeignKey(
        Value, verbose_name="chiffre", on_delete=models.CASCADE, related_name="changes"
    )
    old_number = models.DecimalField(
        "ancien nombre", max_digits=14, decimal_places=4, null=True, blank=True
    )
    new_number = models.DecimalField(
        "nouveau nombre", max_digits=14, decimal_places=4, null=True, blank=True
    )
    # Empty for the first change: there was no figure.
    old_status = models.CharField("ancien état", max_length=10, choices=Status.choices, blank=True)
    new_status = models.CharField("nouvel état", max_length=10, choices=Status.choices)
    note = models.CharField("note", max_length=300, blank=True)
    reason = models.CharField("raison", max_length=300, blank=True)
    is_erratum = models.BooleanField("erratum", default=False)
    at = models.DateTimeField("le")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects: ClassVar[Any] = ValueChangeQuerySet.as_manager()
    save = delete = _refuse

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "changement d’un chiffre"
        verbose_name_plural = "changements des chiffres"
        ordering: ClassVar[list[str]] = ["at", "pk"]
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], condition=Q(is_erratum=True), name="errata_by_date")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_erratum=False) | ~Q(reason=""), name="erratum_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.at:%d/%m/%Y})"

    @property
    def subject(self) -> str:
        """What was corrected: the indicator, and its part under its name of the year."""
        item = self.value.item
        part = f", {item.name_in(self.value.year)}" if item else ""
        return f"{self.value.indicator}{part}"

    @property
    def is_masked(self) -> bool:
        """Whether its numbers would say too much about a few people."""
        numbers = [n for n in (self.old_number, self.new_number) if n is not None]
        indicator = self.value.indicator
        return indicator.hides(self.value.year, self.value.item_id) or (
            indicator.counts_people and any(map(is_small, numbers))
        )

    @property
    def sentence(self) -> str:
        """What the public reads of it: what is written now, and what was before."""
        if self.is_masked:
            return "corrigé (nombre masqué)."
        return f"{self._text(self.new_number)}, et non {self._text(self.old_number)}."

    def _text(self, number: Decimal | None) -> str:
        indicator = self.value.indicator
        if number is None:
            return "rien"
        return format_with_unit(number, indicator.decimals, indicator.unit)
