"""Without a mail server, mails are kept in a folder: one file each, that any mail program opens."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify

DIRECTORY_MODE = 0o700
FILE_MODE = 0o640
LONGEST_SUBJECT = 60


class FolderBackend(BaseEmailBackend):
    """Writes each mail in ``EMAIL_FILE_PATH``, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the files, and return how many there are."""
        directory = folder()
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        for message in email_messages:
            _write(directory, message)
        return len(email_messages)


def folder() -> Path:
    """Where mails are kept."""
    return Path(settings.EMAIL_FILE_PATH)


def _write(directory: Path, message: EmailMessage) -> None:
    target = directory / file_name(message)
    built: Any = message.message()
    partial = target.with_suffix(".partiel")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(built.as_bytes(linesep="\r\n"))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)


def file_name(message: EmailMessage) -> str:
    """``2026-11-29-1504-eve-exemple-fr-votre-invitation-1f2e3d4c.eml``.

    The same mail to the same person has the same name: written twice, it is there once.
    """
    headers = message.message()
    recipient = message.recipients()[0]
    identity = f"{headers['Message-ID']} {recipient}"
    parts = [
        f"{_written_at(str(headers['Date'])):%Y-%m-%d-%H%M}",
        slugify(recipient.replace("@", "-").replace(".", "-")),
        slugify(message.subject)[:LONGEST_SUBJECT].strip("-"),
        hashlib.sha256(identity.encode()).hexdigest()[:8],
    ]
    return "-".join(part for part in parts if part) + ".eml"


def _written_at(date: str) -> datetime:
    """The local time of a header; now, when somebody wrote nonsense there."""
    try:
        written = parsedate_to_datetime(date)
    except ValueError:
        return timezone.localtime()
    # « -0000 » is how a mail says UTC.
    return timezone.localtime(written if written.tzinfo else written.replace(tzinfo=UTC))


def forget(
    before: datetime | None = None, where: Callable[[bytes], bool] | None = None
) -> list[str]:
    """Drop the files older than a moment, or those whose content answers; say which."""
    dropped = []
    for path in _files():
        old = before is not None and path.stat().st_mtime < before.timestamp()
        if old or (where is not None and where(path.read_bytes())):
            path.unlink(missing_ok=True)
            dropped.append(path.name)
    return dropped


def count(where: Callable[[bytes], bool]) -> int:
    """How many files have a content that answers."""
    return sum(where(path.read_bytes()) for path in _files())


def _files() -> Iterator[Path]:
    if getattr(settings, "EMAIL_FILE_PATH", None) and folder().is_dir():
        yield from sorted(folder().glob("*.eml"))
