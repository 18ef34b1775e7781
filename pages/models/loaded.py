"""What the site was delivered with, so that it is never delivered twice."""

from typing import ClassVar

from django.db import models


class LoadedItem(models.Model):
    """Something that ``load_content`` put in the database, once and for all.

    The row outlives the object: what an editor deletes does not come back at the next load.
    ``object_id`` finds the object again after an editor has renamed or moved it.
    """

    key = models.CharField("clé", max_length=200, primary_key=True, editable=False)
    object_id = models.PositiveBigIntegerField("identifiant", editable=False)
    is_example = models.BooleanField("exemple", default=False, editable=False)

    class Meta:
        verbose_name = "contenu livré"
        verbose_name_plural = "contenus livrés"
        ordering: ClassVar[list[str]] = ["key"]

    def __str__(self) -> str:
        return self.key
