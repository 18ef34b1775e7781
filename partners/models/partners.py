"""Partners and funders: who they are, what they were called, what they support."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.search import index

from pages.models import Trade
from pages.models.organisation import PHONE
from partners.panels import PartnerLinksPanel

from . import names

NAME_LENGTH = 120
# Wide enough for any logo on paper or on a screen; nobody asks for less than an icon.
LOGO_WIDTHS = (20, 280)
_APOSTROPHES = re.compile("['’ʼ]")


class PartnerForm(WagtailAdminModelForm):
    """The form of a partner: it judges the names together, where the mistake is."""

    def clean(self) -> dict[str, Any]:
        """Refuse former names that contradict each other or the current one."""
        cleaned = super().clean()
        rows = self._former_names()
        errors = names.name_errors(
            cleaned.get("name") or "",
            [form.instance for form in rows],
            timezone.localdate(),
            cleaned.get("ended_on"),
        )
        for rank, (field, sentence) in errors.items():
            rows[rank].add_error(field, sentence)
        if errors:
            self.add_error(None, "Un ancien nom est à corriger : voyez l’onglet « Ses noms ».")
        return cleaned

    def _former_names(self) -> list[forms.ModelForm]:
        """The rows that are filled in and kept."""
        formset = self.formsets.get("former_names")
        if formset is None:
            return []
        formset.is_valid()
        return [
            form
            for form in formset.forms
            if form not in formset.deleted_forms and form.instance.name and form.instance.until
        ]


def exists_today() -> Q:
    """The condition of a partner that still exists, its last day included."""
    return Q(ended_on=None) | Q(ended_on__gte=timezone.localdate())


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Querysets of partners."""

    def current(self) -> "PartnerQuerySet":
        """Those that exist today."""
        return self.filter(exists_today())

    def supporting(self, first: date, last: date | None = None) -> "PartnerQuerySet":
        """Those of which a support covers at least one of these days, each once."""
        covering = Support.objects.covering(first, last).values("partner")
        return self.filter(pk__in=covering)

    def saying_what_there_is(self) -> "PartnerQuerySet":
        """With what tells which lists are worth reading: most partners have none of them."""
        operations = apps.get_model("partners", "OperationPage")
        return self.annotate(
            has_former_names=Exists(FormerName.objects.filter(partner=OuterRef("pk"))),
            has_supports=Exists(Support.objects.filter(partner=OuterRef("pk"))),
            has_operations=Exists(operations.objects.filter(funder=OuterRef("pk"))),
        )

    def with_names(self) -> "PartnerQuerySet":
        """With their former names, in one query more."""
        return self.prefetch_related("former_names")


