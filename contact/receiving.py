"""Writes a request: all of it or nothing, once, before anybody is thanked.

The request, its files and its mails (rows of the outbox) are committed in one transaction; no
mail server, no other program is asked anything meanwhile.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from .attachments import CleanFile
from .mails import write_first_mails
from .models import ContactRequest, HeldFile, ReferenceCounter, RequestEvent, RequestFile
from .reasons import Reason

Kind = RequestEvent.Kind


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
    """The request, and whether this very post wrote it."""

    request: ContactRequest
    is_new: bool


def receive(submission: Submission) -> Receipt:
    """Write the request and its first mails, or find the one that a first click wrote.

    Raises:
        DatabaseError: nothing was written.
    """
    try:
        with transaction.atomic():
            if (known := _known(submission)) is not None:
                _add_files(known, submission.files)
                return Receipt(known, is_new=False)
            return Receipt(_write(submission), is_new=True)
    except IntegrityError:
        # The other click of a double click was quicker, by a moment.
        with transaction.atomic():
            if (known := _known(submission)) is None:
                raise
            _add_files(known, submission.files)
            return Receipt(known, is_new=False)


def _known(submission: Submission) -> ContactRequest | None:
    return ContactRequest.objects.filter(fingerprint=submission.fingerprint).first()


def _write(submission: Submission) -> ContactRequest:
    now = timezone.now()
    day = timezone.localdate(now)
    spam = bool(submission.suspicions)
    request = ContactRequest(
        year=day.year,
        number=ReferenceCounter.next_for(day),
        fingerprint=submission.fingerprint,
        reason=submission.reason,
        notice=submission.notice,
        state=ContactRequest.State.SPAM if spam else ContactRequest.State.NEW,
        suspicions=" ".join(submission.suspicions)[:300],
        received_at=now,
        last_exchange_at=now,
        **submission.values,
    )
    request.save()
    held = list(HeldFile.objects.filter(form_key=submission.form_key).defer(None))
    _keep(request, [*map(_as_clean, held), *submission.files])
    HeldFile.objects.filter(pk__in=[one.pk for one in held]).delete()
    request.events.create(
        kind=Kind.SET_ASIDE if spam else Kind.RECEIVED, text=request.suspicions, at=now
    )
    if not spam:
        write_first_mails(request)
    return request


def _as_clean(held: HeldFile) -> CleanFile:
    return CleanFile(held.name, held.content_type, bytes(held.content), held.original_sha256)


def _add_files(request: ContactRequest, files: Iterable[CleanFile]) -> None:
    """The photos that somebody adds by going back and sending again are not lost."""
    if added := _keep(request, files):
        request.events.create(kind=Kind.FILES, text=", ".join(one.name for one in added))


def _keep(request: ContactRequest, files: Iterable[CleanFile]) -> list[RequestFile]:
    """Write the files that the request has not yet, and return them."""
    known = set(request.files.values_list("original_sha256", flat=True))
    kept = []
    for one in files:
        if one.original_sha256 in known:
            continue
        known.add(one.original_sha256)
        kept.append(
            request.files.create(
                name=one.name,
                content_type=one.content_type,
                content=one.content,
                size=len(one.content),
                original_sha256=one.original_sha256,
            )
        )
    return kept


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
