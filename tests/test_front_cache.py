"""Nothing reserved comes out of a cache that stands in front of the site (S23, S26, S27).

A true nginx, with the configuration that we give to read and with that of a careless host.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction

from impulsion_site import media
from pages.models import HomePage, SiteImage, SitePage, User
from partners.accounts import access
from partners.accounts.groups import folder_of, partners_group
from partners.models import Member

from . import access_world, factories
from .conftest import signed_in
from .front_cache import CONFIGURATIONS, Answer, FrontCache, nginx_before_the_site

pytestmark = pytest.mark.django_db

SECRET = b"zibeline"


@pytest.fixture(params=CONFIGURATIONS)
def front(request: Any, home: HomePage, tmp_path: Path) -> Iterator[FrontCache]:
    """An nginx in front of the site."""
    tmp_path.chmod(0o755)
    with nginx_before_the_site(request.param, tmp_path) as cache:
        yield cache


def session_of(user: User) -> str:
    """The session of somebody who is signed in."""
    return signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def reader(home: HomePage) -> User:
    """Somebody of the partner A."""
    return access_world.person_of("A")


def reserved_page() -> SitePage:
    """A page of A's, whose every word is secret."""
    page = factories.ContentPageFactory(
        title="Zibeline", slug="page-de-a", body=factories.body(factories.paragraph("zibeline"))
    )
    access_world.reserve_page(page, access_world.partner_group("A"))
    return page


def reserved_addresses() -> dict[str, str]:
    """Something reserved of each kind: a page, a report, its files, a document, a picture."""
    report = factories.ReportPageFactory(year=2021)
    factories.ValueFactory(year=2021)
    access_world.reserve_page(report, access_world.partner_group("A"))
    folder = folder_of(access_world.partner("A"))
    document = access_world.document("zibeline", collection=folder)
    picture = factories.SiteImageFactory(collection=folder)
    at = report.get_url()
    return {
        "page": reserved_page().get_url(),
        "report": at,
        "table": f"{at}indicateurs.csv",
        "spreadsheet": f"{at}indicateurs.xlsx",
        "data": f"{at}indicateurs.json",
        "slides": f"{at}diaporama/",
        "document": document.url,
        "picture": picture.get_rendition("width-32").url,
        "search": "/recherche/?q=zibeline",
    }


