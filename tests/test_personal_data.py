"""Personal data: who reads them, how long they are kept, how somebody's are given or erased."""

import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from contact import asking, erasures
from contact.follow_up import Seen
from contact.form_keys import new_key
from contact.models import ContactRequest, ErasedCount, PersonalDataAccess, ReasonSettings
from contact.notices import notice_for
from contact.people import erase, find, find_everywhere
from contact.persons import Person
from contact.reasons import Reason
from contact.register import note_access
from pages import mail_folder
from pages.mail_delivery import deliver_due
from pages.models import HomePage, OrganisationSettings, User
from pages.outbox import SiteMail, put

from . import factories
from .conftest import signed_in
from .every_table import where_is

pytestmark = pytest.mark.django_db
Action = PersonalDataAccess.Action


# --- The register of readings ---------------------------------------------------------------


def test_a_reading_is_written_once_in_ten_minutes(publisher: User) -> None:
    note_access(publisher, Action.OPENED, "R-2026-0001")
    note_access(publisher, Action.OPENED, "R-2026-0001")
    note_access(publisher, Action.OPENED, "R-2026-0002")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        note_access(publisher, Action.OPENED, "R-2026-0001")
    lines = PersonalDataAccess.objects.order_by("pk").values_list("person", "what")
    assert list(lines) == [
        (str(publisher), "R-2026-0001"),
        (str(publisher), "R-2026-0002"),
        (str(publisher), "R-2026-0001"),
    ]


def test_what_is_taken_away_is_written_each_time(publisher: User) -> None:
    for _ in range(2):
        note_access(publisher, Action.EXPORTED, "12 demandes")
    assert PersonalDataAccess.objects.count() == 2


def test_a_register_that_cannot_be_written_stops_nobody(
    publisher: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("row with secret@example.org")

    monkeypatch.setattr(PersonalDataAccess, "save", full)
    note_access(publisher, Action.EXPORTED, "12 demandes")
    assert "was not recorded" in caplog.text
    assert "secret" not in caplog.text


# --- What is said under the form ------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_the_notice_says_what_the_law_asks(
    reason: Reason, organisation: OrganisationSettings
) -> None:
    setup = ReasonSettings.objects.get(code=reason)
    setup.kept_months = 18
    organisation.data_protection_contact = "donnees@example.org"
    notice = notice_for(setup, organisation)
    for told in (organisation.name, "18\u00a0mois", "donnees@example.org", "cnil.fr", "effacer"):
        assert told in notice
    assert len(notice) <= ReasonSettings._meta.get_field("notice").max_length


def test_a_site_without_settings_still_has_a_notice() -> None:
    setup = ReasonSettings.objects.get(code=Reason.JOB)
    notice = notice_for(setup, OrganisationSettings())
    assert notice.startswith("L’association utilise")
    assert "2\u00a0ans" in notice
    assert " \u00a0" not in notice


# --- Everything about an address or a number ------------------------------------------------

EVE, NUMBER = "eve.martin@exemple.fr", "06 12 34 56 78"
PERSON = Person.reached_at(EVE, NUMBER)


@pytest.mark.parametrize(
    "text",
    [
        "écrire à eve.martin@exemple.fr.",
        "Eve <EVE.Martin@Exemple.FR>",
        "0612345678",
        "appeler le 06.12.34.56.78, le soir",
        "06\u00a012\u202f34 56 78",
        "06-12-34-56-78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "33612345678",
        '{"text": "06\\u00a012\\u00a034\\u00a056\\u00a078"}',
    ],
)
def test_a_person_is_known_however_written(text: str) -> None:
    assert PERSON.names(text)
    cleaned = PERSON.without(text.replace("\\u00a0", "\u00a0"))
    assert "[effacé]" in cleaned
    assert "martin" not in cleaned.lower()
    assert "56" not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "leve.martin@exemple.fr",
        "eve.martin@exemple.fr.example.org",
        "eve.martin@exemple.frites",
        "1061234567890",
        "06 12 34 56 79",
        "",
    ],
)
def test_nobody_else_is_taken_for_the_person(text: str) -> None:
    assert not PERSON.names(text)
    assert PERSON.without(text) == text


def test_nobody_in_particular_is_everybody_to_no_one() -> None:
    factories.ContactRequestFactory(email="", phone_digits="")
    nobody = Person.reached_at("", "pas un numéro")
    assert not nobody
    assert find(nobody).requests == []
    assert not find(nobody).is_erasable


