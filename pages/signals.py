"""What happens by itself when content changes, in every room of the site."""

from django.apps import apps
from django.conf import settings
from django.db.models.signals import pre_save

from . import chores  # noqa: F401  (registers the chores of the ground floor)
from .french_fields import set_typography_before_saving

# Models that no editor types in: their texts are machine words, names of people, traces.
NOT_TYPED = {"pages.User", "pages.Chore", "pages.SiteRendition"}


def connect_typography() -> None:
    """Set the typography of every model of the site's rooms, whoever saves it."""
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label in settings.ROOMS and label not in NOT_TYPED:
            pre_save.connect(
                set_typography_before_saving, sender=model, dispatch_uid=f"typography {label}"
            )
