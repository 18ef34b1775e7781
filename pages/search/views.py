"""The search page, ``/recherche/?q=…&sorte=…&page=…``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .forms import SearchForm
from .misses import count_miss
from .query import MAX_QUERY_LENGTH
from .results import find
from .spelling import did_you_mean


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The search box, with the answers when something was typed. Never in search engines."""
    form = SearchForm(request.GET)
    results = find(form.query, form.page_number, request, form.group)
    response = render(
        request,
        "pages/search.html",
        {
            "results": results,
            "meant": did_you_mean(results),
            "max_length": MAX_QUERY_LENGTH,
        },
    )
    # Once a search: not for each filter that is tried after it, nor for a browser that guesses.
    if not results.found and not form.group and is_a_visit(request):
        count_miss(results.query, results.terms)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def is_a_visit(request: HttpRequest) -> bool:
    """Whether somebody will see the answer: not a browser that fetches links ahead, nor a HEAD."""
    return request.method == "GET" and "Sec-Purpose" not in request.headers
