"""Every kind of answer carries the headers of a careful site, and the caches' instructions."""

import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import path
from wagtail.models import Page

from impulsion_site.urls import handler400, handler403, handler404, handler500  # noqa: F401
from impulsion_site.urls import urlpatterns as site_urls
from pages.models import HomePage, SiteDocument, SiteImage

from . import factories
from .conftest import signed_in
from .test_errors import raises

urlpatterns = [path("casse/500/", raises(ValueError("broken"))), *site_urls]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What a public page may do: nothing inline, nothing from elsewhere, never in a frame.
PUBLIC_POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "media-src": {"'self'"},
    "connect-src": {"'self'"},
    "manifest-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
    "frame-ancestors": {"'none'"},
}
ADMIN_POLICY = PUBLIC_POLICY | {
    "script-src": {"'self'", "'unsafe-inline'"},
    "style-src": {"'self'", "'unsafe-inline'"},
    "img-src": {"'self'", "data:", "blob:"},
    "frame-src": {"'self'"},
    "frame-ancestors": {"'self'"},
}


def policy(answer) -> dict[str, set[str]]:
    """The content security policy of an answer, directive by directive."""
    directives = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in filter(None, directives)}


@pytest.fixture
def addresses(home: HomePage) -> dict[str, tuple[str, int]]:
    """An address and its status for each kind of answer."""
    factories.ContentPageFactory(title="Article")
    factories.make_private(factories.ContentPageFactory(title="Réservée"))
    image = factories.SiteImageFactory()
    document: SiteDocument = factories.SiteDocumentFactory()
    return {
        "page": ("/article/", 200),
        "search": ("/recherche/?q=article", 200),
        "not found": ("/inconnue/", 404),
        "permanent redirect": ("/article", 301),
        "reserved page": ("/reservee/", 302),
        "style sheet": ("/static/css/site.css", 200),
        "font": ("/static/fonts/atkinson-hyperlegible-next-fr.woff2", 200),
        "missing static": ("/static/inconnu.css", 404),
        "rendition": (image.get_rendition("width-32|format-webp").url, 200),
        "original image": (f"/media/{image.file.name}", 404),
        "document": (document.url, 200),
        "document's file": (f"/media/{document.file.name}", 404),
        "robots": ("/robots.txt", 200),
        "sitemap": ("/sitemap.xml", 200),
        "icon": ("/favicon.ico", 302),
        "no API": ("/api/v2/", 404),
        "no Django admin": ("/django-admin/", 404),
        "repository": ("/.git/config", 404),
        "environment": ("/.env", 404),
        "broken": ("/casse/500/", 500),
        "sign in": ("/compte/connexion/", 200),
        "Wagtail’s sign in": ("/admin/login/", 302),
        "admin": ("/admin/", 302),
    }


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_every_kind_of_answer_carries_the_headers(addresses, visitor) -> None:
    wrong = []
    for kind, (address, status) in addresses.items():
        answer = visitor.get(address)
        assert answer.status_code == status, (kind, address, answer.status_code)
        for name, value in EVERYWHERE.items():
            if answer.get(name) != value:
                wrong.append(f"{kind}: {name} = {answer.get(name)!r}")
        if "geolocation=()" not in answer.get("Permissions-Policy", ""):
            wrong.append(f"{kind}: Permissions-Policy")
        if "default-src 'none'" not in answer.get("Content-Security-Policy", ""):
            wrong.append(f"{kind}: Content-Security-Policy")
        expected = "SAMEORIGIN" if address.startswith("/admin/") else "DENY"
        if answer.get("X-Frame-Options") != expected:
            wrong.append(f"{kind}: X-Frame-Options = {answer.get('X-Frame-Options')!r}")
        if re.search(r"python|django|wagtail|gunicorn", answer.get("Server", ""), re.I):
            wrong.append(f"{kind}: Server = {answer['Server']}")
    assert not wrong, "\n".join(wrong)