def sown(home: HomePage) -> ContactRequest:
    """A person who is everywhere; a neighbour whose request speaks of them. Return that one."""
    own = factories.ContactRequestFactory(
        email="Eve.Martin@exemple.fr", message=f"Rappelez-moi au {NUMBER}"
    )
    by_phone = factories.ContactRequestFactory(email="", phone=NUMBER, phone_digits="33612345678")
    for request in (own, by_phone):
        factories.RequestFileFactory(request=request, name=f"{EVE}.pdf")
        factories.RequestEventFactory(
            request=request, text=f"Répondu à {EVE}", message_id=f"<r{request.pk}@site.fr>"
        )
        mail = SiteMail(
            f"[{request.reference}]",
            f"Écrit par Ève, {EVE}, qui répond aussi au +33 6 12 34 56 78.",
            to=["accueil@example.org"],
            headers={"Message-ID": f"<r{request.pk}@site.fr>"},
            about=f"request:{request.pk}",
        )
        put(mail)
        mail_folder.FolderBackend().send_messages([mail])
    put(SiteMail("Bonjour", "Bonjour", to=[EVE.upper()]))
    factories.OutgoingMailFactory(
        message=None, state="refuse", last_error=f"550 <{EVE}> unknown user"
    )
    factories.InvitationFactory(email=EVE)
    neighbour = factories.ContactRequestFactory(
        email="voisin@example.org",
        message=f"Ma voisine (06.12.34.56.78, {EVE}) attend aussi une réponse.",
    )
    neighbour.events.create(kind="note", text="Voir avec 0612345678")
    factories.RequestFileFactory(request=neighbour, name="devis 0612345678.pdf")
    factories.HeldFileFactory(name=f"cv {EVE}.pdf")
    return neighbour


@pytest.fixture
def neighbour(home: HomePage, settings: Any, tmp_path: Path) -> ContactRequest:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.ERASURES_PATH = str(tmp_path / "effacements")
    return sown(home)


def test_what_names_a_person_is_found(neighbour: ContactRequest) -> None:
    found = find(PERSON)
    assert len(found.requests) == 2
    assert found.mention_count == 4
    assert len(found.mails) == 4
    assert found.kept_mails == 2
    assert len(found.invitations) == 1
    assert found.in_numbers == "2 demandes, 4 mentions, 6 courriels, 1 invitation"


def test_nothing_is_left_in_any_table_nor_file(neighbour: ContactRequest) -> None:
    words = (EVE, "0612345678", "33612345678", "612345678")
    before = where_is(*words)
    # The walk sees what is there: each table that was sown.
    for table in ("contactrequest.email", "requestfile.name", "requestevent.text", "outgoingmail"):
        assert any(table in place for place in before), table
    assert any(place.endswith(".eml") for place in before)
    kept = ContactRequest.objects.get(pk=neighbour.pk)
    erase(PERSON)
    assert where_is(*words) == []
    # The neighbour's request stays, without the name of another.
    kept.refresh_from_db()
    assert kept.message == "Ma voisine ([effacé], [effacé]) attend aussi une réponse."
    assert kept.email == "voisin@example.org"
    assert "efface" in kept.search_text
    assert kept.files.get().name == "devis [effacé].pdf"
    assert sum(ErasedCount.objects.values_list("count", flat=True)) == 2
    assert not find(PERSON).is_erasable


def test_the_other_tables_are_looked_into_and_told(home: HomePage) -> None:
    page = factories.ContentPageFactory(
        parent=home, body=factories.body(factories.section("Ève", factories.paragraph(EVE)))
    )
    page.save_revision()
    factories.TestimonyFactory(rights_note=f"Son numéro : {NUMBER}")
    account = factories.UserFactory(email=EVE)
    found = find_everywhere(PERSON)
    assert found.accounts == [account]
    kinds = {one.kind for one in found.elsewhere}
    assert "Témoignages" in kinds
    assert any(page.title in name for one in found.elsewhere for name in one.names)
    assert not found.is_erasable


def test_a_person_who_could_not_be_remembered_is_not_erased(
    neighbour: ContactRequest, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "plein").write_text("")
    settings.ERASURES_PATH = str(tmp_path / "plein")
    with pytest.raises(FileExistsError):
        erase(PERSON)
    assert len(find(PERSON).requests) == 2


