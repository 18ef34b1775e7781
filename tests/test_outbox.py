"""The outbox: a mail is kept with what it speaks of, then delivered, whatever the server does."""

import errno
import logging
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from pages import chores, error_mails, mail_delivery, outbox
from pages.mail_delivery import GIVE_UP_AFTER, LEASE, deliver_due, take_next
from pages.models import OutgoingMail
from pages.outbox import SiteMail, forget_address, give_up, purge, send_again

from . import factories
from .factories import paris
from .mail_server import MailServer, free_port, silent_server

pytestmark = pytest.mark.django_db

NOON = paris(2026, 6, 15, 12, 0)
State = OutgoingMail.State
LINE_ENDS = ("\n", "\r", "\r\n")


@pytest.fixture(autouse=True)
def _outbox(settings) -> None:
    """As on the real site, with a server that nobody has started."""
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND = "pages.mail_delivery.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_TIMEOUT = 2
    settings.DEFAULT_FROM_EMAIL = "Régie Impulsion <site@regie.example>"


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """The mail server of the site, which works."""
    with MailServer(port=settings.EMAIL_PORT).running() as running:
        yield running


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that only moves when told to."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def row(recipient: str = "eve@example.org") -> OutgoingMail:
    return OutgoingMail.objects.get(recipient=recipient)


def states() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("recipient", "state"))


def write(recipient: str = "eve@example.org", **fields) -> OutgoingMail:
    return factories.OutgoingMailFactory(recipient=recipient, **fields)


def parsed(row: OutgoingMail):
    assert row.message is not None
    return message_from_bytes(bytes(row.message), policy=default)


# --- A mail that is sent is a row ---------------------------------------------------------


def test_sending_writes_a_row_and_calls_nobody(server) -> None:
    assert send_mail("Bonjour", "Voici.", None, ["eve@example.org"]) == 1
    assert server.received == []
    kept = row()
    assert (kept.state, kept.attempts, kept.sender) == (State.WAITING, 0, "site@regie.example")
    assert kept.message_id.endswith("@regie.example>")
    assert parsed(kept)["Message-ID"] == kept.message_id
    assert parsed(kept)["Date"]


def test_a_mail_lives_and_dies_with_its_transaction() -> None:
    with transaction.atomic():
        send_mail("Votre demande", "…", None, ["eve@example.org"])
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_a_row_for_each_person_and_one_message_id_for_all() -> None:
    EmailMessage(
        "Réunion",
        "…",
        to=["Ève Élan <eve@example.org>", "EVE@example.org"],
        cc=["cc@example.org"],
        bcc=["secret@example.org"],
        reply_to=["Zoé <zoe@example.org>"],
    ).send()
    rows = OutgoingMail.objects.all()
    assert {one.recipient.lower() for one in rows} == {
        "eve@example.org",
        "cc@example.org",
        "secret@example.org",
    }
    assert len(rows) == 3
    assert len({one.message_id for one in rows}) == 1
    assert not any(b"secret@" in bytes(one.message or b"") for one in rows)
    assert parsed(rows[0])["Reply-To"] == "Zoé <zoe@example.org>"


def test_the_same_mail_sent_twice_is_one_mail() -> None:
    message = EmailMessage("A", "…", to=["eve@example.org"], headers={"message-id": "<1@x.fr>"})
    message.send()
    message.send()
    assert row().message_id == "<1@x.fr>"


def test_a_mail_is_built_once_and_leaves_as_it_was_built(server) -> None:
    message = EmailMultiAlternatives(
        "Été à l’étang", "Voilà l’été.\n.\nFin", to=["eve@example.org"]
    )
    message.attach_alternative("<p>Voilà l’été.</p>", "text/html")
    message.attach("liste.csv", "é;1", "text/csv")
    message.send()
    kept = bytes(row().message or b"")
    assert deliver_due() == 1
    (received,) = server.received
    # The server counts lines its own way; not a byte of ours differs.
    assert received.content.rstrip() == kept.rstrip()
    assert received.parsed["Subject"] == "Été à l’étang"
    plain = received.parsed.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Voilà l’été.", ".", "Fin"]


