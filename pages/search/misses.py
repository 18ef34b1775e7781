"""Counts the searches that find nothing, so that editors know what the site lacks.

Words only, never more than MAX_ROWS of them: a flood of nonsense is counted until the table is
full, then not at all until the chore has made room, and what is asked most is what stays.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F, Q
from django.utils import timezone

from pages.models import SearchMiss

from .answers import answers_to
from .query import search_terms

logger = logging.getLogger(__name__)

MAX_ROWS = 500
# What the chore leaves of a table that is bigger: the rest is room for new words.
KEPT_ROWS = 300
# Asked once, words are forgotten after a month; asked again and again, a year after the last time.
FORGET_ONCE = timedelta(days=30)
FORGET_ALL = timedelta(days=365)
# A telephone number, a date of birth, a file number: more digits than a postcode.
DIGITS_OF_A_PERSON = 6
MAX_LENGTH = SearchMiss._meta.get_field("words").max_length


def count_miss(query: str, terms: Sequence[str]) -> None:
    """Count one more search for ``terms``, unless it may be about a person or the table is full.

    A database that refuses to write (full, read only) loses the count, not the answer.
    """
    if not terms or may_be_personal(query):
        return
    words = " ".join(terms)[:MAX_LENGTH]
    try:
        _add_one(words)
    except DatabaseError:
        logger.warning("a search without result could not be counted", exc_info=True)


def may_be_personal(query: str) -> bool:
    """Whether the text looks like an e-mail address or like somebody's number."""
    return "@" in query or sum(char.isdigit() for char in query) >= DIGITS_OF_A_PERSON


def _add_one(words: str) -> None:
    known = SearchMiss.objects.filter(words=words)
    if known.update(times=F("times") + 1, last_on=timezone.localdate()):
        return
    if SearchMiss.objects.count() < MAX_ROWS:
        # Two visitors may come to this line with the same words: the second is not counted.
        SearchMiss.objects.bulk_create([SearchMiss(words=words)], ignore_conflicts=True)


def forget_misses() -> None:
    """Drop what is old, what the site has answers for by now, and the rarest of a full table."""
    today = timezone.localdate()
    old = Q(last_on__lt=today - FORGET_ALL) | Q(times=1, last_on__lt=today - FORGET_ONCE)
    SearchMiss.objects.filter(old).delete()
    for miss in SearchMiss.objects.all():
        terms = search_terms(miss.words)
        if not terms or answers_to(terms).exists():
            miss.delete()
    if SearchMiss.objects.count() > KEPT_ROWS:
        rarest = SearchMiss.objects.values_list("pk", flat=True)[KEPT_ROWS:]
        SearchMiss.objects.filter(pk__in=list(rarest)).delete()