# --- After a restore ------------------------------------------------------------------------


def test_a_restored_backup_is_purged_again(neighbour: ContactRequest, home: HomePage) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    erase(PERSON)
    with time_machine.travel(yesterday):
        sown(home)
    later = timezone.now() + timedelta(days=3)
    # Since, the person wrote again: that request is none of the erasure's business.
    with time_machine.travel(later):
        again = factories.ContactRequestFactory(email=EVE, phone=NUMBER)
        told = StringIO()
        call_command("erase_again", stdout=told)
        assert "personnes effacées de nouveau" in told.getvalue()
        assert EVE not in told.getvalue()
    assert [one.pk for one in find(PERSON).requests] == [again.pk]
    ContactRequest.objects.filter(pk=again.pk).delete()
    assert where_is(EVE, "612345678") == []


def test_erasures_name_nobody_and_are_forgotten_in_time(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_PATH = str(tmp_path / "effacements")
    erase(PERSON)
    (file,) = (tmp_path / "effacements").iterdir()
    assert "eve" not in file.name + file.read_text()
    assert len(erasures.known()) == 2
    with time_machine.travel(timezone.now() + timedelta(days=364)):
        erasures.forget_old()
        assert erasures.known()
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        erasures.forget_old()
        assert not erasures.known()


def test_a_new_secret_key_does_not_forget_them(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_PATH = str(tmp_path / "effacements")
    erase(PERSON)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "y" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    assert {one.digest for one in erasures.known()} & erasures.digests_of(EVE)


def test_a_whole_life_on_the_site_leaves_nothing(
    client: Client,
    home: HomePage,
    organisation: Any,
    administrator: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    """The form, its held files, tries, mails, what the team does of it, an error; then nothing."""
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND = "pages.mail_folder.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.ERASURES_PATH = str(tmp_path / "effacements")
    settings.ADMINS = [("", "admin@example.org")]
    factories.ContactPageFactory(parent=home, slug="contact")

    # They try, forget the message, and send a photo.
    written = {"name": "Ève", "email": EVE, "phone": NUMBER, "client_kind": "particulier"}
    written |= {asking.KEY: new_key()}
    photo = SimpleUploadedFile(f"{EVE}.jpg", factories.jpeg(), "image/jpeg")
    client.post("/contact/?motif=devis", written | {"message": "", asking.FILES: photo})
    assert "contact_heldfile.name" in where_is(EVE)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post("/contact/?motif=devis", written | {"message": f"Appelez le {NUMBER}."})
    request = ContactRequest.objects.get()
    assert request.files.count() == 1
    client.get("/recherche/", {"q": EVE})
    client.post("/compte/connexion/", {"login": EVE, "password": "faux"})
    client.post("/compte/mot-de-passe/oublie/", {"email": EVE})
    logging.getLogger("contact").error("something about %s and %s", EVE, NUMBER)

    # The team finds them, reads, notes, answers; the mails leave, one waits.
    desk, address = signed_in(administrator), f"/admin/demandes/{request.pk}/"
    desk.post("/admin/demandes/", {"cherche": EVE}, follow=True)
    desk.get(address)
    told = desk.post(f"{address}note/", {"note": f"Eu au {NUMBER}", "vu": ""})
    assert told.status_code in (200, 302)
    request.refresh_from_db()
    last = request.events.order_by("-pk").values_list("pk", flat=True)[0]
    seen = Seen.of(request, last).token
    desk.post(f"{address}reponse/", {"texte": f"Bonjour {EVE}", "cle": "une", "vu": seen})
    assert request.events.filter(kind="reponse").exists()
    deliver_due()
    put(SiteMail("Encore", f"Un mot de {EVE}", to=["accueil@example.org"]))
    assert any(place.endswith(".eml") for place in where_is(EVE, "0612345678"))

    desk.post("/admin/donnees-personnelles/", {"email": EVE, "phone": NUMBER})
    desk.post("/admin/donnees-personnelles/copie/", {"email": EVE, "phone": NUMBER})
    erasing = {"email": EVE, "phone": NUMBER, "confirmer": "oui"}
    desk.post("/admin/donnees-personnelles/effacer/", erasing)
    assert not ContactRequest.objects.exists()
    assert where_is(EVE, "eve-martin", "0612345678", "612345678") == []
