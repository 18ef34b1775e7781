"""Tells the people of ADMINS that the site has an error, without ever making it worse.

What is sent is what the log says, and no more: no cookie, no form, no address of a visitor.
"""

import logging
import threading
import time
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

PURPOSE = "erreur"
# The same error is told once an hour; different ones, no more than MOST in an hour.
PERIOD = timedelta(hours=1)
MOST = 20
SUBJECT_LENGTH = 150
# Without the outbox a mail leaves at once: rarely, and without making a visitor wait.
DIRECT_EVERY = 600
DIRECT_TIMEOUT = 3


class ErrorMailHandler(logging.Handler):
    """Sends a line of the log to ADMINS by the outbox, or directly when the database is away."""

    def __init__(self, level: int = logging.ERROR) -> None:
        super().__init__(level)
        self._busy = threading.local()
        self._last_direct: float | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the mail; whatever happens here stays here."""
        # An error while an error is told would be told for ever.
        if not settings.ADMINS or getattr(self._busy, "now", False) or is_a_wait(record):
            return
        self._busy.now = True
        try:
            self._tell(record)
        except Exception:  # as every handler of logging: what tells an error makes none
            self.handleError(record)
        finally:
            self._busy.now = False

    def _tell(self, record: logging.LogRecord) -> None:
        from .outbox import put

        message = error_message(record, self.format(record))
        try:
            if not count_as_repeated(str(message.subject)):
                put(message)
        except DatabaseError:
            self._send_directly(message)

    def _send_directly(self, message: EmailMessage) -> None:
        now = time.monotonic()
        if self._last_direct is not None and now - self._last_direct < DIRECT_EVERY:
            return
        self._last_direct = now
        get_connection(settings.MAIL_DELIVERY_BACKEND, timeout=DIRECT_TIMEOUT).send_messages(
            [message]
        )


def is_a_wait(record: logging.LogRecord) -> bool:
    """Whether Django only logs a page that says to come back: a file is being made, no error."""
    status = getattr(record, "status_code", None)
    return status == HTTPStatus.SERVICE_UNAVAILABLE and not record.exc_info


def error_message(record: logging.LogRecord, text: str) -> EmailMessage:
    """The mail of a line of the log."""
    from .outbox import SiteMail

    first_line = (record.getMessage().splitlines() or [""])[0]
    return SiteMail(
        f"Erreur du site : {first_line}"[:SUBJECT_LENGTH],
        text,
        settings.SERVER_EMAIL,
        [address for _name, address in settings.ADMINS],
        purpose=PURPOSE,
    )


def count_as_repeated(subject: str) -> bool:
    """Whether this error was told already, or too many were: it is counted on the last mail."""
    from .models import OutgoingMail

    since = timezone.now() - PERIOD
    told = OutgoingMail.objects.filter(purpose=PURPOSE, created_at__gt=since)
    same = told.filter(subject=subject)
    if same.update(repeats=F("repeats") + 1):
        return True
    if told.values("message_id").distinct().count() < MOST:
        return False
    last = told.order_by("-pk").values("pk")[:1]
    OutgoingMail.objects.filter(pk__in=list(last.values_list("pk", flat=True))).update(
        repeats=F("repeats") + 1
    )
    return True
