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
