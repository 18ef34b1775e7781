"""How much of what a visitor sends is put on the disk, before anybody reads it."""

import errno
import io
import logging
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from pages.uploads import megabytes

from .attachments import MAX_BYTES, MAX_TOTAL_BYTES, clean_name, shortened

logger = logging.getLogger(__name__)

_ATTRIBUTE = "_too_heavy_files"
_NO_ROOM = "_files_without_room"
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


class UnnamedFileUploadHandler(FileUploadHandler):
    """Keeps what is too big for the memory in files that have no name: the last of the handlers.

    A process that is killed leaves nothing of a visitor behind. A disk that is full takes the
    file, not what was typed beside it: the form comes back with it, and says why.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the file.

        Raises:
            SkipFile: there is no room for it.
        """
        super().new_file(*args, **kwargs)
        try:
            self.file = _unnamed_file()
        except OSError as error:
            self._skip(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece.

        Raises:
            SkipFile: there is no room for it.
        """
        try:
            if self.file.write(raw_data) != len(raw_data):
                raise OSError(errno.ENOSPC, "no room for the whole of it")
        except OSError as error:
            self.file.close()
            self._skip(error)

    def _skip(self, error: OSError) -> None:
        logger.error("an upload could not be written: %s", errno.errorcode.get(error.errno or 0))
        self.request.__dict__.setdefault(_NO_ROOM, []).append(self.file_name)
        raise SkipFile from error

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, from its beginning."""
        self.file.seek(0)
        return UploadedFile(
            file=io.BufferedRandom(self.file),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The visitor went away: so does the file."""
        if hasattr(self, "file"):
            self.file.close()


def _unnamed_file() -> Any:
    # No buffer: a disk that is full is known at once, and not when the file is closed.
    return tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0)


def dropped(request: HttpRequest) -> list[str]:
    """A sentence for each file of this request that was too heavy, or found no room."""
    limits = f"{megabytes(MAX_BYTES)} chacun, {megabytes(MAX_TOTAL_BYTES)} en tout"
    return [
        f"«\u00a0{_shown(name)}\u00a0»\u00a0: ce fichier est trop lourd. La "
        f"limite est de {limits}. Réduisez-le, ou prenez une photo moins grande."
        for name in request.__dict__.get(_ATTRIBUTE, [])
    ] + [
        f"«\u00a0{_shown(name)}\u00a0»\u00a0: le site n’a pas pu recevoir ce fichier. Envoyez-le "
        "de nouveau, ou envoyez votre message sans lui."
        for name in request.__dict__.get(_NO_ROOM, [])
    ]


def _shown(name: Any) -> str:
    return shortened(clean_name(str(name)))
