"""What somebody who attacks the site tries, and what the tests of each part do not already hold."""

import io
import stat
import zipfile

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction

from deploy.settings import data_directory
from pages.models import ContentPage, HomePage, SiteDocument, User
from pages.querysets import all_pages
from pages.uploads import check_document_content, clean_image

from . import factories
from .conftest import signed_in
from .sample_files import archive, image_bytes, open_document, upload

# --- Accounts -----------------------------------------------------------------------------


@pytest.fixture
def superuser(home: HomePage) -> User:
    return User.objects.create_superuser("chef@example.org", factories.PASSWORD)


def test_administration_does_not_take_the_place_of_a_superuser(administrator, superuser) -> None:
    stolen = "un-autre-mot-de-passe"
    answer = signed_in(administrator).post(
        f"/admin/users/edit/{superuser.pk}/",
        {
            "email": superuser.email,
            "first_name": "A",
            "last_name": "B",
            "is_active": "on",
            "password1": stolen,
            "password2": stolen,
        },
    )
    superuser.refresh_from_db()
    assert answer.status_code == 302
    assert superuser.check_password(factories.PASSWORD)
    assert superuser.is_superuser


@pytest.mark.parametrize(
    ("action", "data"),
    [("set_active_state", {"mark_as_active": "False"}), ("assign_role", {"role": "group"})],
)
def test_nor_closes_or_moves_superusers_together(administrator, superuser, action, data) -> None:
    group = Group.objects.get(name="Rédaction")
    other = factories.UserFactory()
    data = {name: group.pk if value == "group" else value for name, value in data.items()}
    signed_in(administrator).post(
        f"/admin/bulk/pages/user/{action}/?id={other.pk}&id={superuser.pk}&next=/admin/", data
    )
    superuser.refresh_from_db()
    assert superuser.is_active
    assert not superuser.groups.exists()


@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_those_who_manage_people_still_may(request, home, who) -> None:
    client = signed_in(request.getfixturevalue(who))
    other = factories.WriterFactory()
    assert client.get(f"/admin/users/edit/{other.pk}/").status_code == 200
    address = f"/admin/bulk/pages/user/set_active_state/?id={other.pk}&next=/admin/"
    client.post(address, {"mark_as_active": "False"})
    other.refresh_from_db()
    assert not other.is_active


def test_a_superuser_changes_another(superuser) -> None:
    other = User.objects.create_superuser("autre@example.org", factories.PASSWORD)
    assert signed_in(superuser).get(f"/admin/users/edit/{other.pk}/").status_code == 200


@pytest.mark.parametrize("towards", ["", "//mechant.example/", "https://mechant.example/"])
def test_signing_in_to_read_leads_nowhere_else(home, towards) -> None:
    user = factories.UserFactory()
    data = {"login": user.email, "password": factories.PASSWORD, "next": towards}
    answer = Client().post("/compte/connexion/", data)
    assert answer.status_code == 302
    assert answer["Location"] == "/espace-partenaires/"


# --- What is reserved ---------------------------------------------------------------------


@pytest.fixture
def late_alias(home: HomePage) -> ContentPage:
    """An alias of a page that was reserved afterwards: it has no restriction of its own."""
    source = factories.ContentPageFactory(title="Zibeline", summary="Zibeline", parent=home)
    section = factories.SectionPageFactory(title="Rubrique", parent=home)
    alias = source.create_alias(parent=section, update_slug="zibeline-alias")
    factories.make_private(source)
    return alias


@pytest.mark.parametrize(
    "address", ["/rubrique/", "/sitemap.xml", "/recherche/?q=zibeline", "/zibelin/"]
)
def test_an_alias_of_a_reserved_page_is_not_named(late_alias, client, address) -> None:
    assert not all_pages().visible().filter(pk=late_alias.pk).exists()
    assert late_alias.slug not in client.get(address, follow=True).content.decode()


def test_nothing_below_an_alias_of_a_reserved_page_is_served(late_alias, client) -> None:
    section = factories.SectionPageFactory(title="Autre", parent=late_alias.get_parent())
    alias = section.create_alias(parent=section.get_parent(), update_slug="autre-alias")
    below = factories.ContentPageFactory(title="Dessous", parent=alias)
    assert client.get(below.url).status_code == 200
    factories.make_private(section)
    answer = client.get(below.url)
    assert answer.status_code == 302
    assert "Dessous" not in answer.content.decode()
    assert not all_pages().visible().filter(pk=below.pk).exists()


@pytest.fixture
def reserved_file(home: HomePage) -> SiteDocument:
    """In a collection reserved to the group « Financeurs », on a page that anybody may read."""
    collection = Collection.get_first_root_node().add_child(name="Réservée")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.GROUPS
    )
    restriction.groups.add(Group.objects.create(name="Financeurs"))
    return factories.SiteDocumentFactory(title="Comptes zibeline", collection=collection)


@pytest.fixture
def page_with_files(reserved_file) -> ContentPage:
    public = factories.SiteDocumentFactory(title="Statuts")
    block = {"type": "documents", "value": [reserved_file.pk, public.pk]}
    return factories.ContentPageFactory(body=factories.body(factories.section("Ici", block)))


