"""Whatever is sent to the form: a sentence in French or a thank-you, never an error of ours."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from contact.form_keys import new_key
from contact.models import ContactRequest, HeldFile, RequestFile
from contact.spam import HONEYPOT_NAME
from impulsion_site.wsgi import application
from pages.models import HomePage

from . import factories, hostile_uploads, sample_files
from .hostile_uploads import HOSTILE
from .site_text import text_of

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
# What a post may be answered: shown again, thanked, or refused with a page of ours.
ANSWERS = {200, 303, 400, 403, 404, 405, 413, 429}


@pytest.fixture(autouse=True)
def _contact_page(home: HomePage, organisation) -> None:
    caches["throttles"].clear()
    factories.ContactPageFactory()


@pytest.fixture
def key() -> str:
    """A form that was shown a minute ago."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        return new_key()


def browser() -> Client:
    """What fails on the site is seen as its visitors see it."""
    return Client(raise_request_exception=False)


def typed(key: str, **others: object) -> dict[str, object]:
    told = {"client_kind": "particulier", "message": "Une haie à tailler", "name": "Zoé"}
    return {"formulaire": key, **told, "email": "zoe@example.org", **others}


def post(data: object, motif: str = "devis", **headers) -> HttpResponse:
    return browser().post(f"/contact/?motif={motif}", data, **headers)


def checked(answer: HttpResponse) -> str:
    """The page, which speaks French and shows nothing of how it is made."""
    assert answer.status_code in ANSWERS
    if answer.status_code in (303, 405):
        return ""
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert "Traceback" not in page
    return page


# --- Files --------------------------------------------------------------------------------


def test_the_corpus_is_large() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_files_are_refused_in_french_or_made_harmless(key: str, title: str) -> None:
    hostile = HOSTILE[title]
    upload = SimpleUploadedFile(hostile.name, hostile.make())
    answer = post(typed(key, files=upload))
    page = checked(answer)
    if hostile.refused_as:
        assert answer.status_code == 200
        assert 'id="id_files-error"' in page or "«\u00a0" in page
        assert "Une haie à tailler" in page, "what was typed stays"
        assert not ContactRequest.objects.exists()
        assert not HeldFile.objects.exists()
        # Without it, the message goes.
        assert post(typed(key)).status_code == 303
        return
    assert answer.status_code == 303
    kept = RequestFile.objects.get()
    content = bytes(kept.content)
    assert sample_files.SECRET not in content
    for foreign in (b"<script", b"<?php", b"PK\x03\x04", b"MZ"):
        assert foreign not in content


def test_the_files_that_are_sound_are_kept_beside_one_that_is_not(key: str) -> None:
    sound = SimpleUploadedFile("haie.png", sample_files.image_bytes("PNG"))
    refused = SimpleUploadedFile("devis.pdf", hostile_uploads.HTML)
    page = checked(post(typed(key, files=[sound, refused])))
    assert "haie.jpg" in page
    assert HeldFile.objects.get().name == "haie.jpg"
    assert post(typed(key)).status_code == 303
    assert RequestFile.objects.get().name == "haie.jpg"


def test_nobody_removes_the_files_of_another_form(key: str) -> None:
    other = factories.HeldFileFactory()
    assert post(typed(key, retirer=[str(other.pk), "-1", "x", "9" * 40])).status_code == 303
    assert HeldFile.objects.get() == other


# --- Values that one field cannot hold ----------------------------------------------------

