"""The activity reports."""

from typing import ClassVar

from pages.models import BodyPage


class ReportIndexPage(BodyPage):
    """The activity reports, every year, newest first."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La liste des rapports d’activité."
    kind = "Rapports d’activité"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des rapports"
        verbose_name_plural = "pages des rapports"
