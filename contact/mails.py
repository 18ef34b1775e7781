"""The mails of a request: to those in charge, and to the person who wrote."""

from dataclasses import dataclass

from pages.models import OrganisationSettings

from .models import ContactRequest, Recipient


def write_first_mails(request: ContactRequest) -> None:
    """Put in the outbox what tells those in charge, and what thanks the person.

    Called in the transaction that writes the request: they are kept together or not at all.
    """


@dataclass(frozen=True)
class Thread:
    """What the next mail to the person answers to; empty when it is the first one."""

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
    return Thread(known[-1], " ".join(known)) if known else Thread()


def recipients_for(request: ContactRequest) -> list[str]:
    """Who is told of a request."""
    return reply_addresses(request)


def reply_addresses(request: ContactRequest) -> list[str]:
    """Where the person answers our mails."""
    rows = list(Recipient.objects.filter(reason__code=request.reason))
    own = [row.email for row in rows if row.trade_id and row.trade_id == request.trade_id]
    common = [row.email for row in rows if row.trade_id is None]
    ours = OrganisationSettings.load().email
    return [*(own or common), *([ours] if ours else [])][:1]
