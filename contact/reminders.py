"""Reminds those who follow a request that somebody still waits for an answer.

One mail a person and a day, on working days, with references only: who waits is read in the
admin, by those who may.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pages.chores import register_chore
from pages.outbox import SiteMail, mail_domain

from .mails import recipients_for
from .models import ContactRequest, ReasonSettings, RequestEvent
from .team import team
from .working_days import after_working_days, is_working_day

logger = logging.getLogger(__name__)

# Nobody reads a reminder at night; from then on the first run of the day sends it.
FROM_HOUR = 8
SHOWN = 40


@register_chore("rappels-des-demandes", "Rappels des demandes sans réponse", timedelta(hours=1))
def remind() -> None:
    """Each hour: the first run of a working day, from eight o’clock, is the one that sends."""
    send_reminders()


def send_reminders() -> int:
    """Send the reminders of today, once; how many mails were written."""
    now = timezone.localtime()
    if now.hour < FROM_HOUR or not is_working_day(now.date()):
        return 0
    with transaction.atomic():
        if _done_since(timezone.make_aware(datetime.combine(now.date(), time.min))):
            return 0
        late = _late(now.date())
        mails = _by_person(late)
        for address, requests in mails.items():
            _remind(address, requests, now.date())
        _note(late, now)
    return len(mails)


def _done_since(midnight: datetime) -> bool:
    return ContactRequest.objects.filter(reminded_at__gte=midnight).exists()


def _late(today: date) -> list[ContactRequest]:
    """What has awaited an answer for as many working days as its reason says."""
    patience = dict(ReasonSettings.objects.values_list("code", "reply_within"))
    # Nothing that the person wrote is read: the reminder says nothing of it.
    waiting = ContactRequest.objects.unanswered().select_related("assigned_to", "trade")
    waiting = waiting.defer("message", "search_text", "notice").order_by("received_at", "pk")
    return [one for one in waiting if _due(one, patience.get(one.reason, 1)) <= today]


def _due(request: ContactRequest, days: int) -> date:
    since = request.reminded_at or request.received_at
    return after_working_days(timezone.localdate(since), days)


def _by_person(late: Iterable[ContactRequest]) -> dict[str, list[ContactRequest]]:
    """To whom each is told: who follows it, or those who receive such requests."""
    told: dict[str, list[ContactRequest]] = defaultdict(list)
    followers = set(team().values_list("pk", flat=True))
    for request in late:
        owner = request.assigned_to
        addresses = [owner.email] if owner and owner.pk in followers else recipients_for(request)
        for address in addresses:
            told[address.lower()].append(request)
    return told


def _remind(address: str, requests: list[ContactRequest], today: date) -> None:
    count = len(requests)
    plural = "s" if count > 1 else ""
    verb = "attendent" if count > 1 else "attend"
    lines = [
        "Bonjour,",
        "",
        f"{count} demande{plural} {verb} une réponse\u00a0:",
        "",
        *(_line(request) for request in requests[:SHOWN]),
    ]
    if count > SHOWN:
        lines.append(f"et {count - SHOWN} autres.")
    lines += ["", "Pour y répondre, les confier à un collègue ou les clore\u00a0:"]
    lines += [f"{settings.SITE_URL}{reverse('contact_requests')}"]
    mail = SiteMail(
        f"{count} demande{plural} sans réponse",
        "\n".join(lines),
        to=[address],
        headers={
            "Message-ID": _message_id(address, today),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        purpose="rappel",
        about="rappel",
    )
    try:
        mail.send()
    except ValueError:
        # One address that no mail can go to does not deprive the others of their reminder.
        logger.error("a reminder was not written: an address of a recipient is no address")


def _line(request: ContactRequest) -> str:
    day = date_format(timezone.localtime(request.received_at), "j F")
    return f"- {request.reference}, {request.get_reason_display()}, reçue le {day}"


def _message_id(address: str, today: date) -> str:
    """The same for the same person on the same day: the outbox writes it once."""
    signature = signing.Signer(salt="contact.reminder").signature(f"{address} {today}")
    return f"<rappel.{signature}@{mail_domain()}>"


def _note(late: Sequence[ContactRequest], now: datetime) -> None:
    ContactRequest.objects.filter(pk__in=[one.pk for one in late]).update(reminded_at=now)
    RequestEvent.objects.bulk_create(
        RequestEvent(request=one, kind=RequestEvent.Kind.REMINDER, at=now, text="Rappel envoyé.")
        for one in late
    )