CRLF = "Zoé\r\nBcc: victim@example.org\r\n\r\nSpam"
LONG = "x" * 10_000
SCRIPT = '"><script>alert(1)</script>{{ 7*7 }}'
TURNED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ODD = "Z\u0351\u0362a\u0334lgo \u202egpj.exe\u2069 \u200b\ufeff \U0001f600 \uffff \x1b[31m \x07"
VALUES: dict[str, dict[str, object]] = {
    **{f"10,000 letters in {name}": {name: LONG} for name in ("message", "name", "email", "phone")},
    **{f"NUL in {name}": {name: "a\x00b"} for name in ("message", "name", "email", "phone")},
    **{
        f"end of line in {name}": {name: CRLF}
        for name in ("name", "email", "phone", "organisation")
    },
    **{
        f"page code in {name}": {name: SCRIPT}
        for name in ("message", "name", "email", "phone", "client_kind", "trade", "commune")
    },
    **{f"odd signs in {name}": {name: ODD} for name in ("message", "name", "email", "phone")},
    "formula": {"name": '=HYPERLINK("http://x")', "message": "@SUM(1)"},
    "half of an address": {"email": "zoe@"},
    "address of a machine": {"email": "zoe@[127.0.0.1]"},
    "two addresses": {"email": "zoe@example.org, other@example.org"},
    "address with a name": {"email": '"x" <zoe@example.org>'},
    "address with a quoted end of line": {"email": '"a\r\nBcc: b"@example.org'},
    "address with accents": {"email": "zoé@exemple.fr"},
    "long address": {"email": "z" * 64 + "@" + "a" * 180 + ".org"},
    "domain in other letters": {"email": "zoe@пример.рф"},
    "phone of words": {"phone": "' OR 1=1 --", "email": ""},
    "phone in Arabic figures": {"phone": "٠٦١٢٣٤٥٦٧٨", "email": ""},
    "phone of zeros": {"phone": "0" * 40, "email": ""},
    "phone abroad": {"phone": "+48 123 456 789", "email": ""},
    "choice of nothing": {"client_kind": "root", "trade": "-1", "commune": "99999"},
    "several choices": {"client_kind": ["particulier", "bailleur"], "message": ["a", "b", "c"]},
    "only spaces": {"name": "\u00a0\u2003 ", "message": "\r\n\t "},
    "forged key": {"formulaire": "a.1:b"},
    "no key": {"formulaire": ""},
    "key of 100,000 letters": {"formulaire": "k" * 100_000},
    "key in other letters": {"formulaire": "ключ.٣:ключ"},
    "field that nobody sees": {HONEYPOT_NAME: "https://x.example"},
    "state of its own": {"state": "close", "read_at": "2020-01-01", "suspicions": "", "pk": "1"},
    "file that is a text": {"files": "C:\\photo.jpg"},
}


@pytest.mark.parametrize("what", VALUES)
def test_hostile_values_are_kept_or_told(key: str, what: str) -> None:
    answer = post(typed(key, **VALUES[what]))
    page = checked(answer)
    assert "<script>alert(1)" not in page
    assert ">49<" not in page
    if answer.status_code == 200:
        assert not ContactRequest.objects.exists()
        assert "form-errors" in page or "role=" in page
        return
    request = ContactRequest.objects.get()
    for line in (request.name, request.email, request.phone, request.organisation):
        assert not [one for one in line if unicodedata.category(one) == "Cc" or one in TURNED]
    assert request.state in (ContactRequest.State.NEW, ContactRequest.State.SPAM)
    assert request.read_at is None


def test_what_is_kept_of_an_end_of_line_makes_no_header(key: str) -> None:
    assert post(typed(key, name=CRLF)).status_code == 303
    assert ContactRequest.objects.get().name == "Zoé Bcc: victim@example.org Spam"


# --- Bodies that are no form --------------------------------------------------------------

PART = '--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def multipart(*parts: tuple[str, str, str]) -> bytes:
    told = "".join(PART.format(name=name, more=more, value=value) for name, more, value in parts)
    return (told + "--b--\r\n").encode("utf-8", "surrogateescape")


