"""Serves documents through Wagtail, which decides who may read them; corrects its headers."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.views.serve import serve

from pages.reserved import mark, note_given

from .ranges import part_of


@require_safe
def serve_document(
    request: HttpRequest, document_id: int, document_filename: str
) -> HttpResponseBase:
    """Wagtail's own view, whose answer no shared cache may give to somebody else.

    Stock Wagtail sends reserved documents without Cache-Control. Public ones must be asked for
    again each time (a 304 costs little): they may become private.
    """
    response = serve(request, document_id, document_filename)
    document = get_document_model().objects.select_related("collection").get(pk=document_id)
    if document.collection.get_view_restrictions().exists():
        note_given(request, document)
        mark(response)
    else:
        response["Cache-Control"] = "no-cache"
    if response.get("Content-Encoding") == "None":
        # Wagtail writes the absence of encoding as a word.
        del response["Content-Encoding"]
    return part_of(response, request)
