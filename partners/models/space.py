"""The partners' own page: what is reserved to them, and what they may do with their account."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from pages.models import SitePage
from pages.page_files import SAFE_METHODS
from pages.querysets import SitePageManager, SitePageQuerySet


def _views() -> Any:
    """What answers below the page; imported late, because it reads the models of this room."""
    from partners.accounts import space_views

    return space_views


class PartnerSpaceQuerySet(SitePageQuerySet):
    """Querysets of the partners' page."""

    def unlisted(self) -> "PartnerSpaceQuerySet":
        """All: it is no page for search engines."""
        return self


class PartnerSpacePage(RoutablePageMixin, SitePage):
    """``/espace-partenaires/``: it opens to the people of the partners, each sees their own."""

    objects = SitePageManager.from_queryset(PartnerSpaceQuerySet)()

    # Search says nothing of it: what it holds is not the same for everybody.
    is_searched = False
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    menu = "footer"
    page_description = "Ce qui est réservé aux partenaires, une fois identifiés."
    kind = "Espace partenaires"

    class Meta:
        verbose_name = "espace partenaires"
        verbose_name_plural = "espaces partenaires"

    @property
    def is_for_search_engines(self) -> bool:
        """Never: machines would only meet the form where one signs in."""
        return False

    def cache_control(self, request: HttpRequest) -> str:
        """Nobody may keep it: it is never the same for two people."""
        return "private, no-store"

    @path("")
    def contents(self, request: HttpRequest) -> HttpResponse:
        """What this person may read."""
        return self._answer(request, _views().contents)

    @path("consultations/", name="consultations")
    def consultations(self, request: HttpRequest) -> HttpResponse:
        """What the register holds of this person."""
        return self._answer(request, _views().consultations)

    @path("supprimer-mon-compte/", name="delete_account")
    def delete_account(self, request: HttpRequest) -> HttpResponse:
        """Erase the account, once the password is given."""
        return self._answer(request, _views().delete_account, also=["POST"])

    def _answer(
        self, request: HttpRequest, view: Any, also: list[str] | None = None
    ) -> HttpResponse:
        allowed = [*SAFE_METHODS, *(also or [])]
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        return view(self, request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One of its pages, that nobody keeps."""
        return self.with_headers(request, super().serve(request, *args, **kwargs))
