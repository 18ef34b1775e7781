"""What happens by itself when content changes, in every room of the site."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models.signals import pre_save
from modelsearch.index import insert_or_update_object
from wagtail.signals import page_published

from . import chores  # noqa: F401  (registers the chores of the ground floor)
from .french_fields import set_typography_before_saving
from .models import SitePage

# Models that no editor types in: their texts are machine words, names of people, traces.
NOT_TYPED = {"pages.User", "pages.Chore", "pages.SearchMiss", "pages.SiteRendition"}


def connect_typography() -> None:
    """Set the typography of every model of the site's rooms, whoever saves it."""
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label in settings.ROOMS and label not in NOT_TYPED:
            pre_save.connect(
                set_typography_before_saving, sender=model, dispatch_uid=f"typography {label}"
            )


def connect_search() -> None:
    """Let search read the lists of a page as they are once it is published.

    The index is brought up to date when the row of the page is saved: the rows of its lists
    (milestones, people, documents…) are saved after it, and search would read the former ones.
    """
    page_published.connect(index_published_page, dispatch_uid="search in lists")


def index_published_page(instance: Any, **_kwargs: Any) -> None:
    """Index a page again when its lists give words to search."""
    if (
        isinstance(instance, SitePage)
        and type(instance).search_extras is not SitePage.search_extras
    ):
        insert_or_update_object(instance)
