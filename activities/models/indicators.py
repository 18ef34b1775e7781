"""What is counted each year: the indicators, their definitions, the ways to break them down."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.forms import CheckboxSelectMultiple, Select
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel

from activities.figures import formulas
from activities.figures.formulas import FormulaError, Term
from activities.figures.small_numbers import is_small
from pages.models import Trade
from partners.models import Partner

# The association was founded in 2003: it has no figure before.
FIRST_YEAR = 2003
LAST_YEAR = 2100
PERCENT = "%"

code_validator = RegexValidator(
    rf"^{formulas.CODE}\Z",
    "Un code s’écrit en petites lettres sans accent, avec des chiffres et « _ » si besoin.",
)


class Chapter(models.TextChoices):
    """The usual chapters of a report, in their order (domain, 3.2)."""

    FOREWORD = "mot-de-la-presidence", "Le mot de la présidence"
    KEY_FIGURES = "annee-en-chiffres", "L’année en dix chiffres"
    WHO_WE_ARE = "qui-nous-sommes", "Qui nous sommes"
    INSERTION = "insertion", "L’insertion"
    ACTIVITIES = "activites", "Les activités"
    MEDIATION = "mediation", "La médiation et la vie de quartier"
    TERRITORY = "territoire", "Le territoire"
    PARTNERS = "partenaires", "Les partenaires et les financeurs"
    ACCOUNTS = "comptes", "Les comptes simplifiés"
    PERSPECTIVES = "perspectives", "Les perspectives"
    ANNEXES = "annexes", "Les annexes"


class BreakdownForm(WagtailAdminModelForm):
    """The form of a breakdown: a part that holds figures stays, under its code."""

    def clean(self) -> dict[str, Any]:
        """Refuse to take away, or to give another code to, a part that holds figures."""
        cleaned = super().clean()
        for form in self.formsets["items"].forms:
            if not form.instance.pk or not form.instance.values.exists():
                continue
            if form in self.formsets["items"].deleted_forms:
                self.add_error(None, f"« {form.instance} » a des chiffres : gardez cette part.")
            elif "code" in form.changed_data:
                form.add_error("code", f"Ce code est utilisé : gardez « {form.initial['code']} ».")
        return cleaned


class Breakdown(ClusterableModel):
    """A way to break a figure down: by kind of contract, by commune, by funder…"""

    code = models.SlugField("code", max_length=40, unique=True, validators=[code_validator])
    label = models.CharField(
        "nom", max_length=80, help_text="Par exemple : commune de résidence, type de client."
    )
    adds_up = models.BooleanField(
        "les parts s’additionnent",
        default=True,
        help_text="À décocher si une personne peut être comptée dans deux parts.",
    )
    sort_order = models.PositiveSmallIntegerField("rang", default=0)

    base_form_class = BreakdownForm

    panels: ClassVar[list[Panel]] = [
        FieldPanel("label"),
        FieldPanel("code"),
        FieldPanel("adds_up"),
        FieldPanel("sort_order"),
        InlinePanel("items", heading="Les parts", label="Part"),
    ]

    class Meta:
        verbose_name = "ventilation"
        verbose_name_plural = "ventilations"
        ordering: ClassVar[list[str]] = ["sort_order", "label"]

    def __str__(self) -> str:
        return self.label


class BreakdownItem(models.Model):
    """A part of a breakdown: ACI, Carvin, bailleurs…

    A code and a name are enough: a part may be « autres communes » as well as a commune.
    """

    breakdown = ParentalKey(Breakdown, on_delete=models.CASCADE, related_name="items")
    code = models.SlugField("code", max_length=40, validators=[code_validator])
    label = models.CharField("nom", max_length=80)
    partner = models.ForeignKey(
        Partner,
        verbose_name="partenaire",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Si cette part est un financeur : chaque rapport écrit alors son nom de "
        "l’année, à la place de celui-ci.",
    )
    sort_order = models.PositiveSmallIntegerField("rang", default=0)
    is_example = models.BooleanField("exemple", default=False, editable=False)

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("label"), FieldPanel("code"), FieldPanel("sort_order")]),
        FieldPanel("partner", widget=Select),
    ]

    class Meta:
        verbose_name = "part"
        verbose_name_plural = "parts"
        ordering: ClassVar[list[str]] = ["sort_order", "label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["breakdown", "code"],
                name="unique_item_code",
                violation_error_message="Deux parts ont le même code.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def name_in(self, year: int) -> str:
        """Its name in the report of a year: that of the partner it is, in that year."""
        return self.partner.name_in(year) if self.partner else self.label


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Querysets of indicators."""

    def active(self) -> "IndicatorQuerySet":
        """Those that are still counted."""
        return self.filter(is_active=True)

    def typed(self) -> "IndicatorQuerySet":
        """Those whose figures people type."""
        return self.filter(numerator="")

    def derived(self) -> "IndicatorQuerySet":
        """Those that are computed from others."""
        return self.exclude(numerator="")


