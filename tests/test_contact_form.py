"""The form of the contact page: what is sent is written once, or shown again whole."""

import io
import re
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from contact import asking, held_files, phones, spam
from contact.attachments import MAX_BYTES, MOST_FILES
from contact.form_keys import new_key, read_key, renew
from contact.models import ContactRequest, HeldFile, ReasonSettings
from contact.reasons import ASKED, Reason
from pages.models import HomePage

from . import factories
from .site_text import text_of

pytestmark = pytest.mark.django_db

A_MINUTE = timedelta(minutes=1)
PATH = "/contact/"
# One answer of each field, as somebody types it.
TYPED = {
    "client_kind": "bailleur",
    "organisation": "Bailleur d’essai",
    "trade": "espaces-verts",
    "commune": "62215",
    "message": "Tailler la haie\ndevant l’immeuble",
    "wanted_when": "Avant l’été",
    "name": "Camille Martin",
    "phone": "06 12 34 56 78",
    "email": "camille@example.org",
    "best_time": "matin",
}


@pytest.fixture
def contact_page(home: HomePage, organisation):
    factories.CommuneFactory(name="Carvin", insee_code="62215")
    factories.TradeFactory(name="Espaces verts", slug="espaces-verts")
    return factories.ContactPageFactory()


def a_key(age: timedelta = A_MINUTE) -> str:
    with time_machine.travel(timezone.now() - age):
        return new_key()


def filled(reason: str, **others: object) -> dict[str, object]:
    """A form that is filled in as it should be."""
    fields = {name: TYPED[name] for name in ASKED[Reason(reason)].fields if name in TYPED}
    return {"formulaire": a_key(), **fields, **others}


def post(reason: str = "autre", query: str = "", client: Client | None = None, **others: object):
    """Send the form of a reason; what is None is left out."""
    data = {name: value for name, value in filled(reason, **others).items() if value is not None}
    return (client or Client()).post(f"{PATH}?motif={reason}{query}", data)


def photo(name: str = "photo.png", colour: str = "red") -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(output, "PNG")
    return SimpleUploadedFile(name, output.getvalue(), "image/png")


