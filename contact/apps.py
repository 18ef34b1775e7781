"""The room of contact."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactConfig(AppConfig):
    """See the models of the application."""

    name = "contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know its chores, and write the reasons once their table exists."""
        from .setup import ensure_reasons

        import_module("contact.chores")
        import_module("contact.reminders")
        post_migrate.connect(ensure_reasons, sender=self)
