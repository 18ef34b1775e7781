"""Error answers, in French and in the site's look, even when the site is not well.

400, 403, 404 and 429 are templates. 500 and 503 are files sent as they are: they need
neither the database nor the template engine, which may be what broke.
"""

import logging
import sys
from functools import cache

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from contact.asking import answer_without_token
from pages.reserved import is_signed_in, mark, works_here
from pages.search.suggestions import nearest_pages

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 60


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return _page(request, 400, {"too_long": isinstance(exception, RequestDataTooBig)})


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: this page is not for this person. Nothing is said of the page, not even its title."""
    known = {"works_here": works_here(request), "is_known": is_signed_in(request)}
    response = _page(request, 403, {**known})
    mark(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or too old: no text is lost."""
    try:
        again = answer_without_token(request)
    except Error:
        logger.error("a form without its token could not be shown again")
        return server_error(request)
    if again is not None:
        return again
    return _page(request, 403, {"form_expired": True})


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the pages whose address looks like the one asked for."""
    try:
        suggestions = nearest_pages(request.path)
    except DatabaseError:
        logger.exception("404 page without its suggestions")
        return server_error(request)
    return _page(request, 404, {"suggestions": suggestions})


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too many tries in a short time."""
    return _page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database does not answer, 500 for anything else: static files both."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return service_unavailable()
    return _static_page(500)


def service_unavailable() -> HttpResponse:
    """503, asking to come back in a minute."""
    response = _static_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(
    request: HttpRequest, status: int, context: dict[str, object] | None = None
) -> HttpResponse:
    """An error template; its static twin when even that cannot be rendered."""
    try:
        response = render(request, f"errors/{status}.html", context, status=status)
    except (DatabaseError, TemplateDoesNotExist, TemplateSyntaxError):
        logger.exception("error page %s could not be rendered", status)
        return server_error(request)
    response.headers["Cache-Control"] = "no-store"
    return response


def _static_page(status: int) -> HttpResponse:
    return HttpResponse(_static_html(status), status=status, headers={"Cache-Control": "no-store"})


@cache
def _static_html(status: int) -> bytes:
    return (settings.BASE_DIR / "templates" / "errors" / f"{status}.html").read_bytes()
