"""The funders' packs: what proves, for a funder and a year, that its mention is public."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from partners.models import Partner

from .indicators import FIRST_YEAR, LAST_YEAR

FOLDER = "dossiers"


class FunderPack(models.Model):
    """A ZIP made by the chore of ``activities.packs``; kept until somebody deletes it.

    The name of the funder is kept in the row: a proof outlives the record of who asked for it.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "attente", "en attente"
        MADE = "fait", "fait"
        FAILED = "echec", "en échec"

    partner = models.ForeignKey(
        Partner,
        verbose_name="financeur",
        null=True,
        on_delete=models.SET_NULL,
        related_name="packs",
    )
    partner_name = models.CharField("nom du financeur", max_length=255)
    year = models.PositiveSmallIntegerField(
        "année", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    state = models.CharField(
        "état", max_length=10, choices=State.choices, default=State.WAITING, editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandé par",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    asked_at = models.DateTimeField("demandé le", auto_now_add=True)
    attempts = models.PositiveSmallIntegerField("essais de suite", default=0, editable=False)
    retry_at = models.DateTimeField("prochain essai", null=True, editable=False)
    # What it waits for, or why it failed.
    last_error = models.CharField("dernière erreur", max_length=300, blank=True, editable=False)
    # Sentences: what is missing from it, and why. They are in the pack too.
    remarks = models.JSONField("remarques", default=list, editable=False)
    # Below MEDIA_ROOT, of which nothing but renditions of images is served (impulsion_site.media).
    file = models.FileField("fichier", upload_to=FOLDER, blank=True, editable=False)
    file_name = models.CharField("nom du fichier", max_length=120, blank=True, editable=False)
    size = models.PositiveBigIntegerField("poids", default=0, editable=False)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True, editable=False)
    captures = models.PositiveSmallIntegerField("pages capturées", default=0, editable=False)
    made_at = models.DateTimeField("fait le", null=True, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "dossier d’un financeur"
        verbose_name_plural = "dossiers des financeurs"
        default_permissions = ()
        permissions = (
            ("make_funderpack", "Faire, télécharger et supprimer les dossiers des financeurs"),
        )
        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["partner", "year"],
                condition=models.Q(state="attente"),
                name="one_pack_asked_at_a_time",
                violation_error_message="Ce dossier est déjà demandé.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_name}, {self.year}"

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Take the file away with its row, once this is sure."""
        name, storage = self.file.name, self.file.storage
        done = super().delete(*args, **kwargs)
        if name:
            transaction.on_commit(lambda: storage.delete(name))
        return done
