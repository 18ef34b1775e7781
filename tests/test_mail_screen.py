"""The list of mails in the admin: who may read it, what it never says, what one may do."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from impulsion_site.roles import ensure_roles
from pages.models import HomePage, OutgoingMail, User

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

LIST = "/admin/courriels/"
State = OutgoingMail.State


@pytest.fixture
def boss(home: HomePage, administrator: User) -> Client:
    return signed_in(administrator)


def write(**fields) -> OutgoingMail:
    return factories.OutgoingMailFactory(**{"recipient": "eve@example.org", **fields})


def read(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_what_happens_to_a_mail_and_never_what_it_says(boss) -> None:
    write(
        subject="Votre <invitation>",
        message=b"Subject: A\r\n\r\nhttps://secret",
        attempts=3,
        last_error="Le serveur ne répond pas.",
    )
    html = read(boss)
    assert "Votre &lt;invitation&gt;" in html
    assert "eve@example.org" in html
    assert "3 essais, le prochain le" in html
    assert "Le serveur ne répond pas." in html
    assert "secret" not in html
    assert "export=" not in html


def test_the_list_says_where_mails_go(boss, settings) -> None:
    settings.MAIL_DELIVERY_BACKEND = "pages.mail_folder.FolderBackend"
    write()
    assert f"gardés dans le dossier {settings.EMAIL_FILE_PATH}" in read(boss)
    settings.MAIL_DELIVERY_BACKEND = "pages.mail_delivery.SmtpBackend"
    settings.EMAIL_HOST = "mail.example"
    assert "par le serveur mail.example" in read(boss)


def test_the_list_is_filtered_by_state_and_by_person(boss) -> None:
    write(subject="Premier", state=State.REFUSED)
    write(subject="Second", recipient="zoe@example.org")
    html = read(boss, f"{LIST}?state=refuse")
    assert "Premier" in html
    assert "Second" not in html
    html = read(boss, f"{LIST}liste/?recipient=ZOE")
    assert "Premier" not in html
    assert "Second" in html
    assert "Aucun courriel ne répond" in read(boss, f"{LIST}?recipient=personne")


def test_an_empty_list_says_so(boss) -> None:
    assert "n’a encore écrit aucun courriel" in read(boss)


def test_the_list_costs_the_same_however_long(boss, django_assert_max_num_queries) -> None:
    read(boss)
    for _ in range(60):
        write(recipient="eve@example.org", attempts=1)
    with django_assert_max_num_queries(20):
        assert read(boss).count("Renvoyer maintenant</button>") == 50


def test_a_failed_mail_is_sent_again_or_given_up(boss) -> None:
    mail = write(state=State.REFUSED, attempts=1, last_error="non")
    answer = boss.post(f"{LIST}{mail.pk}/?state=refuse")
    assert answer["Location"] == f"{LIST}?state=refuse"
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.WAITING, 0)
    boss.post(f"{LIST}{mail.pk}/", {"give_up": "1"})
    mail.refresh_from_db()
    assert (mail.state, mail.message) == (State.GIVEN_UP, None)
    assert "Renvoyer maintenant" not in read(boss)


def test_a_mail_that_left_is_left_alone(boss) -> None:
    mail = write(state=State.SENT, message=None, sent_at=timezone.now())
    answer = boss.post(f"{LIST}{mail.pk}/", follow=True)
    assert "Rien n’a changé" in answer.content.decode()
    mail.refresh_from_db()
    assert mail.state == State.SENT


def test_once_the_server_is_mended_all_that_waits_leaves_at_once(boss) -> None:
    later = timezone.now() + timedelta(hours=6)
    write(attempts=4, next_attempt_at=later)
    write(attempts=2, next_attempt_at=later, recipient="zoe@example.org")
    write(state=State.REFUSED, attempts=1, recipient="no@example.org")
    assert "Renvoyer maintenant les 2 qui attendent" in read(boss)
    boss.post(f"{LIST}renvoyer/")
    due = OutgoingMail.objects.filter(next_attempt_at__lte=timezone.now(), state=State.WAITING)
    assert due.count() == 2


@pytest.mark.parametrize("address", [f"{LIST}1/", f"{LIST}renvoyer/"])
def test_nothing_happens_without_a_button(boss, address: str) -> None:
    assert boss.get(address).status_code == 405


def test_only_the_administration_may_do_anything(home, publisher) -> None:
    mail = write(state=State.REFUSED)
    browser = signed_in(publisher)
    for address in (f"{LIST}{mail.pk}/", f"{LIST}renvoyer/"):
        assert browser.post(address).status_code in (302, 403)
    mail.refresh_from_db()
    assert mail.state == State.REFUSED
    ensure_roles()
    given = Permission.objects.filter(
        content_type__model="outgoingmail", group__isnull=False
    ).values_list("codename", "group__name")
    assert set(given) == {
        ("view_outgoingmail", "Administration"),
        ("change_outgoingmail", "Administration"),
    }


def test_who_may_only_read_finds_no_button(home) -> None:
    reader = factories.UserFactory(group="Rédaction")
    reader.user_permissions.add(Permission.objects.get(codename="view_outgoingmail"))
    mail = write(state=State.REFUSED, attempts=1)
    browser = signed_in(reader)
    assert "Renvoyer maintenant" not in read(browser)
    assert browser.post(f"{LIST}{mail.pk}/").status_code in (302, 403)


# --- The home of the admin ----------------------------------------------------------------


def test_the_home_says_that_mails_do_not_leave_until_somebody_decides(boss, writer) -> None:
    write(state=State.SENT, message=None)
    write(recipient="new@example.org")
    assert "Des courriels ne partent pas" not in read(boss, "/admin/")
    failed = write(state=State.REFUSED, recipient="a@example.org")
    write(recipient="b@example.org", created_at=timezone.now() - timedelta(hours=1))
    html = read(boss, "/admin/")
    assert "Un courriel n’arrivera pas" in html
    assert "Un courriel attend depuis plus d’une demi-heure" in html
    assert "Des courriels ne partent pas" not in read(signed_in(writer), "/admin/")
    boss.post(f"{LIST}{failed.pk}/", {"give_up": "1"})
    assert "n’arrivera pas" not in read(boss, "/admin/")
