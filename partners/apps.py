"""The room of partenaires."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """See the models of the application."""

    name = "partners"
    verbose_name = "Partenaires"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what happens when a partner changes."""
        from .signals import connect_search

        connect_search()
