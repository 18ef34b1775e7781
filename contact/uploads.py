"""How much of what a visitor sends is put on the disk, before anybody reads it."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from pages.uploads import megabytes

from .attachments import MAX_BYTES, MAX_TOTAL_BYTES, clean_name, shortened

_ATTRIBUTE = "_too_heavy_files"
_ADMIN = "/admin/"


class VisitorsUploadHandler(FileUploadHandler):
    """Outside of the admin, drops what is heavier than a request may hold, and remembers its name.

    What was typed beside it is still read: the form comes back with it, and says why.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """A new body: nothing of it is there yet."""
        self.is_bounded = not (self.request and self.request.path.startswith(_ADMIN))
        self.total = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a piece pass while there is room.

        Raises:
            SkipFile: the file, or all of them together, is too heavy.
        """
        self.total += len(raw_data)
        too_heavy = start + len(raw_data) > MAX_BYTES or self.total > MAX_TOTAL_BYTES
        if self.is_bounded and too_heavy:
            self.total -= start + len(raw_data)
            self.request.__dict__.setdefault(_ATTRIBUTE, []).append(self.file_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers keep it."""


def dropped(request: HttpRequest) -> list[str]:
    """A sentence for each file of this request that was too heavy."""
    limits = f"{megabytes(MAX_BYTES)} chacun, {megabytes(MAX_TOTAL_BYTES)} en tout"
    return [
        f"«\u00a0{shortened(clean_name(str(name)))}\u00a0»\u00a0: ce fichier est trop lourd. La "
        f"limite est de {limits}. Réduisez-le, ou prenez une photo moins grande."
        for name in request.__dict__.get(_ATTRIBUTE, [])
    ]
