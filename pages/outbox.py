"""The outbox: any mail that the code sends is a row first, then a chore takes it to the server.

``OutboxBackend`` is Django's ``EMAIL_BACKEND``: ``EmailMessage.send()`` writes rows in the current
transaction, so that a mail is kept if and only if what it speaks of is; it never calls a server.
``pages.mail_delivery`` does, later.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default as modern
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from . import mail_folder
from .models import OutgoingMail

logger = logging.getLogger(__name__)

State = OutgoingMail.State
# No mail server takes more, once attachments are written in base 64.
MAX_BYTES = 25 * 1024 * 1024
ADDRESS_LENGTH = 254
SUBJECT_LENGTH = OutgoingMail._meta.get_field("subject").max_length
MESSAGE_ID_LENGTH = 255
KEPT_WHEN_SENT = timedelta(days=30)
KEPT_OTHERWISE = timedelta(days=90)

# What Python takes for the end of a line (Django refuses two only), and what no mail holds.
_ODD_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029]")
_LINE_ENDS = re.compile("[\r\n]")
# Where a row may name somebody besides its addresses.
_WORDS = ("subject", "last_error")
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")


class SiteMail(EmailMultiAlternatives):
    """A mail of the site that says what kind it is and what it is about, in the outbox."""

    def __init__(self, *args: Any, purpose: str = "", about: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        self.about = about


class OutboxBackend(BaseEmailBackend):
    """Writes mails in the outbox; the mail server is not this moment's business."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the rows of each mail, and return how many mails have a recipient.

        Raises:
            ValueError: a header, an address or the size of a mail would have it refused.
        """
        written = 0
        for message in email_messages:
            try:
                written += bool(put(message))
            except (ValueError, DatabaseError) as error:
                if not self.fail_silently:
                    raise
                # Not its text, where the address of somebody may stand.
                logger.error("a mail was not written in the outbox: %s", type(error).__name__)
        return written


def put(message: EmailMessage) -> list[OutgoingMail]:
    """Write a mail in the outbox: one row a recipient, none twice.

    Raises:
        ValueError: a header, an address or the size of the mail would have it refused.
    """
    rows = rows_of(message)
    with transaction.atomic():
        # The same Message-ID to the same person is the same mail: it is not written again.
        OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def rows_of(message: EmailMessage) -> list[OutgoingMail]:
    """The rows of a mail, not saved.

    Raises:
        ValueError: a header, an address or the size of the mail would have it refused.
    """
    recipients = {bare.lower(): bare for bare in map(bare_address, message.recipients())}
    if not recipients:
        return []
    cleaned = _cleaned(message)
    try:
        built: Any = cleaned.message()
        content = built.as_bytes(linesep="\r\n")
    except MessageError as error:  # an injected header that only Python's own check sees
        raise BadHeaderError(str(error)) from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"a mail of {len(content)} bytes: no server would take it")
    return [
        OutgoingMail(
            message_id=cleaned.extra_headers["Message-ID"],
            sender=bare_address(cleaned.from_email),
            recipient=recipient,
            subject=str(cleaned.subject)[:SUBJECT_LENGTH],
            purpose=getattr(message, "purpose", ""),
            about=getattr(message, "about", ""),
            message=content,
        )
        for recipient in recipients.values()
    ]


def bare_address(address: str) -> str:
    """The address alone, as a mail server reads it: ``Ève <eve@exemple.fr>`` → ``eve@exemple.fr``.

    Raises:
        ValueError: it is none.
    """
    text = str(address)
    if _LINE_ENDS.search(text):
        raise BadHeaderError("an address cannot hold an end of line")
    bare = parseaddr(sanitize_address(text, "utf-8"))[1]
    # What Django could not write in ASCII before the @ becomes an address of nobody.
    if "=?" in bare or len(bare) > ADDRESS_LENGTH or not _ADDRESS.fullmatch(bare):
        raise ValueError("a mail has a recipient or a sender that is no address")
    return bare


def _cleaned(message: EmailMessage) -> EmailMessage:
    """A copy with a Message-ID and without control characters.

    Raises:
        BadHeaderError: an end of line stands in a header, or its Message-ID is too long.
    """
    cleaned = copy(message)
    cleaned.subject = _printable_header(message.subject)
    cleaned.body = _ODD_CONTROLS.sub("", str(message.body))
    cleaned.from_email = _printable_header(message.from_email)
    for name in ("to", "cc", "reply_to"):
        setattr(cleaned, name, [_printable_header(one) for one in getattr(message, name)])
    headers = {name: _printable_header(value) for name, value in message.extra_headers.items()}
    given = [headers.pop(name) for name in list(headers) if name.lower() == "message-id"]
    headers["Message-ID"] = given[0] if given else _new_message_id()
    if len(headers["Message-ID"]) > MESSAGE_ID_LENGTH:
        raise BadHeaderError("a Message-ID is too long")
    cleaned.extra_headers = headers
    return cleaned


def _printable_header(value: Any) -> str:
    text = str(value)
    if _LINE_ENDS.search(text):
        raise BadHeaderError("a header cannot hold an end of line")
    return _ODD_CONTROLS.sub(" ", text)


def _new_message_id() -> str:
    return make_msgid(domain=mail_domain())


def mail_domain() -> str:
    """What stands after the @ of our Message-IDs.

    Not the name of this machine: finding it may ask a DNS server, and tells the world too much.
    """
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


# --- What people do with them -------------------------------------------------------------


def send_again(mails: Any) -> int:
    """Have these mails (a queryset) tried again at once; return how many could be."""
    idle = mails.filter(message__isnull=False).exclude(state=State.SENDING)
    return idle.update(
        state=State.WAITING, attempts=0, next_attempt_at=timezone.now(), lease_until=None
    )


def give_up(mails: Any, by: str) -> int:
    """Give these mails (a queryset) up for good, unless one is leaving at this moment."""
    idle = mails.exclude(state__in=[State.SENDING, State.SENT])
    return idle.update(
        state=State.GIVEN_UP, message=None, lease_until=None, last_error=f"Abandonné par {by}."
    )


def count_stuck(since: datetime) -> dict[str, int]:
    """What failed and awaits somebody's decision, and what waits since that moment; one query."""
    failed = Q(state__in=[State.REFUSED, State.GIVEN_UP], message__isnull=False)
    late = Q(state=State.WAITING, created_at__lt=since)
    return OutgoingMail.objects.aggregate(
        failed=Count("pk", filter=failed), late=Count("pk", filter=late)
    )


