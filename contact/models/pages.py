"""How to reach the association."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest

from contact.forms import IntentionForm
from pages.models import BodyPage, Commune
from pages.territory_map import territory_map


class ContactPage(BodyPage):
    """The address, the e-mail, the phone and the hours: all from the settings."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "L’adresse, le téléphone, les horaires : ils viennent des réglages."
    kind = "Contact"
    schema_type = "ContactPage"

    class Meta:
        verbose_name = "page de contact"
        verbose_name_plural = "pages de contact"

    def search_extras(self) -> Iterable[str]:
        """What people look for when they want to reach the association."""
        return ["Téléphone, adresse, e-mail, horaires d’ouverture, venir, appeler, écrire"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the map, and what the address says that one comes for."""
        context = super().get_context(request, *args, **kwargs)
        context["intention"] = IntentionForm(request.GET).intention
        context["territory_map"] = territory_map(Commune.objects.all())
        return context
