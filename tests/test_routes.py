"""The inventory of addresses (tests/routes.py) is whole: of patterns, of page types, of names."""

import re

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.test import Client
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, get_page_models

from pages.models import HomePage, SitePage
from pages.page_files import PageFilesMixin

from .routes import (
    PAGE_PARAMETERS,
    PATTERNS,
    PRIVATE_PATTERNS,
    PRIVATE_PREFIXES,
    SUB_PAGES,
    public_routes,
    resolver_patterns,
)


class Recorder(QueryDict):
    """The parameters of a request, which remember the names that somebody asked for."""

    asked: set[str] = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self.asked.add(name)
        return super().getlist(name, default)


def test_every_pattern_is_public_or_private() -> None:
    patterns = set(resolver_patterns())
    private = {pattern for pattern in patterns if pattern.startswith(PRIVATE_PREFIXES)}
    assert patterns - private == PATTERNS.keys() | PRIVATE_PATTERNS.keys()
    assert all(any(p.startswith(prefix) for p in private) for prefix in PRIVATE_PREFIXES)


def test_every_page_type_is_in_the_inventory(one_page_of_each_type) -> None:
    """A type answers at its own address, for its ``files()`` and at its declared sub-addresses."""
    types = {model for model in get_page_models() if issubclass(model, SitePage)}
    assert one_page_of_each_type.keys() == {model.__name__ for model in types}
    assert PAGE_PARAMETERS.keys() <= one_page_of_each_type.keys()
    # The home page routes to the same pages, in fewer queries.
    known = {Page.route, PageFilesMixin.route, HomePage.route, RoutablePageMixin.route}
    assert {model.route for model in types} == known
    below = {
        (model.__name__, str(pattern.pattern))
        for model in types
        if issubclass(model, RoutablePageMixin)
        for pattern in model.get_subpage_urls()
    }
    own = {(name, "") for name in {name for name, _path in below}}
    assert below - own == {(name, path) for name, paths in SUB_PAGES.items() for path in paths}


def test_every_address_answers_a_stranger(one_page_of_each_type) -> None:
    statuses = {
        route.path: Client().get(route.path).status_code
        for route in public_routes(one_page_of_each_type)
    }
    missing = {path for path, status in statuses.items() if status == 404}
    # The files of reports are made by a chore, which has not run here.
    waiting = {path for path, status in statuses.items() if status == 503}
    assert all(path.endswith(".pdf") for path in waiting), waiting
    assert set(statuses.values()) == {200, 302, 404, 410, 503}
    # The form of an invitation, without one.
    assert [path for path, status in statuses.items() if status == 410] == [
        "/espace-partenaires/invitation/"
    ]
    # What is not there has the word in its address; the settings have no date for security.txt.
    assert all(re.search("/abs|/aucun|security.txt", path) for path in missing), missing
    assert statuses["/composants/"] == 302


def test_an_address_reads_the_parameters_of_the_inventory(
    one_page_of_each_type, monkeypatch
) -> None:
    def recorded(request: WSGIRequest) -> Recorder:
        known = request.__dict__.get("_recorded")
        if known is None:
            known = request._recorded = Recorder(request.META.get("QUERY_STRING", ""))
        return known

    monkeypatch.setattr(WSGIRequest, "GET", property(recorded))
    wrong = {}
    for route in public_routes(one_page_of_each_type):
        Recorder.asked = set()
        # A search without words looks for nothing, so reads no further.
        Client().get(route.path, {"q": "jardin"} if "q" in route.parameters else {})
        if Recorder.asked != set(route.parameters):
            wrong[route.path] = Recorder.asked
    assert wrong == {}
