"""The room of contact."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactConfig(AppConfig):
    """See the models of the application."""

    name = "contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Write the reasons of the form once their table exists."""
        from .setup import ensure_reasons

        post_migrate.connect(ensure_reasons, sender=self)
