"""Invitations: one link, one person, seven days; whoever else holds it gets nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection

from pages.models import User
from partners.accounts import invitations
from partners.accounts.access import revoke
from partners.models import Invitation, Member, Partner
from partners.models.accounts import hash_of

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "camille@ville.example"
PASSWORD = "quatre moulins sans vent"
ANSWERS = {
    "first_name": "Camille",
    "last_name": "Ledoux",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def partner(home) -> Partner:
    factories.PartnerSpacePageFactory()
    return factories.PartnerFactory(name="Ville d’essai")


def invited(partner: Partner, by: User, email: str = ADDRESS) -> str:
    """Invite, and return the path of the link that the mail holds."""
    invitations.invite(partner, email, by)
    found = re.search(r"http://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_from_the_mail_to_the_space(partner, administrator) -> None:
    link = invited(partner, administrator)
    message = mail.outbox[-1]
    assert message.to == [ADDRESS]
    assert "Ville d’essai" in message.subject
    assert "sept jours" not in message.body
    token = link.rstrip("/").rpartition("/")[2]
    row = Invitation.objects.get()
    assert row.token_hash == hash_of(token)
    assert token not in str(row.__dict__)

    browser = Client()
    answer = browser.get(link)
    assert answer.status_code == 302
    form_address = answer["Location"]
    assert token not in form_address
    form = browser.get(form_address)
    assert answer["Referrer-Policy"] == "no-referrer"
    # « no-referrer » would send the form from nowhere, which Django refuses.
    assert form["Referrer-Policy"] == "same-origin"
    for page in (answer, form):
        assert page["Cache-Control"] == "private, no-store"
        assert page["X-Robots-Tag"] == "noindex"
    assert token not in form.content.decode()
    assert ADDRESS in form.content.decode()
    before = browser.cookies["sessionid"].value

    done = browser.post(form_address, ANSWERS)
    assert done.status_code == 302
    assert done["Location"] == "/espace-partenaires/"
    assert browser.cookies["sessionid"].value != before
    space = browser.get("/espace-partenaires/")
    assert space.status_code == 200
    assert "Ville d’essai" in space.content.decode()
    member = Member.objects.get()
    assert member.user.email == ADDRESS
    assert str(member.user) == "Camille Ledoux"
    assert {group.name for group in member.user.groups.all()} == {
        "Partenaires",
        "Partenaire – Ville d’essai",
    }
    assert not member.user.has_perm("wagtailadmin.access_admin")
    assert not Client().login(email=ADDRESS, password="autre chose tout à fait")
    assert Client().login(email=ADDRESS, password=PASSWORD)


def test_a_machine_that_opens_the_link_uses_nothing(partner, administrator) -> None:
    link = invited(partner, administrator)
    for _ in range(3):
        filter_of_mails = Client()
        assert filter_of_mails.head(link).status_code == 302
        assert filter_of_mails.get(link, follow=True).status_code == 200
    assert Invitation.objects.usable().count() == 1
    assert not Member.objects.exists()
    assert Client().post(link).status_code == 405


def opens(link: str) -> bool:
    """Whether the link still shows the form; otherwise the same page for all says what to do."""
    answer = Client().get(link, follow=True)
    text = answer.content.decode()
    if answer.status_code == 200:
        return "Ouvrir mon compte" in text
    assert answer.status_code == 410
    assert "Ce lien n’ouvre plus rien" in text
    assert "demandez-lui une nouvelle invitation" in text
    assert ADDRESS not in text
    assert "Ville d’essai" not in text
    return False


def test_a_link_opens_nothing_once_used(partner, administrator) -> None:
    link = invited(partner, administrator)
    browser = Client()
    browser.get(link)
    browser.post(reverse("invitation"), ANSWERS)
    assert not opens(link)
    # The one who had the form open at the same time is not let in either.
    assert Client().post(reverse("invitation"), ANSWERS).status_code == 410


def test_two_acceptances_make_one_account(partner, administrator) -> None:
    invitations.invite(partner, ADDRESS, administrator)
    row = Invitation.objects.get()
    assert invitations.accept(row, PASSWORD, "Camille", "Ledoux") is not None
    assert invitations.accept(row, PASSWORD, "Camille", "Ledoux") is None
    assert Member.objects.count() == 1


def test_a_link_lasts_seven_days(partner, administrator) -> None:
    link = invited(partner, administrator)
    sent = timezone.now()
    with time_machine.travel(sent + timedelta(days=7, minutes=-1), tick=False):
        assert opens(link)
    with time_machine.travel(sent + timedelta(days=7, minutes=1), tick=False):
        assert not opens(link)


def test_a_new_invitation_and_a_withdrawal_kill_the_link(partner, administrator) -> None:
    first = invited(partner, administrator)
    second = invited(partner, administrator, ADDRESS.upper())
    assert not opens(first)
    assert opens(second)
    invitations.cancel(ADDRESS)
    assert not opens(second)
    assert not opens("/espace-partenaires/invitation/jamais-envoyee/")


def test_an_invitation_is_bound_to_its_address(partner, administrator) -> None:
    link = invited(partner, administrator)
    browser = Client()
    browser.get(link)
    browser.post(reverse("invitation"), {**ANSWERS, "username": "autre@example.org"})
    assert Member.objects.get().user.email == ADDRESS


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "court", "again": "court"}, "trop court"),
        ({"again": "un autre mot de passe"}, "ne sont pas les mêmes"),
        ({"password": ADDRESS, "again": ADDRESS}, "trop semblable"),
        ({"first_name": ""}, "Écrivez votre prénom"),
        ({"password": "", "again": ""}, "Choisissez un mot de passe"),
    ],
)
def test_what_is_wrong_is_said_and_uses_nothing(partner, administrator, change, sentence) -> None:
    browser = Client()
    browser.get(invited(partner, administrator))
    answer = browser.post(reverse("invitation"), {**ANSWERS, **change})
    assert answer.status_code == 200
    assert "Erreur" in answer.content.decode()
    assert sentence in answer.content.decode()
    assert Invitation.objects.usable().exists()
    assert PASSWORD not in answer.content.decode()


def test_who_is_signed_in_already_is_told_so(partner, administrator) -> None:
    link = invited(partner, administrator)
    other = factories.MemberFactory()
    answer = signed_in(other.user).get(link, follow=True)
    assert "Un compte est déjà ouvert ici" in answer.content.decode()
    assert opens(link)


def test_whom_one_may_not_invite(partner, administrator, writer) -> None:
    here = factories.MemberFactory(partner=partner)
    elsewhere = factories.MemberFactory()
    alone = factories.UserFactory()
    for email, sentence in (
        (writer.email, "personne de l’équipe"),
        (writer.email.upper(), "personne de l’équipe"),
        (here.user.email, "déjà un compte ouvert"),
        (elsewhere.user.email, "a déjà un compte pour"),
        (alone.email, "Un compte existe déjà"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            invitations.invite(partner, email, administrator)
    assert not mail.outbox


def test_an_address_taken_since_makes_the_link_dead(partner, administrator) -> None:
    link = invited(partner, administrator)
    factories.WriterFactory(email=ADDRESS)
    assert not opens(link)


def test_a_revoked_person_comes_back_by_a_new_invitation(partner, administrator) -> None:
    member = factories.MemberFactory(partner=partner, user__email=ADDRESS)
    old = signed_in(member.user)
    revoke(member)
    browser = Client()
    browser.get(invited(partner, administrator))
    assert browser.post(reverse("invitation"), ANSWERS).status_code == 302
    assert browser.get("/espace-partenaires/").status_code == 200
    assert Member.objects.get().is_open
    assert old.get("/espace-partenaires/").status_code == 302


def test_a_second_factor_is_not_replaced_by_a_link(partner, administrator) -> None:
    member = factories.MemberFactory(partner=partner, user__email=ADDRESS)
    factories.AuthenticatorFactory(user=member.user)
    revoke(member)
    browser = Client()
    browser.get(invited(partner, administrator))
    answer = browser.post(reverse("invitation"), ANSWERS)
    assert answer["Location"] == reverse("account_login")
    assert browser.get("/espace-partenaires/").status_code == 302


def test_the_team_invites_resends_withdraws_and_revokes(partner, administrator) -> None:
    browser = signed_in(administrator)
    screen = reverse("partner_people")
    assert "Personne n’a encore été invité" in browser.get(screen).content.decode()
    sent = browser.post(screen, {"partner": partner.pk, "email": ADDRESS}, follow=True)
    assert f"L’invitation part à {ADDRESS}" in sent.content.decode()
    assert "invitation envoyée" in sent.content.decode()
    row = Invitation.objects.get()
    browser.post(reverse("partner_invite_again", args=[row.pk]))
    assert len(mail.outbox) == 2
    row = Invitation.objects.waiting().get()
    browser.post(reverse("partner_invitation_withdraw", args=[row.pk]))
    assert not Invitation.objects.waiting().exists()
    wrong = browser.post(screen, {"partner": partner.pk, "email": administrator.email})
    assert "personne de l’équipe" in wrong.content.decode()

    member = factories.MemberFactory(partner=partner)
    reader = signed_in(member.user)
    assert reader.get("/espace-partenaires/").status_code == 200
    done = browser.post(reverse("partner_member_revoke", args=[member.pk]), follow=True)
    assert "est révoqué" in done.content.decode()
    assert "accès révoqué" in done.content.decode()
    assert reader.get("/espace-partenaires/").status_code == 302


def test_the_end_of_an_access_is_changed(partner, administrator) -> None:
    member = factories.MemberFactory(partner=partner)
    browser = signed_in(administrator)
    address = reverse("partner_member", args=[member.pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"ends_on": "2020-01-31"}).status_code == 302
    member.refresh_from_db()
    assert member.state == Member.State.ENDED
    assert "accès fini" in browser.get(reverse("partner_people")).content.decode()
    browser.post(address, {"ends_on": ""})
    member.refresh_from_db()
    assert member.is_open


@pytest.mark.parametrize("name", ["writer", "publisher"])
def test_only_the_administration_manages_people(partner, request, name) -> None:
    browser = signed_in(request.getfixturevalue(name))
    member = factories.MemberFactory(partner=partner)
    row = factories.InvitationFactory(partner=partner)
    refused = [
        browser.get(reverse("partner_people")),
        browser.post(reverse("partner_people"), {"partner": partner.pk, "email": ADDRESS}),
        browser.get(reverse("partner_member", args=[member.pk])),
        browser.post(reverse("partner_member_revoke", args=[member.pk])),
        browser.post(reverse("partner_invite_again", args=[row.pk])),
        browser.post(reverse("partner_invitation_withdraw", args=[row.pk])),
        browser.post(reverse("partner_folder", args=[partner.pk])),
        browser.get(reverse("consultations")),
    ]
    assert {answer.status_code for answer in refused} <= {302, 403}
    assert not mail.outbox
    assert Member.objects.get().is_open
    assert "personnes-des-partenaires" not in browser.get("/admin/").content.decode()


def test_the_list_of_people_reads_the_same_whatever_their_number(
    partner, administrator, django_assert_max_num_queries
) -> None:
    browser = signed_in(administrator)
    for _ in range(3):
        other = factories.PartnerFactory()
        factories.SupportFactory(partner=other)
        factories.MemberFactory.create_batch(3, partner=other)
        factories.InvitationFactory(partner=other)
    browser.get(reverse("partner_people"))
    with django_assert_max_num_queries(30):
        browser.get(reverse("partner_people"))


def test_a_name_pasted_with_an_end_of_line_does_not_stop_the_invitation(
    partner, administrator
) -> None:
    Partner.objects.filter(pk=partner.pk).update(name="Ville\r\nBcc: x@example.org")
    partner.refresh_from_db()
    invited(partner, administrator)
    assert "(Ville Bcc: x@example.org)" in mail.outbox[-1].subject
    assert mail.outbox[-1].recipients() == [ADDRESS]


def test_two_of_the_team_who_invite_at_once_send_one_link(
    partner, administrator, monkeypatch
) -> None:
    invited(partner, administrator)
    # The other one has not written yet when this one looks for what waits.
    monkeypatch.setattr(invitations, "cancel", lambda email: None)
    answer = signed_in(administrator).post(
        reverse("partner_people"), {"partner": partner.pk, "email": ADDRESS}
    )
    assert "Une invitation part déjà à cette adresse." in answer.content.decode()
    assert len(mail.outbox) == Invitation.objects.count() == 1


def test_an_address_too_long_for_any_mail_is_refused(partner, administrator) -> None:
    answer = signed_in(administrator).post(
        reverse("partner_people"), {"partner": partner.pk, "email": f"{'a' * 250}@ville.example"}
    )
    assert "Aucun courriel n’arriverait" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("given", ["the day", "the agreement"])
def test_an_access_that_is_over_already_is_not_offered(partner, administrator, given) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    data = {"partner": partner.pk, "email": ADDRESS}
    if given == "the day":
        data["ends_on"] = f"{yesterday:%Y-%m-%d}"
    else:
        factories.SupportFactory(
            partner=partner, starts_on=yesterday - timedelta(days=300), ends_on=yesterday
        )
    answer = signed_in(administrator).post(reverse("partner_people"), data)
    assert "L’accès serait fini depuis le" in answer.content.decode()
    assert not mail.outbox


def test_an_account_of_the_team_made_meanwhile_is_left_alone(partner, administrator) -> None:
    invitation = invitations.invite(partner, ADDRESS, administrator)
    person = factories.WriterFactory(email=ADDRESS)
    before = person.password
    assert invitations.accept(invitation, PASSWORD, "Camille", "Ledoux") is None
    person.refresh_from_db()
    assert person.password == before
    assert not Member.objects.exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_the_first_invitation_makes_both_folders(partner, administrator) -> None:
    invited(partner, administrator)
    names = set(Collection.objects.values_list("name", flat=True))
    assert {"Partenaire – Ville d’essai", "Tous les partenaires"} <= names


def test_who_opens_a_link_twice_is_led_to_the_space(partner, administrator) -> None:
    browser = Client()
    browser.get(invited(partner, administrator))
    browser.post(reverse("invitation"), ANSWERS)
    again = browser.get(reverse("invitation")).content.decode()
    assert 'href="/espace-partenaires/"' in again
    assert 'href="/espace-partenaires/"' in browser.get("/compte/").content.decode()
