"""The follow-up of requests: who reads them, what one does of them, and two people at once."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact import admin_views
from contact.finding import FindForm, dialled
from contact.follow_up import Seen
from contact.models import ContactRequest, PersonalDataAccess, RequestEvent
from contact.reasons import Reason
from contact.receiving import Submission, receive
from contact.retention import erase_requests
from pages.models import HomePage, OutgoingMail, User

from . import factories
from .conftest import signed_in

LIST = "/admin/demandes/"
State = ContactRequest.State
Kind = RequestEvent.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(home: HomePage, receptionist: User) -> Client:
    """The browser of the reception."""
    return signed_in(receptionist)


@pytest.fixture
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "pages.outbox.OutboxBackend"


def ask(**fields: Any) -> ContactRequest:
    return factories.ContactRequestFactory(**fields)


def read(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def address_of(asked: ContactRequest, action: str = "") -> str:
    return f"{LIST}{asked.pk}/{f'{action}/' if action else ''}"


def seen(asked: ContactRequest) -> str:
    """What the forms of the screen say of it, as it is now."""
    asked.refresh_from_db()
    last = asked.events.order_by("-pk").values_list("pk", flat=True).first()
    return Seen.of(asked, last or 0).token


def post(client: Client, asked: ContactRequest, action: str, **data: Any) -> str:
    data = {"vu": seen(asked), **data}
    answer = client.post(address_of(asked, action), data, follow=True)
    assert answer.status_code == 200
    asked.refresh_from_db()
    return answer.content.decode()


# --- Who ----------------------------------------------------------------------------------


def test_those_who_write_pages_see_nothing_of_requests(home, writer, publisher) -> None:
    asked = ask(name="Monsieur Secret")
    for user in (writer, publisher):
        client = signed_in(user)
        dashboard = read(client, "/admin/")
        assert LIST not in dashboard
        assert "non lue" not in dashboard
        for address in (LIST, address_of(asked), f"{LIST}statistiques/", f"{LIST}demandes.csv"):
            answer = client.get(address, follow=True)
            assert "Monsieur Secret" not in answer.content.decode()
            assert answer.request["PATH_INFO"] == "/admin/", address
    asked.refresh_from_db()
    assert asked.read_at is None


def test_who_may_only_read_is_offered_no_button(home) -> None:
    user = factories.UserFactory()
    user.user_permissions.add(
        Permission.objects.get(codename="view_contactrequest"),
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
    )
    asked, client = ask(), signed_in(user)
    html = read(client, address_of(asked))
    assert "Je m’en occupe" not in html
    assert "Envoyer la réponse" not in html
    client.post(address_of(asked, "etat"), {"faire": "clore", "vu": seen(asked)})
    asked.refresh_from_db()
    assert asked.state == State.NEW


def test_the_home_says_how_many_nobody_has_read_and_leads_there(desk, receptionist) -> None:
    ask(), ask(), ask(state=State.SPAM), ask(read_at=timezone.now(), assigned_to=receptionist)
    html = read(desk, "/admin/")
    assert "2 demandes non lues" in html
    assert "3 à traiter" in html
    assert "1 que vous suivez" in html
    assert f'href="{LIST}"' in html
    ContactRequest.objects.all().delete()
    assert "Aucune demande non lue" in read(desk, "/admin/")


def test_the_home_tells_what_was_set_aside_and_nobody_opened(desk) -> None:
    ask(state=State.SPAM, read_at=timezone.now())
    assert "de côté" not in read(desk, "/admin/")
    ask(state=State.SPAM), ask(state=State.SPAM)
    assert "2 mises de côté, que personne n’a ouvertes" in read(desk, "/admin/")


def test_every_reading_is_noted_by_reference_only(desk, receptionist) -> None:
    asked = ask(name="Monsieur Secret")
    read(desk)
    read(desk, address_of(asked))
    desk.get(f"{LIST}demandes.csv")
    desk.post(LIST, {"cherche": "secret"}, follow=True)
    lines = PersonalDataAccess.objects.order_by("pk")
    assert [line.action for line in lines] == ["liste", "ouverte", "export", "recherche"]
    assert all(line.user == receptionist for line in lines)
    assert not [line for line in lines if "ecret" in line.what]


# --- The list -----------------------------------------------------------------------------


def names(html: str) -> list[str]:
    """Who is in a list, in order."""
    lines = re.findall(r'class="request-line__who"><a href="[^"]*">(.*?)</a>', html)
    return [re.sub(r"<[^>]+>.*?</[^>]+>", "", line) for line in lines]


def test_the_list_shows_what_awaits_an_answer_and_marks_what_nobody_has_read(desk) -> None:
    ask(name="Ancienne", read_at=timezone.now(), received_at=timezone.now() - timedelta(days=3))
    ask(name="Neuve")
    ask(name="Répondue", state=State.ANSWERED)
    ask(name="Écartée", state=State.SPAM)
    html = read(desk)
    assert names(html) == ["Neuve", "Ancienne"]
    assert html.count("Non lue\u00a0: ") == 1
    assert names(read(desk, f"{LIST}?vue=indesirables")) == ["Écartée"]
    assert len(names(read(desk, f"{LIST}?vue=toutes"))) == 3


def test_what_a_visitor_wrote_is_shown_as_text(desk) -> None:
    asked = ask(name="<b>Zoé</b>", message="<script>alert(1)</script>")
    for html in (read(desk), read(desk, address_of(asked))):
        assert "<b>Zoé" not in html
        assert "<script>alert" not in html


@pytest.mark.parametrize(
    "typed", ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "12 34 56", "06.12.34.56.78"]
)
def test_a_number_is_found_however_it_is_typed(desk, typed) -> None:
    ask(name="Lui", phone="06-12-34-56-78", phone_digits="33612345678")
    ask(name="Une autre", phone="07 00 00 00 00", phone_digits="33700000000")
    assert names(search(desk, typed)) == ["Lui"]


def search(client: Client, words: str, **more: str) -> str:
    answer = client.post(LIST, {"cherche": words, **more})
    assert answer.status_code == 302
    # Neither a name nor a number in what servers log.
    assert words not in answer["Location"]
    return read(client, answer["Location"])


def test_a_search_finds_words_without_accents_and_every_one_of_them(desk) -> None:
    ask(name="Éloïse Œuvrard", message="Le jardin")
    ask(name="Éloïse Petit", message="Le bruit")
    assert names(search(desk, "eloise JARDIN")) == ["Éloïse Œuvrard"]
    assert names(search(desk, "oeuvrard")) == ["Éloïse Œuvrard"]
    assert len(names(search(desk, "R-2026"))) == 2
    assert "Aucune demande trouvée" in search(desk, "personne")
    assert 'value="eloise"' in search(desk, "eloise")


def test_a_search_reaches_what_is_closed_and_leaves_spam_apart(desk) -> None:
    ask(name="Zoé close", state=State.CLOSED), ask(name="Zoé pub", state=State.SPAM)
    assert names(search(desk, "zoé")) == ["Zoé close"]
    assert names(search(desk, "zoé", vue="indesirables")) == ["Zoé pub"]


def test_a_number_without_its_meaning_is_no_telephone() -> None:
    assert dialled("62220") == ""
    assert dialled("0033 6 12 34 56 78") == "33612345678"
    assert dialled("+33 (0)6 12 34 56 78") == "33612345678"


@pytest.mark.parametrize("token", ["nonsense", "é", "gAAAA" + "A" * 300])
def test_an_address_that_was_tampered_with_is_the_whole_list(desk, token) -> None:
    ask(name="Zoé")
    assert names(read(desk, f"{LIST}?mots={token}")) == ["Zoé"]


def test_the_list_is_narrowed_by_reason_activity_state_person_and_days(desk, receptionist) -> None:
    trade = factories.TradeFactory(slug="espaces-verts")
    june = timezone.now().replace(month=6, day=10)
    ask(name="A", reason=Reason.QUOTE, trade=trade, assigned_to=receptionist)
    ask(name="B", state=State.CLOSED, received_at=june)
    found = {
        "motif=devis": ["A"],
        "activite=espaces-verts": ["A"],
        "etat=close": ["B"],
        f"suivie={receptionist.pk}": ["A"],
        "suivie=personne": ["B"],
        f"du={june:%Y}-06-10&au={june:%Y}-06-10": ["B"],
        "motif=inconnu&suivie=abc&du=hier": ["A", "B"],
    }
    for query, expected in found.items():
        assert names(read(desk, f"{LIST}?vue=toutes&{query}")) == expected, query


def test_a_page_of_the_list_keeps_what_was_asked(desk, receptionist) -> None:
    for _ in range(31):
        ask(reason=Reason.PRESS)
    html = read(desk, f"{LIST}?vue=toutes&motif=presse")
    (address,) = re.findall(r'href="\?([^"]*page=2)"', html)
    assert "motif=presse" in address
    assert len(names(read(desk, f"{LIST}?{address.replace('&amp;', '&')}"))) == 1


def fill(count: int) -> None:
    ContactRequest.objects.bulk_create(
        ContactRequest(
            year=2026,
            number=10_000 + n,
            fingerprint=f"v{n}",
            reason=list(Reason)[n % 7],
            name=f"Personne {n}",
            message="Bonjour. " * 20,
            search_text=f"r-2026-{10_000 + n} personne {n} bonjour",
            notice="La mention",
            state=State.NEW if n % 2 else State.CLOSED,
        )
        for n in range(count)
    )


def queries_of(client: Client, address: str) -> int:
    client.get(address)  # what is remembered from one request to the next
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_ten_thousand_requests_cost_the_same_queries(desk) -> None:
    addresses = (LIST, f"{LIST}?vue=toutes&motif=devis", f"{LIST}statistiques/", "/admin/")
    fill(3)
    few = [queries_of(desk, address) for address in addresses]
    ContactRequest.objects.all().delete()
    fill(10_000)
    many = [queries_of(desk, address) for address in addresses]
    assert many == few
    assert max(many[:3]) <= 20


# --- One request --------------------------------------------------------------------------


def test_opening_a_request_marks_it_read_once(desk) -> None:
    asked = ask()
    read(desk, address_of(asked))
    asked.refresh_from_db()
    first = asked.read_at
    assert first is not None
    read(desk, address_of(asked))
    asked.refresh_from_db()
    assert (asked.read_at, asked.state) == (first, State.NEW)


def test_a_request_shows_all_that_was_asked(desk) -> None:
    asked = ask(
        reason=Reason.QUOTE,
        trade=factories.TradeFactory(name="Espaces verts"),
        commune=factories.CommuneFactory(name="Carvin"),
        client_kind="bailleur",
        organisation="Maisons",
        phone="06 12 34 56 78",
        best_time="matin",
        wanted_when="En mars",
        subject_title="Le jardin du Moulin",
        message="Première ligne.\n\nSeconde ligne.",
    )
    html = read(desk, address_of(asked))
    told = [
        "Dominique Martin", "espaces verts", "Carvin", "Un bailleur", "Maisons", "Le matin",
        "En mars", "Le jardin du Moulin", 'href="tel:+33612345678"', f"mailto:{asked.email}",
        "<p>Première ligne.</p>", asked.notice, asked.reference,
    ]  # fmt: skip
    assert not [words for words in told if words not in html]
    assert f"<title>{asked.reference}" in html.replace("\n", "").replace("  ", "")


def test_a_file_is_taken_away_and_never_shown_as_a_page(desk, receptionist) -> None:
    file = factories.RequestFileFactory(name="été <1>.jpg")
    answer = desk.get(f"{address_of(file.request)}fichiers/{file.pk}/")
    assert answer.content == bytes(file.content)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert PersonalDataAccess.objects.get().action == PersonalDataAccess.Action.FILE
    assert f'fichiers/{file.pk}/"' in read(desk, address_of(file.request))
    other = ask()
    assert desk.get(f"{address_of(other)}fichiers/{file.pk}/").status_code == 404


def test_a_photo_that_the_screen_shows_is_not_noted_as_taken_away(desk) -> None:
    file = factories.RequestFileFactory()
    photo = f"{address_of(file.request)}fichiers/{file.pk}/"
    desk.get(address_of(file.request))
    desk.get(photo, headers={"Sec-Fetch-Dest": "image"})
    noted = PersonalDataAccess.objects.get()
    assert (noted.action, noted.what) == (noted.Action.OPENED, file.request.reference)
    desk.get(photo, headers={"Sec-Fetch-Dest": "document"})
    assert PersonalDataAccess.objects.filter(action=noted.Action.FILE).count() == 1


def test_the_files_of_a_list_are_not_read(desk) -> None:
    factories.RequestFileFactory()
    with CaptureQueriesContext(connection) as queries:
        read(desk)
    assert not [query for query in queries if '"content"' in query["sql"]]


# --- Who follows it -----------------------------------------------------------------------


def test_one_click_takes_a_request_up(desk, receptionist) -> None:
    asked = ask()
    html = post(desk, asked, "suivi", a=receptionist.pk)
    assert "Vous suivez cette demande" in html
    assert (asked.assigned_to, asked.state) == (receptionist, State.IN_PROGRESS)
    assert asked.events.get().text == "Suivie par Nadia Lefebvre."


def test_a_request_is_handed_over_to_those_who_may_read_it_only(
    desk, receptionist, writer, administrator
) -> None:
    asked = ask(assigned_to=receptionist, state=State.IN_PROGRESS)
    gone = factories.ReceptionistFactory(is_active=False)
    html = read(desk, address_of(asked))
    assert f'<option value="{administrator.pk}">' in html
    for person in (writer, gone):
        assert f'<option value="{person.pk}">' not in html
        post(desk, asked, "suivi", a=person.pk)
        assert asked.assigned_to == receptionist
    post(desk, asked, "suivi", a=administrator.pk)
    assert asked.assigned_to == administrator
    post(desk, asked, "suivi", a="")
    assert (asked.assigned_to, asked.state) == (None, State.IN_PROGRESS)


def test_the_second_of_two_people_is_told_who_was_quicker(desk, administrator) -> None:
    asked = ask()
    before = seen(asked)
    post(signed_in(administrator), asked, "suivi", a=administrator.pk)
    html = post(desk, asked, "suivi", a="", vu=before)  # nobody: nothing to change
    html = post(desk, asked, "suivi", a=User.objects.get(first_name="Nadia").pk, vu=before)
    assert "Un collègue vient de changer cette demande" in html
    assert asked.assigned_to == administrator
    assert asked.events.count() == 1


# --- States -------------------------------------------------------------------------------


def test_a_request_is_closed_and_opened_again(desk) -> None:
    asked = ask()
    post(desk, asked, "etat", faire="clore")
    assert asked.state == State.CLOSED
    assert "Rouvrir la demande" in read(desk, address_of(asked))
    post(desk, asked, "etat", faire="rouvrir")
    assert asked.state == State.IN_PROGRESS
    assert [event.text for event in asked.events.all()] == ["Close.", "Rouverte."]


@pytest.mark.parametrize("change", ["", "supprimer", "rouvrir"])
def test_what_cannot_be_done_changes_nothing(desk, change) -> None:
    asked = ask()
    post(desk, asked, "etat", faire=change)
    assert (asked.state, asked.events.count()) == (State.NEW, 0)


def test_a_form_that_has_seen_nothing_changes_nothing(desk) -> None:
    asked = ask()
    for token in ("", "nonsense", "nouvelle.x.y", "close.0.0"):
        post(desk, asked, "etat", faire="clore", vu=token)
        assert asked.state == State.NEW


def test_what_the_site_set_aside_is_rescued_and_its_mails_leave_once(desk, outbox) -> None:
    values = {"name": "Zoé", "email": "zoe@example.org", "message": "Bonjour"}
    asked = receive(
        Submission("k", Reason.OTHER, values, "La mention", suspicions=("Trois liens.",))
    ).request
    factories.RecipientFactory(email="accueil@example.org")
    assert not OutgoingMail.objects.exists()
    html = read(desk, address_of(asked))
    assert "Trois liens." in html
    assert "Envoyer la réponse" not in html
    assert "est reprise" in post(desk, asked, "etat", faire="reprendre")
    assert asked.state == State.NEW
    told = set(OutgoingMail.objects.values_list("recipient", flat=True))
    assert told == {"accueil@example.org", "zoe@example.org"}
    # Set aside and rescued again: nobody is told a second time.
    post(desk, asked, "etat", faire="ecarter")
    assert asked.state == State.SPAM
    post(desk, asked, "etat", faire="reprendre")
    assert OutgoingMail.objects.count() == 2


def test_what_was_received_then_set_aside_by_hand_does_not_write_again(desk, outbox) -> None:
    factories.RecipientFactory(email="accueil@example.org")
    values = {"name": "Zoé", "email": "zoe@example.org", "message": "Bonjour"}
    asked = receive(Submission("k", Reason.OTHER, values, "La mention")).request
    before = OutgoingMail.objects.count()
    post(desk, asked, "etat", faire="ecarter")
    post(desk, asked, "etat", faire="reprendre")
    assert asked.state == State.NEW
    assert OutgoingMail.objects.count() == before


# --- Notes and calls ----------------------------------------------------------------------


def test_a_note_is_kept_once_however_often_it_is_sent(desk, receptionist) -> None:
    asked = ask()
    exchanged = asked.last_exchange_at
    for _ in range(2):
        post(desk, asked, "note", note="Rappeler lundi.")
    event = asked.events.get()
    assert (event.kind, event.text, event.user) == (Kind.NOTE, "Rappeler lundi.", receptionist)
    assert asked.last_exchange_at == exchanged
    assert "Écrivez la note." in post(desk, asked, "note", note="  ")


def test_a_call_that_was_answered_is_an_exchange(desk, receptionist) -> None:
    asked = ask(last_exchange_at=timezone.now() - timedelta(days=9))
    post(desk, asked, "appel", appel="Visite jeudi.", jointe="1")
    assert (asked.state, asked.assigned_to) == (State.ANSWERED, receptionist)
    assert timezone.now() - asked.last_exchange_at < timedelta(minutes=1)
    assert asked.events.get().text == "Appel\u00a0: la personne a été jointe. Visite jeudi."


def test_a_call_that_nobody_took_is_only_noted(desk, receptionist) -> None:
    asked = ask()
    before = asked.last_exchange_at
    post(desk, asked, "appel", appel="")
    assert (asked.state, asked.assigned_to) == (State.IN_PROGRESS, receptionist)
    assert asked.last_exchange_at == before
    assert asked.events.get().text == "Appel\u00a0: personne n’a répondu."


# --- Replies ------------------------------------------------------------------------------


def sent(asked: ContactRequest) -> Any:
    """The one reply of a request, as the mail server will read it."""
    mail = OutgoingMail.objects.get(purpose="reponse", about=f"request:{asked.pk}")
    return message_from_bytes(bytes(mail.message), policy=default)


def test_a_reply_leaves_in_the_thread_of_the_acknowledgement(
    desk, receptionist, outbox, settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Impulsion <site@impulsion.example>"
    factories.RecipientFactory(email="accueil@example.org")
    values = {"name": "Zoé", "email": "zoe@example.org", "message": "Bonjour"}
    asked = receive(Submission("k", Reason.OTHER, values, "La mention")).request
    first = OutgoingMail.objects.get(purpose="accuse").message_id
    subject = message_from_bytes(
        bytes(OutgoingMail.objects.get(purpose="accuse").message), policy=default
    )["Subject"]
    html = post(desk, asked, "reponse", texte="Bonjour,\nOui.", cle="une")
    assert "La réponse part" in html
    mail = sent(asked)
    assert mail["From"] == "Impulsion <site@impulsion.example>"
    assert mail["To"] == "zoe@example.org"
    assert mail["Reply-To"] == "accueil@example.org"
    assert mail["Subject"] == f"Re: {subject}"
    assert mail["In-Reply-To"].strip() == mail["References"].strip() == first
    assert mail.get_content().split() == ["Bonjour,", "Oui."]
    assert (asked.state, asked.assigned_to) == (State.ANSWERED, receptionist)
    event = asked.events.get(kind=Kind.REPLY)
    assert event.text.splitlines() == ["Bonjour,", "Oui."]
    assert event.message_id == mail["Message-ID"].strip()
    assert "Courriel en attente d’envoi" in html

    post(desk, asked, "reponse", texte="Encore un mot.", cle="deux")
    last = OutgoingMail.objects.filter(purpose="reponse").order_by("pk").last()
    again = message_from_bytes(bytes(last.message), policy=default)
    assert again["In-Reply-To"].strip() == mail["Message-ID"].strip()
    assert again["References"].split() == [first, mail["Message-ID"].strip()]


def test_whoever_replied_is_told_so_at_the_top(desk, outbox) -> None:
    """The form led to its own place in the page, where it stands filled in anew."""
    asked = ask(email="zoe@example.org")
    data = {"vu": seen(asked), "texte": "Oui.", "cle": "une"}
    answer = desk.post(f"{address_of(asked, 'reponse')}", data)
    assert answer["Location"] == f"{address_of(asked)}#"


def test_numbers_are_written_as_in_french(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {"a_traiter": 5019, "miennes": 0, "indesirables": 0, "unread": 5019}
    monkeypatch.setattr("contact.finding.counts", lambda _user: many)
    assert "5\u202f019" in read(desk)


def test_a_second_click_sends_one_reply(desk, outbox) -> None:
    asked = ask()
    token = seen(asked)
    for _ in range(2):
        html = post(desk, asked, "reponse", texte="Oui.", cle="une", vu=token)
        assert "La réponse part" in html
    assert OutgoingMail.objects.filter(purpose="reponse").count() == 1
    assert asked.events.filter(kind=Kind.REPLY).count() == 1


def test_two_people_do_not_answer_without_reading_each_other(desk, administrator, outbox) -> None:
    asked = ask()
    token = seen(asked)
    post(signed_in(administrator), asked, "reponse", texte="Oui.", cle="une", vu=token)
    html = post(desk, asked, "reponse", texte="Non, désolée.", cle="deux", vu=token)
    assert "Un collègue a répondu pendant que vous écriviez" in html
    assert "Non, désolée." in html
    assert OutgoingMail.objects.filter(purpose="reponse").count() == 1
    # Having read it, the person sends what they had typed.
    (token,) = set(re.findall(r'name="vu" value="([^"]+)"', html))
    post(desk, asked, "reponse", texte="Non, désolée.", cle="deux", vu=token)
    assert OutgoingMail.objects.filter(purpose="reponse").count() == 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
def test_a_reply_that_is_empty_or_endless_is_not_sent_and_not_lost(desk, outbox, text) -> None:
    asked = ask()
    html = post(desk, asked, "reponse", texte=text, cle="une")
    assert 'role="alert"' in html
    assert text.strip() in html
    assert not OutgoingMail.objects.exists()
    assert asked.state == State.NEW


def test_nothing_that_was_typed_becomes_a_header(desk, outbox) -> None:
    asked = ask(name="Zoé\r\nBcc: mallory@example.org", email="zoe@example.org")
    post(desk, asked, "reponse", texte="Bcc: mallory@example.org\r\n\r\nOui.", cle="a\r\nBcc: m")
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["zoe@example.org"]
    assert sent(asked)["Bcc"] is None


def test_an_address_that_no_mail_can_go_to_is_told(desk, outbox) -> None:
    asked = ask(email="été@example.org")
    html = post(desk, asked, "reponse", texte="Oui.", cle="une")
    assert "Aucun courriel ne peut partir" in html
    assert (asked.state, asked.events.count()) == (State.NEW, 0)


def test_who_left_no_address_is_called(desk) -> None:
    asked = ask(email="", phone="06 12 34 56 78")
    assert "appelez-la" in read(desk, address_of(asked))
    assert desk.post(address_of(asked, "reponse"), {"texte": "Oui."}).status_code == 404


def test_the_history_says_what_became_of_a_reply(desk, outbox) -> None:
    asked = ask()
    post(desk, asked, "reponse", texte="Oui.", cle="une")
    mails = OutgoingMail.objects.filter(purpose="reponse")
    mails.update(state=OutgoingMail.State.REFUSED)
    assert "l’adresse est refusée" in read(desk, address_of(asked))
    mails.update(state=OutgoingMail.State.SENT, sent_at=timezone.now(), message=None)
    assert "Courriel parti le " in read(desk, address_of(asked))


def test_the_form_of_the_list_never_refuses(receptionist) -> None:
    form = FindForm({"cherche": "x" * 300, "motif": "?", "au": "?"}, receptionist)
    assert form.query.startswith("mots=")
    assert not form.narrow(ContactRequest.objects.all()).exists()
    assert not form.is_narrowed


@pytest.mark.parametrize(
    ("what", "sent"),
    [("note", {"note": "Vu"}), ("appel", {"appel": ""}), ("reponse", {"texte": "Oui", "cle": "k"})],
)
def test_a_request_that_is_erased_meanwhile_is_gone_and_nothing_leaves(
    desk, outbox, what, sent
) -> None:
    asked, whole = ask(), admin_views._request

    def erased_just_after(pk: int) -> ContactRequest:
        found = whole(pk)
        erase_requests([pk])
        return found

    with mock.patch.object(admin_views, "_request", side_effect=erased_just_after):
        answer = desk.post(address_of(asked, what), sent, follow=True)
    assert answer.status_code == 404
    assert not OutgoingMail.objects.exists()
    assert not RequestEvent.objects.exists()


def test_an_address_cannot_choose_who_its_answer_goes_to(desk) -> None:
    html = read(desk, address_of(ask(email="a?bcc=b%2Cc@example.org")))
    assert 'href="mailto:a%3Fbcc%3Db%252Cc@example.org"' in html
