"""The room of activités."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """See the models of the application."""

    name = "activities"
    verbose_name = "Activités"
    default_auto_field = "django.db.models.BigAutoField"
