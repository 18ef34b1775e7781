"""What the team does of a request: who follows it, how far it is, what was answered.

Two people may have the same request open. Each change says what its author had under their eyes
(``Seen``) and only happens if it is still so: nobody undoes what a colleague has just done
without having read it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from pages.models import OrganisationSettings, User
from pages.outbox import SiteMail, mail_domain

from .mails import reply_addresses, thread_of, write_first_mails
from .models import ContactRequest, RequestEvent

State = ContactRequest.State
Kind = RequestEvent.Kind

WAITING = (State.NEW, State.IN_PROGRESS)


class Meanwhile(Exception):
    """Somebody else was quicker: nothing was changed."""


@dataclass(frozen=True)
class Seen:
    """How the request was on the screen of the person who acts."""

    state: str
    assigned_to: int | None
    last_event: int

    @classmethod
    def of(cls, request: ContactRequest, last_event: int) -> "Seen":
        """The request as it is shown now."""
        return cls(request.state, request.assigned_to_id, last_event)

    @property
    def token(self) -> str:
        """For the forms of the screen."""
        return f"{self.state}.{self.assigned_to or 0}.{self.last_event}"

    @classmethod
    def read(cls, token: str) -> "Seen":
        """What a form says; a form that says nothing has seen nothing that is so."""
        try:
            state, assigned_to, last_event = token.split(".")
            return cls(state, int(assigned_to) or None, int(last_event))
        except ValueError:
            return cls("", None, -1)


def mark_read(request: ContactRequest) -> None:
    """Somebody has opened it."""
    if request.read_at is None:
        now = timezone.now()
        ContactRequest.objects.filter(pk=request.pk, read_at__isnull=True).update(read_at=now)
        request.read_at = now


@transaction.atomic
def assign(request: ContactRequest, by: User, to: User | None, seen: Seen) -> None:
    """Say who follows a request; taking a new one up has it « en cours ».

    Raises:
        Meanwhile: it is followed by somebody else than the person thought.
    """
    if request.assigned_to_id == (to.pk if to else None):
        return
    taken_up = Case(When(state=State.NEW, then=Value(State.IN_PROGRESS)), default=F("state"))
    done = (
        ContactRequest.objects.filter(pk=request.pk, assigned_to=seen.assigned_to)
        .exclude(state=State.SPAM)
        .update(assigned_to=to, state=taken_up if to else F("state"))
    )
    if not done:
        raise Meanwhile
    text = f"Suivie par {to}." if to else "N’est plus suivie par personne."
    request.events.create(kind=Kind.ASSIGNED, user=by, text=text)


CHANGES: dict[str, tuple[str, tuple[str, ...], str]] = {
    # what is asked: the state after it, those that it starts from, what history says of it
    "clore": (State.CLOSED, (*WAITING, State.ANSWERED), "Close."),
    "rouvrir": (State.IN_PROGRESS, (State.ANSWERED, State.CLOSED), "Rouverte."),
    "repondue": (State.ANSWERED, WAITING, "Répondue autrement."),
}


@transaction.atomic
def change_state(request: ContactRequest, by: User, change: str, seen: Seen) -> None:
    """Close a request, open it again, say that it was answered by another way.

    Raises:
        Meanwhile: its state is not the one that the person saw.
    """
    after, before, said = CHANGES[change]
    if seen.state not in before or not _move(request, seen.state, after):
        raise Meanwhile
    request.events.create(kind=Kind.STATE, user=by, text=said)


@transaction.atomic
def set_aside(request: ContactRequest, by: User, seen: Seen) -> None:
    """Say that a request is spam; it can be rescued.

    Raises:
        Meanwhile: its state is not the one that the person saw.
    """
    if seen.state == State.SPAM or not _move(request, seen.state, State.SPAM):
        raise Meanwhile
    request.events.create(kind=Kind.SET_ASIDE, user=by)


@transaction.atomic
def rescue(request: ContactRequest, by: User) -> None:
    """A request that is no spam: it is new again, and its mails leave if they never did.

    Raises:
        Meanwhile: somebody has rescued it already.
    """
    if not _move(request, State.SPAM, State.NEW):
        raise Meanwhile
    told = request.events.filter(kind__in=[Kind.RECEIVED, Kind.RESCUED]).exists()
    request.events.create(kind=Kind.RESCUED, user=by)
    if not told:
        write_first_mails(request)


def _move(request: ContactRequest, before: str, after: str) -> bool:
    moved = ContactRequest.objects.filter(pk=request.pk, state=before).update(state=after)
    request.state = after if moved else request.state
    return bool(moved)


def add_note(request: ContactRequest, by: User, text: str) -> None:
    """Write something that only the team reads; a second click writes it once."""
    with transaction.atomic():
        _hold(request)
        if not _just_written(request, by, text):
            request.events.create(kind=Kind.NOTE, user=by, text=text)


def note_call(request: ContactRequest, by: User, text: str, *, reached: bool) -> None:
    """Write that somebody called: an exchange, and an answer, if the person was there."""
    told = (
        "Appel\u00a0: la personne a été jointe."
        if reached
        else "Appel\u00a0: personne n’a répondu."
    )
    text = f"{told} {text}".strip()
    with transaction.atomic():
        _hold(request)
        if _just_written(request, by, text):
            return
        request.events.create(kind=Kind.NOTE, user=by, text=text)
        if reached:
            _exchanged(request, by)
        else:
            _take_up(request, by)


def _hold(request: ContactRequest) -> None:
    """Keep the row until the end of the transaction: a second click waits for the first.

    Raises:
        Meanwhile: it was erased.
    """
    row = ContactRequest.objects.filter(pk=request.pk)
    if not row.update(last_exchange_at=F("last_exchange_at")):
        raise Meanwhile


def _just_written(request: ContactRequest, by: User, text: str) -> bool:
    recent = timezone.now() - timedelta(minutes=1)
    return request.events.filter(kind=Kind.NOTE, user=by, text=text, at__gt=recent).exists()


def _exchanged(request: ContactRequest, by: User) -> None:
    """The person was answered: what is kept is counted from now, and the request has its owner."""
    answered = Case(When(state__in=WAITING, then=Value(State.ANSWERED)), default=F("state"))
    ContactRequest.objects.filter(pk=request.pk).update(
        state=answered,
        last_exchange_at=timezone.now(),
        assigned_to=Coalesce(F("assigned_to"), Value(by.pk)),
    )


def _take_up(request: ContactRequest, by: User) -> None:
    ContactRequest.objects.filter(pk=request.pk, state=State.NEW).update(state=State.IN_PROGRESS)
    ContactRequest.objects.filter(pk=request.pk, assigned_to=None).update(assigned_to=by)


# --- Replies ------------------------------------------------------------------------------


def first_words(request: ContactRequest, by: User) -> str:
    """What a reply begins and ends with, before anybody types in it."""
    organisation = OrganisationSettings.load()
    who = f"Bonjour {request.name},".replace(" ,", ",")
    ends = [str(by.get_full_name()), organisation.short_name or organisation.name]
    ends.append(organisation.phone)
    return "\n".join([who, "", "", "", "Cordialement,", *(line for line in ends if line)])


def reply(request: ContactRequest, by: User, text: str, key: str, seen: Seen) -> None:
    """Send a reply: it leaves with its place in the history, or not at all; once a form.

    Args:
        key: Drawn when the form was shown: the same twice is a second click.

    Raises:
        Meanwhile: somebody has answered since the person opened the request.
        ValueError: no mail can be sent to this address.
    """
    message_id = _message_id(request, key)
    with transaction.atomic():
        _hold(request)
        if request.events.filter(message_id=message_id).exists():
            return
        _refuse_a_second_answer(request, seen)
        _mail(request, text, message_id).send()
        request.events.create(kind=Kind.REPLY, user=by, text=text, message_id=message_id)
        _exchanged(request, by)


def _refuse_a_second_answer(request: ContactRequest, seen: Seen) -> None:
    now = ContactRequest.objects.filter(pk=request.pk)
    answered = Q(events__kind=Kind.REPLY, events__pk__gt=seen.last_event)
    if now.filter(Q(state=State.SPAM) | answered).exists():
        raise Meanwhile


def _message_id(request: ContactRequest, key: str) -> str:
    signature = signing.Signer(salt="contact.reply").signature(f"{request.pk} {key}")
    return f"<reponse.{signature}@{mail_domain()}>"


def _mail(request: ContactRequest, text: str, message_id: str) -> SiteMail:
    return SiteMail(
        f"Re: Nous avons reçu votre demande {request.reference}",
        text,
        to=[request.email],
        reply_to=reply_addresses(request),
        headers={"Message-ID": message_id, **thread_of(request).headers},
        purpose="reponse",
        about=f"request:{request.pk}",
    )
