"""The sessions of an account."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from pages.models import User


def end_sessions(user: User, but: str | None = None) -> int:
    """Close every session of this account, except that of the key ``but``; say how many.

    The table does not say whose a session is: it is read through, which is short for a house
    of this size and is done by hand or when somebody leaves.
    """
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.session_key != but and session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
            ended += 1
    return ended