def test_a_mail_says_what_it_is_about() -> None:
    SiteMail("A", "…", to=["eve@example.org"], purpose="accusé", about="request:42").send()
    assert (row().purpose, row().about) == ("accusé", "request:42")


def test_nobody_to_write_to_is_no_mail() -> None:
    assert EmailMessage("A", "…").send() == 0
    assert not OutgoingMail.objects.exists()


def test_writing_a_mail_asks_no_name_server(monkeypatch) -> None:
    def never(*_: object) -> str:
        raise AssertionError("the name of the machine was asked for")

    monkeypatch.setattr("socket.getfqdn", never)
    monkeypatch.setattr("django.core.mail.message.DNS_NAME._fqdn", "secret-host", raising=False)
    send_mail("A", "…", None, ["eve@example.org"])
    assert b"secret-host" not in bytes(row().message or b"")


# --- What may not be written --------------------------------------------------------------


@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "A{end}Bcc: pirate@example.org"},
        {"from_email": "Eve{end}Bcc: pirate@example.org <eve@example.org>"},
        {"to": ["eve@example.org{end}Bcc: pirate@example.org"]},
        {"bcc": ["eve@example.org{end}RCPT TO:<pirate@example.org>"]},
        {"reply_to": ["Zoé{end}Bcc: pirate@example.org <zoe@example.org>"]},
        {"headers": {"X-Motif": "devis{end}Bcc: pirate@example.org"}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_no_header_is_injected(end: str, fields: dict) -> None:
    filled = {name: inject(value, end) for name, value in fields.items()}
    message = EmailMessage(**{"subject": "A", "body": "…", "to": ["eve@example.org"], **filled})
    with pytest.raises(ValueError, match=r"line|newline|address"):
        message.send()
    assert not OutgoingMail.objects.exists()


def inject(value, end: str):
    if isinstance(value, dict):
        return {key: text.format(end=end) for key, text in value.items()}
    return (
        [text.format(end=end) for text in value]
        if isinstance(value, list)
        else value.format(end=end)
    )


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_python_takes_for_a_line_end_is_a_space(odd: str) -> None:
    subject = f"Devis{odd}Bcc: pirate@example.org"
    EmailMessage(
        subject, f"a{odd}b", to=["eve@example.org"], reply_to=[f"Zoé{odd}X: <zoe@example.org>"]
    ).send()
    headers = parsed(row())
    assert "Bcc" not in headers
    assert headers["Subject"] == "Devis Bcc: pirate@example.org"


@pytest.mark.parametrize(
    "address", ["", "eve", "ève@example.org", "eve@", "a b@example.org", "x" * 250 + "@e.fr"]
)
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|Address"):
        send_mail("A", "…", None, [address or " "])
    assert not OutgoingMail.objects.exists()


def test_a_bad_mail_sent_silently_is_logged_and_nothing_else(caplog) -> None:
    assert send_mail("A\nB", "…", None, ["eve@example.org"], fail_silently=True) == 0
    assert "was not written" in caplog.text
    assert "eve@" not in caplog.text


def test_an_endless_message_id_is_refused_at_once() -> None:
    message = EmailMessage("A", "…", to=["eve@example.org"], headers={"Message-ID": "x" * 256})
    with pytest.raises(BadHeaderError):
        message.send()


def test_a_domain_with_accents_is_written_as_servers_read_it() -> None:
    send_mail("A", "…", None, ["eve@hénin.example"])
    assert OutgoingMail.objects.get().recipient == "eve@xn--hnin-bpa.example"


def test_a_mail_that_no_server_would_take_is_refused_at_once(monkeypatch) -> None:
    monkeypatch.setattr(outbox, "MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match="no server would take it"):
        send_mail("A", "x" * 10_001, None, ["eve@example.org"])


def test_a_long_subject_is_cut_in_the_list_only() -> None:
    send_mail("é" * 600, "…", None, ["eve@example.org"])
    assert len(row().subject) == 300
    assert parsed(row())["Subject"].strip() == "é" * 600


# --- Delivery -----------------------------------------------------------------------------


def test_the_chore_takes_mails_to_the_server_and_forgets_what_they_say(server) -> None:
    send_mail("Votre mot de passe", "https://…/secret", None, ["eve@example.org"])
    message_id = row().message_id
    assert "courriels" in chores.run_due()
    assert server.received[0].parsed["Message-ID"] == message_id
    sent = row()
    assert (sent.state, sent.message, sent.attempts) == (State.SENT, None, 1)
    assert sent.sent_at is not None
    assert deliver_due() == 0
    assert server.recipients == ["eve@example.org"]


def test_the_chore_comes_back_within_seconds() -> None:
    (work,) = [work for work in chores.registered() if work.name == "courriels"]
    assert work.every <= timedelta(seconds=20)


def test_the_ones_that_waited_longest_leave_first(server) -> None:
    write("second@example.org", next_attempt_at=timezone.now() - timedelta(minutes=1))
    write("first@example.org", next_attempt_at=timezone.now() - timedelta(minutes=2))
    write("later@example.org", next_attempt_at=timezone.now() + timedelta(minutes=1))
    deliver_due()
    assert server.recipients == ["first@example.org", "second@example.org"]


def test_a_huge_mail_leaves_whole(server) -> None:
    message = EmailMessage("Photos", "…", to=["eve@example.org"])
    message.attach("photo.jpg", b"\xff" * 5_000_000, "image/jpeg")
    message.send()
    deliver_due()
    (part,) = server.received[0].parsed.iter_attachments()
    assert part.get_content() == b"\xff" * 5_000_000


def test_a_server_that_is_away_blames_no_mail_and_is_found_again(server, settings, clock) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    write("a@example.org")
    write("b@example.org")
    assert deliver_due() == 0
    assert set(states().values()) == {State.WAITING}
    for waiting in OutgoingMail.objects.all():
        assert waiting.attempts == 1
        assert "ne répond pas" in waiting.last_error
        assert waiting.next_attempt_at == NOON + timedelta(minutes=1)
    settings.EMAIL_PORT = port
    clock.shift(timedelta(minutes=1))
    assert deliver_due() == 2
    assert sorted(server.recipients) == ["a@example.org", "b@example.org"]
    assert not OutgoingMail.objects.exclude(last_error="").exists()


def test_while_the_server_is_away_nobody_waits_more_than_a_quarter_of_an_hour(clock) -> None:
    write()
    waits = []
    for _ in range(6):
        deliver_due()
        waits.append((row().next_attempt_at - timezone.now()) // timedelta(minutes=1))
        clock.move_to(row().next_attempt_at)
    assert waits == [1, 5, 15, 15, 15, 15]


def test_a_server_away_for_two_days_is_given_up_and_the_mail_is_still_there(clock, server) -> None:
    with patch.object(mail_delivery.SmtpBackend, "open", side_effect=ConnectionRefusedError):
        write()
        while row().state == State.WAITING:
            deliver_due()
            clock.move_to(max(row().next_attempt_at, timezone.now()))
    assert row().state == State.GIVEN_UP
    assert GIVE_UP_AFTER <= timezone.now() - NOON < GIVE_UP_AFTER + timedelta(hours=1)
    assert "connexion est refusée" in row().last_error
    assert send_again(OutgoingMail.objects.all()) == 1
    assert deliver_due() == 1


def test_a_worker_stopped_for_days_still_tries(clock) -> None:
    write(created_at=NOON - timedelta(days=9))
    deliver_due()
    assert row().state == State.WAITING


def test_a_server_that_says_nothing_holds_nobody_for_long(settings) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    with silent_server() as port:
        settings.EMAIL_PORT = port
        write()
        assert deliver_due() == 0
    assert row().last_error == "Le serveur de messagerie ne répond pas assez vite."


def test_a_server_that_answers_drop_by_drop_is_cut_off(settings, monkeypatch) -> None:
    """Each wait is short enough for the time out: only the end of the whole stops it."""
    settings.EMAIL_TIMEOUT = 30
    monkeypatch.setattr(mail_delivery, "LONGEST_CONNECTION", timedelta(seconds=0.3))
    with silent_server() as port:
        settings.EMAIL_PORT = port
        write()
        assert deliver_due() == 0
    assert row().state == State.WAITING
    assert "coupé la communication" in row().last_error


def test_a_turn_ends_even_if_there_is_more_to_do(server, monkeypatch) -> None:
    monkeypatch.setattr(mail_delivery, "TURN", timedelta())
    write()
    assert deliver_due() == 0
    assert row().state == State.WAITING


def test_a_lease_outlasts_what_a_mail_may_take() -> None:
    connecting = timedelta(minutes=1)
    assert mail_delivery.LONGEST_CONNECTION + connecting < LEASE
    assert mail_delivery.TURN + mail_delivery.LONGEST_CONNECTION + connecting < chores.LEASE


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "452 4.2.2 mailbox full"])
def test_not_now_is_tried_later_and_later(server, clock, answer: str) -> None:
    server.refused["eve@example.org"] = answer
    write()
    waits = []
    for _ in range(8):
        deliver_due()
        waits.append((row().next_attempt_at - timezone.now()) // timedelta(minutes=1))
        clock.move_to(row().next_attempt_at)
    assert waits == [1, 5, 15, 60, 120, 240, 360, 360]
    assert answer in row().last_error
    server.refused.clear()
    assert deliver_due() == 1
    assert server.recipients == ["eve@example.org"]


def test_an_address_that_is_refused_is_not_asked_again_and_blocks_nobody(server, clock) -> None:
    server.refused["eve@example.org"] = "550 5.1.1 no such <eve@example.org> here"
    send_mail("A", "…", None, ["a@example.org", "eve@example.org", "z@example.org"])
    assert deliver_due() == 2
    assert states() == {
        "a@example.org": State.SENT,
        "eve@example.org": State.REFUSED,
        "z@example.org": State.SENT,
    }
    assert "n’accepte pas cette adresse" in row().last_error
    clock.shift(timedelta(days=2))
    assert deliver_due() == 0
    assert sorted(server.recipients) == ["a@example.org", "z@example.org"]


def test_a_content_that_is_refused_is_not_sent_again(server) -> None:
    server.answer = "554 5.7.1 spam"
    write()
    deliver_due()
    assert row().state == State.REFUSED
    assert "554 5.7.1 spam" in row().last_error


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 5.7.1 sender not allowed", State.WAITING), ("552 5.3.4 too big", State.REFUSED)],
)
def test_a_sender_that_is_refused_is_a_setting_to_mend(server, answer: str, state: str) -> None:
    server.sender_answer = answer
    write()
    deliver_due()
    assert row().state == state
    assert answer in row().last_error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "le disque est plein"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "le réseau ne mène pas"),
        (OSError("odd"), "erreur du système (OSError)"),
        (ssl.SSLCertVerificationError("expired"), "connexion chiffrée"),
        (socket.gaierror(-2, "Name or service not known"), "nom du serveur"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad\r\n"), "« 535 5.7.8 bad »"),
        (smtplib.SMTPConnectError(421, "busy"), "« 421 busy »"),
        (smtplib.SMTPServerDisconnected("gone"), "coupé la communication"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_happened_is_said_in_french(error: Exception, words: str) -> None:
    said = mail_delivery.explain(error).replace("\u00a0", " ")
    assert words in said
    assert not mail_delivery.is_final(error)


def test_a_mail_that_makes_the_program_fail_lets_the_others_leave(server) -> None:
    write("poison@example.org", next_attempt_at=timezone.now())
    write("b@example.org", next_attempt_at=timezone.now() + timedelta(microseconds=1))
    real = mail_delivery.SmtpBackend._send

    def fail(self, message) -> bool:
        if message.to == ["poison@example.org"]:
            raise RuntimeError("poison")
        return real(self, message)

    with patch.object(mail_delivery.SmtpBackend, "_send", fail):
        assert deliver_due() == 1
    assert server.recipients == ["b@example.org"]
    assert "n’a pas su envoyer" in row("poison@example.org").last_error


def test_a_database_away_for_a_moment_does_not_send_a_mail_twice(server, monkeypatch) -> None:
    write()
    monkeypatch.setattr(mail_delivery, "RECORDING_PAUSES", (0, 0, 0))
    monkeypatch.setattr(mail_delivery, "_forget_connection", lambda: None)
    real, failures = mail_delivery._mark_sent, [DatabaseError("away"), DatabaseError("away")]

    def mark(mail: OutgoingMail) -> None:
        if failures:
            raise failures.pop()
        real(mail)

    monkeypatch.setattr(mail_delivery, "_mark_sent", mark)
    assert deliver_due() == 1
    assert row().state == State.SENT


def test_a_database_away_for_longer_is_an_error_of_the_chore(server, monkeypatch) -> None:
    write()
    monkeypatch.setattr(mail_delivery, "RECORDING_PAUSES", (0, 0))
    monkeypatch.setattr(mail_delivery, "_forget_connection", lambda: None)
    monkeypatch.setattr(mail_delivery, "_mark_sent", _away)
    with pytest.raises(DatabaseError):
        deliver_due()
    assert row().state == State.SENDING


def _away(mail: OutgoingMail) -> None:
    raise DatabaseError("away")


# --- Under a lease ------------------------------------------------------------------------


def test_a_mail_taken_by_one_is_not_taken_by_another(clock) -> None:
    write()
    taken = take_next()
    assert taken is not None
    assert take_next() is None
    clock.shift(LEASE)
    again = take_next()
    assert again is not None
    assert again.lease_token != taken.lease_token
    assert again.message_id == taken.message_id


def test_one_who_was_overtaken_says_nothing_any_more(clock, server) -> None:
    write()
    slow = take_next()
    assert slow is not None
    clock.shift(LEASE)
    assert take_next() is not None
    mail_delivery._failed(slow, TimeoutError())
    assert row().state == State.SENDING
    assert row().last_error == ""


def test_a_mail_that_kills_its_worker_comes_last_and_is_given_up(clock) -> None:
    write("poison@example.org")
    assert take_next() is not None
    clock.shift(LEASE)
    write("after@example.org", next_attempt_at=timezone.now() - timedelta(seconds=1))
    following = take_next()
    assert following is not None
    assert following.recipient == "after@example.org"
    OutgoingMail.objects.filter(recipient="poison@example.org").update(attempts=8)
    deliver_due()
    assert row("poison@example.org").state == State.GIVEN_UP
    assert "interrompu" in row("poison@example.org").last_error


# --- The visitor --------------------------------------------------------------------------


def ask(request: HttpRequest) -> HttpResponse:
    """A page that sends a mail, as a request or a forgotten password does."""
    send_mail("Votre demande", "…", None, ["eve@example.org"])
    return HttpResponse("merci")


urlpatterns = [path("demande/", ask)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_mail_server_that_is_down_is_not_the_visitor_s_problem(client) -> None:
    with patch("socket.socket.connect", side_effect=AssertionError("a server was called")):
        assert client.get("/demande/").content == b"merci"
    assert row().state == State.WAITING


# --- Errors of the site -------------------------------------------------------------------


@pytest.fixture
def told(settings) -> Iterator[logging.Logger]:
    """A logger whose errors are told to the people of ADMINS."""
    settings.ADMINS = [("", "chef@example.org"), ("", "aide@example.org")]
    logger = logging.getLogger("tests.errors")
    logger.propagate = False  # the root tells it too, as on the real site
    handler = error_mails.ErrorMailHandler()
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def test_an_error_is_told_by_the_outbox(told) -> None:
    told.error("panne\nBcc: pirate@example.org")
    assert set(states()) == {"chef@example.org", "aide@example.org"}
    assert row("chef@example.org").subject == "Erreur du site : panne"


def test_the_same_error_is_told_once_and_counted(told, clock) -> None:
    for _ in range(30):
        told.error("panne")
    assert OutgoingMail.objects.count() == 2
    assert row("chef@example.org").repeats == 29
    clock.shift(timedelta(hours=2))
    told.error("panne")
    assert OutgoingMail.objects.count() == 4


def test_a_storm_of_different_errors_does_not_fill_the_table(told) -> None:
    for number in range(60):
        told.error("panne de /%s", number)
    assert OutgoingMail.objects.count() == 2 * error_mails.MOST


def test_nobody_to_tell_is_no_mail(told, settings) -> None:
    settings.ADMINS = []
    told.error("panne")
    assert not OutgoingMail.objects.exists()


def test_an_error_without_a_database_leaves_at_once_and_once_only(told, server) -> None:
    with patch.object(error_mails, "count_as_repeated", side_effect=DatabaseError("away")):
        told.error("base injoignable")
        told.error("base injoignable")
    assert server.recipients == ["chef@example.org", "aide@example.org"]


def test_an_error_that_cannot_be_told_harms_nobody(told, monkeypatch) -> None:
    """Neither database nor mail server, and telling it logs an error itself."""
    monkeypatch.setattr(logging, "raiseExceptions", False)

    def fail(*_: object) -> bool:
        told.error("panne dans la panne")
        raise DatabaseError("away")

    with patch.object(error_mails, "count_as_repeated", side_effect=fail):
        told.error("panne")
    assert not OutgoingMail.objects.exists()


def test_what_a_visitor_typed_is_not_told(settings, client) -> None:
    settings.ADMINS = [("", "chef@example.org")]
    client.raise_request_exception = False
    with (
        override_settings(ROOT_URLCONF=__name__),
        patch(f"{__name__}.send_mail", side_effect=RuntimeError("panne")),
        patch.object(logging.getLogger("django.request"), "handlers", [_handler()]),
    ):
        client.get("/demande/?nom=Zoé", headers={"cookie": "sessionid=abc"})
    text = bytes(row("chef@example.org").message or b"").decode()
    assert "RuntimeError: panne" in text
    assert "Zo" not in text
    assert "abc" not in text


def _handler() -> logging.Handler:
    handler = error_mails.ErrorMailHandler()
    handler.setFormatter(logging.Formatter("{levelname} {name} {message}", style="{"))
    return handler


# --- What people may do, and what is forgotten --------------------------------------------


def test_giving_up_leaves_nothing_to_read_and_a_mail_on_its_way_alone(clock) -> None:
    write("a@example.org")
    write("b@example.org", state=State.SENDING)
    write("c@example.org", state=State.SENT, message=None)
    assert give_up(OutgoingMail.objects.all(), "Zoé") == 1
    given_up = row("a@example.org")
    assert (given_up.state, given_up.message) == (State.GIVEN_UP, None)
    assert given_up.last_error == "Abandonné par Zoé."
    assert send_again(OutgoingMail.objects.all()) == 0


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        (State.SENT, 30, True),
        (State.SENT, 31, False),
        (State.GIVEN_UP, 90, True),
        (State.GIVEN_UP, 91, False),
        (State.REFUSED, 91, False),
        (State.WAITING, 400, True),
    ],
)
def test_old_mails_are_forgotten(clock, state: str, days: int, stays: bool) -> None:
    moment = NOON - timedelta(days=days)
    write(state=state, created_at=moment, sent_at=moment)
    purge()
    assert OutgoingMail.objects.exists() is stays


def test_forgetting_is_a_chore() -> None:
    with patch.object(outbox, "purge") as purged:
        chores.forget_old_mails()
    purged.assert_called_once_with()


def test_somebody_is_forgotten_wherever_a_mail_names_them() -> None:
    write("Eve@Example.org", state=State.SENT, message=None)
    send_mail("Demande de eve@example.org", "…", None, ["a@example.org"])
    EmailMessage("A", "…", to=["b@example.org"], reply_to=["Ève <eve@example.org>"]).send()
    send_mail("A", "é" * 1_000 + " eve@example.org " + "é" * 1_000, None, ["c@example.org"])
    send_mail("A", "rien", None, ["d@example.org"])
    erased = forget_address(" eve@example.org ")
    assert len(erased) == 4
    assert {one.state for one in erased} == {State.SENT, State.WAITING}
    assert list(states()) == ["d@example.org"]
    assert forget_address("") == []


def test_somebody_else_with_a_longer_address_is_not_forgotten() -> None:
    for other in ("camille@example.org", "x.e@example.org", "e@example.org.fr", "e@example.orge"):
        send_mail("Votre accès", f"Pour {other}.", None, [other])
    send_mail("Votre accès", "Pour e@example.org.", None, ["staff@example.org"])
    assert len(forget_address("e@example.org")) == 1
    assert len(states()) == 4


def test_forgetting_the_address_of_the_site_spares_the_mails_it_wrote(settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Régie <contact@regie.example>"
    send_mail("A", "…", None, ["contact@regie.example"])
    send_mail("A", "Écrivez à contact@regie.example.", None, ["eve@example.org"])
    assert len(forget_address("Contact@regie.example")) == 1
    assert list(states()) == ["eve@example.org"]


# --- Without a mail server ----------------------------------------------------------------


@pytest.fixture
def folder(settings, tmp_path):
    """The folder of a site without a mail server."""
    settings.MAIL_DELIVERY_BACKEND = "pages.mail_folder.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def test_without_a_server_each_mail_is_a_file_that_any_program_opens(folder, clock) -> None:
    send_mail("Votre invitation : l’été", "Voilà.", None, ["eve@example.org"])
    message_id = row().message_id
    assert deliver_due() == 1
    (file,) = folder.iterdir()
    assert file.name.startswith("2026-06-15-1200-eve-example-org-votre-invitation-lete-")
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes(), policy=default)["Message-ID"] == message_id
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 & ~0o640 == 0


def test_a_mail_written_twice_in_the_folder_is_there_once(folder) -> None:
    write()
    deliver_due()
    send_again(OutgoingMail.objects.all())
    OutgoingMail.objects.all().delete()
    write(message_id="<same@exemple.fr>")
    deliver_due()
    OutgoingMail.objects.all().delete()
    write(message_id="<same@exemple.fr>")
    deliver_due()
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(folder) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    write()
    assert deliver_due() == 0
    assert row().state == State.WAITING
    assert row().last_error.startswith("Le courriel n’a pas pu partir")


def test_the_folder_forgets_too(folder) -> None:
    send_mail("A", "…", None, ["eve@example.org"])
    send_mail("B", "…", None, ["zoe@example.org"])
    deliver_due()
    forget_address("eve@example.org")
    assert [path.name.count("zoe") for path in folder.iterdir()] == [1]
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        purge()
    assert list(folder.iterdir()) == []


def test_the_tests_of_the_others_find_their_mails_at_once(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_mail("A", "…", None, ["eve@example.org"])
    assert len(mail.outbox) == 1


def test_injection_has_its_own_name() -> None:
    with pytest.raises(BadHeaderError):
        send_mail("A\r\nB: c", "…", None, ["eve@example.org"])
