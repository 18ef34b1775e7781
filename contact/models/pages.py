"""How to reach the association."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from pages.models import BodyPage
from pages.page_files import SAFE_METHODS


def _answers() -> Any:
    """What answers at the page; imported late, because it reads the models of this room."""
    from contact import asking

    return asking


class ContactPage(RoutablePageMixin, BodyPage):
    """The phone, the hours, the address, and a form: its reason is chosen first."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = (
        "Le téléphone, les horaires, l’adresse (des réglages) et le formulaire (des motifs de "
        "contact)."
    )
    kind = "Contact"
    schema_type = "ContactPage"

    class Meta:
        verbose_name = "page de contact"
        verbose_name_plural = "pages de contact"

    def search_extras(self) -> Iterable[str]:
        """What people look for when they want to reach the association."""
        return ["Téléphone, adresse, e-mail, horaires d’ouverture, venir, appeler, écrire"]

    @path("")
    def ask(self, request: HttpRequest) -> HttpResponse:
        """The reasons, or the form of one of them."""
        allowed = [*SAFE_METHODS, "POST"]
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        return _answers().answer(self, request)

    @path("merci/", name="thanks")
    def thanks(self, request: HttpRequest) -> HttpResponse:
        """What becomes of the message, and its reference."""
        if request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(SAFE_METHODS)
        return _answers().thanks(self, request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One of its answers, with who may keep it."""
        return self.with_headers(request, super().serve(request, *args, **kwargs))
