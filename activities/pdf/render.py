"""From HTML to a tagged PDF, by WeasyPrint; nothing is fetched but pictures and fonts of ours."""

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation

from pages.models import SiteRendition

# They tell each of their steps: only what goes wrong is of use.
for name in ("weasyprint", "weasyprint.progress", "fontTools"):
    logging.getLogger(name).setLevel(logging.ERROR)

FONTS = Path(__file__).parent / "fonts"
# An address that no browser and no server knows: only the fetcher below reads it.
BASE = "https://pdf.invalid/"
FONT_FOLDER = "fontes/"
STATIC_PICTURES = (".svg", ".png", ".jpg", ".webp")
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
COMMAND = f"sudo apt-get install {' '.join(PACKAGES)}"


class Unavailable(Exception):
    """This machine lacks what makes PDF files."""


@dataclass(frozen=True)
class Made:
    """A PDF and how many pages it has."""

    content: bytes
    pages: int


@cache
def _weasyprint() -> Any:
    """The library, when its own libraries are there.

    Raises:
        Unavailable: Pango is missing.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise Unavailable(f"PDF indisponible. Installez Pango : {COMMAND}") from error
    return weasyprint


def is_available() -> bool:
    """Whether PDF files can be made here."""
    try:
        _weasyprint()
    except Unavailable:
        return False
    return True


def render(html: str) -> Made:
    """Make the PDF of an HTML text.

    Raises:
        Unavailable: Pango is missing.
    """
    library = _weasyprint()
    document = library.HTML(string=html, base_url=BASE, url_fetcher=_fetcher()).render(
        pdf_variant="pdf/ua-1", pdf_tags=True, presentational_hints=False
    )
    content = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return Made(content, len(document.pages))


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Gives files of this site, read from its disk: no address is ever asked for."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            content = own_file(url)
            if content is None:
                raise ValueError("une adresse qui n’est pas de ce site")
            return URLFetcherResponse(url, content)

    return OwnFiles(allowed_protocols=())


def own_file(url: str) -> bytes | None:
    """A font of the PDF, a picture of the site's own, a rendition of an image that may be shown."""
    if not url.startswith((BASE, f"{settings.SITE_URL}/")):
        return None
    path = unquote(urlsplit(url).path).lstrip("/")
    if path.startswith(FONT_FOLDER):
        name = path.removeprefix(FONT_FOLDER)
        known = {font.name: font for font in FONTS.glob("*.woff2")}
        return known[name].read_bytes() if name in known else None
    static = settings.STATIC_URL.strip("/") + "/"
    if path.startswith(static):
        return _static_picture(path.removeprefix(static))
    media = settings.MEDIA_URL.strip("/") + "/"
    if not path.startswith(media):
        return None
    name = path.removeprefix(media)
    rendition = SiteRendition.objects.select_related("image").filter(file=name).first()
    if rendition is None or not rendition.image.is_usable:
        return None
    try:
        with rendition.file.storage.open(rendition.file.name) as file:
            return file.read()
    except OSError:
        return None


def _static_picture(name: str) -> bytes | None:
    """A picture among the files of the site: collected under another name, or where it is kept."""
    if not name.endswith(STATIC_PICTURES):
        return None
    try:
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                return file.read()
        found = finders.find(name)
        return Path(found).read_bytes() if found else None
    except (OSError, SuspiciousFileOperation):
        return None