class Partner(index.Indexed, ClusterableModel):
    """A body that works with the association or supports it, named as it names itself.

    ``name`` is the current one; those before are ``former_names``. A partner that was merged into
    another keeps its own record, which ends and says where it went: ``successor``.
    """

    class Family(models.TextChoices):
        """The four families, in the words of the association."""

        LOCAL = "local", "Habitants et collectivités locales"
        LANDLORD = "landlord", "Bailleurs sociaux"
        INSTITUTION = "institution", "Institutions"
        FOUNDATION = "foundation", "Fondations"

    class Kind(models.TextChoices):
        """What sort of body it is, in plain words."""

        RESIDENTS = "habitants", "Habitants"
        COMMUNE = "commune", "Commune"
        AGGLOMERATION = "agglomeration", "Communauté d’agglomération"
        LANDLORD = "bailleur", "Bailleur social"
        STATE = "etat", "Service de l’État"
        REGION = "region", "Région"
        DEPARTMENT = "departement", "Département"
        EUROPE = "europe", "Union européenne"
        FOUNDATION = "fondation", "Fondation"
        COMPANY = "entreprise", "Entreprise"
        ASSOCIATION = "association", "Association"
        OTHER = "autre", "Autre"

    class Placement(models.TextChoices):
        """Where the mention of a funder must be read, besides its own page."""

        REPORTS = "rapports", "Les rapports des années soutenues"
        ACTIVITIES = "activites", "Les rapports et les pages des activités soutenues"

    # --- Who -------------------------------------------------------------------------------
    name = models.CharField(
        "nom",
        max_length=NAME_LENGTH,
        unique=True,
        help_text="Le nom d’aujourd’hui, comme le partenaire s’écrit lui-même.",
    )
    slug = models.SlugField("adresse", max_length=140, unique=True, editable=False)
    family = models.CharField("famille", max_length=20, choices=Family.choices)
    kind = models.CharField(
        "sorte",
        max_length=20,
        choices=Kind.choices,
        blank=True,
        help_text="Affichée sous son nom. Facultatif.",
    )
    detail = models.CharField(
        "précision",
        max_length=160,
        blank=True,
        help_text="Affichée en petit sous le nom. Facultatif.",
    )
    presentation = models.TextField(
        "présentation",
        max_length=600,
        blank=True,
        help_text="Deux ou trois phrases : ce que ce partenaire fait avec la régie. Facultatif.",
    )
    website = models.URLField("site", blank=True)
    sort_order = models.PositiveSmallIntegerField(
        "rang",
        default=0,
        help_text="L’ordre dans la famille : le plus petit d’abord.",
    )
    is_example = models.BooleanField("exemple", default=False, editable=False)

    # --- What became of it ------------------------------------------------------------------
    ended_on = models.DateField(
        "dernier jour",
        null=True,
        blank=True,
        help_text="Si ce partenaire n’existe plus : le dernier jour où il a existé. Il quitte la "
        "liste, sa page reste.",
    )
    successor = models.ForeignKey(
        "self",
        verbose_name="repris par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
        help_text="Le partenaire avec lequel il a fusionné, ou qui a pris sa suite.",
    )

    # --- Its logo ---------------------------------------------------------------------------
    logo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="logo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Celui qui se lit sur un fond clair.",
    )
    logo_dark = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="logo pour fond sombre",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Sans lui, l’autre est posé sur un fond clair.",
    )
    logo_alt = models.CharField(
        "texte du logo",
        max_length=160,
        blank=True,
        help_text="Ce qui est écrit sur le logo, pour qui ne le voit pas. Vide : le nom.",
    )
    logo_min_width = models.PositiveSmallIntegerField(
        "largeur minimale",
        default=120,
        validators=[MinValueValidator(LOGO_WIDTHS[0]), MaxValueValidator(LOGO_WIDTHS[1])],
        help_text="En pixels : le logo n’est jamais montré plus petit.",
    )
    logo_rules = models.TextField(
        "règles du logo",
        max_length=600,
        blank=True,
        help_text="Ce que la convention demande, pour s’en souvenir. N’est pas publié.",
    )

    # --- Its mention ------------------------------------------------------------------------
    required_mention = models.TextField(
        "phrase demandée",
        max_length=300,
        blank=True,
        help_text="La phrase que ce financeur demande d’écrire, mot pour mot.",
    )
    mention_placement = models.CharField(
        "où elle est écrite",
        max_length=20,
        choices=Placement.choices,
        default=Placement.REPORTS,
        help_text="Toujours aussi sur la page de ce partenaire.",
    )
    mention_with_logo = models.BooleanField(
        "avec son logo",
        default=True,
        help_text="Montrer son logo à côté de la phrase.",
    )

    # --- Whom to talk to --------------------------------------------------------------------
    contact_name = models.CharField("personne", max_length=80, blank=True)
    contact_role = models.CharField("fonction", max_length=120, blank=True)
    contact_email = models.EmailField("courriel", blank=True)
    contact_phone = models.CharField(
        "téléphone", max_length=20, blank=True, validators=[PHONE], help_text="03 21 00 00 00"
    )
    contact_is_public = models.BooleanField(
        "montrer ce contact aux visiteurs",
        default=False,
        help_text="Seulement si la personne est d’accord.",
    )

    objects: ClassVar[Any] = PartnerQuerySet.as_manager()
    base_form_class = PartnerForm

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    PartnerLinksPanel(),
                    FieldPanel("name"),
                    FieldRowPanel([FieldPanel("family"), FieldPanel("kind")]),
                    FieldPanel("detail"),
                    FieldPanel("presentation"),
                    FieldRowPanel([FieldPanel("website"), FieldPanel("sort_order")]),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_role")]),
                            FieldRowPanel(
                                [FieldPanel("contact_email"), FieldPanel("contact_phone")]
                            ),
                            FieldPanel("contact_is_public"),
                        ],
                        "À qui parler",
                    ),
                ],
                heading="Qui c’est",
            ),
            ObjectList(
                [
                    InlinePanel(
                        "former_names",
                        heading="Comment il s’appelait avant",
                        label="Ancien nom",
                        help_text="Un nom par ligne, avec son dernier jour. Le nom d’aujourd’hui "
                        "est dans le premier onglet.",
                    ),
                    MultiFieldPanel(
                        [
                            FieldPanel("ended_on"),
                            FieldPanel("successor", widget=forms.Select),
                        ],
                        "S’il n’existe plus",
                    ),
                ],
                heading="Ses noms",
            ),
            ObjectList(
                [InlinePanel("supports", heading="Ce qu’il soutient", label="Soutien")],
                heading="Ses soutiens",
            ),
            ObjectList(
                [
                    MultiFieldPanel(
                        [
                            FieldPanel("required_mention"),
                            FieldPanel("mention_placement", widget=forms.RadioSelect),
                            FieldPanel("mention_with_logo"),
                        ],
                        "La phrase qu’il demande",
                    ),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("logo"), FieldPanel("logo_dark")]),
                            FieldRowPanel([FieldPanel("logo_alt"), FieldPanel("logo_min_width")]),
                            FieldPanel("logo_rules"),
                        ],
                        "Son logo",
                    ),
                ],
                heading="Mention et logo",
            ),
        ]
    )
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

    # --- Its names --------------------------------------------------------------------------

    def name_on(self, day: date) -> str:
        """What it was called on that day."""
        return names.name_on(day, self.name, self.former_names.all())

    def name_in(self, year: int) -> str:
        """What it was called at the end of that year."""
        return names.name_in(year, self.name, self.former_names.all())

    def name_periods(self) -> list[names.Period]:
        """Its names, the oldest first, each with its days; the last one until its end."""
        return names.periods(self.name, self.former_names.all())

    @property
    def only_period(self) -> names.Period:
        """Its name since always, for one that never changed."""
        return names.Period(self.name, None, None)

    @property
    def is_ended(self) -> bool:
        """Whether it no longer exists, at the clocks of the association."""
        return bool(self.ended_on and self.ended_on < timezone.localdate())

    @property
    def today(self) -> "Partner":
        """The partner that it is now: itself, or the living end of the chain of successors."""
        partner, seen = self, {self.pk}
        while partner.is_ended and partner.successor and partner.successor_id not in seen:
            partner = partner.successor
            seen.add(partner.pk)
        return partner

    def titled(self, then: str) -> str:
        """A name of the past as a list says it: « A, aujourd’hui B »."""
        now = self.today.name
        return then if now == then else f"{then}, aujourd’hui {now}"

    # --- Its supports -----------------------------------------------------------------------

    @property
    def agreement_ends_on(self) -> date | None:
        """The last day of its supports; none when one is open, or when there is none."""
        ends = [support.ends_on for support in self.supports.all()]
        known = [end for end in ends if end]
        return max(known) if known and len(known) == len(ends) else None

    @property
    def public_contact(self) -> bool:
        """Whether there is somebody to name to visitors."""
        known = (self.contact_name, self.contact_role, self.contact_email, self.contact_phone)
        return self.contact_is_public and any(known)

    @property
    def logo_text(self) -> str:
        """What the logo says to those who do not see it."""
        return self.logo_alt or self.name

    # --- What a form refuses, what saving does ----------------------------------------------

    def clean(self) -> None:
        """Refuse a successor that makes no sense.

        Raises:
            ValidationError: on the field where the editor can put it right.
        """
        super().clean()
        if self.logo_dark and not self.logo:
            raise ValidationError({"logo": "Ajoutez d’abord le logo qui se lit sur un fond clair."})
        if self.successor and not self.ended_on:
            raise ValidationError(
                {"ended_on": "Écrivez le dernier jour de ce partenaire, puisqu’il est repris."}
            )
        if self.successor and (sentence := self._wrong_successor()):
            raise ValidationError({"successor": sentence})

    def _wrong_successor(self) -> str:
        if self.pk is None or self.successor is None:
            return ""
        if self.successor_id == self.pk:
            return "Un partenaire ne peut pas se reprendre lui-même : choisissez-en un autre."
        first = after = self.successor
        seen: set[int] = set()
        while after and after.pk not in seen:
            if after.pk == self.pk:
                return (
                    f"« {first} » a lui-même été repris, en fin de compte, par "
                    f"« {self.name} » : le tour n’aurait pas de fin."
                )
            seen.add(after.pk)
            after = after.successor
        return ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address in step with the name; the former address leads to the new one."""
        kept = self.slug
        if not kept or not _is_address_of(kept, self.name):
            self.slug = _free_address(self)
            # Partial saves of the name must write the address as well.
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "slug"}
        super().save(*args, **kwargs)
        FormerAddress.objects.filter(slug=self.slug).delete()
        if kept and kept != self.slug:
            FormerAddress.objects.get_or_create(slug=kept, defaults={"partner": self})


def _is_address_of(slug: str, name: str) -> bool:
    """Whether an address was made from this name: « nom », or « nom-2 » for a namesake."""
    base = _address(name)
    end = slug.removeprefix(base)
    return slug.startswith(base) and (not end or (end[0] == "-" and end[1:].isdecimal()))


def _address(name: str) -> str:
    """« Caisse d’Épargne » → ``caisse-d-epargne``: an elision is a word of its own."""
    return slugify(_APOSTROPHES.sub(" ", name))[:NAME_LENGTH].strip("-_") or "partenaire"


def _free_address(partner: Partner) -> str:
    """The address of its name, with a number if a partner or an operation has it or had it."""
    base = _address(partner.name)
    others = Partner.objects.exclude(pk=partner.pk).filter(slug__startswith=base)
    taken = set(others.values_list("slug", flat=True))
    former = FormerAddress.objects.exclude(partner=partner.pk).filter(slug__startswith=base)
    taken |= set(former.values_list("slug", flat=True))
    operations = apps.get_model("partners", "OperationPage").objects.filter(slug__startswith=base)
    taken |= set(operations.values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class FormerAddress(models.Model):
    """An address that a partner had: it leads to the present one."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="former_addresses")
    slug = models.SlugField("adresse", max_length=140, unique=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"

    def __str__(self) -> str:
        return self.slug


class FormerName(models.Model):
    """A name that a partner had, and the last day it had it."""

    partner = ParentalKey(Partner, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField("s’appelait", max_length=NAME_LENGTH)
    until = models.DateField("jusqu’au", help_text="Le dernier jour où il s’appelait ainsi.")

    panels: ClassVar[list[Panel]] = [FieldRowPanel([FieldPanel("name"), FieldPanel("until")])]

    class Meta:
        verbose_name = "ancien nom"
        verbose_name_plural = "anciens noms"
        ordering: ClassVar[list[str]] = ["until"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["partner", "until"],
                name="unique_former_name_day",
                violation_error_message="Deux noms finissent le même jour.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SupportQuerySet(models.QuerySet["Support"]):
    """Querysets of supports."""

    def covering(self, first: date, last: date | None = None) -> "SupportQuerySet":
        """Those that run on at least one day from ``first`` to ``last`` (itself by default)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last or first)


class Support(ClusterableModel):
    """What a partner supports, from when to when, for what; two may overlap."""

    partner = ParentalKey(Partner, on_delete=models.CASCADE, related_name="supports")
    starts_on = models.DateField("début")
    ends_on = models.DateField(
        "fin", null=True, blank=True, help_text="Dernier jour. Vide : il continue."
    )
    purpose = models.CharField(
        "pour quoi", max_length=200, help_text="Par exemple : l’accompagnement des salariés."
    )
    trades = ParentalManyToManyField(
        Trade, verbose_name="activités", blank=True, related_name="+", help_text="Facultatif."
    )
    amount = models.DecimalField(
        "montant",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"), "Écrivez un nombre plus grand que zéro.")],
        help_text="En euros. Facultatif.",
    )
    amount_is_public = models.BooleanField(
        "montant public",
        default=False,
        help_text="Sans cette case, le montant n’est écrit nulle part sur le site.",
    )
    agreement_number = models.CharField(
        "numéro de convention",
        max_length=60,
        blank=True,
        help_text="Pour retrouver le papier. N’est pas publié.",
    )

    objects: ClassVar[Any] = SupportQuerySet.as_manager()

    panels: ClassVar[list[Panel]] = [
        FieldPanel("purpose"),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
        FieldPanel("trades", widget=forms.CheckboxSelectMultiple),
        FieldRowPanel([FieldPanel("amount"), FieldPanel("agreement_number")]),
        FieldPanel("amount_is_public"),
    ]

    class Meta:
        verbose_name = "soutien"
        verbose_name_plural = "soutiens"
        ordering: ClassVar[list[str]] = ["-starts_on", "pk"]

    def __str__(self) -> str:
        return self.purpose

    def clean(self) -> None:
        """Refuse an end before the beginning.

        Raises:
            ValidationError: on the end.
        """
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "La fin est avant le début : corrigez une date."})

    @property
    def is_running(self) -> bool:
        """Whether today is one of its days."""
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)

    @property
    def public_amount(self) -> Decimal | None:
        """The amount, if anybody may know it."""
        return self.amount if self.amount_is_public else None


def with_successors(partners: Iterable[Partner]) -> list[Partner]:
    """These partners, each holding the row of its successor when it is one of them.

    Reading all of them in one query and tying them here costs no query for a chain.
    """
    known = {partner.pk: partner for partner in partners}
    for partner in known.values():
        if partner.successor_id in known:
            partner.successor = known[partner.successor_id]
    return list(known.values())
