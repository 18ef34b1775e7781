"""Takes the mails of the outbox to the mail server, one at a time, each under a lease.

A worker that is killed loses nothing: its lease ends, and the mail is taken again. Only a kill
between the server's « 250 » and our own commit sends a mail twice, with the same Message-ID.
"""

import errno
import logging
import smtplib
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as DjangoSmtpBackend
from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .models import OutgoingMail

logger = logging.getLogger(__name__)

State = OutgoingMail.State
# A turn begins no new mail after TURN; a connection is cut after LONGEST_CONNECTION, whatever the
# server does: the lease of a mail outlasts both.
TURN = timedelta(seconds=45)
LONGEST_CONNECTION = timedelta(minutes=4)
LEASE = timedelta(minutes=8)
# After each attempt of a mail; then every six hours until it is given up.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 360)]
# When the server itself is away the mails do not wait longer than that for its return.
LONGEST_WAIT_FOR_THE_SERVER = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=48)
# A worker that was stopped for days still tries that many times.
FEWEST_ATTEMPTS = 8
# The mail has left: the database is asked several times to write it, in seconds.
RECORDING_PAUSES = (1, 3, 10, 30)
TOO_BIG = 552
SYSTEM_ERRORS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le disque est plein",
    errno.EACCES: "le dossier où il serait gardé est fermé",
    errno.EPERM: "le dossier où il serait gardé est fermé",
    errno.EROFS: "le dossier où il serait gardé est fermé",
    errno.EHOSTUNREACH: "le réseau ne mène pas au serveur de messagerie",
    errno.ENETUNREACH: "le réseau ne mène pas au serveur de messagerie",
}
ERROR_LENGTH = 300


# --- The turn of the chore ----------------------------------------------------------------


def deliver_due() -> int:
    """Send what is due, for TURN at most; return how many mails left."""
    sent = 0
    end = time.monotonic() + TURN.total_seconds()
    _give_up_what_kills()
    with _delivery() as delivery:
        while time.monotonic() < end and (mail := take_next()):
            try:
                delivery.open()
            except Exception as error:  # the server is away: no mail is to blame, all wait
                _server_is_away(mail, error)
                return sent
            sent += _send(delivery, mail)
    return sent


@contextmanager
def _delivery() -> Iterator[Any]:
    """What delivers, opened at the first mail only; its end is nobody's problem."""
    delivery = get_connection(settings.MAIL_DELIVERY_BACKEND)
    try:
        yield delivery
    finally:
        _close(delivery)


def _close(delivery: Any) -> None:
    # A mail that has left has left, even if the server does not answer our good-bye.
    with suppress(Exception):
        delivery.close()


def take_next() -> OutgoingMail | None:
    """Reserve the mail that has been due for longest; None when there is nothing to do."""
    while True:
        now = timezone.now()
        mail = _due(now).order_by("next_attempt_at", "pk").first()
        if mail is None:
            return None
        token = uuid.uuid4().hex
        # The condition again: another worker may have taken it since. No lock, SQLite has none.
        taken = (
            _due(now)
            .filter(pk=mail.pk)
            .update(
                state=State.SENDING,
                lease_until=now + LEASE,
                lease_token=token,
                # Before the attempt: a mail that kills its worker comes after all the others
                # the next time, and is given up in the end.
                attempts=F("attempts") + 1,
                next_attempt_at=now + LEASE,
            )
        )
        if taken:
            mail.attempts += 1
            mail.lease_token = token
            return mail


def _due(now: datetime) -> QuerySet[OutgoingMail]:
    waiting = Q(state=State.WAITING, next_attempt_at__lte=now)
    dropped = Q(state=State.SENDING, lease_until__lte=now)
    return OutgoingMail.objects.filter(waiting | dropped, message__isnull=False)


def _send(delivery: Any, mail: OutgoingMail) -> bool:
    try:
        delivery.send_messages([KeptMail(mail)])
    except Exception as error:  # whatever is wrong with a mail, the next one is sent
        # After an error the dialogue with the server is in an unknown state.
        _close(delivery)
        _failed(mail, error)
        return False
    _record_sent(mail)
    return True


def _record_sent(mail: OutgoingMail) -> None:
    """Write that the mail left, even if the database starts again at this very moment.

    Raises:
        DatabaseError: it stays away; the mail will leave again, with the same Message-ID.
    """
    for pause in RECORDING_PAUSES:
        try:
            _mark_sent(mail)
        except DatabaseError:
            _forget_connection()
            time.sleep(pause)
        else:
            return
    _mark_sent(mail)


def _mark_sent(mail: OutgoingMail) -> None:
    _held(mail).update(
        state=State.SENT,
        sent_at=timezone.now(),
        # The links it holds open accounts: they are gone as soon as they are of no use here.
        message=None,
        lease_until=None,
        last_error="",
    )


def _forget_connection() -> None:
    with suppress(DatabaseError):
        connection.close()


