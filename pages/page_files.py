"""Files made beside a page, at its address: a feed, a calendar, a table to download.

``/agenda/agenda.ics`` is answered by the page ``/agenda/``: what restricts the page, hides it or
says who may keep it holds for its files too. The address is declared once for all, in
``impulsion_site/urls.py``: Wagtail's own has no dot in it.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from wagtail.url_routing import RouteResult

FileView = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ["GET", "HEAD"]

# What neither XML nor calendars may hold; line breaks and tabs are texts.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without the control characters that a pasted text may hold."""
    return _CONTROLS.sub("", text)


class PageFilesMixin:
    """A page with files: a type says which in ``files()``. It stands before ``SitePage``."""

    def files(self) -> dict[str, FileView]:
        """The name of each file, and the method that makes it."""
        return {}

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Answer for the files of a published page; anything else is routed as usual.

        Raises:
            Http404: the page is not published.
        """
        view = self.files().get(path_components[0]) if len(path_components) == 1 else None
        if view is None:
            return super().route(request, path_components)  # type: ignore[misc]
        if not self.live:  # type: ignore[attr-defined]
            raise Http404
        return RouteResult(self, kwargs={"view": view})

    def serve(
        self, request: HttpRequest, *args: Any, view: FileView | None = None, **kwargs: Any
    ) -> HttpResponse:
        """The page, or one of its files with the same rights to keep it."""
        if view is None:
            return super().serve(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(SAFE_METHODS)
        return self.with_headers(request, view(request))  # type: ignore[attr-defined]
