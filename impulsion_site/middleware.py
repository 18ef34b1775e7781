"""What every answer carries, whoever wrote it."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing on this site asks for a device of its reader.
PERMISSIONS_POLICY = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), microphone=(), midi=(), payment=(), usb=()"
)
ADMIN_PREFIX = "/admin/"


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
        response.headers.setdefault("X-Frame-Options", self._frame_options(request, response))
        return response

    @staticmethod
    def _frame_options(request: HttpRequest, response: HttpResponse) -> str:
        """Only the admin, whose preview panel is a frame, may show one of our pages in it."""
        return "SAMEORIGIN" if request.path.startswith(ADMIN_PREFIX) else "DENY"


class ContentSecurityMiddleware:
    """Relax the public policy under ``/admin/``, by exactly what Wagtail needs there.

    The admin has inline scripts and styles (date pickers, inline panels) and shows images
    from ``data:`` and ``blob:`` while they are edited; its previews are frames of this site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer; django-csp, which stands outside, writes the header."""
        response = self.get_response(request)
        if request.path.startswith(ADMIN_PREFIX):
            # The attributes that django-csp reads: it has no other way.
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": [UNSAFE_INLINE],
                "style-src": [UNSAFE_INLINE],
                "img-src": ["data:", "blob:"],
            }
            response._csp_replace = {  # type: ignore[attr-defined]
                "frame-ancestors": [SELF],
                "frame-src": [SELF],
            }
        return response