# --- What is forgotten --------------------------------------------------------------------


@dataclass(frozen=True)
class ErasedMail:
    """What may still be said of a mail that was erased for somebody."""

    purpose: str
    state: str
    created_at: datetime


def purge() -> None:
    """Drop what was sent a month ago, and what nobody will send any more."""
    now = timezone.now()
    mails = OutgoingMail.objects
    mails.filter(state=State.SENT, sent_at__lt=now - KEPT_WHEN_SENT).delete()
    mails.filter(
        state__in=[State.REFUSED, State.GIVEN_UP], created_at__lt=now - KEPT_OTHERWISE
    ).delete()
    mail_folder.forget(before=now - KEPT_WHEN_SENT)


def mails_about(address: str) -> list[OutgoingMail]:
    """Every mail to this address, or that speaks of it."""
    wanted = address.strip()
    if not wanted:
        return []
    fields = ("recipient",) if _is_ours(wanted) else ("recipient", "sender", *_WORDS)
    named = Q()
    for name in fields:
        named |= Q(**{f"{name}__icontains": wanted})
    candidates = OutgoingMail.objects.filter(named).defer("message")
    found = [m for m in candidates if any(_is_in(getattr(m, name), wanted) for name in fields)]
    if _is_ours(wanted):
        return found
    return [*found, *_speaking_of(wanted, {mail.pk for mail in found})]


def _is_ours(address: str) -> bool:
    """Whether it is the address that the site writes from: all its mails speak of that one."""
    return address.lower() == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def _speaking_of(address: str, known: set[int]) -> Iterator[OutgoingMail]:
    kept = OutgoingMail.objects.filter(message__isnull=False).exclude(pk__in=known)
    for mail in kept.iterator(chunk_size=20):
        if mail.message and holds_address(bytes(mail.message), address):
            yield mail


def holds_address(content: bytes, address: str) -> bool:
    """Whether a mail names this address, in its headers or in its texts, however written."""
    return holds(content, lambda text: _is_in(text, address))


def holds(content: bytes, is_in: Callable[[str], bool]) -> bool:
    """Whether a header or a text of a mail answers."""
    parsed = message_from_bytes(content, policy=modern)
    return any(is_in(text) for text in _texts(parsed))


def _is_in(text: str, address: str) -> bool:
    """Whether a text names this address, and not a longer one: ``e@x.fr`` is not ``eve@x.fr``."""
    whole = rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)"
    return re.search(whole, text, re.IGNORECASE) is not None


def _texts(parsed: Any) -> Iterator[str]:
    for part in parsed.walk():
        yield from (str(value) for value in part.values())
        if part.get_content_maintype() == "text":
            yield (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def forget_address(address: str) -> list[ErasedMail]:
    """Erase every mail to this address or that speaks of it; say what was erased."""
    erased = mails_about(address)
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in erased]).delete()
    if address.strip() and not _is_ours(address.strip()):
        mail_folder.forget(where=lambda content: holds_address(content, address.strip()))
    return [ErasedMail(mail.purpose, mail.state, mail.created_at) for mail in erased]