def test_refused_hosts_and_methods_carry_the_headers_too(addresses, visitor) -> None:
    answers = {
        400: visitor.get("/article/", headers={"host": "evil.example"}),
        405: visitor.post("/recherche/", {"q": "article"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert policy(answer) == PUBLIC_POLICY


@pytest.mark.parametrize("address", ["/article/", "/recherche/", "/inconnue/"])
def test_the_policy_of_public_pages_is_exactly_this(addresses, visitor, address) -> None:
    assert policy(visitor.get(address)) == PUBLIC_POLICY


def test_the_policy_is_relaxed_under_admin_only_by_what_wagtail_needs(
    addresses, visitor, administrator
) -> None:
    assert policy(visitor.get("/admin/login/")) == ADMIN_POLICY
    editor = signed_in(administrator)
    assert policy(editor.get("/admin/")) == ADMIN_POLICY
    # An editor's visit of the public site has no more rights than a visitor's.
    assert policy(editor.get("/article/")) == PUBLIC_POLICY


@pytest.mark.parametrize("address", ["/admina/", "/administration/", "/x/admin/", "/ADMIN/"])
def test_an_address_that_looks_like_the_admin_has_no_relaxation(home, visitor, address) -> None:
    assert policy(visitor.get(address)) == PUBLIC_POLICY


def test_the_preview_of_a_page_may_be_framed_by_the_admin_alone(home, administrator) -> None:
    page = factories.ContentPageFactory(title="Article")
    revision = page.save_revision()
    editor = signed_in(administrator)
    answer = editor.get(f"/admin/pages/{page.pk}/revisions/{revision.pk}/view/")
    assert answer.status_code == 200
    assert policy(answer)["frame-ancestors"] == {"'self'"}
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_visitor_gets_no_cookie(addresses, visitor) -> None:
    for kind, (address, _status) in addresses.items():
        if kind == "sign in":  # its form needs a token
            continue
        assert not visitor.get(address).cookies, kind
    assert not visitor.cookies


def test_public_pages_do_not_vary_on_cookies(addresses, visitor) -> None:
    for kind in ("page", "search", "not found", "robots", "sitemap", "rendition"):
        answer = visitor.get(addresses[kind][0])
        assert "cookie" not in answer.get("Vary", "").lower(), (kind, answer["Vary"])


def test_a_public_page_is_asked_again_and_costs_nothing_then(addresses, visitor) -> None:
    first = visitor.get("/article/")
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = visitor.get("/article/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert {name: again.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_a_publication_changes_the_entity_tag_at_once(addresses, visitor) -> None:
    first = visitor.get("/article/")
    page = Page.objects.get(slug="article").specific
    page.summary = "Autre résumé"
    page.save_revision().publish()
    again = visitor.get("/article/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert "Autre résumé" in again.content.decode()


def test_an_editor_s_answers_are_kept_by_nobody(addresses, administrator) -> None:
    editor = signed_in(administrator)
    for address in ("/article/", "/"):
        assert editor.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/inconnue/", "/casse/500/"])
def test_errors_are_kept_by_nobody(home, visitor, address) -> None:
    assert visitor.get(address)["Cache-Control"] == "no-store"


def test_the_admin_is_kept_by_nobody(home, visitor, administrator) -> None:
    for answer in (visitor.get("/compte/connexion/"), signed_in(administrator).get("/admin/")):
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]


def test_renditions_are_kept_for_ever_and_do_nothing(addresses, visitor) -> None:
    answer = visitor.get(addresses["rendition"][0])
    assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60, immutable"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["Content-Type"] == "image/webp"


def test_text_answers_say_their_encoding(addresses, visitor) -> None:
    for kind, (address, _status) in addresses.items():
        answer = visitor.get(address)
        kind_of_content = answer.get("Content-Type", "")
        if kind_of_content.startswith(("text/", "application/xml")) and answer.status_code != 302:
            # XML declares its encoding itself.
            xml = b"" if answer.streaming else answer.content
            kind_of_content = kind_of_content.lower().replace(chr(34), "")
            declared = "charset=utf-8" in kind_of_content or b"encoding=" in xml
            assert declared, (kind, kind_of_content)


def test_examples_and_results_stay_out_of_search_engines(home, visitor) -> None:
    example = factories.ContentPageFactory(title="Fictive", is_example=True)
    answer = visitor.get(example.get_url())
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "application/ld+json" not in answer.content.decode()
    assert visitor.get("/recherche/")["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in visitor.get("/")


def test_a_file_put_by_hand_in_the_storage_is_not_served(home, visitor) -> None:
    name = SiteImage._meta.get_field("file").storage.save("images/page.html", ContentFile("<b>"))
    assert visitor.get(f"/media/{name}").status_code == 404


def test_a_static_file_has_the_shortest_policy(visitor) -> None:
    """Its headers travel with it in the first round trips of a visit."""
    for address in ("/static/css/site.css", "/static/fonts/atkinson-hyperlegible-next-fr.woff2"):
        assert policy(visitor.get(address)) == {"default-src": {"'none'"}}
