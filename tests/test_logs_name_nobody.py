"""S48, S60: an error while somebody writes says nothing of them, in no log, mail or address."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from contact import asking
from contact.form_keys import new_key
from contact.models import ContactRequest
from pages.models import HomePage, OutgoingMail
from pages.without_people import without_people

from . import factories

pytestmark = pytest.mark.django_db
EVE, NUMBER = "eve.martin@exemple.fr", "06 12 34 56 78"
ASKED = "/contact/?motif=autre"
SECRETS = (EVE, "eve.martin", NUMBER, "0612345678", "Ève Martin", "mon histoire")
DETAIL = f'null value\nDETAIL:  Failing row contains (1, Ève Martin, {EVE}, "mon histoire").'


@pytest.fixture
def contact(home: HomePage, organisation: Any) -> HomePage:
    factories.ContactPageFactory(parent=home, slug="contact")
    return home


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What the handler of the site's log writes, as it is configured."""
    (handler,) = (
        one
        for one in logging.getLogger("django.request").handlers
        if type(one) is logging.StreamHandler
    )
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def typed() -> dict[str, str]:
    return {
        "name": "Ève Martin",
        "email": EVE,
        "phone": NUMBER,
        "message": "mon histoire",
        asking.KEY: new_key(),
    }


def names(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_a_post_that_raises_tells_nobody(
    client: Client, contact: HomePage, console: io.StringIO, settings: Any, monkeypatch: Any
) -> None:
    settings.ADMINS = [("", "admin@example.org")]

    def raises(*_args: Any, **_kwargs: Any) -> None:
        try:
            raise IntegrityError(DETAIL)
        except IntegrityError as error:
            raise RuntimeError(f"cannot write {EVE}, {NUMBER} / +33 6 12 34 56 78") from error

    monkeypatch.setattr(asking, "receive", raises)
    client.raise_request_exception = False
    answer = client.post(ASKED, typed())
    assert answer.status_code == 500
    assert not names(answer.content.decode())
    log = console.getvalue()
    # The error is there, with where it was raised and what database said no…
    assert "RuntimeError: cannot write [adresse], [numéro]" in log
    assert "IntegrityError: null value" in log
    assert "Internal Server Error: /contact/" in log
    # … and nobody.
    assert not names(log)
    mail = OutgoingMail.objects.get(purpose="erreur")
    content = bytes(mail.message or b"").decode()
    assert "RuntimeError" in content
    assert not names(mail.subject + content)


def test_a_database_that_refuses_tells_nobody(
    client: Client, contact: HomePage, console: io.StringIO, monkeypatch: Any
) -> None:
    def refuses(*_args: Any, **_kwargs: Any) -> None:
        raise IntegrityError(DETAIL)

    monkeypatch.setattr(asking, "receive", refuses)
    answer = client.post(ASKED, typed())
    assert answer.status_code == 503
    assert console.getvalue()
    assert not names(console.getvalue())


def test_no_address_of_the_way_holds_anything_personal(client: Client, contact: HomePage) -> None:
    answer = client.post(ASKED, typed())
    assert answer.status_code in (302, 303)
    assert not names(answer["Location"])
    thanks = client.get(answer["Location"])
    request = ContactRequest.objects.get()
    assert request.reference in thanks.content.decode()
    # The page that one leaves for another site is told as the name of this one only.
    policies = ("strict-origin-when-cross-origin", "same-origin", "no-referrer")
    for one in (answer, thanks):
        assert one["Referrer-Policy"] in policies
        assert "no-store" in one["Cache-Control"]
    assert not names(str(request) + repr(request))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"to {EVE}: refused", "to [adresse]: refused"),
        ("call 0612345678 now", "call [numéro] now"),
        ("call +33 (0)6 12 34 56 78", "call [numéro]"),
        ("call 06.12.34.56.78.", "call [numéro]."),
        # What an error needs to be understood stays.
        ("R-2026-0042 of 2026-11-29 10:11:12,123", "R-2026-0042 of 2026-11-29 10:11:12,123"),
        ("account 12345678901 at line 1204", "account 12345678901 at line 1204"),
        ("File site.py, line 10, in x@y", "File site.py, line 10, in x@y"),
        ("<QuerySet [0.12345678, 127.0.0.1:8000]>", "<QuerySet [0.12345678, 127.0.0.1:8000]>"),
    ],
)
def test_what_is_taken_out_of_a_line(text: str, shown: str) -> None:
    assert without_people(text) == shown
