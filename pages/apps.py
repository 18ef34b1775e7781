"""The ground floor: what every other room of the site stands on."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages, people who edit them, images, documents, settings, chores."""

    name = "pages"
    verbose_name = "Pages du site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what happens when content is saved or published, and our fields of forms."""
        from . import local_time
        from .accounts.signals import connect_accounts
        from .signals import connect_calendar, connect_search, connect_typography

        connect_typography()
        connect_search()
        connect_calendar()
        connect_accounts(self)
        local_time.use_in_the_admin()
