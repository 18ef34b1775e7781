"""Errors: in French, in the site's look, even when the database or the templates are broken."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.template import TemplateSyntaxError
from django.test import Client, RequestFactory
from django.urls import path

from impulsion_site import errors
from impulsion_site.urls import handler400, handler403, handler404, handler500  # noqa: F401
from impulsion_site.urls import urlpatterns as site_urls
from pages.models import HomePage

from . import factories
from .conftest import sign_in

ENGLISH = re.compile(r"\b(error|not found|forbidden|server|bad request|page you|the)\b", re.I)


def raises(error: Exception):
    def view(request):
        raise error

    return view


def limited(request):
    return errors.too_many_requests(request)


# This module is the URL configuration of its own tests: the site's, and views that fail.
urlpatterns = [
    path("casse/400/", raises(SuspiciousOperation("secret detail"))),
    path("casse/403/", raises(PermissionDenied("secret detail"))),
    path("casse/429/", limited),
    path("casse/500/", raises(ValueError("secret detail"))),
    path("casse/503/", raises(OperationalError("secret detail"))),
    *site_urls,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor(home: HomePage) -> Client:
    return Client(raise_request_exception=False)


def main_text(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<body>")[2])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "n’a pas été comprise"),
        (403, "réservée"),
        (429, "Trop d’essais"),
        (500, "Le site a eu un problème"),
        (503, "Le site revient dans un instant"),
    ],
)
def test_an_error_page_is_french_and_keeps_its_secrets(visitor, status, words) -> None:
    answer = visitor.get(f"/casse/{status}/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert '<html lang="fr">' in text
    assert text.count("<h1") == 1
    assert "secret detail" not in text
    assert "Traceback" not in text
    assert not ENGLISH.search(main_text(answer))
    assert answer["Cache-Control"] in ("no-store", "private, no-store")
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_404_has_a_search_box_and_the_nearest_pages(visitor) -> None:
    factories.ContentPageFactory(title="Médiation sociale", slug="mediation-sociale")
    answer = visitor.get("/activites/mediation-socale.html")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in text
    assert 'href="/mediation-sociale/"' in text
    assert '<form class="search-box" action="/recherche/"' in text
    assert not ENGLISH.search(main_text(answer))


def test_an_unknown_host_is_400_without_naming_it(visitor) -> None:
    answer = visitor.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_503_asks_to_come_back(visitor) -> None:
    assert visitor.get("/casse/503/")["Retry-After"] == "60"


def test_an_expired_form_keeps_the_text(home, publisher) -> None:
    visitor = Client(enforce_csrf_checks=True)
    sign_in(visitor, publisher)
    answer = visitor.post("/admin/logout/")
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in answer.content.decode()


@pytest.fixture
def without_database(monkeypatch):
    """The database answers no query at all."""

    def refuse(execute, sql, params, many, context):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        yield


def answer_without_database(address: str):
    return Client(raise_request_exception=False).get(address)


@pytest.mark.parametrize("address", ["/", "/page-inconnue/", "/recherche/?q=jardin", "/casse/403/"])
def test_without_database_the_site_says_to_come_back(visitor, without_database, address) -> None:
    answer = answer_without_database(address)
    assert answer.status_code == 503
    assert "Le site revient dans un instant" in answer.content.decode()
    assert answer["Retry-After"] == "60"


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_with_broken_templates_the_site_still_speaks(visitor, monkeypatch, status) -> None:
    def broken(*args, **kwargs):
        raise TemplateSyntaxError("broken")

    monkeypatch.setattr(errors, "render", broken)
    answer = visitor.get("/inconnue/" if status == 404 else f"/casse/{status}/")
    assert answer.status_code == 500
    assert "Le site a eu un problème" in answer.content.decode()


@pytest.mark.parametrize("status", [500, 503])
def test_the_static_error_pages_need_nothing(status, settings) -> None:
    settings.TEMPLATES = []
    settings.DATABASES = {}
    request = RequestFactory().get("/")
    answer = errors.server_error(request) if status == 500 else errors.service_unavailable()
    text = answer.content.decode()
    assert "{%" not in text
    assert "{{" not in text
    assert "http://" not in text
    assert "https://" not in text
