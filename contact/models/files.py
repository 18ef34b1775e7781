"""What people join to their request: kept in the database, where nothing is public.

A file lives and dies with its row: it is there if and only if the transaction of its request was
committed, in every backup of it, and erased with it. No folder could say so (decision 0024).
"""

from typing import ClassVar, TypeVar

from django.db import models
from django.utils import timezone

_File = TypeVar("_File", bound=models.Model)


class FileManager(models.Manager[_File]):
    """Lists files without reading them."""

    def get_queryset(self) -> models.QuerySet[_File]:
        """The rows, their content left aside until it is asked for."""
        return super().get_queryset().defer("content")


class StoredFile(models.Model):
    """A checked file: an image written anew, or a PDF without active content."""

    name = models.CharField("nom", max_length=120, editable=False)
    content_type = models.CharField("sorte", max_length=40, editable=False)
    content = models.BinaryField("contenu", editable=False)
    size = models.PositiveIntegerField("taille", editable=False)
    # Of what was sent, before it was cleaned: the same file sent twice is one.
    original_sha256 = models.CharField("empreinte", max_length=64, editable=False)
    added_at = models.DateTimeField("ajouté le", default=timezone.now, editable=False)

    objects = FileManager()

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name


class RequestFile(StoredFile):
    """A file of a request."""

    request = models.ForeignKey(
        "contact.ContactRequest",
        verbose_name="demande",
        on_delete=models.CASCADE,
        related_name="files",
    )

    class Meta(StoredFile.Meta):
        verbose_name = "fichier d’une demande"
        verbose_name_plural = "fichiers des demandes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "original_sha256"], name="file_once_in_a_request"
            )
        ]


class HeldFile(StoredFile):
    """A file of a form that is being corrected: kept a day, so that nobody sends it again."""

    form_key = models.CharField("formulaire", max_length=64, db_index=True, editable=False)

    class Meta(StoredFile.Meta):
        verbose_name = "fichier en attente"
        verbose_name_plural = "fichiers en attente"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["form_key", "original_sha256"], name="file_once_in_a_form"
            )
        ]
