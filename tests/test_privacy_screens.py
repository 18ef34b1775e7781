"""The screens of personal data: who opens them, what they say, what they give and erase."""

import csv
import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from contact.models import ContactRequest, PersonalDataAccess, ReasonSettings
from contact.notices import notice_for
from contact.processing import public_register, register
from contact.purposes import months_in_words
from contact.reasons import Reason
from pages.models import HomePage, LegalPage, OrganisationSettings, User
from pages.outbox import KEPT_OTHERWISE, KEPT_WHEN_SENT

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db
EVE, NUMBER = "eve.martin@exemple.fr", "06 12 34 56 78"
SCREENS = (
    "personal_data",
    "processing_register",
    "processing_register_csv",
    "personal_data_accesses",
)
Action = PersonalDataAccess.Action


@pytest.fixture
def desk(home: HomePage, administrator: User) -> Client:
    return signed_in(administrator)


@pytest.fixture
def eve(db: None) -> ContactRequest:
    request = factories.ContactRequestFactory(
        email=EVE, phone=NUMBER, phone_digits="33612345678", message="Bonjour,\nun devis ?"
    )
    factories.RequestFileFactory(request=request, name="haie.jpg", content=b"JPEG")
    factories.RequestEventFactory(request=request, text="Rappelée ce matin.")
    factories.ContactRequestFactory(email="voisin@example.org", message=f"Et {EVE} ?")
    return request


def told(answer: Any) -> str:
    return str(answer.content.decode())


# --- Who opens them -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCREENS)
def test_only_administration_opens_them(
    name: str, home: HomePage, administrator: User, publisher: User
) -> None:
    assert signed_in(administrator).get(reverse(name)).status_code == 200
    for other in (publisher, factories.UserFactory(group="Accueil")):
        answer = signed_in(other).get(reverse(name))
        assert answer.status_code in (302, 403)
        assert answer.get("Location", "/admin/") == "/admin/"


@pytest.mark.parametrize("name", ["personal_data", "personal_data_give", "personal_data_erase"])
def test_nobody_else_gets_data_by_posting(name: str, home: HomePage, eve: ContactRequest) -> None:
    reception = signed_in(factories.UserFactory(group="Accueil"))
    answer = reception.post(reverse(name), {"email": EVE, "confirmer": "oui"})
    assert answer.status_code in (302, 403)
    assert ContactRequest.objects.filter(pk=eve.pk).exists()


@pytest.mark.parametrize("name", ["personal_data_give", "personal_data_erase"])
def test_data_are_neither_given_nor_erased_by_a_link(name: str, desk: Client) -> None:
    assert desk.get(reverse(name), {"email": EVE}).status_code == 405


# --- Somebody's own -------------------------------------------------------------------------


def test_what_is_found_is_shown_and_noted_without_a_name(desk: Client, eve: ContactRequest) -> None:
    answer = desk.post(reverse("personal_data"), {"email": EVE.upper(), "phone": "+33612345678"})
    page = told(answer)
    assert "1 demande, 1 mention" in page
    assert eve.reference in page
    assert "no-store" in answer["Cache-Control"]
    line = PersonalDataAccess.objects.get(action=Action.SEARCHED)
    assert line.what == "1 demande, 1 mention"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Écrivez une adresse e-mail"),
        ({"phone": "bonjour"}, "pas un numéro"),
        ({"email": "eve"}, "nom@exemple.fr"),
        ({"email": "bonjour@example.org"}, "adresse de l’association"),
        ({"phone": "0321000000"}, "numéro de l’association"),
    ],
)
def test_what_is_not_somebody_is_told(
    desk: Client, organisation: OrganisationSettings, typed: dict[str, str], sentence: str
) -> None:
    page = told(desk.post(reverse("personal_data"), {"email": "", "phone": ""} | typed))
    assert sentence in page
    assert "Le site garde" not in page


def test_somebody_unknown(desk: Client) -> None:
    page = told(desk.post(reverse("personal_data"), {"email": "personne@exemple.fr"}))
    assert "Le site ne garde rien de cette personne" in page


def test_a_copy_holds_what_the_person_wrote_and_their_files(
    desk: Client, eve: ContactRequest
) -> None:
    answer: Any = desk.post(reverse("personal_data_give"), {"email": EVE})
    assert "eve" not in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    data = json.loads(archive.read("donnees.json"))
    (request,) = data["demandes"]
    fields = {field["quoi"]: field["valeur"] for field in request["champs"]}
    assert fields["Message"] == "Bonjour,\nun devis ?"
    assert fields["Mention lue"] == eve.notice
    assert archive.read(request["fichiers"][0]) == b"JPEG"
    assert "Rappelée ce matin." in archive.read("donnees.html").decode()
    # What another wrote is not hers to read.
    assert "voisin" not in archive.read("donnees.json").decode()
    assert PersonalDataAccess.objects.get(action=Action.ANSWERED).what == "1 demande, 1 mention"


