"""The room of activités."""

from importlib import import_module

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """See the models of the application."""

    name = "activities"
    verbose_name = "Activités"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know its chores: they are registered as they are read."""
        import_module("activities.chores")
        import_module("activities.packs.chore")
        import_module("activities.pdf.chore")
