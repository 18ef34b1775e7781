"""The files that people join to a request: what is accepted, and what is kept of them.

What a file is called says nothing: its content decides. It is read by another program
(``photo_reader``, ``pdf_reader``) that has little time and memory, and that writes it anew:
nothing that a stranger made is kept byte for byte.
"""

import hashlib
import io
import os.path
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from pages.uploads import looks_like_pdf, megabytes

MOST_FILES = 5
MAX_BYTES = 10 * 1024**2
MAX_TOTAL_BYTES = 30 * 1024**2
# Told in the form, before anybody chooses a file.
LIMITS_IN_WORDS = (
    f"Cinq fichiers au plus\u00a0: des photos ou des PDF, de {megabytes(MAX_BYTES)} chacun au "
    f"plus, {megabytes(MAX_TOTAL_BYTES)} en tout."
)
# For the « accept » of the field: what a telephone proposes. It binds nobody.
ACCEPT = "image/*,.heic,.heif,application/pdf,.pdf"

NAME_LENGTH = 80

HERE = Path(__file__).parent
PDF_READER, PHOTO_READER = HERE / "pdf_reader.py", HERE / "photo_reader.py"
REFUSED = 3
SECONDS_TO_READ = 20
_AT_WORK = threading.BoundedSemaphore(1)
_ROOM = threading.BoundedSemaphore(2)
SECONDS_TO_WAIT = 10

PRINT_IT = "Ouvrez-le, imprimez-le en choisissant «\u00a0Enregistrer en PDF\u00a0», puis joignez "
PRINT_IT += "ce nouveau fichier."
PDF_REFUSALS = {
    "password": "ce PDF est protégé par un mot de passe. " + PRINT_IT,
    "active": "ce PDF contient un programme, un formulaire qui s’envoie ou un lien vers un "
    "ordinateur. " + PRINT_IT,
    "attached": "ce PDF contient d’autres fichiers. " + PRINT_IT,
    "pages": "ce PDF a trop de pages. Joignez seulement celles qui servent, 300 au plus.",
    "complex": "ce PDF est trop compliqué à vérifier. " + PRINT_IT,
    "unreadable": "ce PDF est incomplet ou abîmé. Ouvrez-le pour le vérifier. " + PRINT_IT,
}
OTHER_KINDS = (
    (
        {"doc", "docx", "odt", "rtf", "pages", "xls", "xlsx", "ods", "csv", "txt", "ppt", "pptx"},
        "les documents de bureau ne sont pas acceptés. Enregistrez-le en PDF, puis joignez le PDF.",
    ),
    (
        {"mp4", "mov", "avi", "mkv", "webm", "3gp", "mp3", "m4a", "wav", "ogg", "opus"},
        "les vidéos et les sons ne sont pas acceptés. Joignez des photos, ou dites-le dans votre "
        "message.",
    ),
    (
        {"zip", "rar", "7z", "gz", "tar"},
        "les archives ne sont pas acceptées. Joignez les photos ou les PDF un par un.",
    ),
)
NOT_A_PDF = "ce fichier n’est pas un PDF, ou il est incomplet. " + PRINT_IT
UNKNOWN_KIND = (
    "ce fichier n’est ni une photo ni un PDF. Joignez une photo (JPG, PNG, HEIC) ou un PDF."
)
EMPTY = "ce fichier est vide. Choisissez-le de nouveau, ou joignez-en un autre."
TOO_HARD = (
    "cette image est trop compliquée à lire. Prenez-la en photo d’écran, ou enregistrez-la en JPG, "
    "puis joignez cette copie."
)
BUSY = (
    "beaucoup de fichiers arrivent en ce moment. Envoyez votre message de nouveau dans une minute."
)


@dataclass(frozen=True)
class CleanFile:
    """A file that was checked, as it will be kept."""

    name: str
    content_type: str
    content: bytes
    # SHA-256 of what was sent, before it was cleaned.
    original_sha256: str


def clean_attachment(upload: UploadedFile) -> CleanFile:
    """The file as it will be kept.

    Raises:
        ValidationError: a sentence that names the file and says what to do.
    """
    name = clean_name(upload.name or "")
    try:
        return _cleaned(upload, name)
    except ValidationError as error:
        said = error.messages[0]
        raise ValidationError(
            f"«\u00a0{shortened(name)}\u00a0»\u00a0: {said[:1].lower()}{said[1:]}",
            code=error.code,
        ) from error


