"""The site as a visitor without an account is answered, asked of itself.

The whole stack answers, from the outermost middleware: these are the bytes that the server gives,
before it compresses them. No socket is opened, and no cookie is ever sent.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import timezone

# Much more than any page of ours; what is larger is not kept.
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Answer:
    """What was answered: the full address, when, how, and the bytes."""

    address: str
    at: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def is_page(self) -> bool:
        """Whether it is a page of this site that somebody can read."""
        kind = dict(self.headers).get("Content-Type", "")
        return self.status == 200 and kind.startswith("text/html")


@cache
def _site() -> BaseHandler:
    """The stack of middleware and the views, loaded once."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def ask(path: str) -> Answer:
    """What anybody is answered at an address of the site (``/partenaires/``)."""
    at = timezone.localtime()
    # Never closed: the signal of the end of a request closes the connection of who asks.
    response = _site().get_response(WSGIRequest(_environ(path)))
    content = bytearray()
    for chunk in response:
        content += response.make_bytes(chunk)
        if len(content) > MOST_BYTES:
            break
    whole = len(content) <= MOST_BYTES
    return Answer(
        address=f"{settings.SITE_URL}{path}",
        at=at,
        status=response.status_code if whole else 500,
        reason=response.reason_phrase if whole else "trop lourde",
        headers=tuple((name, str(value)) for name, value in response.items()),
        content=bytes(content),
    )


def _environ(path: str) -> dict[str, object]:
    """The request of a browser that has just been installed, at the true address of the site."""
    site = urlsplit(settings.SITE_URL)
    environ: dict[str, object] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": site.netloc,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and site.scheme == "https":
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ


def address_of(path: str) -> str:
    """The full address, as a browser writes it."""
    return f"{settings.SITE_URL}{quote(path)}"
