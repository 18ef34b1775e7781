"""Documents: what the library accepts, and who receives them with which headers."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from pages.models import SiteDocument, User

from . import sample_files as files
from .conftest import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    sign_in(client, User.objects.create_superuser("edition@example.org", "mot-de-passe"))
    return client


# The three screens where a document can be sent. Each answers what the editor reads.


def send_alone(client, upload) -> str:
    answer = client.post(
        reverse("wagtaildocs:add"), {"title": "Rapport", "file": upload}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def send_among_several(client, upload) -> str:
    answer = client.post(reverse("wagtaildocs:add_multiple"), {"files[]": upload})
    assert answer.status_code == 200
    return json.loads(answer.content).get("error_message", "")


def send_in_chooser(client, upload) -> str:
    answer = client.post(
        reverse("wagtaildocs_chooser:create"),
        {"document-chooser-upload-title": "Rapport", "document-chooser-upload-file": upload},
    )
    assert answer.status_code == 200
    return json.loads(answer.content).get("htmlFragment", "")


SCREENS = [send_alone, send_among_several, send_in_chooser]

OFFICE = files.archive(_dot_=b"", Content_Types_dot_xml=b"<x/>", word__document_dot_xml=b"<x/>")
MACROS = files.archive(word__document_dot_xml=b"<x/>", word__vbaProject_dot_bin=b"x")
SHEET = files.archive(xl__workbook_dot_xml=b"<x/>")

GOOD_FILES = {
    "rapport.pdf": files.PDF,
    "RAPPORT.PDF": files.PDF,
    "lettre.docx": OFFICE,
    "budget.xlsx": SHEET,
    "lettre.odt": files.open_document("text"),
    "budget.ods": files.open_document("spreadsheet"),
    "liste.csv": "nom;montant\r\nÉléonore;12\r\n".encode(),
    "excel.csv": "nom;montant\r\nÉléonore;12\r\n".encode("cp1252"),
    "vide-de-texte.csv": b"\xef\xbb\xbfa;b\n",
    "film.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
    "film.webm": b"\x1a\x45\xdf\xa3" + bytes(40),
}
BAD_FILES = {
    "program": ("rapport.pdf", b"MZ\x90\x00" + bytes(3000), "Ce fichier n’est pas un PDF"),
    "archive": ("rapport.pdf", OFFICE, "Ce fichier n’est pas un PDF"),
    "page": ("rapport.pdf", b"<html><script>1</script>", "Ce fichier n’est pas un PDF"),
    "hidden page": (
        "rapport.pdf",
        b"<html><script>1</script>" + files.PDF,
        "Ce fichier n’est pas un PDF",
    ),
    "interrupted": ("rapport.pdf", files.PDF[:40] + bytes(3000), "ou il est incomplet"),
    "not a zip": ("lettre.docx", b"MZ" + bytes(500), "n’est pas un document Word"),
    "broken zip": ("lettre.docx", OFFICE[:-30], "n’est pas un document Word"),
    "sheet": ("lettre.docx", SHEET, "n’est pas un document Word"),
    "macros": ("lettre.docx", MACROS, "n’est pas un document Word"),
    "docx": ("budget.xlsx", OFFICE, "n’est pas un classeur Excel"),
    "text": ("budget.ods", files.open_document("text"), "n’est pas un classeur ODS"),
    "any zip": ("lettre.odt", files.archive(content_dot_xml=b"<x/>"), "document texte ODT"),
    "binary": ("liste.csv", b"MZ\x90\x00" + bytes(30), "n’est pas un fichier CSV"),
    "html": ("liste.csv", b"\n<html></html>", "n’est pas un fichier CSV"),
    "not a film": ("film.mp4", b"<html></html>", "n’est pas une vidéo MP4"),
    "not webm": ("film.webm", b"MZ" + bytes(30), "n’est pas une vidéo WebM"),
    "web page": ("page.html", b"<html></html>", "extensions autorisées"),
    "drawing": ("logo.svg", b"<svg></svg>", "extensions autorisées"),
    "script": ("code.js", b"alert(1)", "extensions autorisées"),
    "executable": ("jeu.exe", b"MZ", "extensions autorisées"),
    "too heavy": ("rapport.pdf", files.PDF + bytes(21 * 1024**2), "20,0"),
}


@pytest.mark.parametrize("send", SCREENS)
@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_genuine_document_is_accepted_as_it_is(editor, send, name):
    send(editor, files.upload(name, GOOD_FILES[name]))
    document = SiteDocument.objects.get()
    with document.file.open() as file:
        assert file.read() == GOOD_FILES[name]
    assert document.file_hash
    assert document.file_size == len(GOOD_FILES[name])


@pytest.mark.parametrize("send", SCREENS)
@pytest.mark.parametrize("case", BAD_FILES)
def test_a_false_document_is_refused_in_french(editor, send, case):
    name, content, sentence = BAD_FILES[case]
    text = send(editor, files.upload(name, content))
    assert sentence in text.replace("&#x27;", "'")
    assert not SiteDocument.objects.exists()


def test_a_document_is_not_replaced_by_a_false_one(editor):
    document = make_document()
    answer = editor.post(
        reverse("wagtaildocs:edit", args=[document.pk]),
        {"title": "Rapport", "file": files.upload("rapport.pdf", b"MZ" + bytes(60))},
    )
    assert "Ce fichier n’est pas un PDF" in answer.content.decode()
    with SiteDocument.objects.get().file.open() as file:
        assert file.read() == files.PDF


def test_renaming_a_document_does_not_read_its_file_again(editor):
    document = make_document()
    document.file.storage.delete(document.file.name)
    answer = editor.post(reverse("wagtaildocs:edit", args=[document.pk]), {"title": "Bilan"})
    assert answer.status_code == 302
    assert SiteDocument.objects.get().title == "Bilan"


# Serving


def make_document(collection=None, name="rapport.pdf") -> SiteDocument:
    return SiteDocument.objects.create(
        title="Rapport",
        file=ContentFile(files.PDF, name=name),
        collection=collection or Collection.get_first_root_node(),
    )


@pytest.fixture
def reserved_document():
    """In a sub-collection of a collection reserved to one group."""
    parent = Collection.get_first_root_node().add_child(name="Financeurs")
    restriction = CollectionViewRestriction.objects.create(
        collection=parent, restriction_type=CollectionViewRestriction.GROUPS
    )
    restriction.groups.add(Group.objects.create(name="Département"))
    return make_document(parent.add_child(name="2026"))


def member(group: str) -> User:
    user = User.objects.create_user(f"{group}@example.org".lower(), "mot-de-passe")
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def test_a_public_document_is_served_and_asked_for_again_each_time(client):
    document = make_document()
    answer = client.get(document.url)
    assert b"".join(answer.streaming_content) == files.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-cache"
    assert "Content-Encoding" not in answer
    assert answer["ETag"] == f'"{document.file_hash}"'
    again = client.get(document.url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_a_reserved_document_is_never_kept_by_a_cache(client, reserved_document):
    sign_in(client, member("Département"))
    for answer in (
        client.get(reserved_document.url),
        client.head(reserved_document.url),
        client.get(reserved_document.url, headers={"range": "bytes=0-3"}),
    ):
        assert answer.status_code in (200, 206)
        assert answer["Cache-Control"] == "private, no-store"
        assert "Content-Encoding" not in answer


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("header", [{}, {"range": "bytes=0-3"}, {"if-none-match": "*"}])
def test_a_reserved_document_is_for_its_group_only(client, reserved_document, method, header):
    header = {**header}
    ask = getattr(client, method)
    anonymous = ask(reserved_document.url, headers=header)
    assert anonymous.status_code == 302
    assert anonymous["Cache-Control"] == "private, no-store"
    sign_in(client, member("Caf"))
    stranger = ask(reserved_document.url, headers=header)
    assert stranger.status_code in (302, 403)
    assert files.PDF not in stranger.content


@pytest.mark.parametrize("url", ["/documents/{}/autre.pdf", "/documents/99{}/rapport.pdf"])
def test_a_wrong_address_of_a_document_is_a_404(client, url):
    document = make_document()
    assert client.get(url.format(document.pk)).status_code == 404


def test_an_enormous_number_or_a_lost_file_is_a_404(client):
    document = make_document()
    assert client.get(f"/documents/{'9' * 40}/rapport.pdf").status_code == 404
    document.file.storage.delete(document.file.name)
    assert client.get(document.url).status_code == 404


def test_files_disappear_with_the_document(django_capture_on_commit_callbacks):
    document = make_document()
    storage, name = document.file.storage, document.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
    assert not storage.exists(name)
