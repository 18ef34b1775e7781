"""Serves the renditions of images, and nothing else of what is stored."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from pages.models import SiteImage, SiteRendition

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}
# What Django's storage makes of a name: no slash, no leading dot, no endless name.
RENDITION_NAME = re.compile(r"\w[\w.-]{0,199}", re.ASCII)


@require_safe
def serve_rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """One rendition, to be kept for a year: its name changes with its content.

    A picture whose people may change their mind is asked for again each time; one that may not be
    shown any more is there for the library only. 404 for all the rest: other kinds of file, other
    folders, links that lead out, files that are the rendition of no image.
    """
    folder = Path(settings.MEDIA_ROOT) / "images"
    content_type = CONTENT_TYPES.get(Path(name).suffix)
    if not content_type or not RENDITION_NAME.fullmatch(name) or (folder / name).is_symlink():
        raise Http404("Cette image n’existe pas.")
    cache_control = _cache_control(_image_of(name), request)
    response = serve(request, name, document_root=str(folder))
    if response.status_code == 200:
        response["Content-Type"] = content_type
    response["Cache-Control"] = cache_control
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _image_of(name: str) -> SiteImage:
    """The image that a file is a rendition of; one query.

    Raises:
        Http404: of none.
    """
    rendition = SiteRendition.objects.select_related("image__collection").filter(file=f"images/{name}").first()
    if rendition is None:
        raise Http404("Cette image n’existe pas.")
    return rendition.image


def _cache_control(image: SiteImage, request: HttpRequest) -> str:
    """Who may keep the picture, and how long.

    Raises:
        Http404: the public may not see it any more.
    """
    if not image.is_usable:
        if not _works_here(request):
            raise Http404("Cette image n’est plus publiée.")
        return "private, no-store"
    restrictions = image.collection.get_view_restrictions()
    if restrictions.exists():
        if not _works_here(request) and not _may_read(restrictions, request):
            raise Http404("Cette image est réservée.")
        return "private, no-store"
    if image.may_be_withdrawn:
        return "no-cache"
    return "public, max-age=31536000, immutable"


def _may_read(restrictions: Any, request: HttpRequest) -> bool:
    """Whether the person may read what is in the image's folder."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return all(restriction.accept_request(request) for restriction in restrictions)


def _works_here(request: HttpRequest) -> bool:
    """Whether the person may enter the admin, whose library shows every picture."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return request.user.has_perm("wagtailadmin.access_admin")


def serve_nothing(request: HttpRequest, name: str) -> HttpResponseBase:
    """Originals, documents and all else that is stored: 404, whether it exists or not."""
    raise Http404("Aucun fichier n’est servi ici.")
