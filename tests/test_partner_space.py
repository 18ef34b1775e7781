"""The partners' space: each sees what is reserved to them; what they read is in the register."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pages.completeness import pages_to_complete
from pages.models import OutgoingMail, SiteDocument, User
from partners.accounts import chores, register
from partners.accounts.access import revoke
from partners.accounts.contents import PER_PAGE
from partners.accounts.groups import common_folder, folder_of, group_of, partners_group
from partners.models import Consultation, Invitation, Member

from . import factories
from . import sample_files as files
from .conftest import signed_in

pytestmark = pytest.mark.django_db

SPACE = "/espace-partenaires/"
READINGS = f"{SPACE}consultations/"
DELETION = f"{SPACE}supprimer-mon-compte/"


@pytest.fixture
def member(home) -> Member:
    factories.PartnerSpacePageFactory()
    return factories.MemberFactory(
        partner=factories.PartnerFactory(name="Ville d’essai"), user__email="lea@ville.example"
    )


@pytest.fixture
def reader(member) -> Client:
    return signed_in(member.user)


def put(folder, title: str) -> SiteDocument:
    return SiteDocument.objects.create(
        title=title, file=ContentFile(files.PDF, name="note.pdf"), collection=folder
    )


@pytest.fixture
def things(member) -> dict[str, object]:
    """What is reserved to this partner, to all, to another."""
    other = factories.PartnerFactory(name="Autre")
    report = factories.ReportPageFactory(year=2019, title="Rapport à relire")
    chapter = factories.ReportChapterPageFactory(parent=report, title="Chapitre dedans")
    factories.reserve_to(report, group_of(member.partner))
    public = factories.ReportPageFactory(year=2018, title="Rapport public")
    alone = factories.ReportChapterPageFactory(parent=public, title="Chapitre réservé")
    factories.reserve_to(alone, group_of(member.partner))
    common = factories.ContentPageFactory(title="Comité commun")
    factories.reserve_to(common, partners_group())
    factories.reserve_to(factories.ContentPageFactory(title="Secret d’autrui"), group_of(other))
    put(folder_of(other), "Note d’autrui")
    return {
        "report": report,
        "inside": chapter,
        "chapter": alone,
        "page": common,
        "document": put(folder_of(member.partner), "Note à vous"),
        "common": put(common_folder(), "Note à tous"),
    }


def text(answer) -> str:
    return answer.content.decode()


def test_each_sees_what_is_theirs_then_what_is_for_all(things, reader) -> None:
    answer = reader.get(SPACE)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    own, _title, common = text(answer).partition("Pour tous les partenaires")
    assert "Pour Ville d’essai" in own
    for title in ("Rapport à relire", "Chapitre réservé", "Note à vous"):
        assert title in own
        assert title not in common
    for title in ("Comité commun", "Note à tous"):
        assert title in common
        assert title not in own
    for title in ("Secret d’autrui", "Note d’autrui"):
        assert title not in text(answer)
    # A chapter says of which report it is; the report is public, and not listed.
    assert "Chapitre réservé – Rapport public" in own
    assert f'href="{things["chapter"].get_parent().url}"' not in text(answer)
    # The report shows its chapter itself.
    assert "Chapitre dedans" not in text(answer)
    assert "PDF, 1" in own
    assert "Rapport d’activité" in own


def test_nothing_reserved_yet(member, reader) -> None:
    answer = text(reader.get(SPACE))
    assert "Rien n’est réservé à Ville d’essai pour l’instant" in answer
    assert "Rien n’est réservé à l’ensemble des partenaires pour l’instant" in answer


def test_newest_first_and_paginated(member, reader) -> None:
    folder = folder_of(member.partner)
    for number in range(PER_PAGE + 1):
        document = put(folder, f"Note n° {number:03}")
        at = timezone.now() - timedelta(days=number)
        SiteDocument.objects.filter(pk=document.pk).update(created_at=at)
    first, second = text(reader.get(SPACE)), text(reader.get(f"{SPACE}?page=2"))
    assert first.index("Note n° 000") < first.index("Note n° 001")
    assert "Note n° 040" not in first
    assert "Note n° 040" in second
    assert "Pour tous les partenaires" not in first
    assert "Pour tous les partenaires" in second


def test_the_number_of_queries_does_not_grow(things, member, reader) -> None:
    reader.get(SPACE)
    with CaptureQueriesContext(connection) as few:
        reader.get(SPACE)
    for number in range(10):
        put(folder_of(member.partner), f"Note {number}")
        page = factories.ContentPageFactory(title=f"Page {number}")
        factories.reserve_to(page, group_of(member.partner))
    with CaptureQueriesContext(connection) as many:
        reader.get(SPACE)
    assert len(many) <= len(few) + 1
    assert len(few) <= 40


def test_who_is_not_of_a_partner(member, things, administrator) -> None:
    for address in (SPACE, READINGS, DELETION):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('account_login')}?next={address}"
        assert answer["Cache-Control"] == "private, no-store"
        assert signed_in(factories.UserFactory()).get(address).status_code == 403
    for address in (READINGS, DELETION):
        assert signed_in(administrator).get(address).status_code == 403


def test_the_space_is_in_no_list_for_machines(member, client) -> None:
    assert SPACE not in text(client.get("/sitemap.xml"))
    assert SPACE not in text(client.get("/recherche/?q=espace+partenaires"))


def test_the_team_sees_what_a_partner_sees_and_opens_nothing(things, member, writer) -> None:
    team = signed_in(writer)
    before = text(team.get(SPACE))
    assert "Voir comme un partenaire" in before
    assert "Note à vous" not in before
    seen = text(team.get(f"{SPACE}?partenaire={member.partner_id}"))
    for title in ("Rapport à relire", "Chapitre réservé", "Note à vous", "Comité commun"):
        assert title in seen
    assert "Secret d’autrui" not in seen
    assert team.get(things["report"].url).status_code == 403
    assert not Consultation.objects.exists()
    for wrong in ("abc", "999999", ""):
        assert team.get(f"{SPACE}?partenaire={wrong}").status_code == 200


# --- The register ---------------------------------------------------------------------------


def lines() -> list[tuple[str, str, str]]:
    return sorted(Consultation.objects.values_list("label", "kind", "action"))


def test_what_is_read_is_written_once(things, member, reader) -> None:
    factories.ValueFactory(year=2019)
    for _ in range(2):
        reader.get(things["report"].url)
        reader.get(f"{things['report'].url}indicateurs.csv")
        reader.get(things["document"].url)
        reader.get(things["document"].url, headers={"range": "bytes=0-3"})
    assert lines() == [
        ("Note à vous", "Fichier PDF", "telecharge"),
        ("Rapport à relire", "Fichier CSV", "telecharge"),
        ("Rapport à relire", "Rapport d’activité", "ouvert"),
    ]
    line = Consultation.objects.first()
    assert (line.partner_name, line.person) == ("Ville d’essai", str(member.user))
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        reader.get(things["document"].url)
    assert Consultation.objects.filter(label="Note à vous").count() == 2


def test_a_chapter_that_a_public_report_shows_is_written(things, reader) -> None:
    public = things["chapter"].get_parent()
    assert "Chapitre réservé" in text(reader.get(public.url))
    assert lines() == [("Chapitre réservé – Rapport public", "Chapitre d’un rapport", "ouvert")]


def test_what_gives_nothing_is_not_written(things, member, reader) -> None:
    reader.head(things["report"].url)
    reader.get(things["document"].url, headers={"if-none-match": "*"})
    reader.get("/")
    reader.get(SPACE)
    Client().get(things["report"].url)
    signed_in(factories.MemberFactory().user).get(things["report"].url)
    signed_in(User.objects.create_superuser("chef@example.org", "x")).get(things["report"].url)
    assert not Consultation.objects.exists()
    member.refresh_from_db()
    assert member.last_seen_on == timezone.localdate()


def test_reading_does_not_fail_with_the_register(things, reader, monkeypatch, caplog) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(register, "_write", fail)
    assert reader.get(things["report"].url).status_code == 200
    assert "could not be recorded" in caplog.text


def test_each_reads_their_own_lines(things, reader, member) -> None:
    factories.ConsultationFactory(label="Lu par un autre")
    assert "Vous n’avez encore rien ouvert" in text(reader.get(READINGS))
    reader.get(things["report"].url)
    answer = text(reader.get(READINGS))
    assert "Rapport à relire" in answer
    assert "Lu par un autre" not in answer


def test_the_team_reads_the_register_and_takes_it_away(home, administrator) -> None:
    ours = factories.ConsultationFactory(label="=HYPERLINK(1)", person="@cmd")
    factories.ConsultationFactory(label="Autre lecture")
    team = signed_in(administrator)
    address = reverse("consultations")
    assert "Autre lecture" in text(team.get(address))
    filtered = text(team.get(f"{address}?partner={ours.partner_id}"))
    assert "HYPERLINK" in filtered
    assert "Autre lecture" not in filtered
    export = b"".join(team.get(f"{address}?export=csv").streaming_content).decode()
    for row in csv.reader(io.StringIO(export)):
        assert not any(cell.startswith(("=", "@", "+", "-")) for cell in row), row
    assert team.get(f"{address}?export=xlsx").status_code == 200


# --- What is forgotten ----------------------------------------------------------------------


def test_what_is_kept_too_long_is_forgotten(member) -> None:
    factories.ConsultationFactory(at=timezone.now() - timedelta(days=366))
    kept = factories.ConsultationFactory(at=timezone.now() - timedelta(days=364))
    old = factories.MemberFactory(ends_on=timezone.localdate() - timedelta(days=367))
    recent = factories.MemberFactory(ends_on=timezone.localdate() - timedelta(days=300))
    gone = factories.MemberFactory()
    revoke(gone)
    Member.objects.filter(pk=gone.pk).update(revoked_at=timezone.now() - timedelta(days=366))
    ancient = {"sent_at": timezone.now() - timedelta(days=61)}
    factories.InvitationFactory(expires_at=timezone.now() - timedelta(days=54), **ancient)
    factories.InvitationFactory(expires_at=timezone.now() - timedelta(days=61), **ancient)
    chores.forget_people_and_readings()
    assert list(Consultation.objects.all()) == [kept]
    assert set(Member.objects.all()) == {member, recent}
    assert not User.objects.filter(pk__in=[old.user_id, gone.user_id]).exists()
    assert Invitation.objects.count() == 1


def test_deleting_ones_account(things, member, reader) -> None:
    reader.get(things["report"].url)
    factories.InvitationFactory(email=member.user.email)
    wrong = reader.post(DELETION, {"password": "pas le bon du tout"})
    assert "Ce n’est pas le mot de passe de ce compte" in text(wrong)
    assert User.objects.filter(pk=member.user_id).exists()
    answer = reader.post(DELETION, {"password": factories.PASSWORD})
    assert "Votre compte est supprimé" in text(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert not User.objects.filter(pk=member.user_id).exists()
    line = Consultation.objects.get()
    assert (line.user, line.person) == (None, "Personne effacée")
    assert line.partner_name == "Ville d’essai"
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.filter(recipient=member.user.email).exists()
    assert reader.get(SPACE).status_code == 302


def test_a_session_left_open_does_not_let_one_guess_the_password(member, reader) -> None:
    for _ in range(10):
        assert reader.post(DELETION, {"password": "pas le bon du tout"}).status_code == 200
    assert reader.post(DELETION, {"password": factories.PASSWORD}).status_code == 429
    assert User.objects.filter(pk=member.user_id).exists()


def test_other_methods_are_refused(member, reader) -> None:
    assert reader.post(SPACE).status_code == 405
    assert reader.post(READINGS).status_code == 405
    assert reader.put(DELETION).status_code == 405


def test_the_team_is_not_asked_for_a_summary_of_it(member, administrator) -> None:
    missing, _count = pages_to_complete(50, administrator)
    assert "Espace partenaires" not in {page.title for page in missing}
