"""How long a request is kept, and how it is erased: all that there is of it, in one transaction.

The clock is the last exchange. A request is kept to the end of the day, at the clocks of the
association, when its months are over: the night after, nothing is left of it but a count.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pages import mail_folder
from pages.models import OutgoingMail

from . import erasures
from .models import (
    ContactRequest,
    ErasedCount,
    HeldFile,
    PersonalDataAccess,
    ReasonSettings,
    RequestEvent,
    RequestFile,
)
from .reasons import Reason
from .register import KEPT_MONTHS as ACCESSES_KEPT_MONTHS

SPAM_KEPT = timedelta(days=30)
HELD_FILE_KEPT = timedelta(days=1)
# Of a reason whose settings are not there, which should not be: nothing is kept for ever.
KEPT_MONTHS_OTHERWISE = 12
# A batch is a transaction; a run of the chore ends long before its lease.
BATCH = 50
MOST_IN_A_RUN = 2_000


# --- What is over -------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    """The same day so many months later; 29 February and twelve months make 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_day_kept(request: ContactRequest) -> date:
    """The last day of a request, as its reason is set today."""
    months = months_by_reason()[request.reason]
    return months_later(timezone.localdate(request.last_exchange_at), months)


def first_moment_kept(months: int, today: date | None = None) -> datetime:
    """What was exchanged before this moment is over today; what was then, or later, is not."""
    today = today or timezone.localdate()
    day = months_later(today, -months)
    # The end of a month is the same day for several: from there to the first one that is over.
    while months_later(day, months) >= today:
        day -= timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def months_by_reason() -> dict[str, int]:
    """How many months each reason is kept, as it is set today."""
    chosen = dict(ReasonSettings.objects.values_list("code", "kept_months"))
    return {code: chosen.get(code, KEPT_MONTHS_OTHERWISE) for code in Reason.values}


def over(today: date | None = None) -> Q:
    """The requests whose time is over: by their reason, whatever their state."""
    expired = Q(pk__in=[])
    for code, months in months_by_reason().items():
        expired |= Q(reason=code, last_exchange_at__lt=first_moment_kept(months, today))
    return expired


def forgotten_spam() -> Q:
    """What was set aside a month ago, and that nobody looked after since."""
    limit = timezone.now() - SPAM_KEPT
    recent = RequestEvent.objects.filter(at__gte=limit).values("request")
    spam = Q(state=ContactRequest.State.SPAM, last_exchange_at__lt=limit)
    return spam & ~Q(pk__in=recent)


# --- The chore ----------------------------------------------------------------------------


def purge() -> int:
    """Erase what was kept long enough; how many requests there were.

    Killed between two batches, it goes on the next time.
    """
    erased = 0
    for expired in (over(), forgotten_spam()):
        while erased < MOST_IN_A_RUN and (count := _erase_batch(expired)):
            erased += count
    HeldFile.objects.filter(added_at__lt=timezone.now() - HELD_FILE_KEPT).delete()
    oldest = first_moment_kept(ACCESSES_KEPT_MONTHS)
    PersonalDataAccess.objects.filter(at__lt=oldest).delete()
    erasures.forget_old()
    return erased


def _erase_batch(expired: Q) -> int:
    with transaction.atomic():
        # Locked, then asked again: somebody may be answering one of them at this moment.
        wanted = ContactRequest.objects.filter(expired).order_by("pk").select_for_update()
        return erase_requests(wanted.values_list("pk", flat=True)[:BATCH])


# --- What is erased -----------------------------------------------------------------------


def erase_requests(ids: Iterable[int]) -> int:
    """Erase these requests, their files, their history and their mails; how many there were.

    They are counted by month in the same transaction, so that the statistics stay true.
    """
    with transaction.atomic():
        requests = ContactRequest.objects.filter(pk__in=list(ids))
        # Held before what hangs on them goes, as whoever answers one holds it first: the other
        # way round, each would wait for the other.
        held = requests.order_by("pk").select_for_update()
        gone = list(held.only("pk", "reason", "state", "received_at"))
        known = [request.pk for request in gone]
        if not known:
            return 0
        _count(gone)
        mails = OutgoingMail.objects.filter(about__in=[f"request:{pk}" for pk in known])
        threads = {*mails.values_list("message_id", flat=True)}
        events = RequestEvent.objects.filter(request__in=known)
        threads |= {*events.exclude(message_id="").values_list("message_id", flat=True)}
        mails.delete()
        # Before their request: its cascade would read every file to erase it.
        RequestFile.objects.filter(request__in=known).delete()
        events.delete()
        requests.delete()
        # Last, and before the transaction ends: a mail that is gone for a request that is not
        # is gone early; the other way round, nobody would know which to drop.
        _forget_files_of(threads)
        return len(known)


def _count(gone: Iterable[ContactRequest]) -> None:
    spam = ContactRequest.State.SPAM
    months = Counter(
        (timezone.localdate(one.received_at).replace(day=1), one.reason, one.state == spam)
        for one in gone
    )
    for (month, reason, was_spam), count in months.items():
        row, _created = ErasedCount.objects.get_or_create(
            month=month, reason=reason, was_spam=was_spam
        )
        ErasedCount.objects.filter(pk=row.pk).update(count=F("count") + count)


def _forget_files_of(threads: set[str]) -> None:
    """Drop the mails of these threads from the folder of a site without mail server."""
    if threads:
        wanted = [message_id.encode() for message_id in threads]
        mail_folder.forget(where=lambda content: any(one in content for one in wanted))
