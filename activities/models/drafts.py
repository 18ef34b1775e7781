"""What somebody has typed of the figures of a year, and not written yet."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from .indicators import Indicator


class EntryDraft(models.Model):
    """The boxes of the screen of figures as a person left them; they are no figures yet.

    Saved by itself while one types, so that a closed window loses nothing; it goes when the
    figures are written, or when the person gives it up.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="qui"
    )
    year = models.PositiveSmallIntegerField("année")
    family = models.CharField("famille", max_length=1, choices=Indicator.Family.choices)
    # The names of the boxes and what is in them, those that were touched only.
    boxes = models.JSONField("ce qui est saisi", default=dict)
    saved_at = models.DateTimeField("gardé le", auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "saisie en cours"
        verbose_name_plural = "saisies en cours"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "year", "family"], name="one_draft_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.year}, {self.get_family_display()}"


class FiguresImport(models.Model):
    """What a spreadsheet would change in a year, from when it is shown to when it is confirmed.

    The file itself is not kept. It goes when the figures are written, or after a day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="qui"
    )
    year = models.PositiveSmallIntegerField("année")
    file_name = models.CharField("fichier", max_length=100)
    # One object a figure: what it is about, what it becomes, what was there (``importing.keep``).
    changes = models.JSONField("ce qui change", default=list)
    unchanged = models.PositiveIntegerField("chiffres qui ne changent pas", default=0)
    # Sentences: a sheet without headings, a number without a code.
    not_read = models.JSONField("ce qui n’est pas lu", default=list, blank=True)
    read_at = models.DateTimeField("lu le", auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "import de chiffres"
        verbose_name_plural = "imports de chiffres"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_name}, {self.year}"
