"""Signing in, passwords, second factor (S14 to S20 and S40 of the list of attacks)."""

import logging
import re
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache, caches
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from impulsion_site.roles import WRITING
from pages.accounts import passwords, secrets
from pages.accounts.logs import WithoutLinks
from pages.models import OutgoingMail, User

from . import factories
from .conftest import signed_in
from .one_time_codes import code_of

pytestmark = pytest.mark.django_db

LOGIN = "/compte/connexion/"
CODE = "/compte/double-authentification/code/"
ACTIVATE = "/compte/double-authentification/activer/"
CODES = "/compte/double-authentification/codes-de-secours/"
RESET = "/compte/mot-de-passe/oublie/"


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
    answer = client.post(ACTIVATE, {"code": code_of(secret)})
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
    assert client.post(CODE, {"code": code_of(factories.TOTP_SECRET)})["Location"] == "/admin/"
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


# --- S14: no way around -------------------------------------------------------------------


def test_a_password_alone_opens_nothing_under_admin(home, administrator) -> None:
    """Whatever the address: previews, choosers, answers for scripts, forms."""
    client = Client()
    door(administrator, client=client)
    page = factories.ContentPageFactory(parent=home)
    for address in (
        "/admin/",
        "/admin/account/",
        f"/admin/pages/{page.pk}/edit/",
        f"/admin/pages/{page.pk}/view_draft/",
        f"/admin/pages/{page.pk}/edit/preview/",
        "/admin/choose-page/",
        "/admin/images/chooser/",
        "/admin/api/main/pages/",
        "/admin/users/",
        "/admin/inconnue/",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, ACTIVATE), address
        answer = client.get(address, HTTP_X_REQUESTED_WITH="XMLHttpRequest")
        assert answer.status_code == 403, address
        assert client.post(address).status_code == 403, address
    assert client.get("/admin/logout/").status_code == 200
    assert client.post("/admin/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_older_session_does_not_profit_from_a_later_second_factor(home, writer) -> None:
    """Who stole the password before cannot wait until its owner activates the second factor."""
    thief = Client()
    door(writer, client=thief)
    assert signed_in(writer).get("/admin/").status_code == 200
    assert thief.get("/admin/")["Location"] == f"{LOGIN}?next=/admin/"
    assert "_auth_user_id" not in thief.session


def test_a_second_factor_that_is_removed_closes_the_admin(home, writer) -> None:
    client = signed_in(writer)
    Authenticator.objects.all().delete()
    assert client.get("/admin/")["Location"] == ACTIVATE


def test_a_code_is_played_once(home, writer) -> None:
    factories.AuthenticatorFactory(user=writer)
    code = code_of(factories.TOTP_SECRET)
    for status in (302, 200):
        client = Client()
        door(writer, client=client)
        assert client.post(CODE, {"code": code}).status_code == status


def test_a_hash_read_in_the_database_opens_nothing(home, writer) -> None:
    factories.AuthenticatorFactory(user=writer)
    code = "ABCD-EFGH-JKMN"
    hashed = secrets.hash_code(code, writer.pk)
    Authenticator.objects.create(
        user=writer, type="recovery_codes", data={"migrated_codes": [hashed]}
    )
    client = Client()
    door(writer, client=client)
    assert client.post(CODE, {"code": hashed}).status_code == 200
    assert client.post(CODE, {"code": "abcd efgh jkmn"}).status_code == 302


def test_a_new_secret_key_still_reads_the_second_factors(home, writer, settings) -> None:
    factories.AuthenticatorFactory(user=writer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "y" * 50
    client = Client()
    door(writer, client=client)
    assert client.post(CODE, {"code": code_of(factories.TOTP_SECRET)}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    kept = Authenticator.objects.get(user=writer)
    assert secrets.decrypt(kept.data["secret"]) == factories.TOTP_SECRET


def test_a_secret_that_no_key_reads_lets_nobody_in(home, writer, settings) -> None:
    factories.AuthenticatorFactory(user=writer)
    settings.SECRET_KEY = "a-lost-key-" + "z" * 50
    client = Client()
    door(writer, client=client)
    assert client.post(CODE, {"code": code_of(factories.TOTP_SECRET)}).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "address", "headers", "status"),
    [
        (True, "127.0.0.1", {}, 200),
        (True, "::1", {}, 200),
        (False, "127.0.0.1", {}, 302),
        (True, "192.0.2.7", {}, 302),
        (True, "127.0.0.1", {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 302),
        (True, "", {}, 302),
    ],
)
def test_the_local_administrator(home, settings, allowed, address, headers, status) -> None:
    settings.LOCAL_ADMINISTRATOR = allowed
    client = Client(REMOTE_ADDR=address, **headers)
    client.force_login(User.objects.create_superuser("moi@example.org", factories.PASSWORD))
    answer = client.get("/admin/")
    assert answer.status_code == status
    assert ("sans double authentification" in answer.content.decode()) == (status == 200)


def test_the_local_exception_is_for_the_administrator_only(home, settings, writer) -> None:
    settings.LOCAL_ADMINISTRATOR = True
    client = Client()
    client.force_login(writer)
    assert client.get("/admin/").status_code == 302


# --- S15: throttling ----------------------------------------------------------------------


def test_ten_bad_passwords_close_the_account_to_this_address_only(home) -> None:
    user = factories.UserFactory()
    for _ in range(10):
        assert door(user, "faux", REMOTE_ADDR="192.0.2.1").status_code == 200
    answer = door(user, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429
    assert "Attendez un quart d’heure" in answer.content.decode()
    # Its owner enters from elsewhere, and others from the same address.
    assert door(user, REMOTE_ADDR="192.0.2.2").status_code == 302
    assert door(factories.UserFactory(), REMOTE_ADDR="192.0.2.1").status_code == 302


def test_after_a_quarter_of_an_hour_the_address_may_try_again(home) -> None:
    user = factories.UserFactory()
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as now:
        for _ in range(11):
            door(user, "faux")
        assert door(user).status_code == 429
        now.shift(15 * 60 + 1)
        assert door(user).status_code == 302


def test_many_accounts_from_one_address_are_refused_too(home) -> None:
    users = factories.UserFactory.create_batch(3)
    answers = [door(users[n % 3], f"faux{n}").status_code for n in range(35)]
    assert answers[-1] == 429
    unknown = Client().post(LOGIN, {"login": "inconnu@example.org", "password": "x"})
    assert unknown.status_code == 429
    assert door(users[0], REMOTE_ADDR="192.0.2.9").status_code == 302


def test_a_hundred_posts_end_in_the_page_of_429(home) -> None:
    nobody = User(email="personne@example.org")
    answers = [door(nobody, "x") for _ in range(61)]
    assert answers[-1].status_code == 429
    assert "Trop d’essais en peu de temps" in answers[-1].content.decode()


@pytest.mark.parametrize(("proxies", "is_refused"), [(0, True), (1, True), (2, False)])
def test_a_forged_address_does_not_count(home, settings, proxies, is_refused) -> None:
    """The last address is written by our own proxy; those before by whoever wants."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    user = factories.UserFactory()
    for n in range(11):
        forged = {"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}, 192.0.2.1"}
        answer = door(user, "faux", REMOTE_ADDR="10.0.0.1", **forged)
    assert (answer.status_code == 429) == is_refused


def test_what_is_counted_is_counted_for_every_process(home) -> None:
    """In the database, and nothing of it in the memory of this one."""
    cache.set("page", 1)
    cache.set("allauth:x", 2, 60)
    assert caches["throttles"].get("allauth:x") == 2
    assert caches["throttles"].get("page") is None
    assert not cache.add("allauth:x", 3)
    assert cache.get("allauth:x") == 2
    cache.delete("allauth:x")
    assert cache.get("allauth:x") is None


# --- S16: passwords -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "quatre chevaux verts dansent",
        "haie-plantee-jeudi",
        "un mot de passe assez long",
        "é" * 6 + "ùàçîô" * 12,
        "zpqkfjdmwxvb",
        "830264917352640",
        "x7" * 10 + "le renard",
        "w" + "mot pris au hasard dans le dictionnaire, encore et encore, pour voir"[:63],
    ],
)
def test_a_strong_password_is_taken_as_it_is(password) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "onze signes",
        "association2026",
        "Association2026!",
        "impulsion-2026",
        "R3gie-Impulsion-62",
        "Carvin62220!!",
        "oignieslibercourt",
        "motdepasse1234",
        "password2026!",
        "azertyuiop123",
        "123456789012",
        "azertyuiopqs",
        "aaaaaaaaaaaa",
        "121212121212",
        "sunshine202612",
        "x" * 129,
    ],
)
def test_a_weak_password_is_refused_with_an_advice(password) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert re.search(r"Ajoutez|Prenez|suffisent", " ".join(refused.value.messages))


def test_the_three_thousand_most_common_passwords_are_refused() -> None:
    for password in sorted(passwords.common_passwords())[:3000]:
        assert not is_taken(password), password


def is_taken(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return False
    return True


def test_a_password_is_not_the_name_of_its_owner() -> None:
    user = User(email="marguerite.delattre@example.org", first_name="Marguerite")
    assert not is_guessable_for("marguerite.delattre", user)


def is_guessable_for(password: str, user: User) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


# --- S17: the forgotten password ----------------------------------------------------------


def ask(email: str):
    client = Client()
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(RESET, {"email": email})
    # What opens and ends a transaction aside.
    verbs = [query["sql"].split()[0] for query in asked.captured_queries]
    return answer, [verb for verb in verbs if verb not in ("SAVEPOINT", "RELEASE", "ROLLBACK")]


def test_nobody_learns_who_has_an_account(home, settings) -> None:
    """The same answer after the same questions to the database, and no mail to a stranger."""
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"
    user = factories.UserFactory()
    ask("encore-une@example.org")  # the first one also reads what is then kept in memory
    known, known_queries = ask(user.email)
    unknown, unknown_queries = ask("personne@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known_queries == unknown_queries
    (kept,) = OutgoingMail.objects.all()
    assert kept.recipient == user.email


def test_a_closed_account_receives_nothing_and_opens_nothing(home) -> None:
    user = factories.UserFactory(is_active=False)
    ask(user.email)
    assert not mail.outbox
    assert door(user).status_code == 200


def link_for(user: User) -> str:
    ask(user.email)
    return re.search(r"http://127\.0\.0\.1:8000(/compte/\S+)", mail.outbox[-1].body)[1]


def test_a_link_dies_after_a_day_and_after_a_login(home) -> None:
    user = factories.UserFactory()
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as now:
        link = link_for(user)
        now.shift(24 * 60 * 60 - 60)
        assert Client().get(link).status_code == 302
        now.shift(120)
        assert "ne marche plus" in Client().get(link).content.decode()
        now.shift(60 * 60)
        link = link_for(user)
        door(user)
        assert "ne marche plus" in Client().get(link).content.decode()


@pytest.mark.parametrize("email", [f"{'a' * 250}@ville.example", '"\x01"@ville.example'])
def test_an_address_that_no_mail_reaches_is_an_error_of_the_form(home, email) -> None:
    answer = Client().post(RESET, {"email": email})
    assert answer.status_code == 200
    assert "Aucun courriel n’arriverait à cette adresse : vérifiez-la." in answer.content.decode()


def test_the_link_goes_to_the_address_of_the_account_not_to_what_was_typed(home) -> None:
    """PostgreSQL takes « ı » for « i »: what was typed may be somebody else's address."""
    factories.UserFactory(email="titi@ville.example")
    Client().post(RESET, {"email": "TITI@Ville.example"})
    assert [sent.to for sent in mail.outbox] == [["titi@ville.example"]]


@pytest.mark.parametrize(
    "header", [{"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}]
)
def test_a_mail_never_repeats_the_host_of_the_request(home, header) -> None:
    user = factories.UserFactory()
    answer = Client(raise_request_exception=False).post(RESET, {"email": user.email}, **header)
    assert answer.status_code in (400, 302)
    assert not any("evil" in f"{sent.subject}{sent.body}" for sent in mail.outbox)


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_door_leads_nowhere_else(home, target) -> None:
    user = factories.UserFactory()
    client = Client()
    data = {"login": user.email, "password": factories.PASSWORD, "next": target}
    assert client.post(LOGIN, data)["Location"] == "/espace-partenaires/"
    assert client.get(LOGIN, {"next": target})["Location"] == "/espace-partenaires/"
    assert client.post("/compte/deconnexion/", {"next": target})["Location"] == "/"
    assert (
        "evil" not in str(client.get("/admin/login/", {"next": target})["Location"]).split("?")[0]
    )


def test_every_mail_is_in_french_and_plain(home, writer) -> None:
    factories.AuthenticatorFactory(user=writer)
    client = Client()
    door(writer, client=client)
    client.post(CODE, {"code": code_of(factories.TOTP_SECRET)})
    chosen = "quatre chevaux verts dansent"
    client.post(
        "/compte/mot-de-passe/",
        {"oldpassword": factories.PASSWORD, "password1": chosen, "password2": chosen},
    )
    client.post("/compte/double-authentification/retirer/")
    subjects = [sent.subject for sent in mail.outbox]
    assert subjects == ["Votre mot de passe est changé", "Le code du téléphone n’est plus demandé"]
    for sent in mail.outbox:
        assert sent.body.startswith("Bonjour,")
        assert not sent.alternatives
        assert "http://127.0.0.1:8000/compte/mot-de-passe/oublie/" in sent.body


# --- S18: sessions ------------------------------------------------------------------------


def test_a_session_gets_another_name_when_it_opens_and_dies_when_it_closes(home) -> None:
    user = factories.UserFactory()
    client = Client()
    client.get("/compte/mot-de-passe/oublie/1-x/")
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    door(user, client=client)
    opened = client.cookies["sessionid"].value
    assert opened != before
    closed = client.post("/compte/deconnexion/")
    assert closed["Clear-Site-Data"] == '"cache"'
    client.cookies["sessionid"] = opened
    assert client.get("/compte/").status_code == 302


def test_another_password_closes_the_other_sessions(home) -> None:
    user = factories.UserFactory()
    here, elsewhere = signed_in(user), signed_in(user)
    chosen = "quatre chevaux verts dansent"
    here.post(
        "/compte/mot-de-passe/",
        {"oldpassword": factories.PASSWORD, "password1": chosen, "password2": chosen},
    )
    assert here.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302


def test_a_closed_account_is_out_at_once(home, writer) -> None:
    client = signed_in(writer)
    User.objects.filter(pk=writer.pk).update(is_active=False)
    assert client.get("/admin/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("make", [factories.UserFactory, factories.WriterFactory])
def test_a_session_ends_after_eight_hours_of_rest_and_seven_days_of_work(home, make) -> None:
    hour = 60 * 60
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as now:
        client = signed_in(make())
        now.shift(8 * hour - 60)
        assert client.get("/compte/").status_code == 200
        now.shift(8 * hour + 60)
        assert client.get("/compte/").status_code == 302
        client = signed_in(make())
        for _ in range(7 * 24 // 7):
            assert client.get("/compte/").status_code == 200
            now.shift(7 * hour)
        now.shift(60)
        assert client.get("/compte/").status_code == 302


def test_a_visitor_gets_no_cookie_and_no_session(home) -> None:
    client = Client()
    client.get("/")
    assert not client.cookies
    assert not Session.objects.exists()


SCREENS = [
    LOGIN,
    RESET,
    f"{RESET}envoye/",
    f"{RESET}change/",
    f"{RESET}1-x/",
    "/compte/ferme/",
]
OWN_SCREENS = [
    "/compte/",
    "/compte/deconnexion/",
    "/compte/mot-de-passe/",
    "/compte/confirmation/",
    "/compte/double-authentification/",
    "/compte/cles-d-acces/",
]


def test_every_screen_is_kept_by_nobody_and_speaks_french(home) -> None:
    client = signed_in(factories.UserFactory())
    visits = [(Client(), address) for address in SCREENS] + [(client, a) for a in OWN_SCREENS]
    for browser, address in visits:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert answer["Cache-Control"] == "private, no-store", address
        assert answer["X-Robots-Tag"] == "noindex", address
        text = answer.content.decode()
        assert "style=" not in text, address
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), address
        assert not re.search(r"\b(password|sign in|your|email address)\b", visible(text), re.I)


def visible(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(head|script).*?</\1>", "", page))


@pytest.mark.parametrize(
    "address",
    ["signup/", "inscription/", "email/", "confirm-email/", "social/connections/", "login/code/"],
)
def test_nobody_opens_an_account_alone(home, address) -> None:
    assert Client().get(f"/compte/{address}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


# --- S19 and S20 --------------------------------------------------------------------------


def test_no_account_waits_behind_a_known_password(home) -> None:
    assert not User.objects.exists()
    assert Client().get("/django-admin/").status_code == 404


def test_a_partner_sees_nothing_of_the_admin(home) -> None:
    client = signed_in(factories.UserFactory())
    for address in (
        "/admin/",
        "/admin/pages/",
        "/admin/users/",
        "/admin/api/main/pages/",
        "/admin/x",
    ):
        assert client.get(address).status_code == 403, address


# --- The way back in ----------------------------------------------------------------------


def test_who_lost_everything_gets_back_in_from_the_server(home, administrator, caplog) -> None:
    factories.AuthenticatorFactory(user=administrator)
    thief = signed_in(administrator)
    other = signed_in(factories.UserFactory())
    said = StringIO()
    call_command("recover_access", administrator.email.upper(), stdout=said)
    link = re.search(r"http://127\.0\.0\.1:8000(/compte/\S+)", said.getvalue())[1]
    assert "given back" in caplog.text
    assert thief.get("/admin/").status_code == 302
    assert other.get("/compte/").status_code == 200
    assert not Authenticator.objects.filter(user=administrator).exists()
    assert door(administrator).status_code == 200
    client = Client()
    form = client.get(link)["Location"]
    chosen = "quatre chevaux verts dansent"
    client.post(form, {"password1": chosen, "password2": chosen})
    door(administrator, chosen, client)
    assert client.get("/admin/")["Location"] == ACTIVATE
    assert "ne marche plus" in Client().get(link).content.decode()


def test_the_way_back_in_says_what_is_wrong(home) -> None:
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("recover_access", "personne@example.org")
    closed = factories.UserFactory(is_active=False)
    with pytest.raises(CommandError, match="fermé"):
        call_command("recover_access", closed.email)


# --- New colleagues -----------------------------------------------------------------------


def test_who_makes_an_account_does_not_choose_its_password(home, administrator) -> None:
    account = {
        "email": "nouvelle@example.org",
        "first_name": "Nour",
        "last_name": "Diallo",
        "password1": "",
        "password2": "",
        "groups": [Group.objects.get(name=WRITING).pk],
    }
    signed_in(administrator).post("/admin/users/new/", account)
    user = User.objects.get(email="nouvelle@example.org")
    assert door(user, "").status_code == 200
    client = Client()
    form = client.get(link_for(user))["Location"]
    chosen = "quatre chevaux verts dansent"
    client.post(form, {"password1": chosen, "password2": chosen})
    door(user, chosen, client)
    assert client.get("/admin/")["Location"] == ACTIVATE


def test_the_admin_leads_to_the_one_place_of_passwords(home, writer) -> None:
    page = signed_in(writer).get("/admin/account/").content.decode()
    assert "/compte/" in page
    assert 'name="password' not in page
    assert 'type="email"' not in page


def test_a_weak_password_given_by_an_administrator_is_refused_too(home, administrator) -> None:
    account = {
        "email": "nouvelle@example.org",
        "first_name": "Nour",
        "last_name": "Diallo",
        "password1": "association2026",
        "password2": "association2026",
    }
    signed_in(administrator).post("/admin/users/new/", account)
    assert not User.objects.filter(email="nouvelle@example.org").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (LOGIN, ["Écrivez votre adresse e-mail.", "Écrivez votre mot de passe."]),
        ("/compte/mot-de-passe/oublie/", ["Écrivez votre adresse e-mail."]),
    ],
)
def test_an_empty_field_says_what_to_write(home, address: str, words: list[str]) -> None:
    answer = Client().post(address, {}).content.decode()
    assert "Champ requis" not in answer
    for sentence in words:
        assert sentence in answer


def test_half_an_address_says_how_one_is_written(home) -> None:
    answer = Client().post(LOGIN, {"login": "camille", "password": "x"}).content.decode()
    assert "nom@exemple.fr" in answer
    assert 'value="camille"' in answer


# --- What the log says --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/espace-partenaires/invitation/SecretToken-0123_xyz/",
        "/compte/mot-de-passe/oublie/1-SecretToken-0123/",
    ],
)
def test_a_link_that_opens_an_account_is_not_in_the_log(settings, path) -> None:
    handlers = settings.LOGGING["handlers"]
    assert all("without_links" in handler["filters"] for handler in handlers.values())
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "%s: %s", ("Internal Server Error", path), None
    )
    assert WithoutLinks().filter(record)
    assert "Secret" not in record.getMessage()
    assert record.getMessage().startswith("Internal Server Error: /")
