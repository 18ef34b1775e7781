"""The search page, ``/recherche/?q=…&page=…``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .forms import SearchForm
from .query import MAX_QUERY_LENGTH
from .results import find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The search box, with the answers when something was typed. Never in search engines."""
    form = SearchForm(request.GET)
    response = render(
        request,
        "pages/search.html",
        {
            "results": find(form.query, form.page_number, request),
            "max_length": MAX_QUERY_LENGTH,
        },
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response
