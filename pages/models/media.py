"""The images and documents of the site: what an editor fills in, and how the files live on disk."""

import os.path
from typing import Any, ClassVar

from django.core.files import File
from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.image_operations import FilterOperation
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, SourceImageIOError
from wagtail.search import index
from wagtail.utils.file import hash_filelike

from pages.uploads import UNREADABLE_IMAGE_ERRORS, check_document_content

from .agreements import Agreement

# In the order of the form, where they stand together (`pages.image_forms`).
AGREEMENT_FIELDS = (
    "agreement",
    "people",
    "signed_on",
    "rights_until",
    "revoked_on",
    "paper",
    "rights_note",
)


class DropMetadata(FilterOperation):
    """Forgets all that an image carries besides its pixels, colours and transparency.

    Pillow copies EXIF (hence GPS positions), XMP and comments from the original into renditions.
    """

    KEPT = ("icc_profile", "transparency")

    def construct(self) -> None:
        """Takes no argument."""

    def run(self, willow: Any, image: AbstractImage, env: dict[str, Any]) -> Any:
        picture = willow.image
        picture.info = {key: picture.info[key] for key in self.KEPT if key in picture.info}
        return willow


class MetadataFreeFilter(Filter):
    """A rendition filter whose result never carries metadata, whatever the original holds."""

    @property
    def filter_operations(self) -> list[FilterOperation]:
        return [*super().filter_operations, DropMetadata("drop")]


class SiteImage(Agreement, AbstractImage):
    """A picture of the library. Wagtail's `description` is its alternative text here.

    Whether it may be shown is said by `Agreement`: every template asks `is_usable`.
    """

    description = models.CharField(
        "Texte alternatif (obligatoire, sauf si l’image est décorative)",
        max_length=255,
        blank=True,
        default="",
        help_text="Que doit comprendre quelqu’un qui ne voit pas l’image\u202f?",
    )
    is_decorative = models.BooleanField(
        "Image décorative",
        default=False,
        help_text="À cocher seulement si l’image n’apprend rien à personne\u00a0: "
        "elle sera ignorée par les lecteurs d’écran.",
    )
    credit = models.CharField(
        "Crédit",
        max_length=255,
        blank=True,
        help_text="L’auteur ou l’autrice, tel que le nom doit être cité.",
    )
    licence = models.CharField(
        "Licence",
        max_length=100,
        blank=True,
        help_text="Par exemple\u00a0: «\u00a0Tous droits réservés\u00a0» "
        "ou «\u00a0CC\u00a0BY-SA\u00a04.0\u00a0».",
    )
    admin_form_fields = (
        "title",
        "file",
        "description",
        "is_decorative",
        "credit",
        "licence",
        *AGREEMENT_FIELDS,
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields: ClassVar[list[index.BaseField]] = [
        *AbstractImage.search_fields,
        index.SearchField("credit"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        verbose_name_plural = "images"
        permissions: ClassVar[list[tuple[str, Any]]] = [("choose_image", "Peut choisir une image")]

    @property
    def default_alt_text(self) -> str:
        """The alternative text; empty rather than the title or the name of the file."""
        return "" if self.is_decorative else self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps size and hash true for files set by a script as for those set by a form."""
        if self.file and not self.file._committed:
            self._set_image_file_metadata()
        super().save(*args, **kwargs)

    def generate_rendition_file(self, filter: Filter, *, source: File | None = None) -> File:
        """A rendition without metadata, whose name changes with its content.

        Addresses of renditions are cached for a year: a new picture must have a new address, even
        when a file of the same name was there before.

        Raises SourceImageIOError, which Wagtail turns into a placeholder, for an unreadable
        original: stock Wagtail answers 500, on the page and in the whole library.
        """
        try:
            rendition = super().generate_rendition_file(
                MetadataFreeFilter(spec=filter.spec), source=source
            )
        except InvalidFilterSpecError:
            raise
        except UNREADABLE_IMAGE_ERRORS as error:
            raise SourceImageIOError(f"{self.file.name}: {error}") from error
        stem, extension = os.path.splitext(rendition.name)
        rendition.seek(0)
        rendition.name = f"{stem}.{hash_filelike(rendition)[:8]}{extension}"
        rendition.seek(0)
        return rendition


class SiteRendition(AbstractRendition):
    """One size and format of an image, made once and served for ever."""

    image = models.ForeignKey(SiteImage, related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="unique_rendition"
            )
        ]
        # Each request for a picture looks for its file (`impulsion_site.media`).
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["file"], name="rendition_file")
        ]


class PendingPicture(models.Model):
    """Renditions that a picture was shown without: the chore of `pages.pictures` makes them."""

    image = models.ForeignKey(SiteImage, related_name="+", on_delete=models.CASCADE)
    specs = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["image", "specs"], name="unique_pending_picture")
        ]

    def __str__(self) -> str:
        return f"{self.image_id}\u00a0: {self.specs}"


class SiteDocument(AbstractDocument):
    """A file to download. Its privacy is that of its collection."""

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "document"
        verbose_name_plural = "documents"
        permissions: ClassVar[list[tuple[str, str]]] = [
            ("choose_document", "Peut choisir un document")
        ]

    def clean(self) -> None:
        """Refuses, besides the extensions Wagtail refuses, a content that belies the extension."""
        super().clean()
        if self.file and not self.file._committed:
            check_document_content(self.file)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps size and hash true for files set by a script: an empty hash is an empty ETag."""
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)
