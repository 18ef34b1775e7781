"""News."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.search import index

from pages.pagination import paginate
from pages.querysets import SitePageManager, SitePageQuerySet

from .base import TITLE_PANEL, SitePage
from .content import BodyPage

NEWS_PER_PAGE = 12


class NewsQuerySet(SitePageQuerySet):
    """Querysets of news items."""

    def newest_first(self) -> "NewsQuerySet":
        """By date, the last published of a same day first."""
        return self.order_by("-date", "-first_published_at", "-pk")

    def for_list(self) -> "NewsQuerySet":
        """What a list shows, in a bounded number of queries."""
        return (
            self.newest_first()
            .select_related("image")
            .prefetch_related("image__renditions")
            .defer_streamfields()
        )


class NewsIndexPage(SitePage):
    """The list of news, newest first."""

    subpage_types: ClassVar[list[str]] = ["pages.NewsPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    admin_default_ordering = "-latest_revision_created_at"
    max_count = 1
    page_description = "La liste des actualités."
    kind = "Actualités"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "liste des actualités"
        verbose_name_plural = "listes des actualités"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the page of news that was asked for."""
        context = super().get_context(request, *args, **kwargs)
        context["news"] = self.news(request)
        return context

    def news(self, request: HttpRequest) -> PaginatorPage:
        """The news of this page of the list."""
        items = NewsPage.objects.visible().child_of(self).for_list()
        items = items.prefetch_related("image__renditions")
        return paginate(items, request, NEWS_PER_PAGE)


class NewsPage(BodyPage):
    """A news item."""

    date = models.DateField("date", default=timezone.localdate)
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Une photo, si vous en avez une : elle ouvre la page et la montre dans les "
        "listes.",
    )
    communes = ParentalManyToManyField(
        "pages.Commune", verbose_name="communes concernées", blank=True, related_name="+"
    )
    trades = ParentalManyToManyField(
        "pages.Trade", verbose_name="activités concernées", blank=True, related_name="+"
    )

    objects = SitePageManager.from_queryset(NewsQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldPanel("summary"),
        FieldPanel("image"),
        FieldPanel("body"),
        FieldPanel("date"),
        MultiFieldPanel([FieldPanel("communes"), FieldPanel("trades")], "De quoi parle-t-elle ?"),
    ]
    search_fields: ClassVar[list[Any]] = [*BodyPage.search_fields, index.FilterField("date")]
    parent_page_types: ClassVar[list[str]] = ["pages.NewsIndexPage"]
    page_description = "Une nouvelle datée, avec une photo si vous en avez une."
    kind = "Actualité"
    search_group = "Actualités"
    schema_type = "NewsArticle"
    list_date_field = "date"

    class Meta:
        verbose_name = "actualité"
        verbose_name_plural = "actualités"

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The article's own terms."""
        data = super().json_ld(request)
        if data:
            data[0]["headline"] = self.title
            data[0]["datePublished"] = self.date.isoformat()
        return data
