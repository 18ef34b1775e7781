"""What a request has the site write: to those in charge, and to the person."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from unittest.mock import patch

import pytest
import time_machine
from django.db import DatabaseError, OperationalError
from django.urls import reverse

from contact import mails
from contact.attachments import CleanFile
from contact.mails import recipients_for, reply_addresses, thread_of, write_first_mails
from contact.models import ContactRequest, ReasonSettings, RequestEvent
from contact.reasons import Reason
from contact.receiving import Submission, receive
from pages.models import OutgoingMail
from pages.outbox import SiteMail

from . import factories
from .factories import paris

pytestmark = pytest.mark.django_db

SITE = "site@regie.example"
TEAM = "equipe@regie.example"
VISITOR = "Zoe.Martin@example.org"
MESSAGE = "La haie de la résidence déborde sur le trottoir."


@pytest.fixture(autouse=True)
def _outbox(settings, organisation) -> None:
    """As on the real site."""
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"
    settings.DEFAULT_FROM_EMAIL = f"Régie Impulsion <{SITE}>"
    settings.SITE_URL = "https://www.regie.example"
    organisation.email = TEAM
    organisation.save()


def submission(key: str = "form", **others) -> Submission:
    values = {"name": "Zoé Martin", "email": VISITOR, "message": MESSAGE, **others.pop("also", {})}
    return Submission(key, others.pop("reason", Reason.QUOTE), values, "La mention", **others)


def written(purpose: str) -> list[EmailMessage]:
    """The mails of the outbox, as they leave."""
    rows = OutgoingMail.objects.filter(purpose=purpose).order_by("pk")
    return [message_from_bytes(bytes(row.message or b""), policy=default) for row in rows]


def only(purpose: str) -> EmailMessage:
    (one,) = written(purpose)
    return one


def text_of(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n")


def notes(request: ContactRequest) -> list[str]:
    return [one.text for one in request.events.filter(kind=RequestEvent.Kind.MAIL)]


def setup_of(reason: Reason) -> ReasonSettings:
    return ReasonSettings.objects.get(code=reason)


# --- Who is told --------------------------------------------------------------------------


def test_the_people_of_the_activity_are_told_before_those_of_the_reason() -> None:
    quote, green = setup_of(Reason.QUOTE), factories.TradeFactory(name="Espaces verts")
    factories.RecipientFactory(reason=quote, email="devis@regie.example")
    assert recipients_for(factories.ContactRequestFactory(reason=Reason.QUOTE, trade=green)) == [
        "devis@regie.example"
    ]
    factories.RecipientFactory(reason=quote, email="verts@regie.example", trade=green)
    assert recipients_for(factories.ContactRequestFactory(reason=Reason.QUOTE, trade=green)) == [
        "verts@regie.example"
    ]
    other = factories.TradeFactory()
    assert recipients_for(factories.ContactRequestFactory(reason=Reason.QUOTE, trade=other)) == [
        "devis@regie.example"
    ]
    assert recipients_for(factories.ContactRequestFactory(reason=Reason.QUOTE)) == [
        "devis@regie.example"
    ]
    assert recipients_for(factories.ContactRequestFactory(reason=Reason.PRESS)) == [TEAM]


def test_an_address_is_told_once_and_a_bad_one_takes_no_other_with_it() -> None:
    quote = setup_of(Reason.QUOTE)
    for email in ("a@regie.example", "é@regie.example", "A@Regie.example", "b@régie.example"):
        factories.RecipientFactory(reason=quote, email=email)
    request = receive(submission()).request
    assert recipients_for(request) == ["a@regie.example", "b@xn--rgie-bpa.example"]
    sent = OutgoingMail.objects.filter(purpose=mails.NOTIFICATION)
    assert sorted(sent.values_list("recipient", flat=True)) == recipients_for(request)


def test_without_any_address_those_who_may_read_requests_are_told(organisation) -> None:
    organisation.email = ""
    organisation.save()
    request = factories.ContactRequestFactory()
    factories.WriterFactory()
    assert recipients_for(request) == []
    boss = factories.UserFactory(is_superuser=True)
    factories.UserFactory(is_superuser=True, is_active=False)
    assert recipients_for(request) == [boss.email]
    assert reply_addresses(request) == []


def test_a_request_that_nobody_is_told_of_says_so(organisation, caplog) -> None:
    organisation.email = ""
    organisation.save()
    request = receive(submission()).request
    assert "Personne n’a été prévenu" in notes(request)[0]
    assert written(mails.NOTIFICATION) == []
    assert len(written(mails.ACKNOWLEDGEMENT)) == 1
    assert request.reference in caplog.text
    assert "Zo" not in caplog.text


# --- What they read -----------------------------------------------------------------------


def test_the_team_reads_everything_and_answers_the_person() -> None:
    trade = factories.TradeFactory(name="Espaces verts")
    also = {
        "trade": trade,
        "commune": factories.CommuneFactory(name="Carvin"),
        "client_kind": ContactRequest.ClientKind.LANDLORD,
        "organisation": "Habitat d’essai",
        "phone": "06 12 34 56 78",
        "wanted_when": "avant l’été",
        "subject_title": "Le jardin",
    }
    photo = CleanFile("photo de la haie.jpg", "image/jpeg", b"x" * 2_500_000, "a" * 64)
    with time_machine.travel(paris(2026, 6, 15, 9, 5), tick=False):
        request = receive(submission(also=also, files=(photo,))).request
    mail = only(mails.NOTIFICATION)
    words = f"[{request.reference}] Devis ou intervention – espaces verts"
    assert str(mail["Subject"]).strip() == words
    assert mail["From"].addresses[0].addr_spec == SITE
    assert mail["To"] == TEAM
    assert mail["Reply-To"] == VISITOR
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert not mail.is_multipart(), "plain text, nothing attached"
    text = text_of(mail)
    for told in ("Zoé Martin", VISITOR, MESSAGE, "Carvin", "Un bailleur", "Habitat d’essai"):
        assert told in text
    for told in ("06 12 34 56 78", "avant l’été", "Le jardin", "photo de la haie.jpg (2,5\xa0Mo)"):
        assert told in text
    assert "15 juin 2026 à 9 h 05" in text
    path = reverse("contact_request", args=[request.pk])
    assert f"\nhttps://www.regie.example{path}\n" in text
    assert mails.BY_MAIL in text


def test_a_person_without_an_address_is_called() -> None:
    receive(submission(also={"email": "", "phone": "0612345678"}))
    mail = only(mails.NOTIFICATION)
    assert mail["Reply-To"] is None
    assert mails.BY_PHONE in text_of(mail)
    assert written(mails.ACKNOWLEDGEMENT) == []


def test_the_subject_names_nobody() -> None:
    reference = receive(submission(reason=Reason.JOB, also={"message": ""})).request.reference
    assert only(mails.NOTIFICATION)["Subject"] == f"[{reference}] Emploi"
    words = f"Nous avons reçu votre demande {reference}"
    assert str(only(mails.ACKNOWLEDGEMENT)["Subject"]).strip() == words


def test_nothing_is_written_for_what_was_set_aside_until_it_is_rescued() -> None:
    request = receive(submission(suspicions=("Trois liens.",))).request
    assert not OutgoingMail.objects.exists()
    request.state = ContactRequest.State.NEW
    request.save()
    write_first_mails(request)
    write_first_mails(request)  # two people rescue it at once
    assert OutgoingMail.objects.filter(about=f"request:{request.pk}").count() == 2
    assert request.events.filter(kind=RequestEvent.Kind.MAIL).count() == 1


# --- What the person reads ----------------------------------------------------------------


def test_the_person_reads_their_reference_and_what_happens_next() -> None:
    with time_machine.travel(paris(2026, 6, 15, 14, 0), tick=False):
        request = receive(submission()).request
    mail = only(mails.ACKNOWLEDGEMENT)
    assert mail["To"] == VISITOR
    assert mail["From"].addresses[0].addr_spec == SITE
    assert mail["Reply-To"] == TEAM
    assert mail["Auto-Submitted"] == "auto-replied"
    assert request.reference in str(mail["Subject"])
    text = text_of(mail)
    for told in (request.reference, "15 juin 2026 à 14 h 00", "03 21 00 00 00"):
        assert told in text
    assert setup_of(Reason.QUOTE).next_steps in text


def test_the_site_carries_no_word_of_a_stranger_to_an_address_they_typed() -> None:
    bait = "achetez-ici"
    also = {"message": bait, "organisation": bait, "wanted_when": bait, "subject_title": bait}
    files = (CleanFile(f"{bait}.jpg", "image/jpeg", b"x", "a" * 64),)
    receive(submission(also={**also, "name": bait}, files=files))
    mail = only(mails.ACKNOWLEDGEMENT)
    assert bait not in text_of(mail)
    assert all(bait not in str(value) for value in mail.values())


def test_without_a_phone_the_mail_speaks_of_none(organisation) -> None:
    organisation.phone = ""
    organisation.save()
    ReasonSettings.objects.filter(code=Reason.QUOTE).update(next_steps="  ")
    receive(submission())
    text = text_of(only(mails.ACKNOWLEDGEMENT))
    assert "appeler" not in text
    assert "\n\n\n" not in text


def test_an_address_has_three_acknowledgements_a_day_however_it_is_written() -> None:
    addresses = ("v@example.org", "V@example.org", "v+2@example.org", "v+3@example.org")
    with time_machine.travel(paris(2026, 6, 15, 12, 0), tick=False) as clock:
        requests = [
            receive(submission(str(n), also={"email": email})).request
            for n, email in enumerate(addresses)
        ]
        assert len(written(mails.ACKNOWLEDGEMENT)) == 3
        assert len(written(mails.NOTIFICATION)) == 4
        assert "plusieurs en un jour" in notes(requests[-1])[0]
        receive(submission("other", also={"email": "vv@example.org"}))
        assert len(written(mails.ACKNOWLEDGEMENT)) == 4
        clock.shift(24 * 3600 + 1)
        receive(submission("tomorrow", also={"email": "v@example.org"}))
        assert len(written(mails.ACKNOWLEDGEMENT)) == 5


def test_the_dots_of_a_gmail_address_make_no_other_mailbox() -> None:
    addresses = ("vic.tim@gmail.com", "v.i.c.t.i.m@gmail.com", "Victim+a@googlemail.com")
    for n, email in enumerate((*addresses, "victi.m@gmail.com", "victim2@gmail.com")):
        receive(submission(str(n), also={"email": email}))
    told = {str(mail["To"]) for mail in written(mails.ACKNOWLEDGEMENT)}
    assert told == {*addresses, "victim2@gmail.com"}


def test_a_message_cannot_pass_for_the_words_of_the_site() -> None:
    link = "Pour la suivre, lire les fichiers et répondre :\nhttps://pirate.example/admin/"
    receive(submission(also={"message": f"Bonjour\n\n{link}"}))
    lines = text_of(only(mails.NOTIFICATION)).splitlines()
    assert "> https://pirate.example/admin/" in lines
    assert sum(line.startswith("Pour la suivre") for line in lines) == 1


def test_the_site_does_not_write_to_itself() -> None:
    receive(submission(also={"email": SITE.upper()}))
    assert written(mails.ACKNOWLEDGEMENT) == []


# --- Threads ------------------------------------------------------------------------------


def test_the_next_mail_answers_the_acknowledgement() -> None:
    request = receive(submission()).request
    first = str(only(mails.ACKNOWLEDGEMENT)["Message-ID"])
    assert thread_of(request).headers == {"In-Reply-To": first, "References": first}
    request.events.create(kind=RequestEvent.Kind.REPLY, message_id="<reponse@regie.example>")
    thread = thread_of(request)
    assert thread.in_reply_to == "<reponse@regie.example>"
    assert thread.references == f"{first} <reponse@regie.example>"


def test_a_person_that_was_only_called_has_no_thread() -> None:
    assert thread_of(factories.ContactRequestFactory()).headers == {}


def test_a_long_thread_keeps_its_first_mail_and_its_last_ones() -> None:
    request = factories.ContactRequestFactory()
    for number in range(30):
        factories.RequestEventFactory(request=request, message_id=f"<{number}@regie.example>")
    references = thread_of(request).references.split()
    assert references[0] == "<0@regie.example>"
    assert references[-1] == "<29@regie.example>"
    assert len(references) == mails.LAST_REFERENCES


def test_each_mail_has_a_message_id_of_its_own_and_of_our_domain() -> None:
    receive(submission())
    receive(submission("another form"))
    ids = list(OutgoingMail.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == len(ids) == 4
    assert all(one.endswith("@regie.example>") for one in ids)


# --- What cannot be written ---------------------------------------------------------------


def test_a_mail_that_cannot_be_built_does_not_fail_the_request(caplog) -> None:
    def refuse(self: SiteMail, **_: object) -> int:
        raise ValueError(f"no server takes {VISITOR}")

    with patch.object(SiteMail, "send", refuse):
        request = receive(submission()).request
    assert ContactRequest.objects.get() == request
    assert notes(request) == [
        "Le courriel qui prévient l’équipe n’a pas pu être écrit.",
        "L’accusé de réception n’a pas pu être écrit.",
    ]
    assert request.reference in caplog.text
    assert VISITOR not in caplog.text


def test_a_mail_that_the_database_cannot_take_takes_the_request_with_it() -> None:
    def full(self: SiteMail, **_: object) -> int:
        raise OperationalError("could not extend file: No space left on device")

    with patch.object(SiteMail, "send", full), pytest.raises(DatabaseError):
        receive(submission())
    assert not ContactRequest.objects.exists()
    assert not RequestEvent.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_what_is_written_on_one_line_adds_no_header(ending: str) -> None:
    bad = f"Zoé{ending}Bcc: victime@example.com"
    email = f"v@example.org{ending}Bcc: victime@example.com"
    trade = factories.TradeFactory(name=f"Espaces{ending}verts", slug="verts")
    write_first_mails(
        factories.ContactRequestFactory(name=bad, organisation=bad, email=email, trade=trade)
    )
    assert written(mails.ACKNOWLEDGEMENT) == []
    mail = only(mails.NOTIFICATION)
    assert mail["Bcc"] is None
    assert mail["Reply-To"] is None
    assert "victime@example.com" in text_of(mail)
