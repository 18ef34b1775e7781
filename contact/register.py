"""The register of who reads personal data: written as they read, kept twelve months."""

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from .models import PersonalDataAccess

logger = logging.getLogger(__name__)

Action = PersonalDataAccess.Action
KEPT_MONTHS = 12
# A list or a request that is opened again at once is one reading.
SAME_READING = timedelta(minutes=10)
READINGS = frozenset({Action.LISTED, Action.OPENED, Action.FILE})
WHAT_LENGTH = PersonalDataAccess._meta.get_field("what").max_length


def note_access(user: Any, action: str, what: str) -> None:
    """Write that this person of the team read, took away or erased something.

    Reading never fails because the register does: it informs, it does not guard.

    Args:
        user: The account; None for the site itself.
        action: One of ``PersonalDataAccess.Action``.
        what: A reference, or a number of requests. Never the name or the address of somebody.
    """
    line = PersonalDataAccess(
        user=user, person=str(user or "Le site")[:310], action=action, what=what[:WHAT_LENGTH]
    )
    try:
        with transaction.atomic():
            if action not in READINGS or not _was_just_noted(line):
                line.save()
    except DatabaseError as error:
        # Not its text, which may hold the row.
        logger.error("an access to personal data was not recorded: %s", type(error).__name__)


def _was_just_noted(line: PersonalDataAccess) -> bool:
    recent = timezone.now() - SAME_READING
    return PersonalDataAccess.objects.filter(
        user=line.user, action=line.action, what=line.what, at__gt=recent
    ).exists()
