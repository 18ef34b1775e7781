"""The room of contact."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """See the models of the application."""

    name = "contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"
