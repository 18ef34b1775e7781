"""The search backend of ``WAGTAILSEARCH_BACKENDS``: Wagtail's own, made French and unbreakable.

Its two settings are PostgreSQL's text search configurations, which ``0004_search`` creates:
``SEARCH_CONFIG`` for whole words, ``AUTOCOMPLETE_CONFIG`` for the beginnings of words. Every
query is cleaned here, so that the admin's search boxes are as safe as the public one.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.module_loading import import_string
from modelsearch.backends.base import BaseSearchBackend, BaseSearchResults
from modelsearch.query import MATCH_NONE, And, Boost, Fuzzy, Not, Or, Phrase, PlainText, SearchQuery

from .query import search_terms, words

Splitter = Callable[[str], list[str]]


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:
    """The backend of the database in use; raises ImproperlyConfigured for a third kind.

    Wagtail looks for this name. It is called again for every search: keep it light.
    """
    options = dict(params)
    autocomplete_config = options.pop("AUTOCOMPLETE_CONFIG", "simple")
    backend = _backend_class(connection.vendor)(options)
    if connection.vendor == "postgresql":
        # Wagtail writes « simple » here, which does not find « bâtiment » from « batim ».
        backend.autocomplete_config = autocomplete_config
    return backend


class CleanQueries(BaseSearchBackend):
    """What goes before one of Wagtail's backends: only plain words reach the database."""

    def search(self, query: str | SearchQuery, *args: Any, **kwargs: Any) -> BaseSearchResults:
        return super().search(clean_query(query, search_terms), *args, **kwargs)

    def autocomplete(
        self, query: str | SearchQuery, *args: Any, **kwargs: Any
    ) -> BaseSearchResults:
        # « les » may be the beginning of « lestrem »: nothing is dropped.
        return super().autocomplete(clean_query(query, words), *args, **kwargs)


# Imported when it is needed: each of the two modules refuses the other's database.
_BASES = {
    "postgresql": "modelsearch.backends.database.postgres.postgres.PostgresSearchBackend",
    "sqlite": "pages.search.sqlite.TitleFirstBackend",
}


@cache
def _backend_class(vendor: str) -> type[BaseSearchBackend]:
    """Wagtail's class for this database, behind CleanQueries."""
    if vendor not in _BASES:
        raise ImproperlyConfigured(f"There is no French search for the database {vendor}.")
    base = import_string(_BASES[vendor])
    return type(f"French{base.__name__}", (CleanQueries, base), {})


def clean_query(query: str | SearchQuery, split: Splitter) -> str | SearchQuery:
    """``query`` with plain words only, or a query that matches nothing when none is left."""
    if isinstance(query, str):
        return " ".join(split(query)) or MATCH_NONE
    return _clean_tree(query, split) or MATCH_NONE


def _clean_tree(query: SearchQuery, split: Splitter) -> SearchQuery | None:
    """The admin's page search makes a tree of phrases and words; None when it has no word."""
    if isinstance(query, PlainText):
        text = " ".join(split(query.query_string))
        return PlainText(text, operator=query.operator, boost=query.boost) if text else None
    if isinstance(query, Phrase):
        # The index keeps the small words, and a phrase is made of them too.
        text = " ".join(words(query.query_string))
        return Phrase(text) if text else None
    if isinstance(query, Fuzzy):
        text = " ".join(split(query.query_string))
        return Fuzzy(text, operator=query.operator, unaccent=query.unaccent) if text else None
    if isinstance(query, Boost):
        cleaned = _clean_tree(query.subquery, split)
        return Boost(cleaned, query.boost) if cleaned else None
    if isinstance(query, Not):
        cleaned = _clean_tree(query.subquery, split)
        return Not(cleaned) if cleaned else None
    if isinstance(query, And | Or):
        cleaned_parts = [_clean_tree(subquery, split) for subquery in query.subqueries]
        parts = [part for part in cleaned_parts if part is not None]
        if len(parts) < 2:
            return parts[0] if parts else None
        return type(query)(parts)
    return query
