"""Reminds those who follow a request that somebody still waits for an answer.

One mail a person and a day, on working days, with references only: who waits is read in the
admin, by those who may. And once a week, what was set aside and nobody has looked at: a person may
be among the robots, and those who read their mails only would never know.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Count
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

SET_ASIDE_TEXT = """\
Bonjour,

{count} du formulaire de contact {have} de côté par le site, et personne ne {them} encore ouvert{s}.
Ce sont le plus souvent des publicités. Mais quelqu’un est peut-être parmi elles, et personne ne le
lui a dit.

Parcourez-les ici, et reprenez ce qui est vrai. Le reste s’efface seul après trente jours.
{link}
"""


@register_chore("rappels-des-demandes", "Rappels des demandes sans réponse", timedelta(hours=1))
def remind() -> None:
    """Each hour: the first run of a working day, from eight o’clock, is the one that sends."""
    send_reminders()


def send_reminders() -> int:
    """Send the reminders of today, once; how many mails were written."""
    now = timezone.localtime()
    if now.hour < FROM_HOUR or not is_working_day(now.date()):
        return 0
    _tell_what_is_set_aside(now.date())
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
        headers=_headers(_message_id(address, str(today))),
        purpose="rappel",
        about="rappel",
    )
    _send(mail)


def _tell_what_is_set_aside(today: date) -> None:
    """On the first working day of a week; in the rest of it, the outbox finds the same mail."""
    told: Counter[str] = Counter()
    aside = ContactRequest.objects.filter(state=ContactRequest.State.SPAM, read_at__isnull=True)
    for row in aside.order_by().values("reason", "trade").annotate(count=Count("pk")):
        asked = ContactRequest(reason=row["reason"], trade_id=row["trade"])
        for address in recipients_for(asked):
            told[address.lower()] += row["count"]
    for address, count in told.items():
        _send(_set_aside_mail(address, count, today))


def _set_aside_mail(address: str, count: int, today: date) -> SiteMail:
    several = count > 1
    text = SET_ASIDE_TEXT.format(
        count=f"{count} messages" if several else "Un message",
        have="ont été mis" if several else "a été mis",
        s="s" if several else "",
        them="les a" if several else "l’a",
        link=f"{settings.SITE_URL}{reverse('contact_requests')}?vue=indesirables",
    )
    return SiteMail(
        f"{count} message{'s' if several else ''} à vérifier parmi les indésirables",
        text,
        to=[address],
        headers=_headers(_message_id(address, f"{today:%G-%V}")),
        purpose="rappel",
        about="indesirables",
    )


def _headers(message_id: str) -> dict[str, str]:
    return {
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _send(mail: SiteMail) -> None:
    try:
        mail.send()
    except ValueError:
        # One address that no mail can go to does not deprive the others of their reminder.
        logger.error("a reminder was not written: an address of a recipient is no address")


def _line(request: ContactRequest) -> str:
    day = date_format(timezone.localtime(request.received_at), "j F")
    return f"- {request.reference}, {request.get_reason_display()}, reçue le {day}"


def _message_id(address: str, moment: str) -> str:
    """The same for the same person and the same day, or week: the outbox writes it once."""
    signature = signing.Signer(salt="contact.reminder").signature(f"{address} {moment}")
    return f"<rappel.{signature}@{mail_domain()}>"


def _note(late: Sequence[ContactRequest], now: datetime) -> None:
    ContactRequest.objects.filter(pk__in=[one.pk for one in late]).update(reminded_at=now)
    RequestEvent.objects.bulk_create(
        RequestEvent(request=one, kind=RequestEvent.Kind.REMINDER, at=now, text="Rappel envoyé.")
        for one in late
    )
