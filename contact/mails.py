"""The mails of a request: to those in charge, and to the person who wrote.

A mail that cannot be built never fails the request: it is logged, and the history of the request
says so. A database that cannot write it is another matter: nothing is kept then, and nobody is
thanked.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from pages.models import OrganisationSettings, OutgoingMail
from pages.outbox import SiteMail, bare_address, mail_domain
from pages.templatetags.body_tags import french_weight
from pages.templatetags.french_dates import long_date

from .models import ContactRequest, ReasonSettings, Recipient, RequestEvent

logger = logging.getLogger(__name__)

NOTIFICATION, ACKNOWLEDGEMENT = "demande", "accuse"
# Somebody who writes the address of another in the form cannot have the site pester them.
MOST_ACKNOWLEDGEMENTS = 3
ACKNOWLEDGEMENTS_COUNTED_FOR = timedelta(days=1)
# Where the dots of a name count for nothing.
WITHOUT_DOTS = ("gmail.com", "googlemail.com")
MOST_ACCOUNTS = 20
# The first mail of a thread and the last ones: a program needs no more to put them together.
LAST_REFERENCES = 10
# Automatic mails answer to no mail and are answered by no « I am away » (RFC 3834; Exchange).
NO_ANSWER = {"X-Auto-Response-Suppress": "All"}

NOTIFICATION_TEXT = """\
Bonjour,

Une demande est arrivée par le site, le {moment}.

{facts}

Pour la suivre, lire les fichiers et répondre :
{link}

{how_to_answer}
"""
ACKNOWLEDGEMENT_TEXT = """\
Bonjour,

Nous avons bien reçu votre demande, le {moment}.

Sa référence : {reference}
{next_steps}
{phone}Vous n’avez rien demandé ? Quelqu’un s’est sans doute trompé d’adresse : n’en faites rien.

La régie de quartier Impulsion
"""
BY_MAIL = (
    "Répondre à ce courriel écrit directement à la personne, mais le suivi du site n’en saura rien."
)
BY_PHONE = "La personne n’a pas laissé d’adresse e-mail : il faut l’appeler."


def write_first_mails(request: ContactRequest) -> None:
    """Put in the outbox what tells those in charge, and what thanks the person.

    Called in the transaction that writes the request: they are kept together or not at all.

    Raises:
        DatabaseError: nothing can be written.
    """
    _attempt(request, _notify, "Le courriel qui prévient l’équipe n’a pas pu être écrit.")
    _attempt(request, _acknowledge, "L’accusé de réception n’a pas pu être écrit.")


def _attempt(request: ContactRequest, write: Callable[[ContactRequest], None], sorry: str) -> None:
    try:
        with transaction.atomic():
            write(request)
    except DatabaseError:
        raise
    except Exception as error:  # whatever is wrong with a mail, the request is kept
        # Not its text, where the address of somebody may stand.
        logger.error("a mail of %s was not written: %s", request, type(error).__name__)
        _say(request, sorry)


def _say(request: ContactRequest, text: str, message_id: str = "") -> None:
    request.events.create(kind=RequestEvent.Kind.MAIL, text=text, message_id=message_id)


# --- To those in charge -------------------------------------------------------------------


def recipients_for(request: ContactRequest) -> list[str]:
    """Who is told of a request, each address once.

    Those that were chosen for its reason and its activity; otherwise for its reason; otherwise the
    association; otherwise the accounts that may read requests.
    """
    chosen = _usable(configured_recipients(request))
    if chosen:
        return chosen
    if ours := _usable([OrganisationSettings.load().email]):
        return ours
    return _usable(_readers().values_list("email", flat=True)[:MOST_ACCOUNTS])


def _readers() -> QuerySet[Any]:
    """The accounts that may read requests, by their group or because they may do everything."""
    by_group = Group.objects.filter(
        permissions__codename="view_contactrequest",
        permissions__content_type__app_label="contact",
    )
    accounts = get_user_model().objects.filter(is_active=True).order_by("pk")
    return accounts.filter(Q(is_superuser=True) | Q(groups__in=by_group)).distinct()


def configured_recipients(request: ContactRequest) -> list[str]:
    """The addresses that editors chose for this reason, or for this activity of it."""
    rows = list(Recipient.objects.filter(reason__code=request.reason))
    if of_trade := [one.email for one in rows if one.trade_id and one.trade_id == request.trade_id]:
        return of_trade
    return [one.email for one in rows if one.trade_id is None]


def reply_addresses(request: ContactRequest) -> list[str]:
    """Where the person answers our mails: never the address of somebody who did not choose it."""
    return _usable([*configured_recipients(request), OrganisationSettings.load().email])[:1]


def _usable(addresses: Iterable[str]) -> list[str]:
    """Those that a mail server can read, each once; one that is not takes no other with it."""
    kept: dict[str, str] = {}
    for address in addresses:
        if bare := _bare(address):
            kept.setdefault(bare.lower(), bare)
    return list(kept.values())


def _bare(address: str) -> str:
    try:
        return bare_address(address)
    except ValueError:
        return ""


def _notify(request: ContactRequest) -> None:
    to = recipients_for(request)
    if not to:
        logger.error("nobody was told of %s: no address is set for its reason", request)
        _say(request, "Personne n’a été prévenu : aucun destinataire n’est réglé.")
        return
    writer = _bare(request.email)
    SiteMail(
        subject=f"[{request.reference}] {subject_of(request)}",
        body=NOTIFICATION_TEXT.format(
            moment=_moment(request),
            facts=facts_of(request),
            link=admin_link(request),
            how_to_answer=BY_MAIL if writer else BY_PHONE,
        ),
        to=to,
        reply_to=[writer] if writer else [],
        headers={
            "Message-ID": _message_id(request, NOTIFICATION),
            "Auto-Submitted": "auto-generated",
            **NO_ANSWER,
        },
        purpose=NOTIFICATION,
        about=about(request),
    ).send()


def about(request: ContactRequest) -> str:
    """How the outbox names a request."""
    return f"request:{request.pk}"


def subject_of(request: ContactRequest) -> str:
    """« Devis ou intervention – espaces verts »: what it is about, without anybody's name."""
    words = request.get_reason_display()
    if request.trade:
        words += f" – {request.trade.name[:1].lower()}{request.trade.name[1:]}"
    return " ".join(words.split())


