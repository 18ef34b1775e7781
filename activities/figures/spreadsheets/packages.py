"""The archive that an XLSX or an ODS file is, read within bounds.

A few kilobytes can unpack to gigabytes, and a few lines of XML can name themselves a million
times: what is really unpacked is counted, declarations of entities are refused, and elements are
let go as soon as they are read.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from .cells import MAX_PART, MAX_UNPACKED, SpreadsheetRefused

MAX_FILES = 1_000
MAX_ELEMENTS = 150_000
MAX_DEPTH = 40
# The parser scans again what it could not finish, and holds what a piece contains: neither many
# small pieces nor large ones.
PIECE = 1 << 16

BROKEN = (
    "Ce fichier est abîmé ou incomplet. Ouvrez-le dans votre tableur, enregistrez-le de nouveau, "
    "puis renvoyez-le."
)
PROTECTED = (
    "Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis "
    "renvoyez-le."
)
TOO_LARGE = (
    "Ce fichier est trop gros une fois ouvert pour être un tableur de chiffres. Copiez vos "
    "chiffres dans le modèle de l’année, puis renvoyez-le."
)
SUSPICIOUS = (
    "Ce fichier contient des déclarations qu’aucun tableur n’écrit. Copiez vos chiffres dans le "
    "modèle de l’année, puis renvoyez-le."
)
_FAILURES = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError,
    struct.error, ParseError,
)  # fmt: skip


class Package:
    """The files of an archive.

    Raises:
        SpreadsheetRefused: it cannot be read, or not within bounds.
    """

    def __init__(self, data: bytes) -> None:
        # Counted before they are listed: each costs more in memory than in the archive.
        if data.count(b"PK\x01\x02") > MAX_FILES:
            raise SpreadsheetRefused(TOO_LARGE)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _FAILURES as error:
            raise SpreadsheetRefused(BROKEN) from error
        self._files = {info.filename: info for info in self._archive.infolist()}
        if any(info.flag_bits & 1 for info in self._files.values()):
            raise SpreadsheetRefused(PROTECTED)
        self._left = MAX_UNPACKED
        self._elements = MAX_ELEMENTS

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def read(self, name: str, most: int) -> bytes:
        """The beginning of a file of the archive."""
        with self._opened(name) as file:
            try:
                return file.read(most)
            except _FAILURES as error:
                raise SpreadsheetRefused(BROKEN) from error

    def elements(
        self, name: str, kept: Collection[str], announced: Collection[str] = ()
    ) -> Iterator[tuple[str, Element]]:
        """The elements of an XML file, one by one: ``("end", …)`` whole, then forgotten.

        Args:
            name: The file of the archive.
            kept: The tags of those that are given whole, with what is in them.
            announced: The tags of those that are also given as they begin, ``("start", …)``.
        """
        with self._opened(name) as file:
            try:
                yield from self._parsed(file, set(kept), set(announced))
            except DefusedXmlException as error:
                raise SpreadsheetRefused(SUSPICIOUS) from error
            except _FAILURES as error:
                raise SpreadsheetRefused(BROKEN) from error

    def _parsed(
        self, file: Any, kept: set[str], announced: set[str]
    ) -> Iterator[tuple[str, Element]]:
        open_elements: list[Element] = []
        inside = 0
        for event, element in iterparse(_Pieces(self, file), ("start", "end"), forbid_dtd=True):
            if event == "start":
                self._elements -= 1
                if self._elements < 0:
                    raise SpreadsheetRefused(TOO_LARGE)
                open_elements.append(element)
                if len(open_elements) > MAX_DEPTH:
                    raise SpreadsheetRefused(SUSPICIOUS)
                inside += element.tag in kept
                if element.tag in announced:
                    yield event, element
                continue
            open_elements.pop()
            if element.tag in kept:
                inside -= 1
                if not inside:
                    yield event, element
            elif element.tag in announced:
                yield event, element
            if not inside:
                element.clear()
                if open_elements:
                    open_elements[-1].remove(element)

    def _opened(self, name: str) -> Any:
        info = self._files.get(name)
        if info is None:
            raise SpreadsheetRefused(BROKEN)
        # The other ways to pack let a file ask for any amount of memory.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SpreadsheetRefused(BROKEN)
        if info.file_size > MAX_PART:
            raise SpreadsheetRefused(TOO_LARGE)
        try:
            return self._archive.open(info)
        except _FAILURES as error:
            raise SpreadsheetRefused(BROKEN) from error

    def take(self, count: int) -> None:
        """Count what was unpacked."""
        self._left -= count
        if self._left < 0:
            raise SpreadsheetRefused(TOO_LARGE)


class _Pieces:
    """A file of the archive, read in large pieces that are counted."""

    def __init__(self, package: Package, file: Any) -> None:
        self._package, self._file = package, file

    def read(self, _size: int = -1) -> bytes:
        piece: bytes = self._file.read(PIECE)
        self._package.take(len(piece))
        return piece
