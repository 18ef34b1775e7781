"""The screens that this application adds to the admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .admin_home import chore_rows


def chores(request: HttpRequest) -> HttpResponse:
    """The background work: what is due, done, late or failing.

    Raises:
        PermissionDenied: the person may not change the settings of the site.
    """
    if not request.user.has_perm("pages.change_organisationsettings"):
        raise PermissionDenied
    return render(request, "pages/admin/chores.html", {"rows": chore_rows()})
