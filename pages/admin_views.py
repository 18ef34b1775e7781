"""The screens that this application adds to the admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .admin_home import chore_rows, may_see_chores
from .agreement_report import agreements_to_check, may_check_agreements
from .guide import guide as guide_parts


def chores(request: HttpRequest) -> HttpResponse:
    """The background work: what is due, done, late or failing.

    Raises:
        PermissionDenied: the person may not change the settings of the site.
    """
    if not may_see_chores(request.user):
        raise PermissionDenied
    return render(request, "pages/admin/chores.html", {"rows": chore_rows()})


def guide(request: HttpRequest) -> HttpResponse:
    """The editors' guide, in French, where they need it."""
    return render(request, "pages/admin/guide.html", {"parts": guide_parts()})


def agreements(request: HttpRequest) -> HttpResponse:
    """The pictures and the words that may not be shown any more, or soon, and where they are.

    Raises:
        PermissionDenied: the person may not change the agreements.
    """
    if not may_check_agreements(request.user):
        raise PermissionDenied
    return render(request, "pages/admin/agreements.html", {"items": agreements_to_check(request)})
