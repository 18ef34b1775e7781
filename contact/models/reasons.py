"""What editors set for each reason to write: its words, who answers, how long it is kept."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel

from contact.reasons import Reason
from pages.models import Trade

# The longest that may be chosen, in months (domain: prospects three years after the last contact,
# applications two years, CNIL; the others: three years, as prospects).
LONGEST_KEPT: dict[str, int] = {Reason.JOB: 24}
LONGEST_KEPT_OTHERWISE = 36
MOST_WORKING_DAYS = 60


class ReasonSettings(ClusterableModel):
    """A reason of the form. One row a reason, made by code: there are no others."""

    code = models.CharField(
        "motif", max_length=12, choices=Reason.choices, unique=True, editable=False
    )
    label = models.CharField(
        "intitulé", max_length=80, help_text="La phrase que l’on choisit en premier."
    )
    help = models.CharField(
        "aide",
        max_length=200,
        blank=True,
        help_text="Une phrase sous l’intitulé, pour qui hésite.",
    )
    is_open = models.BooleanField(
        "proposé sur le site",
        default=True,
        help_text="Décoché, ce motif n’est plus proposé ; les liens qui y mènent ouvrent le choix "
        "des motifs.",
    )
    next_steps = models.TextField(
        "ce qui se passe ensuite",
        max_length=600,
        help_text="Écrit après l’envoi, et dans l’accusé de réception.",
    )
    notice = models.TextField(
        "mention sur les données personnelles",
        max_length=1500,
        blank=True,
        help_text="Laissez vide : le site l’écrit d’après ses réglages. Chaque demande garde la "
        "mention qui a été lue.",
    )
    reply_within = models.PositiveSmallIntegerField(
        "rappeler après (jours ouvrés)",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WORKING_DAYS)],
        help_text="Sans réponse au bout de ces jours, la personne qui suit la demande reçoit un "
        "rappel.",
    )
    kept_months = models.PositiveSmallIntegerField(
        "conservation (mois)",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT_OTHERWISE)],
        help_text="Après le dernier échange ; puis la demande, ses fichiers et ses courriels sont "
        "effacés.",
    )
    sort_order = models.PositiveSmallIntegerField("rang", default=0)

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("label"),
                FieldPanel("help"),
                FieldPanel("is_open"),
                FieldPanel("sort_order"),
            ],
            heading="Sur le site",
        ),
        MultiFieldPanel([FieldPanel("next_steps"), FieldPanel("notice")], heading="Les textes"),
        InlinePanel(
            "recipients",
            heading="Qui est prévenu",
            label="destinataire",
            help_text="Un courriel part à chacune de ces adresses. Sans aucune : à l’adresse de "
            "l’association.",
        ),
        MultiFieldPanel(
            [FieldPanel("reply_within"), FieldPanel("kept_months")], heading="Les délais"
        ),
    ]

    class Meta:
        verbose_name = "motif de contact"
        verbose_name_plural = "motifs de contact"
        default_permissions = ("change", "view")
        ordering: ClassVar[list[str]] = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def recipients_in_words(self) -> str:
        """Who is told, for the list of reasons."""
        known = ", ".join(recipient.email for recipient in self.recipients.all())
        return known or "l’adresse de l’association"

    @property
    def reminder_in_words(self) -> str:
        """When somebody is reminded, for the list of reasons."""
        plural = "s" if self.reply_within > 1 else ""
        return f"{self.reply_within} jour{plural} ouvré{plural}"

    @property
    def kept_in_words(self) -> str:
        """How long requests are kept, for the list of reasons."""
        return f"{self.kept_months} mois"

    def clean(self) -> None:
        """Refuse to keep a request longer than the CNIL's references allow."""
        longest = LONGEST_KEPT.get(self.code, LONGEST_KEPT_OTHERWISE)
        if self.kept_months and self.kept_months > longest:
            raise ValidationError(
                {"kept_months": f"Ce motif se conserve {longest} mois au plus (CNIL)."}
            )


class Recipient(models.Model):
    """Who receives the requests of a reason; of one activity only, when it is named."""

    reason = ParentalKey(
        ReasonSettings, verbose_name="motif", on_delete=models.CASCADE, related_name="recipients"
    )
    email = models.EmailField("adresse e-mail")
    trade = models.ForeignKey(
        Trade,
        verbose_name="seulement pour l’activité",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Vide : toutes les demandes de ce motif.",
    )

    class Meta:
        verbose_name = "destinataire"
        verbose_name_plural = "destinataires"
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.email
