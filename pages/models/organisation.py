"""What is said of the association everywhere, typed once.

Nothing here has a value by default that would be a fact about the association: an empty
field shows nothing to the public, and the admin's home lists it as still to be filled in.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.blocks import StructValue
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page

from pages.querysets import all_pages
from pages.setting_blocks import (
    WEEKDAYS,
    OpeningExceptionsBlock,
    OpeningHoursBlock,
    SocialLinksBlock,
    rows,
)
from pages.streams import SlimStreamField

from .glossary import glossary_stamp

PHONE = RegexValidator(
    r"^(0[1-9]( \d{2}){4}|\+\d{2} \d( \d{2}){4}|0 8\d{2} \d{3} \d{3}|\d{2,4})$",
    "Écrivez le numéro par groupes de deux chiffres, par exemple « 03 21 00 00 00 ».",
)
FULLY_CONFORM = 100
PARTLY_CONFORM = 50
# An audit is worth three years (declaration of accessibility, RGAA).
AUDIT_VALID_DAYS = 3 * 365
WEEKEND = {"5", "6"}


@register_setting(icon="home", order=100)
class OrganisationSettings(BaseGenericSetting):
    """The association: identity, coordinates, opening hours, legal data, accessibility."""

    # Identity
    name = models.CharField("nom complet", max_length=120, blank=True)
    short_name = models.CharField("nom court", max_length=40, blank=True)
    baseline = models.CharField("phrase de présentation", max_length=200, blank=True)
    logo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="logo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Remplace le nom dessiné en haut de chaque page.",
    )
    founded_year = models.PositiveSmallIntegerField("année de création", null=True, blank=True)
    area_served = models.CharField("territoire d’intervention", max_length=120, blank=True)
    director_name = models.CharField("nom de la direction", max_length=80, blank=True)
    director_title = models.CharField("fonction", max_length=60, blank=True)

    # Coordinates
    street_address = models.CharField("adresse", max_length=150, blank=True)
    postcode = models.CharField(
        "code postal",
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", "Un code postal a cinq chiffres.")],
    )
    city = models.CharField("ville", max_length=80, blank=True)
    phone = models.CharField(
        "téléphone",
        max_length=20,
        blank=True,
        validators=[PHONE],
        help_text="Par groupes de deux chiffres. Il apparaît sur toutes les pages.",
    )
    email = models.EmailField("adresse e-mail", blank=True)
    map_url = models.URLField(
        "lien vers un plan", blank=True, help_text="Une adresse de page, ouverte au clic."
    )
    by_bus = models.TextField("venir en bus", max_length=400, blank=True)
    parking = models.TextField("se garer", max_length=400, blank=True)
    wheelchair_access = models.TextField(
        "accès des personnes à mobilité réduite", max_length=400, blank=True
    )

    social_links = SlimStreamField(SocialLinksBlock(), verbose_name="réseaux sociaux", blank=True)
    opening_hours = SlimStreamField(
        OpeningHoursBlock(),
        verbose_name="chaque semaine",
        blank=True,
        help_text="Une ligne par plage\u00a0: deux lignes pour un jour avec une pause. Du lundi au "
        "vendredi, un jour sans plage est annoncé «\u00a0fermé\u00a0».",
    )
    opening_exceptions = SlimStreamField(
        OpeningExceptionsBlock(),
        verbose_name="exceptions datées",
        blank=True,
        help_text="Fermetures et horaires particuliers : congés, jours fériés…",
    )

    # Legal
    legal_form = models.CharField("forme juridique", max_length=80, blank=True)
    rna = models.CharField(
        "numéro RNA",
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^W\d{9}$", "Un numéro RNA : W puis neuf chiffres.")],
    )
    siret = models.CharField(
        "SIRET",
        max_length=17,
        blank=True,
        validators=[RegexValidator(r"^\d{3} ?\d{3} ?\d{3} ?\d{5}$", "Un SIRET a 14 chiffres.")],
    )
    vat_number = models.CharField("numéro de TVA", max_length=20, blank=True)
    registered_office = models.CharField("siège social", max_length=200, blank=True)
    publication_director = models.CharField(
        "direction de la publication",
        max_length=120,
        blank=True,
        help_text="La personne qui représente légalement l’association : en général la "
        "présidence. Ce n’est pas la direction, sauf si l’association en a décidé ainsi.",
    )
    host_name = models.CharField("hébergeur", max_length=120, blank=True)
    host_address = models.CharField("adresse de l’hébergeur", max_length=200, blank=True)
    host_phone = models.CharField("téléphone de l’hébergeur", max_length=20, blank=True)
    data_protection_contact = models.EmailField("contact pour les données personnelles", blank=True)
    log_retention_months = models.PositiveSmallIntegerField(
        "conservation des journaux techniques (mois)", null=True, blank=True
    )
    data_licence = models.CharField("licence des données", max_length=120, blank=True)
    security_contact = models.EmailField(
        "contact de sécurité",
        blank=True,
        help_text="À qui signaler une faille. Sans lui, l’adresse e-mail de l’association.",
    )
    security_expires = models.DateField(
        "fin de validité de security.txt",
        null=True,
        blank=True,
        help_text="Moins d’un an. L’accueil de l’administration prévient trente jours avant.",
    )

    # Accessibility: the state shown is computed, nobody can type « conforme ».
    accessibility_audit_date = models.DateField("date de l’audit", null=True, blank=True)
    accessibility_auditor = models.CharField("audit réalisé par", max_length=120, blank=True)
    accessibility_rate = models.DecimalField(
        "critères respectés (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    accessibility_not_conform = models.TextField(
        "contenus non accessibles", blank=True, help_text="Un contenu par ligne."
    )

    # Site-wide notice: edited through ``SiteNotice``.
    notice_text = models.CharField(
        "annonce",
        max_length=200,
        blank=True,
        help_text="Affichée en haut de toutes les pages : fermeture, déménagement…",
    )
    notice_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name="page qui en dit plus",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    notice_ends_at = models.DateTimeField(
        "fin de l’annonce",
        null=True,
        blank=True,
        help_text="L’annonce disparaît d’elle-même à ce moment.",
    )

    identity_panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("short_name"),
        FieldPanel("baseline"),
        FieldPanel("logo"),
        FieldPanel("founded_year"),
        FieldPanel("area_served"),
        FieldRowPanel([FieldPanel("director_name"), FieldPanel("director_title")]),
    ]
    coordinates_panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
        FieldPanel("street_address"),
        FieldRowPanel([FieldPanel("postcode"), FieldPanel("city")]),
        FieldPanel("map_url"),
        MultiFieldPanel(
            [FieldPanel("by_bus"), FieldPanel("parking"), FieldPanel("wheelchair_access")],
            "Comment venir",
        ),
        FieldPanel("social_links"),
    ]
    hours_panels: ClassVar[list[Panel]] = [
        FieldPanel("opening_hours"),
        FieldPanel("opening_exceptions"),
    ]
    legal_panels: ClassVar[list[Panel]] = [
        FieldPanel("legal_form"),
        FieldRowPanel([FieldPanel("rna"), FieldPanel("siret"), FieldPanel("vat_number")]),
        FieldPanel("registered_office"),
        FieldPanel("publication_director"),
        MultiFieldPanel(
            [FieldPanel("host_name"), FieldPanel("host_address"), FieldPanel("host_phone")],
            "Hébergement",
        ),
        MultiFieldPanel(
            [
                FieldPanel("data_protection_contact"),
                FieldPanel("log_retention_months"),
                FieldPanel("data_licence"),
            ],
            "Données",
        ),
        MultiFieldPanel(
            [FieldPanel("security_contact"), FieldPanel("security_expires")], "Sécurité"
        ),
    ]
    accessibility_panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("accessibility_audit_date"), FieldPanel("accessibility_rate")]),
        FieldPanel("accessibility_auditor"),
        FieldPanel("accessibility_not_conform"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(coordinates_panels, heading="Coordonnées"),
            ObjectList(hours_panels, heading="Horaires"),
            ObjectList(identity_panels, heading="Identité"),
            ObjectList(legal_panels, heading="Informations légales"),
            ObjectList(accessibility_panels, heading="Accessibilité"),
        ]
    )

    class Meta:
        verbose_name = "l’association"

    @classmethod
    def base_queryset(cls) -> models.QuerySet["OrganisationSettings"]:
        """The row, with what tells whether the glossary has changed (``pages.vocabulary``)."""
        return super().base_queryset().annotate(glossary_stamp=glossary_stamp())

    def __str__(self) -> str:
        return self.name or "L’association"

    @property
    def phone_link(self) -> str:
        """The phone number as a link's target; a short or free number has no prefix."""
        digits = self.phone.replace(" ", "")
        if len(digits) == len("0321000000") and digits[0] == "0" and digits[1] != "8":
            digits = f"+33{digits[1:]}"
        return f"tel:{digits}"

    @property
    def notice(self) -> str:
        """The site-wide notice, until its end."""
        if self.notice_ends_at and self.notice_ends_at <= timezone.now():
            return ""
        return self.notice_text

    def public_notice_page(self) -> Page | None:
        """The page that says more of the notice, if anybody may read it."""
        if not self.notice_page_id:
            return None
        return all_pages().visible().filter(pk=self.notice_page_id).first()

    @property
    def accessibility_state(self) -> str:
        """« totalement », « partiellement » or « non conforme », from the recorded audit.

        Without an audit, with one whose rate is not known, or with one that is too old, the
        site is « non conforme » (RGAA, obligations, declaration of accessibility).
        """
        if not self.has_valid_audit or self.accessibility_rate is None:
            return "non conforme"
        if self.accessibility_rate >= FULLY_CONFORM:
            return "totalement conforme"
        if self.accessibility_rate >= PARTLY_CONFORM:
            return "partiellement conforme"
        return "non conforme"

    @property
    def has_valid_audit(self) -> bool:
        """Whether an audit is recorded, complete and not yet out of date."""
        if not (
            self.accessibility_audit_date
            and self.accessibility_auditor
            and self.accessibility_rate is not None
        ):
            return False
        age = timezone.localdate() - self.accessibility_audit_date
        return 0 <= age.days <= AUDIT_VALID_DAYS

    def week(self) -> list[dict[str, Any]]:
        """The usual week: each open day with its slots in order; empty when unknown.

        The working days that have no slot are told too, as closed.
        """
        slots: dict[str, list[StructValue]] = {}
        for slot in sorted(rows(self.opening_hours), key=lambda slot: slot["opens"]):
            slots.setdefault(slot["weekday"], []).append(slot)
        return [
            {"day": name, "slots": slots.get(number, [])}
            for number, name in WEEKDAYS
            if slots and (number in slots or number not in WEEKEND)
        ]

    def coming_exceptions(self, today: date | None = None) -> list[StructValue]:
        """The dated exceptions that are not over, the nearest first."""
        first = today or timezone.localdate()
        coming = [e for e in rows(self.opening_exceptions) if e.last_day >= first]
        return sorted(coming, key=lambda exception: exception["starts_on"])

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """A number typed all together, or with dots or dashes, is written by groups of two."""
        if re.fullmatch(r"0[1-79]([ .-]?\d{2}){4}", self.phone):
            digits = re.sub(r"\D", "", self.phone)
            self.phone = " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))
        super().clean_fields(exclude)

    def clean(self) -> None:
        """An audit cannot be in the future.

        Raises:
            ValidationError: it is.
        """
        super().clean()
        audit = self.accessibility_audit_date
        if audit and audit > timezone.localdate():
            raise ValidationError(
                {"accessibility_audit_date": "Un audit ne peut pas dater de demain."}
            )


@register_setting(icon="warning", order=50)
class SiteNotice(OrganisationSettings):
    """The site-wide notice: the same row, on a screen of its own with rights of its own."""

    edit_handler = ObjectList(
        [FieldPanel("notice_text"), FieldPanel("notice_page"), FieldPanel("notice_ends_at")]
    )

    class Meta:
        proxy = True
        verbose_name = "bandeau d’annonce"
