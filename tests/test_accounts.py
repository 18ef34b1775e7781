"""Signing in, passwords, second factor (S14 to S20 and S40 of the list of attacks)."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

LOGIN = "/compte/connexion/"
CODE = "/compte/double-authentification/code/"
ACTIVATE = "/compte/double-authentification/activer/"
CODES = "/compte/double-authentification/codes-de-secours/"
RESET = "/compte/mot-de-passe/oublie/"


def code_now(secret: str = factories.TOTP_SECRET) -> str:
    """What the application of this secret shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def door(user, password: str = factories.PASSWORD, client: Client | None = None, **headers):
    """The answer of the door to this address and this password."""
    client = client or Client()
    return client.post(LOGIN, {"login": user.email, "password": password}, **headers)


# --- One door -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "arrives"),
    [
        ("/admin/login/?next=/admin/pages/", f"{LOGIN}?next=/admin/pages/"),
        ("/_util/login/?next=/a/", f"{LOGIN}?next=/a/"),
        ("/admin/password_reset/", RESET),
        ("/admin/password_reset/confirm/MQ/x-y/", RESET),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_wagtail_has_of_its_own_leads_to_the_one_door(home, address, arrives, method) -> None:
    answer = getattr(Client(), method)(address)
    assert (answer.status_code, answer["Location"]) == (302, arrives)


def test_wagtails_form_opens_nothing(home, writer) -> None:
    client = Client()
    data = {"username": writer.email, "password": factories.PASSWORD}
    for address in ("/admin/login/", "/_util/login/"):
        client.post(address, data)
        assert "_auth_user_id" not in client.session


def test_staff_without_second_factor_are_led_to_its_activation(home, writer) -> None:
    client = Client()
    assert door(writer, client=client)["Location"] == "/admin/"
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain == [(ACTIVATE, 302)]
    assert "activez d’abord la double authentification" in answer.content.decode()


def test_the_whole_first_entrance(home, writer) -> None:
    client = Client()
    door(writer, client=client)
    page = client.get(ACTIVATE).content.decode()
    secret = re.search(r'data-secret="(\w+)"', page)[1]
    answer = client.post(ACTIVATE, {"code": code_now(secret)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    page = client.get(CODES).content.decode()
    codes = re.findall(r"<code>([\w-]+)</code>", page)
    assert len(codes) == 10
    assert client.get("/admin/").status_code == 200
    # Once shown, nobody shows them again; none is in the database.
    assert not re.findall(r"<code>([\w-]+)</code>", client.get(CODES).content.decode())
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    # Each opens the account once, however it is typed.
    for status in (302, 200):
        other = Client()
        assert door(writer, client=other)["Location"] == CODE
        assert other.post(CODE, {"code": codes[0].lower()}).status_code == status
    assert not EmailAddress.objects.exists()


def test_the_code_is_asked_after_the_password(home, writer) -> None:
    factories.AuthenticatorFactory(user=writer)
    client = Client()
    assert door(writer, client=client)["Location"] == CODE
    assert client.get("/admin/").status_code == 302
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert client.post(CODE, {"code": code_now()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_new_password_by_mail(home, writer) -> None:
    factories.AuthenticatorFactory(user=writer)
    client = Client()
    answer = client.post(RESET, {"email": writer.email.upper()})
    assert answer["Location"] == f"{RESET}envoye/"
    (sent,) = mail.outbox
    link = re.search(r"http://127\.0\.0\.1:8000(/compte/\S+)", sent.body)[1]
    form = client.get(link)["Location"]
    chosen = "quatre chevaux verts dansent"
    answer = client.post(form, {"password1": chosen, "password2": chosen})
    assert answer["Location"] == f"{RESET}change/"
    # It opens no session, and the second factor is still asked.
    assert "_auth_user_id" not in client.session
    assert door(writer, chosen, client)["Location"] == CODE
    # The link is dead.
    assert "ne marche plus" in Client().get(link).content.decode()


def test_logging_out_and_partners(home) -> None:
    partner = factories.UserFactory()
    client = Client()
    assert door(partner, client=client)["Location"] == "/espace-partenaires/"
    assert client.get("/admin/").status_code == 403
    assert client.post("/compte/deconnexion/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_every_admin_screen_wants_the_second_factor(home, administrator) -> None:
    assert signed_in(administrator).get("/admin/").status_code == 200