BODIES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", FORM),
    "3 MB of text": (lambda: b"message=" + b"x" * 3_000_000, FORM),
    "3 MB in parts": (
        lambda: multipart(("message", "", "x" * 3_000_000)),
        "multipart/form-data; boundary=b",
    ),
    "11,000 fields": (lambda: b"&".join(b"f%d=1" % n for n in range(11_000)), FORM),
    "the same field 9,000 times": (lambda: b"message=a&" * 9_000, FORM),
    "no UTF-8": (lambda: b"message=%ff%fe&name=%c3%28&email=%80", FORM),
    "half characters": (lambda: b"message=%ED%A0%80&name=%ED%B0%80", FORM),
    "raw bytes": (lambda: bytes(range(256)) * 10, FORM),
    "no UTF-8 in parts": (
        lambda: multipart(("message", "", "a\udcff\udcfe"), ("na\udcffme", "", "b")),
        "multipart/form-data; boundary=b",
    ),
    "JSON": (lambda: b'{"message": "a"}', "application/json"),
    "XML": (
        lambda: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "text/xml",
    ),
    "no type": (lambda: b"message=a", ""),
    "unknown alphabet": (lambda: b"message=a", f"{FORM}; charset=klingon"),
    "UTF-7": (lambda: b"message=+ADw-script+AD4-", f"{FORM}; charset=utf-7"),
    "parts without a boundary": (lambda: multipart(("message", "", "a")), "multipart/form-data"),
    "parts with another boundary": (
        lambda: multipart(("message", "", "a")),
        "multipart/form-data; boundary=other",
    ),
    "parts that stop": (
        lambda: multipart(("message", "", "a"))[:-20],
        "multipart/form-data; boundary=b",
    ),
    "parts in a wrong code": (
        lambda: multipart(
            ("message", "\r\nContent-Transfer-Encoding: base64", "é!"),
            ("files", '; filename="a.jpg"\r\nContent-Transfer-Encoding: base64', "@@@"),
        ),
        "multipart/form-data; boundary=b",
    ),
    "names of files": (
        lambda: multipart(
            *(
                ("files", f"; filename{form}", "x")
                for form in ("*=utf-8''%00%0a", '=".."', '="a\x00b"')
            )
        ),
        "multipart/form-data; boundary=b",
    ),
    "200 files": (
        lambda: multipart(*[("files", '; filename="a.jpg"', "x")] * 200),
        "multipart/form-data; boundary=b",
    ),
    "head of 200 kB": (
        lambda: multipart(("files", f'; filename="{"a" * 200_000}.jpg"', "x")),
        "multipart/form-data; boundary=b",
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_bodies_that_are_no_form_are_answered_in_french(what: str) -> None:
    make, kind = BODIES[what]
    answer = browser().generic("POST", "/contact/?motif=devis", make(), content_type=kind)
    page = checked(answer)
    assert answer.status_code != 303
    assert len(text_of(page)) > 100
    assert not ContactRequest.objects.exists()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request as a server gives it closes old connections, and with them that of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize(
    "charset", ["hex", "zlib", "rot13", "idna", "undefined", '"hex"', "x" * 999]
)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=b"])
def test_an_alphabet_that_is_none_is_answered_by_the_site(charset: str, kind: str) -> None:
    """As gunicorn asks it: this fails before the first of our middlewares."""
    environ = RequestFactory().generic("POST", "/contact/?motif=devis", b"message=a").environ
    told = []
    answer = application(
        {**environ, "CONTENT_TYPE": f"{kind}; charset={charset}"},
        lambda status, headers: told.append(status),
    )
    assert b'<html lang="fr"' in b"".join(answer)
    assert told[0][:3] in ("200", "400", "403")


ADDRESSES = [
    "/contact/?motif=<script>",
    "/contact/?motif=%00",
    "/contact/?motif=%ff%fe",
    "/contact/?motif=devis&motif=emploi",
    "/contact/?motif[]=devis",
    "/contact/?motif=devis&activite=%00&realisation=../..&offre=%ff",
    f"/contact/?motif=devis&activite={'a' * 5000}",
    "/contact/merci/?demande=x",
    f"/contact/merci/?demande={quote('R-2026-0001 devis:a:b')}",
    "/contact/merci/?demande=%00%ff",
    f"/contact/merci/?demande={'a' * 5000}",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_odd_addresses_are_answered(address: str, method: str) -> None:
    page = checked(getattr(browser(), method)(address))
    assert "<script>" not in page
    assert "R-2026-0001" not in page


def test_a_form_sent_without_its_token_comes_back_whole(key: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = client.post("/contact/?motif=devis", typed(key, message=SCRIPT))
    assert answer.status_code == 403
    page = checked(answer)
    assert "&lt;script&gt;alert(1)" in page
    assert "csrfmiddlewaretoken" in page


def test_a_flood_from_one_address_is_told_and_loses_nothing(key: str) -> None:
    answers = [post(typed(key, message=f"Texte {n}")) for n in range(62)]
    assert [answer.status_code for answer in answers].count(429) == 2
    page = checked(answers[-1])
    assert "Texte 61" in page
    assert "03 21 00 00 00" in " ".join(page.split())
    assert answers[-1].headers["Cache-Control"] == "private, no-store"


def test_the_same_body_sent_again_and_again_is_one_request(key: str) -> None:
    body = urlencode(typed(key))
    for _ in range(20):
        browser().generic("POST", "/contact/?motif=devis", body, content_type=FORM)
    assert ContactRequest.objects.count() == 1


def test_what_is_set_aside_is_thanked_like_anything_else(key: str) -> None:
    answer = post(typed(key, **{HONEYPOT_NAME: "x"}))
    assert answer.status_code == 303
    assert ContactRequest.objects.get().state == ContactRequest.State.SPAM
    thanks = checked(browser().get(answer["Location"]))
    assert ContactRequest.objects.get().reference in thanks


def test_the_limits_of_the_site_are_those_of_the_form() -> None:
    """Django must not refuse what the form promises to take."""
    assert (
        settings.DATA_UPLOAD_MAX_NUMBER_FILES is None or settings.DATA_UPLOAD_MAX_NUMBER_FILES > 5
    )