def facts_of(request: ContactRequest) -> str:
    """Everything that the person wrote, as plain text."""
    lines = [f"{request.reference} : {subject_of(request)}"]
    told = [
        ("À propos de", request.subject_title),
        ("Nom", request.name),
        ("Organisme", request.organisation),
        ("Qui demande", request.get_client_kind_display()),
        ("Téléphone", request.phone),
        ("Quand appeler", request.get_best_time_display()),
        ("Adresse e-mail", request.email),
        ("Commune", request.commune.name if request.commune else ""),
        ("Pour quand", request.wanted_when),
    ]
    lines += [f"{label} : {value}" for label, value in told if value]
    if request.message:
        # Nothing of it can be taken for the words of the site, nor for its link to the admin.
        lines += ["", "Message :", "", *(f"> {line}" for line in request.message.split("\n"))]
    files = request.files.values_list("name", "size")
    if files:
        lines += ["", "Fichiers :", *(f"- {name} ({french_weight(size)})" for name, size in files)]
    return "\n".join(lines)


def admin_link(request: ContactRequest) -> str:
    """Where the request is followed up."""
    return f"{settings.SITE_URL}{reverse('contact_request', args=[request.pk])}"


# --- To the person ------------------------------------------------------------------------


def _acknowledge(request: ContactRequest) -> None:
    """Thank the person. Nothing that they wrote is in it: the address may be another's."""
    to = _bare(request.email)
    if not to or to.lower() == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower():
        return
    if _recent_acknowledgements(to).count() >= MOST_ACKNOWLEDGEMENTS:
        _say(request, "Pas d’accusé de réception : cette adresse en a eu plusieurs en un jour.")
        return
    message_id = _message_id(request, ACKNOWLEDGEMENT)
    if request.events.filter(message_id=message_id).exists():
        return
    SiteMail(
        subject=f"Nous avons reçu votre demande {request.reference}",
        body=_acknowledgement_text(request),
        to=[to],
        reply_to=reply_addresses(request),
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-replied", **NO_ANSWER},
        purpose=ACKNOWLEDGEMENT,
        about=about(request),
    ).send()
    _say(request, "Accusé de réception à la personne.", message_id)


def _recent_acknowledgements(address: str) -> QuerySet[OutgoingMail]:
    """Those that this mailbox had lately, whatever follows a « + » in its name."""
    local, _at, domain = address.rpartition("@")
    plain = local.partition("+")[0]
    if domain.lower() in WITHOUT_DOTS:
        # « v.i.c.tim » is « victim » there, and there are as many ways to write it as one likes.
        letters = r"\.*".join(map(re.escape, plain.replace(".", "")))
        same = Q(recipient__iregex=rf"^{letters}\.*(\+.*)?@({'|'.join(WITHOUT_DOTS)})$")
    else:
        same = Q(recipient__iexact=f"{plain}@{domain}")
        same |= Q(recipient__istartswith=f"{plain}+", recipient__iendswith=f"@{domain}")
    since = timezone.now() - ACKNOWLEDGEMENTS_COUNTED_FOR
    return OutgoingMail.objects.filter(same, purpose=ACKNOWLEDGEMENT, created_at__gt=since)


def _acknowledgement_text(request: ContactRequest) -> str:
    phone = OrganisationSettings.load().phone
    reason = ReasonSettings.objects.filter(code=request.reason).first()
    next_steps = reason.next_steps.strip() if reason else ""
    return ACKNOWLEDGEMENT_TEXT.format(
        moment=_moment(request),
        reference=request.reference,
        next_steps=f"\n{next_steps}\n" if next_steps else "",
        phone=f"Vous pouvez aussi nous appeler au {phone}, en la donnant.\n\n" if phone else "",
    )


def _moment(request: ContactRequest) -> str:
    """« 1er novembre 2026 à 9 h 05 »."""
    return long_date(timezone.localtime(request.received_at), "j F Y à G\\ \\h\\ i")


# --- Threads ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thread:
    """What the next mail to the person answers to; empty when it is the first one.

    Attributes:
        in_reply_to: The Message-ID of the mail before.
        references: Those of the whole thread, as one header.
    """

    in_reply_to: str = ""
    references: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """As a mail carries them."""
        if not self.in_reply_to:
            return {}
        return {"In-Reply-To": self.in_reply_to, "References": self.references}


def thread_of(request: ContactRequest) -> Thread:
    """The mails that the person has had about a request, in order."""
    events = request.events.exclude(message_id="").order_by("at", "pk")
    known = list(dict.fromkeys(events.values_list("message_id", flat=True)))
    if not known:
        return Thread()
    shown = known if len(known) <= LAST_REFERENCES else [known[0], *known[1 - LAST_REFERENCES :]]
    return Thread(in_reply_to=known[-1], references=" ".join(shown))


def _message_id(request: ContactRequest, purpose: str) -> str:
    """The same for the same mail of the same request: the outbox writes it once only."""
    return f"<{purpose}.{request.fingerprint[:40]}@{mail_domain()}>"
