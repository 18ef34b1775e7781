"""The key of a form: what tells one form from another, and how long ago it was shown.

It is signed, so that nobody writes another's key, and it names nobody: no cookie, no session.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone

_SALT = "contact.form"
_SEPARATOR = "."
# As long as the files that wait for a form are kept.
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class FormKey:
    """A form that was shown: its key, and its age."""

    key: str
    age: timedelta


def new_key() -> str:
    """The key of a form that is being shown, signed."""
    return issue()[0]


def issue() -> tuple[str, FormKey]:
    """A new key, signed, and as it will be read."""
    key, moment = secrets.token_urlsafe(16), int(timezone.now().timestamp())
    return _signer().sign(f"{key}{_SEPARATOR}{moment}"), FormKey(key, timedelta(0))


def read_key(text: str) -> FormKey | None:
    """The key of a form that is sent; nothing when it is missing, forged, or too old."""
    try:
        key, _, moment = _signer().unsign(text).rpartition(_SEPARATOR)
        age = timezone.now().timestamp() - int(moment)
    except (signing.BadSignature, ValueError):
        return None
    if not key or age > LONGEST.total_seconds():
        return None
    # Two servers whose clocks differ a little: a form is never from tomorrow.
    return FormKey(key, timedelta(seconds=max(age, 0)))


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)
