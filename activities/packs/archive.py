"""The ZIP of a pack: written as it comes, each file hashed, the same bytes for the same content."""

import hashlib
import re
import zipfile
from datetime import datetime
from typing import IO, Self

from django.utils.text import slugify

BLOCK = 64 * 1024
# What is packed already gains nothing by being packed again.
PACKED = (".pdf",)
READABLE = 0o644
MOST_NAME = 60
_DASHES = re.compile(r"-{2,}")


def safe_name(text: str, otherwise: str) -> str:
    """A text as the name of a file, for any system: small letters, digits and dashes."""
    return _DASHES.sub("-", slugify(text)[:MOST_NAME].strip("-_")) or otherwise


class Archive:
    """Writes a ZIP into a file that is open; its memory does not grow with it.

    Every entry has the same date, that of the pack: the same content makes the same bytes.
    """

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._date = moment.timetuple()[:6]
        #: The SHA-256 of each file, by its name, in the order they were written.
        self.digests: dict[str, str] = {}
        #: How many bytes each file has.
        self.sizes: dict[str, int] = {}

    def add(self, name: str, content: bytes) -> str:
        """Write a file; its SHA-256."""
        with self._entry(name) as entry:
            entry.write(content)
        return self._note(name, hashlib.sha256(content).hexdigest(), len(content))

    def add_file(self, name: str, source: IO[bytes]) -> str:
        """Write a file block by block; its SHA-256."""
        digest, size = hashlib.sha256(), 0
        with self._entry(name) as entry:
            while block := source.read(BLOCK):
                entry.write(block)
                digest.update(block)
                size += len(block)
        return self._note(name, digest.hexdigest(), size)

    @property
    def weight(self) -> int:
        """How many bytes it holds, before they are packed."""
        return sum(self.sizes.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Write the table of the ZIP."""
        self._zip.close()

    def _entry(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, self._date)
        info.create_system = 3  # the same everywhere
        info.external_attr = (0o100000 | READABLE) << 16
        info.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
        return self._zip.open(info, "w")

    def _note(self, name: str, digest: str, size: int) -> str:
        self.digests[name], self.sizes[name] = digest, size
        return digest
