"""Serves the renditions of images, and nothing else of what is stored."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from pages.models import SiteImage, SiteRendition
from pages.querysets import restricted_collections
from pages.reserved import NOBODY_KEEPS, is_signed_in, works_here

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}
# What Django's storage makes of a name: no slash, no leading dot, no endless name.
RENDITION_NAME = re.compile(r"\w[\w.-]{0,199}", re.ASCII)
# Browsers never ask again. A front cache does each minute: a picture that becomes reserved, or is
# deleted, is given to nobody else a minute later.
FOR_A_YEAR = "public, max-age=31536000, s-maxage=60, immutable"


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
    if cache_control == NOBODY_KEEPS:
        response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _image_of(name: str) -> SiteImage:
    """The image that a file is a rendition of, and whether its folder is reserved; one query.

    Raises:
        Http404: of none.
    """
    reserved = Q(image__collection__in=restricted_collections().values("pk"))
    known = SiteRendition.objects.select_related("image__collection").filter(file=f"images/{name}")
    rendition = known.annotate(
        is_reserved=ExpressionWrapper(reserved, output_field=BooleanField())
    ).first()
    if rendition is None:
        raise Http404("Cette image n’existe pas.")
    rendition.image.is_reserved = rendition.is_reserved
    return rendition.image


def _cache_control(image: SiteImage, request: HttpRequest) -> str:
    """Who may keep the picture, and how long.

    Raises:
        Http404: the public may not see it any more, or this person may not.
    """
    if not image.is_usable or image.is_reserved:
        if not works_here(request) and not (image.is_usable and _may_read(image, request)):
            raise Http404("Cette image n’est pas pour tout le monde.")
        return NOBODY_KEEPS
    if image.may_be_withdrawn:
        return "no-cache"
    return FOR_A_YEAR


def _may_read(image: SiteImage, request: HttpRequest) -> bool:
    """Whether the person may read what is in the image's folder."""
    restrictions = image.collection.get_view_restrictions()
    return is_signed_in(request) and all(rule.accept_request(request) for rule in restrictions)


def serve_nothing(request: HttpRequest, name: str) -> HttpResponseBase:
    """Originals, documents and all else that is stored: 404, whether it exists or not."""
    raise Http404("Aucun fichier n’est servi ici.")
