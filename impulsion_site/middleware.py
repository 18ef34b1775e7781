"""What every answer carries, whoever wrote it."""

from collections import Counter
from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.utils import get_valid_next_url_from_request

from pages.models import NotPublishable
from partners.accounts.signals import GroupRefused

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing on this site asks for a device of its reader.
PERMISSIONS_POLICY = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), microphone=(), midi=(), payment=(), usb=()"
)
ADMIN_PREFIX = "/admin/"


# Pictures, films and office files are compressed already.
TEXTUAL_TYPES = (
    "text/",
    "application/json",
    "application/xml",
    "application/ld+json",
    "application/atom+xml",
)


class TextCompressionMiddleware(GZipMiddleware):
    """Django's compression, for texts only: a film that is asked for in parts stays whole."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress the answer if it is a text."""
        if not response.headers.get("Content-Type", "").startswith(TEXTUAL_TYPES):
            return response
        return super().process_response(request, response)


class SecurityHeadersMiddleware:
    """The headers that Django does not send by itself (Mozilla HTTP Observatory's list)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers; an answer that set one of them itself keeps it."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault(
            "Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
        )
        # Only the admin, whose preview panel is a frame, may show one of our pages in it.
        if request.path.startswith(ADMIN_PREFIX):
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cache-Control", self._who_may_keep(request))
        return response

    @staticmethod
    def _who_may_keep(request: HttpRequest) -> str:
        """For an answer that says nothing of it: caches in between keep those as they like."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return "private, no-store"
        return "no-cache"


class ContentSecurityMiddleware:
    """Relax the public policy under ``/admin/``, by exactly what Wagtail needs there.

    The admin has inline scripts and styles (date pickers, inline panels) and shows images
    from ``data:`` and ``blob:`` while they are edited; its previews are frames of this site.

    A preview is a public page that Wagtail asks of the whole site from inside the admin: it comes
    here with the public policy already written. It keeps it, but may be framed by the admin.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer; django-csp, which stands outside, writes the header."""
        response = self.get_response(request)
        if not request.path.startswith(ADMIN_PREFIX):
            return response
        # The attributes that django-csp reads: it has no other way.
        response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
        if "Content-Security-Policy" in response.headers:
            if "sandbox" in response.headers["Content-Security-Policy"]:
                return response  # what a visitor sent: stricter than anything written here
            del response.headers["Content-Security-Policy"]
            return response
        response._csp_replace["frame-src"] = [SELF]  # type: ignore[attr-defined]
        response._csp_update = {  # type: ignore[attr-defined]
            "script-src": [UNSAFE_INLINE],
            "style-src": [UNSAFE_INLINE],
            "img-src": ["data:", "blob:"],
        }
        return response


class RefusalsMiddleware:
    """In the admin, what is refused without a form to say it ends in its reasons, not in an error.

    Approving a page from the list of re-readings publishes it without its form; deleting what is
    still of use, or giving rights to a group of partners, has none either. Wagtail has no hook
    there. Whatever was begun is undone: Wagtail does each of them in one transaction.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to add to an answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Tell the reasons, and go back to where one asked (the dashboard when unknown)."""
        reasons = refusal(exception) if request.path.startswith(ADMIN_PREFIX) else ""
        if not reasons:
            return None
        messages.error(request, reasons)
        back = get_valid_next_url_from_request(request) or reverse("wagtailadmin_home")
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": back})
        return redirect(back)


def refusal(exception: Exception) -> str:
    """What to tell of an action that was refused; nothing of an error."""
    if isinstance(exception, NotPublishable):
        return f"Rien n’a été publié. {' '.join(exception.messages)}"
    if isinstance(exception, GroupRefused):
        return f"Rien n’a été enregistré. {' '.join(exception.messages)}"
    if isinstance(exception, ProtectedError):
        found = Counter(str(row._meta.verbose_name_plural) for row in exception.protected_objects)
        uses = ", ".join(f"{name} : {count}" for name, count in found.items())
        return f"Rien n’a été supprimé, car cela sert encore ({uses})."
    return ""
