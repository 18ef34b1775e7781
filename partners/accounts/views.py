"""The link of an invitation: opened by a person, or by the machine that reads their mail first.

Opening the link changes nothing: mail filters open links too. The token leaves the address at
once for the session, so that neither history, nor a neighbour's eye, nor the next site sees it.
"""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from pages.reserved import is_signed_in, mark

from .forms import AcceptanceForm
from .invitations import accept, usable_invitation

SESSION_KEY = "invitation"


@require_safe
def invitation_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link itself: it keeps the token and shows the form at an address without it."""
    request.session[SESSION_KEY] = token
    response = _unseen(redirect("invitation"))
    # This address is the only one that holds the token. (A form needs its own origin to be sent:
    # the next page tells it to this site, and to no other.)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponseBase:
    """The form where a person who was invited chooses a password."""
    if is_signed_in(request):
        where = {"space_url": settings.PARTNER_SPACE_URL}
        return _unseen(render(request, "partners/invitation/signed_in.html", where))
    found = usable_invitation(request.session.get(SESSION_KEY, ""))
    if found is None:
        return _dead_link(request)
    user = get_user_model()(email=found.email)
    form = AcceptanceForm(request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "invitation": found}
        return _unseen(render(request, "partners/invitation/accept.html", context))
    return _accepted(request, found, form.cleaned_data)


def _accepted(request: HttpRequest, found: Any, data: dict[str, Any]) -> HttpResponseBase:
    user = accept(found, data["password"], data["first_name"], data["last_name"])
    if user is None:
        return _dead_link(request)
    del request.session[SESSION_KEY]
    if is_mfa_enabled(user):
        # An account that is opened again keeps its second factor: a link does not replace it.
        return _unseen(redirect("account_login"))
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])  # under a new session
    return _unseen(redirect(settings.PARTNER_SPACE_URL))


def _dead_link(request: HttpRequest) -> HttpResponse:
    """The same words for a link that was used, replaced, is too old, or never was."""
    request.session.pop(SESSION_KEY, None)
    return _unseen(render(request, "partners/invitation/dead_link.html", status=410))


def _unseen(response: Any) -> Any:
    """Nobody keeps the answer, and no other site learns where one comes from."""
    response.headers["Referrer-Policy"] = "same-origin"
    return mark(response)
