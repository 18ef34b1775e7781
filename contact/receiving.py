"""Writes a request: all of it or nothing, once, before anybody is thanked.

The request, its files and its mails (rows of the outbox) are committed in one transaction; no
mail server, no other program is asked anything meanwhile. The same post again finds what the first
one wrote: a double click, somebody who tries again, and this module itself when the database goes
away at the very moment of the commit, when nobody knows whether it took place.
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import (
    Error,
    IntegrityError,
    connection,
    models,
    transaction,
)
from django.utils import timezone

from .attachments import MOST_FILES, CleanFile
from .mails import write_first_mails
from .models import ContactRequest, HeldFile, ReferenceCounter, RequestEvent, RequestFile
from .reasons import Reason

logger = logging.getLogger(__name__)

Kind = RequestEvent.Kind

# How often a post is written again that met another one, or the purge, on its way.
TRIES = 4
# The database starts again: it is asked once more after these seconds, while the visitor waits.
PAUSES = (0.2, 0.5, 1.0, 2.0)
# Of PostgreSQL, for this transaction: nobody waits for ever behind a post that hangs, a post that
# hangs is ended, and a commit is on the disk when it is said to be.
GUARDS = (
    "SELECT set_config('lock_timeout', '15s', true), set_config('statement_timeout', '20s', true),"
    " set_config('idle_in_transaction_session_timeout', '10s', true),"
    " set_config('synchronous_commit', 'on', true)"
)
# Somebody who goes back to add photos: as many again, not the whole disk.
MOST_FILES_ADDED = 2 * MOST_FILES
# No text of PostgreSQL holds the first; no text at all holds half a character.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Submission:
    """A form that is valid, and what is thought of it.

    Attributes:
        form_key: The key of the form as it was shown: the same twice is a second click.
        values: Fields of ``ContactRequest`` that the person filled in.
        files: What was joined, checked.
        notice: The notice on personal data that was shown.
        suspicions: Why it looks like spam, in words; none for a request like any other.
    """

    form_key: str
    reason: Reason
    values: dict[str, Any]
    notice: str
    files: tuple[CleanFile, ...] = ()
    suspicions: tuple[str, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """The same for a second click, another if anything was written otherwise.

        Files are left aside: those that a second try adds join the request.
        """
        told = {name: _plain(value) for name, value in self.values.items()}
        text = json.dumps([self.form_key, self.reason, told], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Receipt:
    """The request, and whether this very post wrote it.

    Attributes:
        left_out: Names of files that were not kept, because the request has too many.
    """

    request: ContactRequest
    is_new: bool
    left_out: tuple[str, ...] = ()


def receive(submission: Submission) -> Receipt:
    """Write the request and its first mails, or find the one that a first click wrote.

    It is committed when this returns: nothing around it may take it back.

    Raises:
        Error: of the database: nothing was written, or it went away and stays away.
    """
    pauses = iter(PAUSES)
    while True:
        line = None
        try:
            connection.ensure_connection()
            line = connection.connection
            return _receive(submission)
        except Error:
            # Of a connection that is lost, nobody knows whether its commit took place: the same
            # post again tells. A disk that is full, a lock that does not come: no use insisting.
            pause = next(pauses, None)
            if pause is None or not _is_lost(line):
                raise
            logger.warning("the database went away while a request was written: trying again")
            time.sleep(pause)


def _receive(submission: Submission) -> Receipt:
    for _ in range(TRIES - 1):
        # The other click of a double click was quicker, or the purge took what was found.
        with suppress(IntegrityError):
            return _receive_once(submission)
    return _receive_once(submission)


def _receive_once(submission: Submission) -> Receipt:
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(GUARDS)
        if (known := _known(submission)) is not None:
            return _add_files(known, submission)
        return _write(submission)


def _is_lost(line: Any) -> bool:
    """Whether this connection is of no use any more; there is none then, or a new one."""
    if connection.vendor == "sqlite":
        return False
    # Django has taken another one as soon as it could, at the end of the transaction.
    if line is None or connection.connection is not line:
        return True
    if connection.is_usable():
        return False
    with suppress(Error):
        connection.close()
    return True


def _known(submission: Submission) -> ContactRequest | None:
    """The request of this very form, held until the end: neither erased nor added to meanwhile."""
    same = ContactRequest.objects.filter(fingerprint=submission.fingerprint)
    return same.select_for_update(of=("self",)).first()


def _write(submission: Submission) -> Receipt:
    now = timezone.now()
    day = timezone.localdate(now)
    spam = bool(submission.suspicions)
    request = ContactRequest(
        year=day.year,
        number=ReferenceCounter.next_for(day),
        fingerprint=submission.fingerprint,
        reason=submission.reason,
        notice=_storable(submission.notice),
        state=ContactRequest.State.SPAM if spam else ContactRequest.State.NEW,
        suspicions=_fitted("suspicions", " ".join(submission.suspicions)),
        received_at=now,
        last_exchange_at=now,
        **{name: _fitted(name, value) for name, value in submission.values.items()},
    )
    request.save()
    _added, left_out = _keep(request, [*_take_held(submission), *submission.files], MOST_FILES)
    request.events.create(
        kind=Kind.SET_ASIDE if spam else Kind.RECEIVED, text=request.suspicions, at=now
    )
    if not spam:
        write_first_mails(request)
    return Receipt(request, is_new=True, left_out=left_out)


def _add_files(request: ContactRequest, submission: Submission) -> Receipt:
    """The photos that somebody adds by going back and sending again are not lost."""
    files = [*_take_held(submission), *submission.files]
    added, left_out = _keep(request, files, MOST_FILES_ADDED)
    if added:
        names = ", ".join(one.name for one in added)
        request.events.create(kind=Kind.FILES, text=names + _too_many(left_out))
        # Somebody may have read it before they came.
        ContactRequest.objects.filter(pk=request.pk).update(read_at=None)
    return Receipt(request, is_new=False, left_out=left_out)


def _too_many(left_out: tuple[str, ...]) -> str:
    return f" (fichiers de trop, non gardés\u00a0: {len(left_out)})" if left_out else ""


def _take_held(submission: Submission) -> list[CleanFile]:
    """The files that errors of the same form kept: from now on they are those of the request."""
    held = list(HeldFile.objects.filter(form_key=submission.form_key).defer(None))
    if held:
        HeldFile.objects.filter(pk__in=[one.pk for one in held]).delete()
    return [
        CleanFile(one.name, one.content_type, bytes(one.content), one.original_sha256)
        for one in held
    ]


def _keep(
    request: ContactRequest, files: Iterable[CleanFile], most: int
) -> tuple[list[RequestFile], tuple[str, ...]]:
    """Write the files that the request has not yet: they, and the names of those too many."""
    known = set(request.files.values_list("original_sha256", flat=True))
    kept: list[RequestFile] = []
    left_out: list[str] = []
    for one in files:
        if one.original_sha256 in known:
            continue
        if len(known) >= most:
            left_out.append(one.name)
            continue
        known.add(one.original_sha256)
        kept.append(
            request.files.create(
                name=_storable(one.name)[: _length_of(RequestFile, "name")],
                content_type=one.content_type,
                content=one.content,
                size=len(one.content),
                original_sha256=one.original_sha256,
            )
        )
    return kept, tuple(left_out)


# --- What the columns can hold ------------------------------------------------------------


def _fitted(name: str, value: Any) -> Any:
    """A value that its column takes: the form has checked it, a request is not lost for a doubt."""
    if not isinstance(value, str):
        return value
    return _storable(value)[: _length_of(ContactRequest, name)]


def _length_of(model: type[models.Model], name: str) -> int | None:
    return getattr(model._meta.get_field(name), "max_length", None)


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
