"""The key of a form: what tells one form from another, and how long ago it was shown.

It is signed, so that nobody writes another's key, and it names nobody: no cookie, no session.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare

_SALT = "contact.form"
_REFUSED_SALT = "contact.form.refused"
_SEPARATOR = "."
# As long as the files that wait for a form are kept.
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class FormKey:
    """A form that was shown: its key, and its age."""

    key: str
    age: timedelta


# A form that comes back because its key was too old: its reader has had the time to read it.
_RENEWED_AGE = timedelta(minutes=1)


def new_key() -> str:
    """The key of a form that is being shown, signed."""
    return _signed(secrets.token_urlsafe(16), timedelta(0))


def read_key(text: str) -> FormKey | None:
    """The key of a form that is sent; nothing when it is missing, forged, or too old."""
    known = _read(text)
    return known if known and known.age <= LONGEST else None


def renew(text: str) -> tuple[str, FormKey]:
    """A key that can be used, signed and as it will be read.

    One that is only too old stays the same: what it sent already is found again.
    """
    known = _read(text)
    if known is None:
        known = FormKey(secrets.token_urlsafe(16), timedelta(0))
    age = min(known.age, _RENEWED_AGE)
    return _signed(known.key, age), FormKey(known.key, age)


def mark_of(key: FormKey) -> str:
    """What a form carries once it has come back for want of its cookie."""
    return signing.Signer(salt=_REFUSED_SALT).signature(key.key)


def has_mark(key: FormKey | None, mark: str) -> bool:
    """Whether this form has come back already for want of its cookie."""
    return key is not None and constant_time_compare(mark, mark_of(key))


def _signed(key: str, age: timedelta) -> str:
    moment = int((timezone.now() - age).timestamp())
    return _signer().sign(f"{key}{_SEPARATOR}{moment}")


def _read(text: str) -> FormKey | None:
    try:
        key, _, moment = _signer().unsign(text).rpartition(_SEPARATOR)
        age = timezone.now().timestamp() - int(moment)
    except (signing.BadSignature, ValueError):
        return None
    # Two servers whose clocks differ a little: a form is never from tomorrow.
    return FormKey(key, timedelta(seconds=max(age, 0)))


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)
