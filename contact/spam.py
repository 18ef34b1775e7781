"""Tells people from robots without asking people anything (decision 0025).

Nobody is refused for what they write: what looks like spam is set aside, where the team can take
it back, and its author is thanked like anybody. Only floods are refused, with a sentence and
everything that was typed: from one address, or more suspects in an hour than may be kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.http import HttpRequest

# A field that people do not see and that robots fill in. Browsers do not know it either: they
# would fill in a « url » or a « website » by themselves.
HONEYPOT_NAME = "complement_site"
HONEYPOT_LABEL = "Laissez ce champ vide"

TOO_QUICK = timedelta(seconds=3)
MOST_LINKS = 3

# Said above the form when it is refused; the page adds the telephone number.
TOO_MANY_FROM_HERE = (
    "Beaucoup d’envois arrivent de votre connexion en ce moment. Votre message n’est pas encore "
    "parti\u00a0: il est resté ci-dessous. Envoyez-le de nouveau dans dix minutes."
)
TOO_MANY_SUSPECTS = (
    "Le site reçoit beaucoup d’envois automatiques en ce moment. Votre message n’est pas encore "
    "parti\u00a0: il est resté ci-dessous. Envoyez-le de nouveau dans une heure."
)


class Key(Protocol):
    """What the form says of itself: see ``contact.form_keys``."""

    @property
    def key(self) -> str:
        """The same for every try of one form."""

    @property
    def age(self) -> timedelta:
        """Since when it is shown."""


@dataclass(frozen=True)
class Admission:
    """What may be done with a post, before anything in it is read.

    Attributes:
        refusal: A sentence when the form is to be shown again, status 429; else empty.
        takes_files: Whether files may be read and kept; without them, the message still may.
    """

    refusal: str = ""
    takes_files: bool = True

    @property
    def refused(self) -> bool:
        """Whether the form is to be shown again, with its sentence."""
        return bool(self.refusal)


@dataclass(frozen=True)
class Verdict:
    """What is thought of a valid form.

    Attributes:
        suspicions: Why it is set aside, in sentences without personal data; none for most.
        refusal: A sentence when the form is to be shown again, status 429; else empty.
    """

    suspicions: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def refused(self) -> bool:
        """Whether the form is to be shown again, with its sentence."""
        return bool(self.refusal)


def admit(http: HttpRequest) -> Admission:
    """Count a post of this address. Called first for every post, before files are read."""
    return Admission()


def judge(http: HttpRequest, values: Mapping[str, Any], form_key: Key, honeypot: str) -> Verdict:
    """What is thought of a form that is valid.

    Args:
        values: What was written, by the names of the fields of ``ContactRequest``.
        honeypot: What the field that nobody sees contains.
    """
    suspicions = []
    if honeypot:
        suspicions.append("Un champ invisible a été rempli.")
    if form_key.age < TOO_QUICK:
        suspicions.append("Le formulaire a été rempli en moins de trois secondes.")
    return Verdict(tuple(suspicions))
