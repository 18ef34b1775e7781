"""The activities of the association."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from wagtail.admin.panels import FieldPanel, Panel

from pages.models import BodyPage, Trade
from pages.querysets import SitePageManager, SitePageQuerySet


class ActivityQuerySet(SitePageQuerySet):
    """Querysets of activity pages."""

    def for_list(self) -> "ActivityQuerySet":
        """What a list shows, in the order of the tree."""
        return self.select_related("trade", "image").defer_streamfields().order_by("path")


class ActivityIndexPage(BodyPage):
    """The door of the four activities."""

    subpage_types: ClassVar[list[str]] = ["activities.ActivityPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "Présente les activités de l’association."
    kind = "Activités"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des activités"
        verbose_name_plural = "pages des activités"

    def activities(self) -> list["ActivityPage"]:
        """The activities that anybody may read."""
        return list(ActivityPage.objects.visible().child_of(self).for_list())


class ActivityPage(BodyPage):
    """An activity: what is done, for whom, how to ask."""

    trade = models.ForeignKey(
        Trade, verbose_name="activité", on_delete=models.PROTECT, related_name="+"
    )
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = SitePageManager.from_queryset(ActivityQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        *BodyPage.content_panels[:-1],
        FieldPanel("trade"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["activities.ActivityIndexPage"]
    page_description = "Une activité : ce qu’on fait, pour qui, comment demander."
    kind = "Activité"
    search_group = "Activités"

    class Meta:
        verbose_name = "activité"
        verbose_name_plural = "activités"
