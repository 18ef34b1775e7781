"""Serves the renditions of images, and nothing else of what is stored."""

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

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

    404 for all the rest: other kinds of file, other folders, links that lead out.
    """
    folder = Path(settings.MEDIA_ROOT) / "images"
    content_type = CONTENT_TYPES.get(Path(name).suffix)
    if not content_type or not RENDITION_NAME.fullmatch(name) or (folder / name).is_symlink():
        raise Http404("Cette image n’existe pas.")
    response = serve(request, name, document_root=str(folder))
    if response.status_code == 200:
        response["Content-Type"] = content_type
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def serve_nothing(request: HttpRequest, name: str) -> HttpResponseBase:
    """Originals, documents and all else that is stored: 404, whether it exists or not."""
    raise Http404("Aucun fichier n’est servi ici.")
