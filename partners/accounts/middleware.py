"""What holds at each request of a partner's person."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pages.reserved import mark
from partners.models import Member

from .access import member_of
from .register import record

ADMIN_PREFIX = "/admin/"


class MembersMiddleware:
    """Nobody whose access is over comes in, no partner enters the admin, what is read is noted.

    The end of an access is judged at each request, from the dates themselves: it waits for no
    chore and no new session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or say that the access is over.

        Raises:
            PermissionDenied: a partner asks for the admin.
        """
        member = member_of(request)
        if member is None:
            return self.get_response(request)
        if not member.is_open:
            return _over(request, member)
        if request.path.startswith(ADMIN_PREFIX):
            # Whatever its groups. Wagtail would send it to sign in, which it already is.
            raise PermissionDenied
        response = self.get_response(request)
        record(request, response, member)
        return response


def _over(request: HttpRequest, member: Member) -> HttpResponseBase:
    """End the session, and say so once, in words."""
    logout(request)
    return mark(render(request, "errors/acces_fini.html", {"member": member}, status=403))
