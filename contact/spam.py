"""Tells people from robots without asking people anything (decision 0025).

Nobody is refused for what they write: what looks like spam is set aside, where the team can take
it back, and its author is thanked like anybody. Only floods are refused, with a sentence and
everything that was typed: from one address, or more suspects than may be kept.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.db import DatabaseError
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from . import spam_rules
from .models import ContactRequest
from .tallies import add_up, address_of, is_first

logger = logging.getLogger(__name__)

# A field that people do not see and that robots fill in. Browsers do not know it either: they
# would fill in a « url » or a « website » by themselves.
HONEYPOT_NAME = "complement_site"
HONEYPOT_LABEL = "Laissez ce champ vide"

TOO_QUICK = timedelta(seconds=3)

MINUTE, HOUR, DAY = 60, 3600, 86400
# A room of ten people behind one address (a town hall, a workshop) passes; a robot does not.
# Posts of any kind, errors included, that one address may make in ten minutes.
MOST_POSTS = 60
POSTS_PERIOD = 10 * MINUTE
# Requests of one address in an hour; the next ones are set aside.
MOST_FROM_AN_ADDRESS = 10
# Times that one form may be sent in a day: corrected, clicked twice, sent again.
MOST_FROM_A_FORM = 5
# The same words, received in a day.
MOST_ALIKE = 3
SHORTEST_ALIKE = 20
# Requests of anybody in an hour: far more than the association receives in a month.
MOST_IN_AN_HOUR = 500
# What is set aside and kept: the rest of a flood is refused.
MOST_SET_ASIDE_IN_AN_HOUR = 200
MOST_SET_ASIDE_IN_A_DAY = 1000
# Weights of files: below the first, nothing is counted.
LIGHT_POST = 100 * 1024
MOST_WEIGHT_OF_AN_ADDRESS = 150 * 1024**2
MOST_WEIGHT_IN_A_DAY = 2 * 1024**3

# Said above the form when it is refused; the page adds the telephone number.
TOO_MANY_FROM_HERE = (
    "Beaucoup d’envois arrivent de votre connexion en ce moment. Votre message n’est pas encore "
    "parti\u00a0: il est resté ci-dessous. Envoyez-le de nouveau dans dix minutes."
)
TOO_MANY_SUSPECTS = (
    "Le site reçoit beaucoup d’envois automatiques en ce moment. Votre message n’est pas encore "
    "parti\u00a0: il est resté ci-dessous. Envoyez-le de nouveau dans une heure."
)
# Said beside the files when the message may go, and they may not.
NO_FILES_NOW = (
    "Le site ne peut pas recevoir de fichiers en ce moment. Envoyez votre message sans eux\u00a0: "
    "nous vous dirons comment nous les donner."
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
    """Count a post of this address. Called first for every post, before any file is read."""
    address = address_of(http)
    if address and _count("post", address, POSTS_PERIOD) > MOST_POSTS:
        return Admission(TOO_MANY_FROM_HERE, takes_files=False)
    return Admission(takes_files=_has_room(address, _weight(http)))


def judge(http: HttpRequest, values: Mapping[str, Any], form_key: Key, honeypot: str) -> Verdict:
    """What is thought of a form that is valid, just before it is written.

    Args:
        values: What was written, by the names of the fields of ``ContactRequest``.
        honeypot: What the field that nobody sees contains.
    """
    lately = _lately(values)
    suspicions = (
        *_of_the_form(form_key, honeypot),
        *spam_rules.suspicions(values),
        *_of_the_crowd(address_of(http), lately),
    )
    if suspicions and _is_full(lately):
        return Verdict(suspicions, TOO_MANY_SUSPECTS)
    return Verdict(suspicions)


def _of_the_form(form_key: Key, honeypot: str) -> Iterator[str]:
    if honeypot:
        yield "Un champ invisible a été rempli."
    if form_key.age < TOO_QUICK:
        yield "Le formulaire a été rempli en moins de trois secondes."
    if _count("form", form_key.key, DAY) > MOST_FROM_A_FORM:
        yield "Le même formulaire a été envoyé de nombreuses fois."


def _of_the_crowd(address: str, lately: Mapping[str, int]) -> Iterator[str]:
    if address and _count("request", address, HOUR) > MOST_FROM_AN_ADDRESS:
        yield "De nombreuses demandes sont venues de la même connexion."
    if lately["alike"] >= MOST_ALIKE:
        yield "Le même message est arrivé plusieurs fois ce jour-là."
    if lately["received"] >= MOST_IN_AN_HOUR:
        yield "Des centaines de demandes sont arrivées dans la même heure."


def _lately(values: Mapping[str, Any]) -> dict[str, int]:
    """What was received since yesterday, counted in one question."""
    now = timezone.now()
    this_hour = Q(received_at__gte=now - timedelta(hours=1))
    aside = Q(state=ContactRequest.State.SPAM)
    try:
        return ContactRequest.objects.filter(received_at__gte=now - timedelta(days=1)).aggregate(
            aside=Count("pk", filter=aside),
            aside_this_hour=Count("pk", filter=aside & this_hour),
            received=Count("pk", filter=~aside & this_hour),
            alike=Count("pk", filter=_same_words(values)),
        )
    except DatabaseError:
        # Whoever writes the request will say it: here, nobody is suspected for it.
        return dict.fromkeys(("aside", "aside_this_hour", "received", "alike"), 0)


def _same_words(values: Mapping[str, Any]) -> Q:
    """The same text; without one, the same person."""
    message = str(values.get("message") or "")
    if len(message) >= SHORTEST_ALIKE:
        return Q(message=message)
    told = {name: values.get(name) or "" for name in ("name", "phone", "email")}
    return Q(message=message, **told)


def _is_full(lately: Mapping[str, int]) -> bool:
    full = (
        lately["aside_this_hour"] >= MOST_SET_ASIDE_IN_AN_HOUR
        or lately["aside"] >= MOST_SET_ASIDE_IN_A_DAY
    )
    if full:
        _tell("flood", "Contact form: too many suspects to keep them all; more are refused")
    return full


# Files


def _weight(http: HttpRequest) -> int:
    length = str(http.META.get("CONTENT_LENGTH") or "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _has_room(address: str, weight: int) -> bool:
    """Whether files may be kept: an address has its share of the disk, and all have theirs."""
    if weight < LIGHT_POST:
        return True
    if address and _count("weight", address, HOUR, weight) > MOST_WEIGHT_OF_AN_ADDRESS:
        return False
    if _count("weights", "", DAY, weight) > MOST_WEIGHT_IN_A_DAY:
        _tell("weights", "Contact form: files are refused until tomorrow, too many were sent")
        return False
    return True


def _count(kind: str, what: str, seconds: int, amount: int = 1) -> int:
    return _or_zero(lambda: add_up(kind, what, seconds, amount))


def _or_zero(count: Callable[[], int]) -> int:
    """Without a database nothing is counted: nobody is refused or suspected for it."""
    try:
        return count()
    except DatabaseError:
        return 0


def _tell(kind: str, sentence: str) -> None:
    """Tell the people of ADMINS, once an hour."""
    if _or_zero(lambda: int(is_first(f"told-{kind}", HOUR))):
        logger.error(sentence)
