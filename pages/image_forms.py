"""The form of images in the admin, set by WAGTAILIMAGES_IMAGE_FORM_BASE."""

import os.path
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField, Field, HiddenInput
from django.forms.fields import FileField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from pages import uploads
from pages.models.media import AGREEMENT_FIELDS

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


class AgreementPanel:
    """The fields of the agreement, folded together: shown by Wagtail like one field of its own.

    Wagtail's four screens list the fields of a form one after the other; none of their templates
    has a place for a group.
    """

    template_name = "pages/admin/agreement_panel.html"
    label = "Droits et accord des personnes"
    help_text = ""
    name = "agreement_panel"
    id_for_label = ""
    is_hidden = False
    errors: tuple[str, ...] = ()  # each field says its own
    field = Field(required=False, widget=HiddenInput)  # the kind of field it is: none

    def __init__(self, form: "SiteImageForm") -> None:
        self.form = form
        self.fields = [form[name] for name in AGREEMENT_FIELDS]

    @property
    def is_open(self) -> bool:
        """Whether there is something to read at once: an error, or an agreement to look at."""
        return any(field.errors for field in self.fields) or not self.form.instance.is_usable

    def as_widget(self, **_attributes: Any) -> SafeString:
        """The fields, each with its label and its errors."""
        return render_to_string(self.template_name, {"panel": self})


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
        self.fields["rights_note"].widget.attrs["rows"] = 3
        if self.instance.pk is None and "title" in self.initial:
            self.initial["title"] = _without_extension(self.initial["title"])

    def __iter__(self) -> Iterator[BoundField | AgreementPanel]:
        """The fields in order, those of the agreement as one."""
        for name in self.fields:
            if name == AGREEMENT_FIELDS[0]:
                yield AgreementPanel(self)
            elif name not in AGREEMENT_FIELDS:
                yield self[name]

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
