"""What every template of the site may name; nothing is read before it is used."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import OrganisationSettings
from .navigation import Navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """The association's settings, and the menus of a page that is not in the tree."""
    return {
        "organisation": SimpleLazyObject(
            lambda: OrganisationSettings.load(request_or_site=request)
        ),
        "navigation": SimpleLazyObject(lambda: Navigation(request)),
    }
