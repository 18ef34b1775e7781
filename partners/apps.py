"""The room of partenaires."""

from importlib import import_module

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """See the models of the application."""

    name = "partners"
    verbose_name = "Partenaires"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know its chores, and connect what follows from a change."""
        import_module("partners.accounts.chores")
        import_module("partners.signals").connect_search()
        import_module("partners.accounts.signals").connect()
