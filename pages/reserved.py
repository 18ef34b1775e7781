"""What is reserved to some people: what its answers carry, and who is told that it was read.

Wagtail decides who may read (the privacy of a page, of a collection of documents). Here is what
every answer about reserved content has in common, and the list of what a request was given.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import BaseViewRestriction

# Nobody keeps it, not even the browser: after logging out, Back shows nothing.
NOBODY_KEEPS = "private, no-store"
BY_ACCOUNT = (BaseViewRestriction.LOGIN, BaseViewRestriction.GROUPS)


def mark(response: HttpResponseBase) -> HttpResponseBase:
    """An answer about reserved content, whatever it says: nobody keeps it, nobody lists it."""
    response.headers["Cache-Control"] = NOBODY_KEEPS
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def is_signed_in(request: HttpRequest) -> bool:
    """Whether this is somebody; nothing is read for those who have no session."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def works_here(request: HttpRequest) -> bool:
    """Whether the person may enter the admin."""
    return is_signed_in(request) and request.user.has_perm("wagtailadmin.access_admin")


def refuse_the_wrong_person(restrictions: Any, request: HttpRequest) -> None:
    """403 for who is signed in and has no right: the form to sign in would lead nowhere.

    Raises:
        PermissionDenied: one of the restrictions keeps this account out.
    """
    if not is_signed_in(request):
        return
    for restriction in restrictions:
        if restriction.restriction_type in BY_ACCOUNT and not restriction.accept_request(request):
            raise PermissionDenied


def note_given(request: HttpRequest, item: Any) -> None:
    """Remember that the answer to this request gives something reserved."""
    given = request.__dict__.setdefault("_reserved_given", [])
    if item not in given:
        given.append(item)


def given_by(request: HttpRequest) -> list[Any]:
    """The reserved pages and documents that the answer to this request gives."""
    return list(request.__dict__.get("_reserved_given", []))