WAYS = {
    "GET": {},
    "HEAD": {"method": "HEAD"},
    "Range": {"Range": "bytes=0-20"},
    "If-None-Match": {"If_None_Match": "*"},
    "If-Modified-Since": {"If_Modified_Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
}


def test_what_a_partner_read_is_given_to_nobody_else(front: FrontCache, reader: User) -> None:
    """The reader asks first, in each way; then strangers and the other partner, in each way."""
    mine, other = session_of(reader), session_of(access_world.person_of("B"))
    for kind, address in reserved_addresses().items():
        known = [front.ask(address, session=mine, **way) for way in WAYS.values()]
        assert known[0].status == 200, kind
        assert all("no-store" in answer.headers["Cache-Control"] for answer in known), kind
        tag = known[0].headers.get("ETag")
        again = [*WAYS.values(), *([{"If_None_Match": tag}] if tag else [])]
        for way in again:
            for session in ("", other):
                answer = front.ask(address, session=session, **way)
                assert gives_nothing(answer, kind), (kind, way, answer.status, answer.headers)


def gives_nothing(answer: Answer, kind: str) -> bool:
    """A refusal; for the search page, which everybody has, an answer without the word."""
    if kind == "search":
        return b"page-de-a" not in answer.body and "page-de-a" not in str(answer.headers)
    return answer.status in (302, 403, 404) and SECRET not in answer.body.lower().replace(
        b"zibeline.pdf", b""
    )


def test_a_refusal_is_not_kept_for_who_may_read(front: FrontCache, reader: User) -> None:
    mine = session_of(reader)
    for kind, address in reserved_addresses().items():
        front.ask(address)
        answer = front.ask(address, session=mine)
        assert answer.status == 200, kind
        assert answer.headers.get("X-Cache", "") in ("", "MISS", "EXPIRED", "BYPASS"), kind


def test_public_answers_are_true_and_pictures_are_kept(front: FrontCache) -> None:
    page = factories.ContentPageFactory(title="Ouverte", slug="ouverte")
    document = access_world.document("ouvert")
    picture = factories.SiteImageFactory().get_rendition("width-32").url
    for address in (page.get_url(), document.url, picture):
        first, second = front.ask(address), front.ask(address)
        assert (first.status, second.status) == (200, 200), address
        assert first.body == second.body, address
    page.title = "Tout autre"
    page.save_revision().publish()
    assert "Tout autre" in front.ask(page.get_url()).body.decode()


def test_the_cache_would_give_what_it_may_keep(
    front: FrontCache, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other half: these tests see a leak, if the site once forgot what it must say."""
    monkeypatch.setattr("pages.reserved.NOBODY_KEEPS", "public, max-age=60")
    address = reserved_page().get_url()
    assert front.ask(address, session=session_of(reader)).status == 200
    is_careless = "X-Cache" in front.ask("/robots.txt").headers
    assert front.ask(address).status == (200 if is_careless else 302)


def test_a_picture_is_asked_for_again_when_its_minute_is_over(
    front: FrontCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache obeys the time that is written for it, not the year that is for browsers."""
    assert "s-maxage=60," in media.FOR_A_YEAR
    monkeypatch.setattr(media, "FOR_A_YEAR", media.FOR_A_YEAR.replace("=60,", "=2,"))
    picture = factories.SiteImageFactory()
    address = picture.get_rendition("width-32").url
    assert front.ask(address).status == 200
    SiteImage.objects.update(revoked_on=timezone.localdate())
    assert front.ask(address).status == 200, "it is in the cache"
    time.sleep(3)
    assert front.ask(address).status == 404


def test_stored_files_have_no_address(front: FrontCache, reader: User) -> None:
    """S23: neither the addresses of the storage, nor ways around them."""
    folder = folder_of(access_world.partner("A"))
    document = access_world.document("zibeline", collection=folder)
    picture = factories.SiteImageFactory(collection=folder)
    name = document.file.name.rpartition("/")[2]
    addresses = [
        document.file.url,
        picture.file.url,
        f"/media//documents/{name}",
        f"/media/./documents/{name}",
        f"/media/images/../documents/{name}",
        f"/media/images/..%2fdocuments/{name}",
        f"/media/images/%2e%2e/documents/{name}",
        f"/MEDIA/documents/{name}",
        f"/documents/{name}",
        "/media/",
        "/media/documents/",
        "/media/original_images/",
    ]
    for address in addresses:
        for session in ("", session_of(reader)):
            assert front.ask(address, session=session).status in (301, 404), address


def test_what_a_visitor_says_of_where_they_come_from_is_not_believed(front: FrontCache) -> None:
    """The configuration that we give replaces it: tries of passwords are counted by address."""
    seen: list[dict[str, str]] = []

    def note(environ: dict[str, str], **_: Any) -> None:
        seen.append(environ)

    request_started.connect(note)
    try:
        forged = {"X_Forwarded_For": "192.0.2.1", "X_Real_IP": "192.0.2.1", "Forwarded": "for=x"}
        answer = front.ask("/robots.txt", **forged, X_Forwarded_Proto="https")
    finally:
        request_started.disconnect(note)
    if "X-Cache" in answer.headers:  # the careless host
        return
    assert seen[0]["HTTP_X_FORWARDED_FOR"] == seen[0]["HTTP_X_REAL_IP"] == "127.0.0.1"
    assert seen[0]["HTTP_X_FORWARDED_PROTO"] == "http"
    assert "HTTP_FORWARDED" not in seen[0]


# --- What becomes reserved (S27) ------------------------------------------------------------


def test_somebody_who_leaves_a_group_reads_no_more(front: FrontCache, reader: User) -> None:
    mine = session_of(reader)
    addresses = {k: a for k, a in reserved_addresses().items() if k != "search"}
    assert {front.ask(address, session=mine).status for address in addresses.values()} == {200}
    reader.groups.clear()
    for kind, address in addresses.items():
        assert gives_nothing(front.ask(address, session=mine), kind), kind


def test_somebody_whose_access_is_revoked_reads_no_more(front: FrontCache, reader: User) -> None:
    mine = session_of(reader)
    addresses = {k: a for k, a in reserved_addresses().items() if k != "search"}
    assert {front.ask(address, session=mine).status for address in addresses.values()} == {200}
    access.revoke(Member.objects.get(user=reader))
    for kind, address in addresses.items():
        assert gives_nothing(front.ask(address, session=mine), kind), kind


def test_what_becomes_reserved_leaves_the_cache(front: FrontCache) -> None:
    """At once for pages and documents; a picture is given for a minute more at most."""
    folder = Collection.get_first_root_node().add_child(name="Ouvert")
    page = factories.ContentPageFactory(title="Zibeline", slug="page-de-a")
    document = access_world.document("zibeline", collection=folder)
    picture = factories.SiteImageFactory(collection=folder).get_rendition("width-32").url
    known = {address: front.ask(address) for address in (page.get_url(), document.url, picture)}
    assert {answer.status for answer in known.values()} == {200}
    access_world.reserve_page(page, partners_group())
    CollectionViewRestriction.objects.create(
        collection=folder, restriction_type=CollectionViewRestriction.GROUPS
    ).groups.add(partners_group())
    for address in (page.get_url(), document.url):
        tag = known[address].headers["ETag"]
        for way in (*WAYS.values(), {"If_None_Match": tag}):
            assert front.ask(address, **way).status == 302, (address, way)
    control = known[picture].headers["Cache-Control"]
    assert "s-maxage=60" in control, control
