"""Serves the renditions of images, and nothing else of what is stored."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.models import CollectionViewRestriction

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
# Browsers never ask again. A front cache does each minute: a picture that becomes reserved, or is
# deleted, is given to nobody else a minute later.
FOR_A_YEAR = "public, max-age=31536000, s-maxage=60, immutable"
# Whether the image stands in a collection that is restricted, or below one.
IS_RESERVED = Exists(
    CollectionViewRestriction.objects.annotate(
        path=ExpressionWrapper(OuterRef("image__collection__path"), output_field=CharField())
    ).filter(path__startswith=F("collection__path"))
)


@require_safe
def serve_rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """One rendition, to be kept for a year: its name changes with its content.

    A picture whose people may change their mind is asked for again each time; one that may not be
    shown any more is there for the library only; one of a reserved collection, for who may read
    the documents of that collection. 404 for all the rest: other kinds of file, other folders,
    links that lead out, files that are the rendition of no image.
    """
    folder = Path(settings.MEDIA_ROOT) / "images"
    content_type = CONTENT_TYPES.get(Path(name).suffix)
    if not content_type or not RENDITION_NAME.fullmatch(name) or (folder / name).is_symlink():
        raise Http404("Cette image n’existe pas.")
    cache_control = _cache_control(_rendition(name), request)
    response = serve(request, name, document_root=str(folder))
    if response.status_code == 200:
        response["Content-Type"] = content_type
    response["Cache-Control"] = cache_control
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _rendition(name: str) -> SiteRendition:
    """The rendition that a file is, with its image; one query.

    Raises:
        Http404: of none.
    """
    known = SiteRendition.objects.select_related("image__collection").filter(file=f"images/{name}")
    rendition = known.annotate(is_reserved=IS_RESERVED).first()
    if rendition is None:
        raise Http404("Cette image n’existe pas.")
    return rendition


def _cache_control(rendition: SiteRendition, request: HttpRequest) -> str:
    """Who may keep the picture, and how long.

    Raises:
        Http404: the public may not see it any more, or it is reserved to others.
    """
    image = rendition.image
    if not image.is_usable:
        if not _works_here(request):
            raise Http404("Cette image n’est plus publiée.")
        return "private, no-store"
    if rendition.is_reserved:
        if not _may_read(image, request) and not _works_here(request):
            raise Http404("Cette image est réservée.")
        return "private, no-store"
    if image.may_be_withdrawn:
        return "no-cache"
    return FOR_A_YEAR


def _may_read(image: SiteImage, request: HttpRequest) -> bool:
    """Whether the person is of those to whom the collection of the image is left."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    restrictions = image.collection.get_view_restrictions()
    return all(restriction.accept_request(request) for restriction in restrictions)


def _works_here(request: HttpRequest) -> bool:
    """Whether the person may enter the admin, whose library shows every picture."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return request.user.has_perm("wagtailadmin.access_admin")


def serve_nothing(request: HttpRequest, name: str) -> HttpResponseBase:
    """Originals, documents and all else that is stored: 404, whether it exists or not."""
    raise Http404("Aucun fichier n’est servi ici.")