def _held(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    """The row of the mail, unless another worker has taken it since."""
    return OutgoingMail.objects.filter(
        pk=mail.pk, state=State.SENDING, lease_token=mail.lease_token
    )


def _give_up_what_kills() -> None:
    """Give up the mails during which the worker was killed again and again."""
    now = timezone.now()
    OutgoingMail.objects.filter(
        state=State.SENDING, lease_until__lte=now, attempts__gte=FEWEST_ATTEMPTS
    ).update(
        state=State.GIVEN_UP,
        lease_until=None,
        last_error="L’envoi de ce courriel s’est interrompu à chaque essai.",
    )


# --- Failures -----------------------------------------------------------------------------


def _failed(mail: OutgoingMail, error: Exception) -> None:
    if not isinstance(error, OSError | smtplib.SMTPException):
        logger.error("mail %s could not be sent", mail.pk, exc_info=error)
    text = explain(error)
    if is_final(error):
        _held(mail).update(state=State.REFUSED, lease_until=None, last_error=text)
    else:
        wait = WAITS[min(mail.attempts, len(WAITS)) - 1]
        _put_off(_held(mail), wait, text)


def _server_is_away(mail: OutgoingMail, error: Exception) -> None:
    """Put off all that is due: another mail would only wait for the same silence."""
    wait = min(WAITS[min(mail.attempts, len(WAITS)) - 1], LONGEST_WAIT_FOR_THE_SERVER)
    text = explain(error)
    others = OutgoingMail.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now())
    others.update(attempts=F("attempts") + 1)
    _put_off(others, wait, text)
    _put_off(_held(mail), wait, text)


def _put_off(mails: QuerySet[OutgoingMail], wait: timedelta, error: str) -> None:
    """Try these mails again after ``wait``, or give up those that have waited for too long."""
    now = timezone.now()
    hopeless = mails.filter(created_at__lte=now - GIVE_UP_AFTER, attempts__gte=FEWEST_ATTEMPTS)
    hopeless.update(state=State.GIVEN_UP, lease_until=None, last_error=error)
    mails.update(
        state=State.WAITING, lease_until=None, next_attempt_at=now + wait, last_error=error
    )


def is_final(error: Exception) -> bool:
    """Whether the server said no for ever to this mail: the recipient, the content, the size."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        # Any other refusal of our own address is a setting to mend: no mail is lost for it.
        return error.smtp_code == TOO_BIG
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def explain(error: Exception) -> str:
    """What happened, for who reads the list of mails."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _with_words("Le serveur de messagerie n’accepte pas cette adresse", code, said)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        sentence = "Le serveur de messagerie refuse l’identifiant ou le mot de passe du site"
        return _with_words(sentence, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        sentence = "Le serveur de messagerie refuse l’expéditeur"
        if error.smtp_code == TOO_BIG:
            sentence = "Le serveur de messagerie trouve ce courriel trop lourd"
        return _with_words(sentence, error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPResponseException):
        sentence = "Le serveur de messagerie n’a pas pris ce courriel"
        return _with_words(sentence, error.smtp_code, error.smtp_error)
    return _explain_silence(error)


def _explain_silence(error: Exception) -> str:
    # smtplib says « disconnected » of a silence too.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "Le serveur de messagerie ne répond pas assez vite."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "Le serveur de messagerie a coupé la communication."
    if isinstance(error, ConnectionRefusedError):
        return "Le serveur de messagerie ne répond pas : la connexion est refusée."
    if isinstance(error, socket.gaierror):
        return "Le nom du serveur de messagerie est introuvable."
    if isinstance(error, ssl.SSLError):
        return "La connexion chiffrée avec le serveur de messagerie n’a pas pu s’établir."
    if isinstance(error, OSError):
        reason = SYSTEM_ERRORS.get(error.errno or 0, f"erreur du système ({type(error).__name__})")
        return f"Le courriel n’a pas pu partir : {reason}."
    return f"Le site n’a pas su envoyer ce courriel ({type(error).__name__})."


def _with_words(sentence: str, code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    printable = "".join(char if char.isprintable() else " " for char in words)
    return f"{sentence} : « {code} {printable[:ERROR_LENGTH].strip()} »."


# --- What the mail server receives --------------------------------------------------------


class KeptMail(EmailMessage):
    """A row of the outbox as Django's backends want it, its bytes untouched."""

    def __init__(self, mail: OutgoingMail) -> None:
        super().__init__(mail.subject, "", mail.sender, [mail.recipient])
        self.content = bytes(mail.message or b"")

    def message(self, **_: Any) -> Any:
        """The mail as it was written; the Message-ID and the date are those of that day."""
        parsed = message_from_bytes(self.content, _KeptBytes)
        parsed.content = self.content
        return parsed


class _KeptBytes(Message):
    """A parsed mail that leaves as it came: rewriting it would change it."""

    content = b""

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        """The bytes of the outbox, whatever ends of lines are asked for."""
        return self.content


class SmtpBackend(DjangoSmtpBackend):
    """Django's, with an end: a server that answers drop by drop is cut off."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The dialogue that hangs up by itself."""
        return _BoundedSmtpSsl if self.use_ssl else _BoundedSmtp


class _HangsUp(smtplib.SMTP):
    """A dialogue whose socket is shut after LONGEST_CONNECTION: each wait then ends at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._alarm = threading.Timer(LONGEST_CONNECTION.total_seconds(), self._hang_up)
        self._alarm.daemon = True
        self._alarm.start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._alarm.cancel()
            raise

    def _hang_up(self) -> None:
        sock = getattr(self, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close, and forget the alarm."""
        self._alarm.cancel()
        super().close()


class _BoundedSmtp(_HangsUp):
    pass


class _BoundedSmtpSsl(_HangsUp, smtplib.SMTP_SSL):
    pass
