"""What was erased at somebody's request, so that a backup which is restored is purged again.

One small file an erasure, outside the database that a backup brings back: the moment, and what the
person is reached at under a keyed hash. Nobody is found from it without the person's own address.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .persons import Person

# Longer than any backup is kept (docs/exploitation.md).
KEPT = timedelta(days=365)
DIRECTORY_MODE = 0o700
_SALT = "contact.erasures"
_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Erasure:
    """Something that was erased: an address or a number, under its hash, and until when."""

    digest: str
    at: datetime


def folder() -> Path:
    """Where they are written."""
    return Path(settings.ERASURES_PATH)


def remember(person: Person) -> None:
    """Write that a person was erased now.

    Raises:
        OSError: it cannot be written; nothing should be erased then.
    """
    folder().mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    name = f"{timezone.now().astimezone(UTC):{_MOMENT}}-{secrets.token_hex(4)}.txt"
    told = [value for value in (person.email, person.phone) if value]
    (folder() / name).write_text("".join(f"{digest_of(value)}\n" for value in told))


def digest_of(value: str, key: str | None = None) -> str:
    """The hash of an address or of a number; nothing is read back from it."""
    return salted_hmac(_SALT, value, secret=key, algorithm="sha256").hexdigest()


def digests_of(value: str) -> set[str]:
    """The same under the keys that were this site's before."""
    return {digest_of(value, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}


def known(directory: Path | None = None) -> list[Erasure]:
    """Every erasure that is remembered; the files of somebody else are left aside."""
    return [
        Erasure(digest, at)
        for path, at in _files(directory or folder())
        for digest in path.read_text().split()
    ]


def forget_old() -> None:
    """Drop those that no backup can bring back any more."""
    limit = timezone.now() - KEPT
    for path, at in _files(folder()):
        if at < limit:
            path.unlink(missing_ok=True)


def _files(directory: Path) -> Iterator[tuple[Path, datetime]]:
    for path in sorted(directory.glob("*.txt")) if directory.is_dir() else ():
        try:
            at = datetime.strptime(path.name.partition("-")[0], _MOMENT)
        except ValueError:
            continue
        yield path, at.replace(tzinfo=UTC)
