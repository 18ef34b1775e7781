"""What concerns the whole site and no page."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ImpulsionSiteConfig(AppConfig):
    """The last application loaded: it may use every other one."""

    name = "impulsion_site"
    verbose_name = "Site Impulsion"

    def ready(self) -> None:
        """Give the groups their permissions once every permission exists."""
        from .roles import ensure_roles

        post_migrate.connect(ensure_roles, sender=self)
