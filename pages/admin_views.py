"""The screens that this application adds to the admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .admin_home import chore_rows, may_see_chores
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