def shown(answer) -> str:
    return text_of(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def key_in(answer) -> str:
    return re.search(r'name="formulaire" value="([^"]+)"', answer.content.decode())[1]


# --- What is written ----------------------------------------------------------------------


def test_another_commune_is_an_answer(contact_page) -> None:
    assert post("devis", commune="autre").status_code == 303
    assert ContactRequest.objects.get().commune is None
    again = post("devis", commune="autre", message="").content.decode()
    assert '<option value="autre" selected>' in again


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_written_then_thanked(contact_page, reason: Reason) -> None:
    answer = post(reason)
    request = ContactRequest.objects.get()
    assert answer.status_code == 303
    assert answer["Cache-Control"] == "private, no-store"
    assert request.reason == reason
    assert request.state == ContactRequest.State.NEW, request.suspicions
    assert request.notice
    for name in ASKED[reason].fields:
        if name in ("trade", "commune"):
            assert getattr(request, name) is not None
        elif name != "files":
            assert getattr(request, name) == TYPED[name]
    if "phone" in ASKED[reason].fields:
        assert request.phone_digits == "33612345678"
    thanks = Client().get(answer["Location"])
    assert request.reference in thanks.content.decode()
    # Nothing of the person is in the address.
    assert not re.search("camille|martin|0?6.?12|33612", answer["Location"], re.IGNORECASE)


@pytest.mark.parametrize("reason", Reason)
def test_what_is_required_is_enough(contact_page, reason: Reason) -> None:
    wanted = {*ASKED[reason].required, "phone"}
    empty = dict.fromkeys(set(TYPED) - wanted, "")
    assert post(reason, **empty).status_code == 303
    ContactRequest.objects.all().delete()
    answer = post(reason, **(empty | {"phone": "", "email": TYPED["email"]}))
    assert answer.status_code == 303


@pytest.mark.parametrize("reason", Reason)
def test_what_is_required_is_asked_for_in_a_sentence(contact_page, reason: Reason) -> None:
    empty = dict.fromkeys(TYPED, "")
    answer = post(reason, **empty)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Erreur\u00a0: " in html
    for name in {*ASKED[reason].required, "phone"}:
        assert f'href="#id_{name}"' in html
        assert f'id="id_{name}_error"' in html
        assert f'aria-describedby="id_{name}' in html
    assert "Remplissez ce champ" not in html
    assert "This field" not in html
    assert not ContactRequest.objects.exists()


def test_nowhere_to_answer_is_one_error_not_two(contact_page) -> None:
    answer = post(phone="", email="")
    assert "Un point à corriger" in shown(answer)
    assert "l’un des deux" in shown(answer)
    # A number that is wrong is a number: it is not asked for again.
    assert "Un point à corriger" in shown(post(phone="06 12", email=""))


def test_an_error_keeps_all_that_was_typed(contact_page) -> None:
    answer = post("devis", email="camille", message='Une « haie » & <b>"deux"</b>\nlignes')
    html = answer.content.decode()
    assert "Un point à corriger" in html
    assert "Une « haie » &amp; &lt;b&gt;&quot;deux&quot;&lt;/b&gt;\nlignes" in html
    for value in ("camille", "Camille Martin", "06 12 34 56 78", "Avant l’été"):
        assert f'value="{value}"' in html
    for value in ("bailleur", "espaces-verts", "62215"):
        assert f'<option value="{value}" selected>' in html
    assert 'value="matin" checked' in post("emploi", email="x").content.decode().replace(
        ' id="id_best_time_1" checked', " checked"
    ).replace(' class="x"', "")


def test_the_reason_the_trade_and_the_page_of_the_address_are_kept(contact_page) -> None:
    trade = factories.TradeFactory(name="Médiation", slug="mediation")
    job = factories.JobPageFactory(title="Jardinier", slug="jardinier")
    post("mediation", "&activite=mediation")
    post("emploi", "&offre=jardinier")
    mediation, application = ContactRequest.objects.order_by("pk")
    assert mediation.trade == trade
    assert application.subject_page_id == job.pk
    assert application.subject_title == "Jardinier"


def test_what_one_chooses_goes_before_what_the_address_says(contact_page) -> None:
    factories.TradeFactory(name="Second œuvre", slug="second-oeuvre")
    post("devis", "&activite=second-oeuvre", trade="espaces-verts")
    post("devis", "&activite=second-oeuvre", trade="")
    chosen, none = ContactRequest.objects.order_by("pk")
    assert chosen.trade.slug == "espaces-verts"
    assert none.trade is None


def test_a_reason_closed_meanwhile_is_still_received(contact_page) -> None:
    ReasonSettings.objects.filter(code=Reason.OTHER).update(is_open=False)
    assert post().status_code == 303


def test_without_a_known_reason_nothing_is_written(contact_page) -> None:
    answer = Client().post(f"{PATH}?motif=x", {"message": "Bonjour"})
    assert answer.status_code == 200
    assert "Pourquoi nous écrivez-vous" in shown(answer)
    assert not ContactRequest.objects.exists()


def test_a_second_click_is_thanked_with_the_same_reference(contact_page) -> None:
    data = filled("autre")
    address = f"{PATH}?motif=autre"
    first, second = (Client().post(address, data) for _ in range(2))
    assert ContactRequest.objects.count() == 1
    reference = ContactRequest.objects.get().reference
    for answer in (first, second):
        assert reference in Client().get(answer["Location"]).content.decode()


# --- Keys ---------------------------------------------------------------------------------


def test_a_key_tells_its_age_and_cannot_be_forged() -> None:
    found = read_key(a_key(timedelta(minutes=5)))
    assert found is not None
    assert timedelta(minutes=5) <= found.age < timedelta(minutes=6)
    for text in ("", "x", a_key()[:-2], "a" + a_key(), "\x00", "é" * 5000):
        assert read_key(text) is None
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        assert read_key(a_key(timedelta(0))) is not None


def test_a_key_of_yesterday_is_renewed_with_its_name() -> None:
    old = a_key(timedelta(hours=30))
    assert read_key(old) is None
    signed, key = renew(old)
    assert read_key(signed).key == key.key
    assert old.startswith(key.key)
    # Who forges one gets another, as new as can be.
    assert renew("x")[1].age == timedelta(0)


@pytest.mark.parametrize(
    "key", ["", "forgée", a_key(timedelta(hours=30)), None], ids=["empty", "forged", "old", "none"]
)
def test_without_a_good_key_the_form_comes_back_whole_and_one_click_sends_it(
    contact_page, key
) -> None:
    answer = post(formulaire=key)
    assert answer.status_code == 200
    assert "Votre message n’est pas encore parti" in shown(answer)
    assert 'value="Camille Martin"' in answer.content.decode()
    assert not ContactRequest.objects.exists()
    fresh = key_in(answer)
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert post(formulaire=fresh).status_code == 303


# --- Files --------------------------------------------------------------------------------


def test_files_are_written_with_the_request(contact_page) -> None:
    assert post("devis", files=[photo(), photo("b.png", "blue")]).status_code == 303
    kept = list(ContactRequest.objects.get().files.defer(None))
    assert [one.name for one in kept] == ["photo.jpg", "b.jpg"]
    assert all(bytes(one.content).startswith(b"\xff\xd8") for one in kept)


def test_an_error_keeps_the_files_and_the_next_try_joins_them(contact_page) -> None:
    answer = post("devis", email="camille", files=[photo(), photo("b.png", "blue")])
    html = answer.content.decode()
    assert HeldFile.objects.count() == 2
    assert "photo.jpg" in html
    assert "ko)" in html
    again = post("devis", formulaire=key_in(answer), files=[photo("c.png", "green")])
    assert again.status_code == 303
    names = [one.name for one in ContactRequest.objects.get().files.all()]
    assert names == ["photo.jpg", "b.jpg", "c.jpg"]
    assert not HeldFile.objects.exists()


def test_a_file_that_waits_can_be_taken_out(contact_page) -> None:
    key = a_key()
    post("devis", formulaire=key, email="x", files=[photo(), photo("b.png", "blue")])
    first = HeldFile.objects.first()
    html = post("devis", formulaire=key, email="x", retirer=[first.pk]).content.decode()
    assert "photo.jpg" not in html
    assert "b.jpg" in html
    assert post("devis", formulaire=key).status_code == 303
    assert [one.name for one in ContactRequest.objects.get().files.all()] == ["b.jpg"]


def test_nobody_takes_out_the_files_of_another_form(contact_page) -> None:
    other = factories.HeldFileFactory(form_key="other")
    post("devis", email="x", retirer=[other.pk, "x", "", "9" * 400])
    assert HeldFile.objects.filter(pk=other.pk).exists()


def test_five_files_at_most_in_all(contact_page) -> None:
    key = a_key()
    colours = ["red", "green", "blue", "white", "black", "gray", "pink"]
    files = [photo(f"{colour}.png", colour) for colour in colours]
    answer = post("devis", formulaire=key, files=files)
    assert "7 fichiers" in shown(answer)
    assert HeldFile.objects.count() == MOST_FILES
    # Going back and sending the same again is not one more.
    answer = post("devis", formulaire=key, files=[photo("red.png", "red")], email="x")
    assert "Un point à corriger" in shown(answer)
    assert post("devis", formulaire=key).status_code == 303
    assert ContactRequest.objects.get().files.count() == MOST_FILES


def test_a_file_that_is_refused_costs_neither_the_text_nor_the_other_files(contact_page) -> None:
    bad = SimpleUploadedFile("devis.docx", b"PK\x03\x04", "application/msword")
    answer = post("devis", files=[photo(), bad])
    assert answer.status_code == 200
    assert "devis.docx" in shown(answer)
    assert 'href="#id_files"' in answer.content.decode()
    assert [one.name for one in HeldFile.objects.all()] == ["photo.jpg"]


def test_a_file_that_is_too_heavy_never_reaches_the_disk(contact_page) -> None:
    heavy = SimpleUploadedFile("film.jpg", b"\xff" * (MAX_BYTES + 1), "image/jpeg")
    with mock.patch.object(held_files, "clean_attachment") as clean:
        answer = post("devis", files=[heavy])
    assert not clean.called
    assert "« film.jpg » : ce fichier est trop lourd" in shown(answer)
    assert 'value="Camille Martin"' in answer.content.decode()


def test_reasons_without_files_take_none(contact_page) -> None:
    assert post("emploi", files=[photo()]).status_code == 303
    assert not ContactRequest.objects.get().files.exists()


# --- Spam ---------------------------------------------------------------------------------


def test_what_is_suspect_is_thanked_and_set_aside(contact_page) -> None:
    assert post(**{spam.HONEYPOT_NAME: "x"}).status_code == 303
    request = ContactRequest.objects.get()
    assert request.state == ContactRequest.State.SPAM
    assert request.suspicions


@pytest.mark.parametrize("where", ["admit", "judge"])
def test_a_flood_is_refused_with_all_that_was_typed(contact_page, where: str) -> None:
    kind = spam.Admission if where == "admit" else spam.Verdict
    with mock.patch.object(spam, where, return_value=kind(refusal="Revenez dans dix minutes.")):
        answer = post()
    assert answer.status_code == 429
    assert "Revenez dans dix minutes. Vous pouvez aussi appeler le 03 21" in shown(answer)
    assert 'value="Camille Martin"' in answer.content.decode()
    assert not ContactRequest.objects.exists()


def test_a_refusal_says_that_the_photos_are_to_be_chosen_again(contact_page) -> None:
    told = "Vos fichiers n’ont pas pu être gardés"
    flood = spam.Admission(refusal="Revenez dans dix minutes.")
    with mock.patch.object(spam, "admit", return_value=flood):
        assert told in shown(post("devis", files=[photo()]))
        assert told not in shown(post("devis"))
    with mock.patch.object(asking, "receive", side_effect=DatabaseError):
        assert told in shown(post("devis", files=[photo()]))


def test_files_are_not_read_when_there_is_no_room_for_them(contact_page) -> None:
    with mock.patch.object(spam, "admit", return_value=spam.Admission(takes_files=False)):
        answer = post("devis", files=[photo()])
        assert "ne peut pas recevoir de fichiers" in shown(answer)
        assert not HeldFile.objects.exists()
        assert post("devis").status_code == 303


def mark_in(answer) -> str:
    return re.search(r'name="sans_cookie" value="([^"]+)"', answer.content.decode())[1]


# --- Tokens (S41) -------------------------------------------------------------------------


def test_without_its_token_the_form_comes_back_and_one_click_sends_it(contact_page) -> None:
    browser = Client(enforce_csrf_checks=True)
    address = f"{PATH}?motif=devis"
    answer = browser.post(address, filled("devis", files=[photo()]))
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Votre message n’est pas encore parti" in html
    assert 'value="Camille Martin"' in html
    assert "photo.jpg" in html
    assert answer["Cache-Control"] == "private, no-store"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[1]
    again = filled("devis", formulaire=key_in(answer), csrfmiddlewaretoken=token)
    assert browser.post(address, again).status_code == 303
    assert ContactRequest.objects.get().files.count() == 1


def test_a_browser_that_keeps_no_cookie_sends_at_the_second_click(contact_page) -> None:
    address = f"{PATH}?motif=devis"
    first = Client(enforce_csrf_checks=True).post(address, filled("devis", files=[photo()]))
    again = filled("devis", formulaire=key_in(first), sans_cookie=mark_in(first))
    answer = Client(enforce_csrf_checks=True).post(
        address, again, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 303
    assert ContactRequest.objects.get().files.count() == 1


@pytest.mark.parametrize("origin", ["https://ailleurs.example", "null"])
def test_another_site_has_nobody_send_the_form_without_cookie(contact_page, origin: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    address = f"{PATH}?motif=autre"
    first = browser.post(address, filled("autre"))
    again = filled("autre", formulaire=key_in(first), sans_cookie=mark_in(first))
    assert browser.post(address, again, headers={"origin": origin}).status_code == 403
    forged = filled("autre", formulaire=a_key(), sans_cookie=mark_in(first))
    assert browser.post(address, forged).status_code == 403
    assert not ContactRequest.objects.exists()


def test_without_a_reason_a_lost_token_is_the_usual_page(contact_page) -> None:
    answer = Client(enforce_csrf_checks=True).post(PATH, {"message": "Bonjour"})
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in shown(answer)


def test_another_form_that_lost_its_token_is_no_request(contact_page) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/compte/connexion/?motif=autre", filled("autre")
    )
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in shown(answer)


# --- What is hostile (S42 to S46) ---------------------------------------------------------

HOSTILE = {
    "ends of lines in a line": {"name": "Camille\r\nBcc: tous@example.org"},
    "NUL": {"name": "Cam\x00ille", "message": "Bon\x00jour"},
    "turned around": {"name": "\u202eellimaC"},
    "emoji": {"message": "👍🏽" * 50},
    "markup": {"name": "<script>alert(1)</script>", "message": "{{ 7*7 }} {% csrf_token %}"},
    "formula": {"name": "=HYPERLINK(1)", "message": "=1+1"},
    "an unknown choice": {"best_time": "jamais", "commune": "99999", "trade": "-1"},
    "several values": {"name": ["Un", "Deux"], "message": ["Un", "Deux"]},
    "a long word": {"message": "a" * 5000},
    "too long": {"message": "a " * 2501},
    "long lines": {"name": "n" * 400, "organisation": "o" * 400, "phone": "1" * 400},
    "a long address": {"email": f"{'a' * 300}@example.org"},
    "an address that is a header": {"email": "a@example.org\nBcc: b@example.org"},
    "addresses": {"email": "a@example.org, b@example.org"},
    "an address with quotes": {"email": '"a b"@example.org'},
    "an address in brackets": {"email": "Camille <a@example.org>"},
    "an address of letters alike": {"email": "а@exаmple.org"},
    "a number with letters": {"phone": "06 12 AB 56 78"},
    "a number of Arabic digits": {"phone": "٠٦١٢٣٤٥٦٧٨"},
    "a number that is one": {"phone": "+++++"},
    "a hostile key": {"formulaire": "x:y:z"},
    "a key with NUL": {"formulaire": "\x00"},
}


@pytest.mark.parametrize("reason", ["devis", "emploi", "autre"])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_values_are_written_clean_or_shown_again(
    contact_page, reason: str, case: str
) -> None:
    answer = post(reason, **HOSTILE[case])
    assert answer.status_code in (200, 303)
    if answer.status_code == 200:
        assert "Erreur" in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
        return
    request = ContactRequest.objects.get()
    for name in ("name", "organisation", "phone", "email", "wanted_when"):
        assert not re.search("[\x00-\x1f\u202e]", getattr(request, name))
    assert "\x00" not in request.message


def test_a_line_stays_a_line(contact_page) -> None:
    post(name="Camille\r\nBcc: tous@example.org")
    assert ContactRequest.objects.get().name == "Camille Bcc: tous@example.org"


@pytest.mark.parametrize("blank", ["\u00a0\u2003 ", "\u200b\u200b", "\u3164\u3164", "\u2800\n"])
def test_what_nobody_sees_is_nothing(contact_page, blank: str) -> None:
    assert "Écrivez votre question" in shown(post(message=blank))
    assert post(name=blank).status_code == 303
    assert ContactRequest.objects.get().name == ""


def test_the_length_of_a_text_is_that_of_its_reader(contact_page) -> None:
    assert post(message="\r\n".join(["a"] * 2500)).status_code == 303
    answer = post(message="a" * 5001)
    assert "5000 signes au plus, ici 5001" in shown(answer)
    assert "maxlength" not in answer.content.decode().partition("<textarea")[2].partition(">")[0]


def raw(body: bytes, content_type: str = "application/x-www-form-urlencoded"):
    client = Client(raise_request_exception=False)
    return client.generic("POST", f"{PATH}?motif=autre", body, content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"message=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % n for n in range(11_000)), "application/x-www-form-urlencoded"),
        (b"message=%FF%FE%00%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
        (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=" + "x" * 300),
        (b"{}", "application/json"),
        (b"message=a", "application/x-www-form-urlencoded; charset=nowhere"),
    ],
    ids=[
        "3 MB",
        "11,000 fields",
        "no UTF-8",
        "bytes",
        "no boundary",
        "cut",
        "long boundary",
        "JSON",
        "unknown charset",
    ],
)
def test_a_body_that_cannot_be_read_has_a_page_in_french(contact_page, body, content_type) -> None:
    answer = raw(body, content_type)
    assert answer.status_code in (200, 400, 413)
    assert 'lang="fr"' in answer.content.decode()
    assert not ContactRequest.objects.exists()


def test_a_text_of_three_megabytes_is_told_what_to_do(contact_page) -> None:
    answer = raw(b"message=" + b"a" * 3_000_000)
    assert answer.status_code == 400
    assert "trop long" in shown(answer)


# --- Faults -------------------------------------------------------------------------------


def test_a_request_that_cannot_be_written_comes_back_whole(contact_page, caplog) -> None:
    # The database says what it was given: the log must not.
    told = DatabaseError("disk full, while writing camille@example.org")
    with mock.patch.object(asking, "receive", side_effect=told):
        answer = post()
    assert answer.status_code == 503
    assert "Votre message n’a pas été enregistré" in shown(answer)
    assert "appeler le 03 21" in shown(answer)
    assert 'value="Camille Martin"' in answer.content.decode()
    assert "DatabaseError" in caplog.text
    assert "camille" not in caplog.text
    # The same form, sent again, is written.
    assert post(formulaire=key_in(answer)).status_code == 303


def test_without_a_database_the_usual_page_answers(contact_page) -> None:
    gone = OperationalError("the connection was closed")
    client = Client(raise_request_exception=False)
    with (
        mock.patch.object(asking, "receive", side_effect=gone),
        mock.patch.object(asking.ContactPage, "get_context", side_effect=gone),
    ):
        answer = post(client=client)
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_a_form_costs_few_queries(contact_page) -> None:
    client = Client()
    address = f"{PATH}?motif=devis"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 9, [query["sql"][:120] for query in queries]


# --- Numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("06 12 34 56 78", "33612345678"),
        ("06.12.34.56.78", "33612345678"),
        ("0612345678", "33612345678"),
        ("+33 6 12 34 56 78", "33612345678"),
        ("+33 (0)6 12 34 56 78", "33612345678"),
        ("0033612345678", "33612345678"),
        ("33612345678", "33612345678"),
        ("06-12-34-56-78", "33612345678"),
        ("+32 470 12 34 56", "32470123456"),
        ("0032 470 12 34 56", "32470123456"),
        ("(+32) 470 12 34 56", "32470123456"),
        ("06,12,34,56,78", "33612345678"),
        ("06:12:34:56:78", "33612345678"),
        ("06·12·34·56·78", "33612345678"),
        ("06\u201112\u201134\u201156\u201178", "33612345678"),
        ("\u200e06 12 34 56 78", "33612345678"),
        ("٠٦ ١٢ ٣٤ ٥٦ ٧٨", "33612345678"),
        ("０６１２３４５６７８", "33612345678"),
    ],
)
def test_a_number_is_found_however_it_is_typed(number: str, digits: str) -> None:
    phones.check(number)
    assert phones.digits(number) == digits


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202a06 12 34 56 78\u202c", "06 12 34 56 78"),
        ("\u200e06\u00a012\u00a034 56 78", "06 12 34 56 78"),
        ("٠٦١٢٣٤٥٦٧٨", "0612345678"),
    ],
)
def test_what_a_telephone_hides_in_a_number_is_left_out(contact_page, typed, kept) -> None:
    assert post(phone=typed).status_code == 303
    written = ContactRequest.objects.get()
    assert (written.phone, written.phone_digits) == (kept, "33612345678")


