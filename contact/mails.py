"""The mails of a request: to those in charge, and to the person who wrote."""

from .models import ContactRequest


def write_first_mails(request: ContactRequest) -> None:
    """Put in the outbox what tells those in charge, and what thanks the person.

    Called in the transaction that writes the request: they are kept together or not at all.
    """