def _cleaned(upload: UploadedFile, name: str) -> CleanFile:
    size = upload.size or 0
    if not size:
        raise ValidationError(EMPTY, code="empty")
    if size > MAX_BYTES:
        raise ValidationError(
            f"ce fichier est trop lourd ({megabytes(size)})\u00a0: la limite est de "
            f"{megabytes(MAX_BYTES)}. Réduisez-le, ou prenez une photo moins grande.",
            code="file_too_large",
        )
    stem, extension = os.path.splitext(name)
    upload.seek(0)
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    if _begins_as_pdf(content):
        return CleanFile(f"{stem}.pdf", "application/pdf", _clean_pdf(content), digest)
    photo = _clean_photo(content, extension[1:].lower())
    return CleanFile(f"{stem}.jpg", "image/jpeg", photo, digest)


def _read_away(reader: Path, content: bytes) -> subprocess.CompletedProcess[bytes]:
    """What another program makes of a file; the site waits for it, and not for ever."""
    with _turn():
        return subprocess.run(
            # Isolated: neither the environment nor what is imported comes from where we are.
            [sys.executable, "-I", str(reader)],
            input=content,
            capture_output=True,
            env={},
            timeout=SECONDS_TO_READ,
            check=False,
        )


@contextmanager
def _turn() -> Iterator[None]:
    """One file at a time in each process, and one that waits: the other threads serve pages."""
    if not _ROOM.acquire(blocking=False):
        raise ValidationError(BUSY, code="busy")
    try:
        if not _AT_WORK.acquire(timeout=SECONDS_TO_WAIT):
            raise ValidationError(BUSY, code="busy")
        try:
            yield
        finally:
            _AT_WORK.release()
    finally:
        _ROOM.release()


# Photos


def _clean_photo(content: bytes, extension: str) -> bytes:
    try:
        read = _read_away(PHOTO_READER, content)
    except subprocess.TimeoutExpired as error:
        raise ValidationError(TOO_HARD, code="photo_complex") from error
    if read.returncode == 0 and read.stdout.startswith(b"\xff\xd8"):
        return read.stdout
    if read.returncode != REFUSED:
        # It was ended by its limits, or it failed: what it failed on is not taken.
        raise ValidationError(TOO_HARD, code="photo_complex")
    code, _, sentence = read.stdout.decode().partition("\n")
    if code == "invalid_image":
        raise _not_accepted(extension)
    raise ValidationError(sentence, code=code)


def _not_accepted(extension: str) -> ValidationError:
    if extension == "pdf":
        return ValidationError(NOT_A_PDF, code="not_a_pdf")
    for extensions, sentence in OTHER_KINDS:
        if extension in extensions:
            return ValidationError(sentence, code="kind_refused")
    return ValidationError(UNKNOWN_KIND, code="kind_refused")


# PDF


def _begins_as_pdf(content: bytes) -> bool:
    return content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-")


def _clean_pdf(content: bytes) -> bytes:
    if not looks_like_pdf(cast(BinaryIO, io.BytesIO(content))):
        raise ValidationError(NOT_A_PDF, code="not_a_pdf")
    try:
        read = _read_away(PDF_READER, content)
    except subprocess.TimeoutExpired as error:
        raise _pdf_refused("complex") from error
    if read.returncode == 0 and read.stdout.startswith(b"%PDF-"):
        return read.stdout
    if read.returncode == REFUSED:
        raise _pdf_refused(read.stdout.decode("ascii", "replace").strip())
    # It was ended by its limits, or it failed: what it failed on is not taken.
    raise _pdf_refused("complex")


def _pdf_refused(word: str) -> ValidationError:
    return ValidationError(PDF_REFUSALS.get(word, PDF_REFUSALS["unreadable"]), code=f"pdf_{word}")


# Names

# What some system forbids in the name of a file, or reads as something else than a letter.
_FORBIDDEN = re.compile(r'[<>:"|?*%;`$&\\/\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_KNOWN_ENDS = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".heic", ".heif", ".pdf"}


def clean_name(name: str) -> str:
    """A name that any computer can keep, without a folder, a control or an invisible character."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", name)[-1])
    spaced = _FORBIDDEN.sub(" ", name)
    visible = "".join(one for one in spaced if unicodedata.category(one)[0] != "C")
    # In front, a sign would make an option of it, a formula, or a hidden file.
    plain = " ".join(visible.split()).strip(". ").lstrip("=+@-. ")
    stem, extension = os.path.splitext(plain)
    if len(extension) > 6 or " " in extension:
        stem, extension = plain, ""
    while os.path.splitext(stem)[1].lower() in _KNOWN_ENDS:
        stem = os.path.splitext(stem)[0]
    stem = stem[:NAME_LENGTH].strip(". ")
    if not stem or _RESERVED.match(stem.split(".")[0]):
        stem = f"fichier {stem}".strip()
    return stem + extension


def shortened(name: str, length: int = 40) -> str:
    """A name that fits in a sentence."""
    return name if len(name) <= length else f"{name[: length - 1]}…"
