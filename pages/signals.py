"""What happens by itself when content changes, in every room of the site."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_delete, post_save, pre_save
from modelsearch.index import insert_or_update_object
from wagtail.models import Revision
from wagtail.signals import page_published

from . import chores  # noqa: F401  (registers the chores of the ground floor)
from .french_fields import set_typography_before_saving
from .models import EventPage, GlossaryPage, SitePage, Term

# Models that no editor types in: their texts are machine words, names of people, traces.
NOT_TYPED = {"pages.User", "pages.Chore", "pages.SearchMiss", "pages.SiteRendition"}


def connect_typography() -> None:
    """Set the typography of every model of the site's rooms, whoever saves it."""
    for model in apps.get_models():
        label = model._meta.label
        is_typed = getattr(model, "is_typed", label not in NOT_TYPED)
        if model._meta.app_label in settings.ROOMS and is_typed:
            pre_save.connect(
                set_typography_before_saving, sender=model, dispatch_uid=f"typography {label}"
            )


def connect_search() -> None:
    """Let search read the lists of a page as they are once it is published.

    The index is brought up to date when the row of the page is saved: the rows of its lists
    (milestones, people, documents…) are saved after it, and search would read the former ones.
    """
    page_published.connect(index_published_page, dispatch_uid="search in lists")
    for signal in (post_save, post_delete):
        signal.connect(index_glossary, sender=Term, dispatch_uid="search in the glossary")


def index_published_page(instance: Any, **_kwargs: Any) -> None:
    """Index a page again when its lists give words to search."""
    if (
        isinstance(instance, SitePage)
        and type(instance).search_extras is not SitePage.search_extras
    ):
        insert_or_update_object(instance)


def connect_calendar() -> None:
    """Let the sessions of an event be the same ones from one version to the next."""
    page_published.connect(
        keep_sessions_in_revision, sender=EventPage, dispatch_uid="sessions in revision"
    )


def keep_sessions_in_revision(instance: EventPage, revision: Revision, **_kwargs: Any) -> None:
    """Write in the published version the rows of its sessions.

    Wagtail keeps it as it was before new sessions had rows: the form would make them anew at each
    change, and calendars would take them for other sessions.
    """
    content = {**revision.content, "sessions": instance.serializable_data()["sessions"]}
    Revision.objects.filter(pk=revision.pk).update(content=content)


def index_glossary(**_kwargs: Any) -> None:
    """The terms are not in the page's own row: search reads them again when one changes."""
    for page in GlossaryPage.objects.all():
        insert_or_update_object(page)
