"""What visitors look for and do not find."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class SearchMiss(models.Model):
    """Words that found nothing: how many times, since when. Nothing of who typed them.

    Written and bounded by ``pages.search.misses``.
    """

    words = models.CharField("mots cherchés", max_length=100, unique=True, editable=False)
    times = models.PositiveIntegerField("nombre de fois", default=1, editable=False)
    first_on = models.DateField("première fois", default=timezone.localdate, editable=False)
    last_on = models.DateField("dernière fois", default=timezone.localdate, editable=False)

    class Meta:
        verbose_name = "recherche sans résultat"
        verbose_name_plural = "recherches sans résultat"
        # The site writes it: people may only read it.
        default_permissions = ("view",)
        ordering: ClassVar[list[str]] = ["-times", "-last_on", "words"]

    def __str__(self) -> str:
        return self.words
