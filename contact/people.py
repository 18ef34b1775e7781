"""« Everything about this address or this number »: found, given, erased (RGPD, art. 15 and 17)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils.text import Truncator

from pages import mail_folder
from pages.models import OutgoingMail, User
from pages.outbox import holds
from partners.models import Invitation

from . import erasures
from .models import ContactRequest, HeldFile, RequestEvent, RequestFile
from .persons import Person, rows_naming
from .retention import erase_requests

# Where those who wrote, or who are told of, may be named; the rest of the site is looked into too,
# and told: editors change it themselves.
OURS = (ContactRequest, RequestEvent, RequestFile, HeldFile)
HANDLED = (*OURS, OutgoingMail, Invitation, User)
MOST_NAMED = 5


@dataclass(frozen=True)
class Elsewhere:
    """Rows of another part of the site that name the person."""

    kind: str
    names: list[str]
    count: int


@dataclass(frozen=True)
class Found:
    """What the site holds of a person."""

    person: Person
    requests: list[ContactRequest]
    mentions: dict[type[models.Model], dict[Any, list[str]]]
    mails: list[OutgoingMail]
    kept_mails: int
    invitations: list[Invitation]
    accounts: list[User]
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def mention_count(self) -> int:
        """How many texts of other requests name the person."""
        return sum(len(rows) for rows in self.mentions.values())

    @property
    def mail_count(self) -> int:
        """How many mails, in the outbox and in the folder."""
        return len(self.mails) + self.kept_mails

    @property
    def is_erasable(self) -> bool:
        """Whether there is something to erase here."""
        return bool(self.requests or self.mention_count or self.mail_count or self.invitations)

    @property
    def in_numbers(self) -> str:
        """« 2 demandes, 1 mention, 3 courriels »: what a register may say."""
        told = [
            (len(self.requests), "demande"),
            (self.mention_count, "mention"),
            (self.mail_count, "courriel"),
            (len(self.invitations), "invitation"),
        ]
        parts = [f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in told if count]
        return ", ".join(parts) or "rien"


def find(person: Person, until: datetime | None = None) -> Found:
    """Everything that names the person, until a moment if one is given."""
    own = list(requests_of(person, until).select_related("trade", "commune"))
    return Found(
        person=person,
        requests=own,
        mentions=_mentions(person, {one.pk for one in own}, until),
        mails=_mails(person, own, until),
        kept_mails=mail_folder.count(lambda content: holds(content, person.names)),
        invitations=list(_invitations(person, until)),
        accounts=list(User.objects.filter(email__iexact=person.email)) if person.email else [],
    )


def find_everywhere(person: Person) -> Found:
    """The same, with what names the person in the other tables of the site."""
    found = find(person)
    found.elsewhere.extend(_elsewhere(person))
    return found


def requests_of(person: Person, until: datetime | None = None) -> models.QuerySet[ContactRequest]:
    """The requests that the person wrote."""
    wrote = Q(pk__in=[])
    if person.email:
        wrote |= Q(email__iexact=person.email)
    if person.phone:
        wrote |= Q(phone_digits=person.phone)
    return ContactRequest.objects.filter(wrote, **_until("received_at", until)).order_by("pk")


def _until(name: str, until: datetime | None) -> dict[str, datetime]:
    return {f"{name}__lte": until} if until else {}


def _mentions(
    person: Person, own: set[int], until: datetime | None
) -> dict[type[models.Model], dict[Any, list[str]]]:
    """The texts of others that name the person: the rows of each table, and their fields."""
    moments = {ContactRequest: "received_at", RequestEvent: "at"}
    found: dict[type[models.Model], dict[Any, list[str]]] = {}
    for model in OURS:
        rows = rows_naming(model, person)
        kept: Any = model._base_manager.filter(
            pk__in=rows, **_until(moments.get(model, "added_at"), until)
        )
        if model is ContactRequest:
            kept = kept.exclude(pk__in=own)
        elif model is not HeldFile:
            kept = kept.exclude(request__in=own)
        if pks := set(kept.values_list("pk", flat=True)):
            found[model] = {pk: fields for pk, fields in rows.items() if pk in pks}
    return found


def _mails(
    person: Person, own: Iterable[ContactRequest], until: datetime | None
) -> list[OutgoingMail]:
    """The mails about the person's requests, to them, or that name them in a text."""
    about = [f"request:{one.pk}" for one in own]
    rows = OutgoingMail.objects.filter(**_until("created_at", until))
    named = set(rows_naming(OutgoingMail, person))
    named |= set(rows.filter(about__in=about).values_list("pk", flat=True))
    for mail in rows.filter(message__isnull=False).exclude(pk__in=named).iterator(chunk_size=20):
        if mail.message and holds(bytes(mail.message), person.names):
            named.add(mail.pk)
    return list(rows.filter(pk__in=named).defer("message"))


def _invitations(person: Person, until: datetime | None) -> models.QuerySet[Invitation]:
    if not person.email:
        return Invitation.objects.none()
    return Invitation.objects.filter(email__iexact=person.email, **_until("sent_at", until))


def _elsewhere(person: Person) -> list[Elsewhere]:
    found = []
    for model in apps.get_models():
        if model in HANDLED or model._meta.proxy or not model._meta.managed:
            continue
        if keys := list(rows_naming(model, person)):
            rows = model._base_manager.filter(pk__in=keys[:MOST_NAMED])
            names = [Truncator(str(row)).chars(80) for row in rows]
            kind = str(model._meta.verbose_name_plural)
            found.append(Elsewhere(kind[:1].upper() + kind[1:], names, len(keys)))
    return found


def erase(person: Person, until: datetime | None = None) -> Found:
    """Erase all that ``find`` finds, and return it; the texts of others lose the name only.

    Raises:
        OSError: the erasure could not be remembered; nothing was erased.
    """
    with transaction.atomic():
        # Nobody answers them meanwhile.
        list(requests_of(person, until).select_for_update().values_list("pk", flat=True))
        found = find(person, until)
        if until is None:
            erasures.remember(person)
        erase_requests(one.pk for one in found.requests)
        for model, rows in found.mentions.items():
            for pk, names in rows.items():
                _take_out(person, model._base_manager.get(pk=pk), names)
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in found.mails]).delete()
        Invitation.objects.filter(pk__in=[one.pk for one in found.invitations]).delete()
        # Last: what is gone from the folder does not come back if the rest is not erased.
        mail_folder.forget(where=lambda content: holds(content, person.names))
    return found


def _take_out(person: Person, row: Any, names: list[str]) -> None:
    for name in names:
        length = row._meta.get_field(name).max_length
        setattr(row, name, person.without(getattr(row, name))[:length])
    # A request's own ``save`` writes what the search reads.
    extra = ["search_text"] if isinstance(row, ContactRequest) else []
    row.save(update_fields=[*names, *extra])
