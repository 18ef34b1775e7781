"""How often a password may be tried outside allauth's own screens."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse


def too_many_tries(request: HttpRequest) -> HttpResponse | None:
    """The answer to who has tried their own password too often; nothing before.

    Counted with the tries of the screen that asks again who one is.
    """
    refused: HttpResponse | None = ratelimit.consume_or_429(
        request, action="reauthenticate", user=request.user
    )
    return refused
