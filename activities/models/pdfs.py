"""The PDF files of the reports: which there are, what they hold, how their making went."""

from typing import ClassVar

from django.db import models


class ReportPdf(models.Model):
    """A file made of a report by the chore of ``activities.pdf``, for those who may read it.

    ``fingerprint`` is what the database said when the file was last found true; a file whose
    fingerprint is not that of now is not given to anybody.
    """

    class Kind(models.TextChoices):
        """How much of the report it holds."""

        FULL = "rapport", "Rapport complet"
        SUMMARY = "resume", "Résumé en quatre pages"

    class Visibility(models.TextChoices):
        """For whom it is."""

        PUBLIC = "public", "pour tout le monde"
        READERS = "lecteurs", "pour qui peut lire ce rapport réservé"
        RESERVED = "reserve", "avec tout ce qui est réservé"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "attente", "en attente"
        MADE = "fait", "fait"
        FAILED = "echec", "en échec"

    report = models.ForeignKey(
        "activities.ReportPage",
        verbose_name="rapport",
        on_delete=models.CASCADE,
        related_name="pdfs",
    )
    kind = models.CharField("document", max_length=10, choices=Kind.choices)
    visibility = models.CharField("pour qui", max_length=10, choices=Visibility.choices)
    state = models.CharField(
        "état", max_length=10, choices=State.choices, default=State.WAITING, editable=False
    )
    attempts = models.PositiveSmallIntegerField("essais de suite", default=0, editable=False)
    last_error = models.CharField("dernière erreur", max_length=300, blank=True, editable=False)
    retry_at = models.DateTimeField("prochain essai", null=True, editable=False)
    # Below MEDIA_ROOT, of which nothing but renditions of images is served (impulsion_site.media).
    file = models.FileField("fichier", upload_to="rapports", blank=True, editable=False)
    size = models.PositiveIntegerField("poids", default=0, editable=False)
    pages = models.PositiveSmallIntegerField("nombre de pages", default=0, editable=False)
    fingerprint = models.CharField("empreinte", max_length=64, blank=True, editable=False)
    data_version = models.CharField("version des données", max_length=64, blank=True)
    made_at = models.DateTimeField("fait le", null=True, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "PDF d’un rapport"
        verbose_name_plural = "PDF des rapports"
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["kind", "visibility"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["report", "kind", "visibility"], name="one_pdf_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.report}, {self.get_visibility_display()}"

    @property
    def file_name(self) -> str:
        """The end of its address, below that of the report."""
        stem = "rapport-activite" if self.kind == self.Kind.FULL else "resume"
        return f"{stem}-{self.report.year}.pdf"
