"""Serves documents through Wagtail, which decides who may read them; corrects its headers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.views.serve import serve

from .ranges import part_of


@require_safe
def serve_document(
    request: HttpRequest, document_id: int, document_filename: str
) -> HttpResponseBase:
    """Wagtail's own view, whose answer no shared cache may give to somebody else.

    Stock Wagtail sends reserved documents without Cache-Control. Public ones must be asked for
    again each time (a 304 costs little): they may become private.

    Raises:
        PermissionDenied: somebody signed in who may not have the document. Stock Wagtail sends them
            to the form where one signs in, which sends them back.
    """
    response = serve(request, document_id, document_filename)
    reserved = _is_reserved(document_id)
    if reserved and response.status_code == 302 and request.user.is_authenticated:
        raise PermissionDenied
    response["Cache-Control"] = "private, no-store" if reserved else "no-cache"
    if reserved:
        response["X-Robots-Tag"] = "noindex"
    if response.get("Content-Encoding") == "None":
        # Wagtail writes the absence of encoding as a word.
        del response["Content-Encoding"]
    return part_of(response, request)


def _is_reserved(document_id: int) -> bool:
    """Whether the document's collection, or one above it, is restricted to some people."""
    document = get_document_model().objects.select_related("collection").get(pk=document_id)
    return document.collection.get_view_restrictions().exists()
