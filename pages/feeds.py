"""The news as feed readers read them (Atom, RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from pages.page_files import printable
from pages.structured_data import absolute

if TYPE_CHECKING:
    from pages.models import NewsIndexPage, NewsPage

NEWS_FILE = "flux.xml"
NEWS_IN_FEED = 30
# Of a page that was put in the tree without being published: Atom wants a date.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class AtomFeed(Atom1Feed):
    """Django's Atom; a feed without items is as old as its page, not as the clock."""

    def latest_post_date(self) -> datetime:
        """When the feed was last changed."""
        return super().latest_post_date() if self.items else self.feed["published"]


class NewsFeed(Feed):
    """The newest news of a list: ``NewsFeed()(request, index)``.

    Identifiers are those of the pages, not their addresses: a new address or title does not
    make of an item that was read one to read again.
    """

    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The feed, without the date that Django gives it.

        It is that of the newest item: it would go back when this item is archived, and readers
        would keep what they have. The entity tag changes whenever the content does.
        """
        response = super().__call__(request, *args, **kwargs)
        del response.headers["Last-Modified"]
        return response

    def get_object(self, request: HttpRequest, index: "NewsIndexPage") -> "NewsIndexPage":
        """The list that the feed is about."""
        self.request = request
        return index

    def title(self, index: "NewsIndexPage") -> str:
        """The name of the list, and whose it is."""
        return printable(f"{index.title} – {settings.WAGTAIL_SITE_NAME}")

    def subtitle(self, index: "NewsIndexPage") -> str:
        """What the list says of itself."""
        return printable(index.description)

    def link(self, index: "NewsIndexPage") -> str:
        """The list as a page."""
        return absolute(index.get_url(self.request) or "")

    def feed_url(self, index: "NewsIndexPage") -> str:
        """The feed itself."""
        return f"{self.link(index)}{NEWS_FILE}"

    def feed_guid(self, index: "NewsIndexPage") -> str:
        """What readers know the feed by."""
        return f"urn:uuid:{index.translation_key}"

    def author_name(self) -> str:
        """Who speaks."""
        return settings.WAGTAIL_SITE_NAME

    def author_link(self) -> str:
        """The site."""
        return f"{settings.SITE_URL}/"

    def feed_extra_kwargs(self, index: "NewsIndexPage") -> dict[str, Any]:
        """The date of a feed without items."""
        return {"published": _published(index)}

    def items(self, index: "NewsIndexPage") -> Sequence["NewsPage"]:
        """The newest items."""
        return index.feed_items(NEWS_IN_FEED)

    def item_guid(self, item: "NewsPage") -> str:
        """What readers know the item by."""
        return f"urn:uuid:{item.translation_key}"

    def item_link(self, item: "NewsPage") -> str:
        """The page of the item."""
        return absolute(item.get_url(self.request) or "")

    def item_title(self, item: "NewsPage") -> str:
        """Its title; Atom takes it for plain text."""
        return printable(item.title)

    def item_description(self, item: "NewsPage") -> str:
        """Its summary; Django says that it is HTML."""
        return escape(printable(item.summary))

    def item_pubdate(self, item: "NewsPage") -> datetime:
        """When it was first published."""
        return item.first_published_at or _published(item)

    def item_updateddate(self, item: "NewsPage") -> datetime:
        """When it was last published."""
        return _published(item)

    def item_categories(self, item: "NewsPage") -> list[str]:
        """The activities and the communes concerned."""
        return [term.name for term in [*item.trades.all(), *item.communes.all()]]


def _published(page: "NewsIndexPage | NewsPage") -> datetime:
    """When a page was last published."""
    return page.last_published_at or page.first_published_at or NEVER