class Indicator(ClusterableModel):
    """Something counted each year, in one unit, under one definition at a time.

    An indicator with a formula is *derived*: computed each time it is read
    (``numerator × scale ÷ denominator``, or ``numerator`` alone), never typed nor stored.
    """

    class Family(models.TextChoices):
        """The families of figures (domain, 3.4)."""

        INSERTION = "A", "Activité d’insertion"
        PROFILES = "B", "Profils à l’entrée"
        SUPPORT = "C", "Accompagnement et formation"
        EXITS = "D", "Sorties"
        PRODUCTION = "E", "Production"
        MEDIATION = "F", "Médiation et vie sociale"
        ECONOMY = "G", "Économie"
        ENVIRONMENT = "H", "Environnement"

    class Direction(models.TextChoices):
        """Which way is good."""

        UP = "up", "En hausse, c’est mieux"
        DOWN = "down", "En baisse, c’est mieux"
        NEUTRAL = "neutral", "Ni l’un ni l’autre"

    code = models.SlugField(
        "code",
        max_length=60,
        unique=True,
        validators=[code_validator],
        help_text="Il sert dans les adresses, les fichiers et les formules. "
        "Il ne change plus une fois utilisé.",
    )
    label = models.CharField("nom", max_length=120)
    family = models.CharField("famille", max_length=1, choices=Family.choices)
    chapter = models.CharField(
        "chapitre du rapport",
        max_length=30,
        choices=Chapter.choices,
        help_text="Si ce chapitre est réservé ou pas encore publié, ses chiffres le sont aussi.",
    )
    trade = models.ForeignKey(
        Trade,
        verbose_name="activité",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Pour montrer ce chiffre sur la page de cette activité.",
    )
    unit = models.CharField(
        "unité",
        max_length=20,
        blank=True,
        help_text="Écrite après le nombre, au pluriel : personnes, %, €, h, m²… "
        "Laissez vide si le nom la dit déjà.",
    )
    decimals = models.PositiveSmallIntegerField(
        "chiffres après la virgule", default=0, validators=[MaxValueValidator(4)]
    )
    minimum = models.BigIntegerField(
        "pas moins de",
        null=True,
        blank=True,
        default=0,
        help_text="Vide : le chiffre peut être négatif.",
    )
    maximum = models.BigIntegerField(
        "pas plus de",
        null=True,
        blank=True,
        help_text="Un pourcentage ne dépasse pas 100, sauf si vous écrivez autre chose ici.",
    )
    is_additive = models.BooleanField(
        "s’additionne",
        default=True,
        help_text="À décocher pour une moyenne, une durée ou un pourcentage : ses parts ne font "
        "pas une somme.",
    )
    counts_people = models.BooleanField(
        "compte des personnes",
        default=False,
        help_text="Les petits nombres de personnes seront protégés quand ils sont détaillés.",
    )
    direction = models.CharField(
        "sens", max_length=10, choices=Direction.choices, default=Direction.NEUTRAL
    )
    breakdowns = ParentalManyToManyField(
        Breakdown,
        verbose_name="ventilations possibles",
        blank=True,
        related_name="indicators",
        help_text="De quelles façons ce chiffre peut être détaillé.",
    )
    numerator = models.CharField(
        "formule",
        max_length=formulas.MAX_LENGTH,
        blank=True,
        help_text="Pour un chiffre calculé : des codes d’indicateurs, avec + ou - entre eux. "
        "Laissez vide pour un chiffre que l’on saisit.",
    )
    denominator = models.CharField(
        "divisé par",
        max_length=formulas.MAX_LENGTH,
        blank=True,
        help_text="Laissez vide pour une simple somme.",
    )
    scale = models.PositiveIntegerField(
        "multiplié par",
        default=1,
        validators=[MinValueValidator(1)],
        help_text="100 pour un pourcentage.",
    )
    on_home = models.BooleanField(
        "montré à l’accueil",
        default=False,
        help_text="Le dernier chiffre public, avec son année, sur la page d’accueil du site.",
    )
    # Pairs [year, key of the part or None]: ``activities.figures.protecting`` writes them.
    hidden_figures = models.JSONField("chiffres masqués", default=list, editable=False)
    sort_order = models.PositiveSmallIntegerField("rang", default=0)
    is_active = models.BooleanField(
        "toujours compté",
        default=True,
        help_text="À décocher quand on ne le compte plus : ses anciens chiffres restent.",
    )

    objects: ClassVar[Any] = IndicatorQuerySet.as_manager()

    panels: ClassVar[list[Panel]] = [
        FieldPanel("label"),
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("family"), FieldPanel("chapter")]),
        FieldRowPanel([FieldPanel("trade", widget=Select), FieldPanel("on_home")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("unit"), FieldPanel("decimals")]),
                FieldRowPanel([FieldPanel("minimum"), FieldPanel("maximum")]),
                FieldPanel("counts_people"),
                FieldPanel("is_additive"),
                FieldPanel("direction"),
            ],
            "Le nombre",
        ),
        InlinePanel(
            "definitions",
            heading="Définitions",
            label="Définition",
            min_num=1,
            help_text="Ajoutez-en une quand la façon de compter change, avec l’année du "
            "changement : les années d’avant gardent l’ancienne.",
        ),
        FieldPanel("breakdowns", widget=CheckboxSelectMultiple),
        MultiFieldPanel(
            [
                FieldPanel("numerator"),
                FieldRowPanel([FieldPanel("denominator"), FieldPanel("scale")]),
            ],
            "Chiffre calculé",
        ),
        FieldRowPanel([FieldPanel("sort_order"), FieldPanel("is_active")]),
    ]

    class Meta:
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"
        ordering: ClassVar[list[str]] = ["family", "sort_order", "label"]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Find anew which small numbers are hidden, if what decides of it changes."""
        from activities.figures import protecting

        with transaction.atomic():
            if not self._changes_what_is_hidden():
                super().save(*args, **kwargs)
                return
            protecting.lock()
            super().save(*args, **kwargs)
            protecting.refresh()

    def _changes_what_is_hidden(self) -> bool:
        """Whether it does; what is hidden may have been found since this was read: it stays."""
        names = ("counts_people", "numerator", "denominator")
        kept = Indicator.objects.select_for_update().filter(pk=self.pk)
        before = kept.values_list("hidden_figures", *names).first()
        if before is None:
            return self.counts_people or bool(self.numerator)
        self.hidden_figures = before[0]
        return before[1:] != tuple(getattr(self, name) for name in names)

    @cached_property
    def _hidden(self) -> set[tuple[int, int | None]]:
        return {(year, item) for year, item in self.hidden_figures}

    def hides(self, year: int, item: int | None, *numbers: Decimal | int) -> bool:
        """Whether the public must not read a figure: few people, or they could be computed.

        Args:
            year: Its year.
            item: The key of its part, nothing for a total.
            numbers: What it is or was: a small part is hidden whatever has been computed.
        """
        is_part_of_people = self.counts_people and item is not None
        return (year, item) in self._hidden or (is_part_of_people and any(map(is_small, numbers)))

    @property
    def is_derived(self) -> bool:
        """Whether it is computed from others."""
        return bool(self.numerator)

    @property
    def origin(self) -> str:
        """Where its figures come from, in a word."""
        return "Calculé" if self.is_derived else "Saisi"

    @property
    def numerator_terms(self) -> tuple[Term, ...]:
        """What is added and subtracted above the line."""
        return formulas.parse(self.numerator)

    @property
    def denominator_terms(self) -> tuple[Term, ...]:
        """What is added and subtracted below the line; nothing for a sum."""
        return formulas.parse(self.denominator)

    @property
    def parts(self) -> set[str]:
        """The codes of the indicators it is computed from."""
        return {term.code for term in (*self.numerator_terms, *self.denominator_terms)}

    def derived_from_it(self) -> list["Indicator"]:
        """The indicators that are computed from this one."""
        return [other for other in Indicator.objects.derived() if self.code in other.parts]

    def definition_in(self, year: int) -> "IndicatorDefinition | None":
        """The definition that holds in a year; the oldest one for the years before it."""
        known = sorted(self.definitions.all(), key=lambda definition: definition.since)
        holding = [definition for definition in known if definition.since <= year]
        return holding[-1] if holding else (known[0] if known else None)

    def version_in(self, year: int) -> int:
        """The number of the definition that holds in a year, the oldest being 1."""
        return max(1, sum(definition.since <= year for definition in self.definitions.all()))

    def series_breaks(self) -> list[int]:
        """The years whose figures are not counted as those of the year before."""
        return sorted(definition.since for definition in self.definitions.all())[1:]

    def clean(self) -> None:
        """Refuse what would make figures lie: a code that changes, a formula that cannot be.

        Raises:
            ValidationError: by field.
        """
        super().clean()
        errors: dict[str, str] = {}
        if self.counts_people and self.decimals and not self.is_derived:
            errors["decimals"] = "Des personnes se comptent en nombres entiers."
        if self.on_home and self.is_derived:
            errors["on_home"] = "Un chiffre calculé se lit dans le rapport, avec ce qu’il divise."
        if self._has_no_room():
            errors["maximum"] = "C’est moins que le minimum."
        errors |= self._changes_refused() | self._formula_errors()
        if errors:
            raise ValidationError(errors)

    def _has_no_room(self) -> bool:
        return self.minimum is not None and self.maximum is not None and self.minimum > self.maximum

    def _changes_refused(self) -> dict[str, str]:
        before = Indicator.objects.filter(pk=self.pk).first() if self.pk else None
        if before is None:
            return {}
        has_values = before.values.exists()
        errors = {}
        if before.code != self.code and (has_values or before.derived_from_it()):
            errors["code"] = f"Ce code est utilisé : gardez « {before.code} »."
        if self.is_derived and has_values:
            errors["numerator"] = "Des chiffres sont déjà saisis : il ne peut plus être calculé."
        elif self.is_derived and (users := before.derived_from_it()):
            errors["numerator"] = (
                f"« {users[0].label} » est calculé à partir de lui : il doit rester saisi."
            )
        return errors | self._counting_refused(before) | self._chapter_refused(before)

    def _counting_refused(self, before: "Indicator") -> dict[str, str]:
        """What was validated or approved is not counted otherwise afterwards, without a trace."""
        changed = [
            name
            for name in ("unit", "decimals", "numerator", "denominator", "scale")
            if getattr(before, name) != getattr(self, name)
        ]
        if not changed or not _is_vouched_for(before.parts or {before.code}):
            return {}
        return dict.fromkeys(
            changed,
            "Des chiffres validés en dépendent : créez plutôt un autre indicateur, et décochez "
            "« toujours compté » ici.",
        )

    def _chapter_refused(self, before: "Indicator") -> dict[str, str]:
        """A figure does not leave a chapter that hides it: it would become public."""
        from .values import hidden_chapters

        if before.chapter == self.chapter:
            return {}
        hidden = hidden_chapters().filter(chapter=before.chapter).first()
        if hidden is None or not _is_vouched_for(before.parts or {before.code}):
            return {}
        return {
            "chapter": f"Dans le rapport {hidden.year}, ce chapitre est réservé ou en brouillon : "
            "ses chiffres deviendraient publics."
        }

    def _formula_errors(self) -> dict[str, str]:
        if self.denominator and not self.numerator:
            return {"numerator": "Écrivez la formule : il n’y a rien à diviser."}
        errors = {}
        for name in ("numerator", "denominator"):
            try:
                _check_codes(self.code, formulas.parse(getattr(self, name)))
            except FormulaError as error:
                errors[name] = str(error)
        return errors


class IndicatorDefinition(models.Model):
    """What an indicator means from a year on; one more is a break in the series."""

    indicator = ParentalKey(Indicator, on_delete=models.CASCADE, related_name="definitions")
    since = models.PositiveSmallIntegerField(
        "à partir de l’année",
        default=FIRST_YEAR,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    definition = models.TextField(
        "définition", max_length=600, help_text="Ce que l’on compte, en mots simples."
    )
    method = models.TextField(
        "méthode", max_length=600, blank=True, help_text="Comment on le compte, à quelle date."
    )
    source = models.CharField(
        "source", max_length=200, blank=True, help_text="D’où vient le chiffre : quel registre…"
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("since"),
        FieldPanel("definition"),
        FieldPanel("method"),
        FieldPanel("source"),
    ]

    class Meta:
        verbose_name = "définition"
        verbose_name_plural = "définitions"
        ordering: ClassVar[list[str]] = ["since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["indicator", "since"],
                name="unique_definition_year",
                violation_error_message="Deux définitions commencent la même année.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} (depuis {self.since})"


def _is_vouched_for(codes: Iterable[str]) -> bool:
    from .values import PUBLIC_STATUSES

    figures = Indicator.objects.filter(code__in=codes, values__status__in=PUBLIC_STATUSES)
    return figures.exists()


def _check_codes(own_code: str, terms: Iterable[Term]) -> None:
    codes = {term.code for term in terms}
    if own_code in codes:
        raise FormulaError("Un indicateur ne peut pas être calculé à partir de lui-même.")
    known = {i.code: i for i in Indicator.objects.filter(code__in=codes)}
    for code in sorted(codes):
        if code not in known:
            raise FormulaError(f"Aucun indicateur n’a le code « {code} ».")
        if known[code].is_derived:
            raise FormulaError(
                f"« {code} » est lui-même calculé : écrivez plutôt sa formule "
                f"({known[code].numerator})."
            )