@pytest.mark.parametrize(
    "number", ["06 12 34 56 78 (après 18 h)", "Tél. 06 12 34 56 78", "06 12 34 56 78 Mme Martin"]
)
def test_a_number_with_words_is_not_said_to_be_incomplete(contact_page, number: str) -> None:
    assert "Écrivez un seul numéro" in shown(post(phone=number))


@pytest.mark.parametrize("address", ["camille@example.org\u200b", "camille＠example.org"])
def test_what_a_telephone_hides_in_an_address_is_left_out(contact_page, address: str) -> None:
    assert post(email=address).status_code == 303
    assert ContactRequest.objects.get().email == "camille@example.org"


@pytest.mark.parametrize("address", ["root@localhost", "root@[127.0.0.1]"])
def test_nobody_has_the_site_write_to_its_own_server(contact_page, address: str) -> None:
    assert post(email=address).status_code == 200
    assert not ContactRequest.objects.exists()


@pytest.mark.parametrize(
    "number", ["06 12 34 56", "112", "+33 6 12", "06 12 34 56 78 90", "oui", "+", "0" * 40, "()"]
)
def test_a_number_that_nobody_could_call_is_refused(contact_page, number: str) -> None:
    assert "Ce numéro n’est pas complet" in shown(post(phone=number))