def test_nothing_is_erased_before_it_is_confirmed(desk: Client, eve: ContactRequest) -> None:
    page = told(desk.post(reverse("personal_data_erase"), {"email": EVE}))
    assert "À effacer\u00a0: 1 demande, 1 mention" in page
    assert ContactRequest.objects.filter(pk=eve.pk).exists()
    answer = desk.post(reverse("personal_data_erase"), {"email": EVE, "confirmer": "oui"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("personal_data"))
    assert not ContactRequest.objects.filter(pk=eve.pk).exists()
    assert ContactRequest.objects.get().message == "Et [effacé] ?"
    assert PersonalDataAccess.objects.get(action=Action.ERASED).what == "1 demande, 1 mention"
    assert "1 demande, 1 mention" in told(desk.get(reverse("personal_data")))


def test_an_account_is_closed_first(desk: Client, eve: ContactRequest) -> None:
    factories.UserFactory(email=EVE)
    page = told(desk.post(reverse("personal_data"), {"email": EVE}))
    assert "a un compte sur ce site" in page
    assert reverse("personal_data_erase") not in page
    desk.post(reverse("personal_data_erase"), {"email": EVE, "confirmer": "oui"})
    assert ContactRequest.objects.filter(pk=eve.pk).exists()


# --- The register ---------------------------------------------------------------------------


def test_the_register_follows_the_settings(desk: Client) -> None:
    setup = ReasonSettings.objects.get(code=Reason.PRESS)
    setup.kept_months = 7
    setup.save()
    factories.RecipientFactory(reason=setup, email="presse@example.org")
    page = told(desk.get(reverse("processing_register")))
    assert "7\u00a0mois après le dernier échange" in page
    assert "presse@example.org" in page
    assert f"{KEPT_WHEN_SENT.days}\u00a0jours après l’envoi" in page
    assert f"{KEPT_OTHERWISE.days}\u00a0jours s’il n’est pas parti" in page


def test_every_reason_has_its_line_and_every_line_is_whole() -> None:
    lines = register()
    assert len({line.name for line in lines}) == len(lines)
    for reason in Reason:
        assert any(reason.label.lower() in line.name.lower() for line in lines)
    for line in lines:
        assert all([line.purpose, line.basis, line.people, line.data, line.readers, line.kept])


def test_an_application_says_that_nothing_sensitive_is_asked() -> None:
    line = next(line for line in register() if "emploi" in line.name)
    assert line.data == "nom, téléphone, adresse e-mail, commune, moment pour rappeler"


def test_the_register_in_a_spreadsheet(desk: Client) -> None:
    answer = desk.get(reverse("processing_register_csv"))
    rows = list(csv.reader(io.StringIO(told(answer).removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == [
        "Traitement",
        "À quoi il sert",
        "Base légale",
        "Personnes",
        "Données",
        "Qui les lit",
        "Durée",
    ]
    assert len(rows) == len(register()) + 1


def test_the_public_page_and_the_notice_say_the_same(
    client: Client, home: HomePage, organisation: OrganisationSettings
) -> None:
    page = factories.LegalPageFactory(parent=home, subject=LegalPage.Subject.PRIVACY)
    setup = ReasonSettings.objects.get(code=Reason.QUOTE)
    setup.kept_months = 19
    setup.save()
    shown = told(client.get(page.url))
    assert f"{months_in_words(19)} après le dernier échange" in shown
    assert months_in_words(19) in notice_for(setup, organisation)
    for line in public_register():
        assert line.kept in shown
    # The recipients' addresses are the register's business, not the public's.
    assert "par courriel" not in shown


# --- Who read what --------------------------------------------------------------------------


def test_readings_are_listed_with_their_moment(desk: Client) -> None:
    factories.PersonalDataAccessFactory(what="R-2026-0042", person="Camille Accueil")
    page = told(desk.get(reverse("personal_data_accesses")))
    assert "R-2026-0042" in page
    assert "Camille Accueil" in page
    export = desk.get(reverse("personal_data_accesses"), {"export": "csv"})
    assert b"R-2026-0042" in b"".join(export.streaming_content)
