"""The form of images in the admin, set by WAGTAILIMAGES_IMAGE_FORM_BASE."""

import os.path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms.fields import FileField
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from pages import uploads

ALT_TEXT_MISSING = (
    "Dites en une phrase ce que montre l’image, ou cochez «\u00a0Image décorative\u00a0» "
    "si elle n’apprend rien."
)


class CleanImageField(WagtailImageField):
    """Wagtail's image field, whose result is clean (`pages.uploads`) and whose errors explain.

    Stock Wagtail answers 500 to truncated images and keeps GPS positions.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = uploads.megabytes(self.max_upload_size)
        self.help_text = (
            f"{uploads.ACCEPTED_IMAGES}, {limit} au plus. "
            "La position GPS et les autres données cachées de la photo sont effacées."
        )
        # Wagtail hands these two to the script of the multiple upload screen.
        self.error_messages["file_too_large_unknown_size"] = uploads.image_too_heavy()
        self.error_messages["invalid_image_extension"] = uploads.IMAGE_EXTENSION_REFUSED

    def to_python(self, data: UploadedFile | None) -> UploadedFile | None:
        upload = FileField.to_python(self, data)
        if not isinstance(upload, UploadedFile):
            return None
        uploads.clean_uploaded_image(upload)
        return upload


class SiteImageForm(BaseImageForm):
    """Cleans the file, and asks for the alternative text or the decorative box."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            # Wagtail picks the class of this field itself, and has no setting for it.
            stock = self.fields["file"]
            self.fields["file"] = CleanImageField(
                label=stock.label, required=stock.required, widget=stock.widget
            )
        if "rights_note" in self.fields:
            self.fields["rights_note"].widget.attrs["rows"] = 3
        if self.instance.pk is None and "title" in self.initial:
            self.initial["title"] = _without_extension(self.initial["title"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        described = cleaned.get("description", "").strip() or cleaned.get("is_decorative")
        if not described and "description" not in self.errors:
            self.add_error("description", ALT_TEXT_MISSING)
        return cleaned

    class Meta(BaseImageForm.Meta):
        """Wagtail's widgets."""


def _without_extension(title: str) -> str:
    """The name of a file as a first title: the multiple upload proposes it whole."""
    stem, extension = os.path.splitext(title)
    return stem if extension[1:].lower() in settings.WAGTAILIMAGES_EXTENSIONS else title
