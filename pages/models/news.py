"""News."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Page as PaginatorPage
from django.db import models
from django.db.models import Case, Expression, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.models import Page
from wagtail.search import index

from pages.blocks import RelatedPagesBlock
from pages.details import NOTHING, details_of
from pages.feeds import NEWS_FILE, NewsFeed
from pages.list_filters import NewsFilter
from pages.page_files import FileView, PageFilesMixin
from pages.pagination import paginate
from pages.querysets import SitePageManager, SitePageQuerySet
from pages.streams import SlimStreamField
from pages.structured_data import signature

from .base import TITLE_PANEL, SitePage
from .content import BodyPage
from .organisation import OrganisationSettings
from .terms import Trade

NEWS_PER_PAGE = 12


def archived() -> Q:
    """Of the items whose day of archiving has come, in Paris."""
    return Q(archive_on__lte=timezone.localdate())


class NewsQuerySet(SitePageQuerySet):
    """Querysets of news items."""

    def current(self) -> "NewsQuerySet":
        """What is not archived."""
        return self.exclude(archived())

    def newest_first(self) -> "NewsQuerySet":
        """By date, the last published of a same day first."""
        return self.order_by("-date", "-first_published_at", "-pk")

    def for_list(self) -> "NewsQuerySet":
        """What a list shows, but for pictures."""
        return self.newest_first().defer_streamfields()

    def with_pictures(self) -> "NewsQuerySet":
        """Their pictures, in one query more."""
        return self.select_related("image").prefetch_related("image__renditions")


class NewsIndexPage(PageFilesMixin, SitePage):
    """The list of news, newest first; year by year, with what is archived."""

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
        """Add the page of news that was asked for, and what narrows the list."""
        context = super().get_context(request, *args, **kwargs)
        wanted = NewsFilter(request.GET, years=self.years(), themes=self.themes())
        context["wanted"] = wanted
        context["news"] = self.listed_news(request, wanted)
        return context

    def news(self) -> NewsQuerySet:
        """The items of this list that anybody may read."""
        return NewsPage.objects.visible().child_of(self)

    def years(self) -> list[int]:
        """The years that have news, the latest first."""
        return [day.year for day in self.news().dates("date", "year", order="DESC")]

    def themes(self) -> dict[str, str]:
        """The activities that have news: their names in addresses, and for people."""
        concerned = NewsPage.trades.through.objects.filter(newspage__in=self.news())
        trades = Trade.objects.filter(pk__in=concerned.values("trade"))
        return dict(trades.values_list("slug", "name"))

    def listed_news(self, request: HttpRequest, wanted: NewsFilter) -> PaginatorPage:
        """The items of this page of the list; those archived are found under their year."""
        items = self.news().filter(date__year=wanted.year) if wanted.year else self.news().current()
        if wanted.theme_slug:
            items = items.filter(trades__slug=wanted.theme_slug)
        return paginate(items.for_list().with_pictures(), request, NEWS_PER_PAGE)

    def feed_items(self, count: int) -> Sequence["NewsPage"]:
        """The newest items for the feed; examples are in none."""
        items = self.news().current().filter(is_example=False).for_list()
        return items.prefetch_related("trades", "communes")[:count]

    def files(self) -> dict[str, FileView]:
        """``flux.xml``."""
        return {NEWS_FILE: self.serve_feed}

    def serve_feed(self, request: HttpRequest) -> HttpResponse:
        """The Atom feed of this list."""
        return NewsFeed()(request, self)


class NewsPage(BodyPage):
    """A news item."""

    date = models.DateField(
        "date", default=timezone.localdate, help_text="Le jour affiché, et l’ordre dans la liste."
    )
    archive_on = models.DateField(
        "archiver le",
        null=True,
        blank=True,
        help_text="Ce jour-là, l’actualité quitte l’accueil et la liste. On la retrouve sous son "
        "année, avec la mention « Archive ».",
    )
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Une photo, si vous en avez une : elle ouvre la page et la montre dans les "
        "listes.",
    )
    communes = ParentalManyToManyField(
        "pages.Commune", verbose_name="communes concernées", blank=True, related_name="+"
    )
    trades = ParentalManyToManyField(
        "pages.Trade", verbose_name="activités concernées", blank=True, related_name="+"
    )

    # On the page's own row: an item without any costs no query to know it.
    related_pages = SlimStreamField(
        RelatedPagesBlock(),
        verbose_name="à lire aussi",
        blank=True,
        help_text="Des pages du site qui continuent l’histoire. Celles qui ne sont pas publiées "
        "n’apparaissent pas.",
    )

    objects = SitePageManager.from_queryset(NewsQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldPanel("summary"),
        FieldPanel("image"),
        FieldPanel("body"),
        FieldRowPanel([FieldPanel("date"), FieldPanel("archive_on")]),
        MultiFieldPanel([FieldPanel("communes"), FieldPanel("trades")], "De quoi parle-t-elle ?"),
        FieldPanel("related_pages"),
    ]
    search_fields: ClassVar[list[Any]] = [*BodyPage.search_fields, index.FilterField("date")]
    parent_page_types: ClassVar[list[str]] = ["pages.NewsIndexPage"]
    page_description = "Une nouvelle datée, avec une photo si vous en avez une."
    kind = "Actualité"
    search_group = "Actualités"
    schema_type = "NewsArticle"
    list_date_field = "date"
    comes_and_goes = True
    read_with = ("image",)

    class Meta:
        verbose_name = "actualité"
        verbose_name_plural = "actualités"

    @classmethod
    def list_mention(cls) -> Expression:
        """« Archive », from the day chosen."""
        return Case(
            When(archived(), then=Value("Archive")),
            default=Value(""),
            output_field=models.CharField(),
        )

    @property
    def is_archived(self) -> bool:
        """Whether the day of archiving has come."""
        return self.archive_on is not None and self.archive_on <= timezone.localdate()

    def clean(self) -> None:
        """Refuse a day of archiving on which nobody would have read it yet.

        Raises:
            ValidationError: on the field ``archive_on``.
        """
        super().clean()
        if self.archive_on and self.date and self.archive_on <= self.date:
            message = "Choisissez un jour après la date de l’actualité : personne ne la lirait."
            raise ValidationError({"archive_on": message})

    def pages_to_name(self) -> list[int]:
        """The pages chosen to be read next."""
        chosen = (row["value"] for row in self.related_pages.raw_data)
        return [key for key in dict.fromkeys(chosen) if key and key != self.pk]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages to be read next."""
        context = super().get_context(request, *args, **kwargs)
        context["related_pages"] = self.visible_related_pages(request)
        return context

    def visible_related_pages(self, request: HttpRequest) -> list[Page]:
        """The pages chosen to be read next that anybody may read, with their summaries."""
        found = self.navigation(request).named_pages
        details = details_of(list(found.values()))
        for page in found.values():
            known = details.get(page.pk, NOTHING)
            page.summary, page.is_example = known.summary, known.is_example
        return [found[key] for key in self.pages_to_name() if key in found]

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The article's own terms."""
        data = super().json_ld(request)
        if data:
            data[0]["headline"] = self.title
            data[0]["datePublished"] = self.date.isoformat()
            if author := signature(OrganisationSettings.load(request_or_site=request)):
                data[0] |= {"author": author, "publisher": author}
        return data