def test_a_list_of_files_does_not_name_the_reserved_ones(page_with_files, client) -> None:
    text = client.get(page_with_files.url).content.decode()
    assert "Statuts" in text
    assert "zibeline" not in text


@pytest.mark.parametrize(("group", "is_named"), [("Financeurs", True), ("Rédaction", False)])
def test_but_to_those_who_may_have_them(page_with_files, group, is_named) -> None:
    answer = signed_in(factories.UserFactory(group=group)).get(page_with_files.url)
    assert ("Comptes zibeline" in answer.content.decode()) is is_named
    assert answer["Cache-Control"] == "private, no-store"


# --- Hostile content ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        '<a linktype="page">x</a>',
        '<a linktype="document">x</a>',
        '<embed embedtype="image"/>',
        '<a linktype="page" id="">x</a>',
        '<a linktype="page" id="abc">x</a>',
        '<a linktype="page" id="-1">x</a>',
        '<a linktype="page" id="99999999999999999999">x</a>',
        '<a linktype="inconnu" id="1">x</a>',
    ],
)
def test_a_link_to_nothing_does_not_take_the_page_down(home, client, link) -> None:
    page = factories.ContentPageFactory()
    blocks = [factories.paragraph(f'Avant {link} <a linktype="page" id="{home.pk}">accueil</a>')]
    ContentPage.objects.filter(pk=page.pk).update(
        body=factories.body(factories.section("Ici", *blocks))
    )
    answer = client.get(page.url)
    assert answer.status_code == 200
    assert "Avant" in answer.content.decode()


def forged_archives() -> dict[str, bytes]:
    """Archives that are not what they say, in the ways that zipfile does not take quietly."""
    good = archive(word__document_dot_xml=b"<x/>")
    odt = open_document("text")
    central = good.index(b"PK\x01\x02")
    odt_central = odt.index(b"PK\x01\x02")

    def changed(content: bytes, place: int, new: bytes) -> bytes:
        return content[:place] + new + content[place + len(new) :]

    return {
        "version.docx": changed(good, central + 6, b"\xff\x00"),
        "nom.docx": changed(changed(good, central + 8, b"\x00\x08"), central + 46, b"\xff\xfe"),
        "chiffre.odt": changed(changed(odt, 6, b"\x01"), odt_central + 8, b"\x01"),
        "methode.odt": changed(changed(odt, 8, b"\x63"), odt_central + 10, b"\x63"),
        "entete.odt": changed(odt, 0, b"XX"),
    }


@pytest.mark.parametrize("name", forged_archives())
def test_a_forged_archive_is_refused_and_not_an_error(name) -> None:
    with pytest.raises(ValidationError, match="Ce fichier n’est pas"):
        check_document_content(upload(name, forged_archives()[name]))


def test_an_archive_of_one_empty_member_is_refused() -> None:
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    with pytest.raises(ValidationError, match="Ce fichier n’est pas"):
        check_document_content(upload("vide.odt", content.getvalue()))


def test_a_photo_whose_position_is_forged_is_refused_and_not_an_error() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    photo = image_bytes("JPEG", exif=exif)
    # The last byte of where the position is written.
    place = photo.index(b"Exif") + 39
    forged = photo[:place] + b"\x02" + photo[place + 1 :]
    with pytest.raises(ValidationError, match="incomplète ou abîmée"):
        clean_image(ContentFile(forged, name="photo.jpg"))


# What stands after « ? » is in tests/test_fuzz.py.
HOSTILE_PATHS = [
    "/%00/",
    "/a%00b",
    "/%ff%fe/",
    "/%E2%80%AE/",
    "/..%2f..%2fsite.sqlite3",
    "/media/images/..%2f..%2fsite.sqlite3",
    "/media/images/a%00.jpg",
    "/documents/1/%00.pdf",
    "/documents/99999999999999999999999/x.pdf",
    "/" + "a/" * 900,
    "/" + "a" * 3_000 + "/",
]


def test_no_address_is_an_error_of_the_site(one_page_of_each_type) -> None:
    visitor = Client(raise_request_exception=False)
    answers = {address: visitor.get(address, follow=True).status_code for address in HOSTILE_PATHS}
    assert {path: code for path, code in answers.items() if code not in (200, 404)} == {}


# --- Headers ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["testserver", "mechant.example"])
def test_what_is_said_before_https_has_the_headers_too(settings, home, host) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/x?y", headers={"host": host})
    assert answer.status_code == (301 if host == "testserver" else 400)
    assert answer.get("Location") == ("https://testserver/x?y" if host == "testserver" else None)
    for name in ("Content-Security-Policy", "X-Frame-Options", "Permissions-Policy"):
        assert name in answer.headers


# --- On the machine -----------------------------------------------------------------------


def test_nobody_else_on_the_machine_reads_the_data(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "donnees"))
    assert not stat.S_IMODE(data_directory().stat().st_mode) & stat.S_IRWXO
