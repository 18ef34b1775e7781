"""Menus and breadcrumb, both read from the page tree in one query.

The main menu is the first two levels of pages « dans les menus »; the legal pages, which say
of themselves ``menu = "footer"``, go to the foot of the page. The number of queries does not
depend on the size of the tree, and what is read is bounded by what can be shown.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Page, Site

from .querysets import all_pages

STEP = Page.steplen


@dataclass
class Entry:
    """A page in a menu."""

    title: str
    url: str
    path: str
    is_current: bool = False
    is_ancestor: bool = False
    children: "list[Entry]" = field(default_factory=list)


class Navigation:
    """The menus of a site as seen from one of its pages (or from none, on a search page)."""

    def __init__(self, request: HttpRequest, page: Page | None = None) -> None:
        self.request = request
        self.page = page
        self.site = Site.find_for_request(request)

    @cached_property
    def main(self) -> list[Entry]:
        """The entries of the main menu, each with its own children."""
        entries = [self._entry(page) for page in self._menu_pages if not self._in_footer(page)]
        top = [entry for entry in entries if self._level(entry.path) == 1]
        for parent in top:
            parent.children = [
                entry
                for entry in entries
                if self._level(entry.path) == 2 and entry.path.startswith(parent.path)
            ]
        return top

    @cached_property
    def footer(self) -> list[Entry]:
        """The legal pages and the site map."""
        return [self._entry(page) for page in self._menu_pages if self._in_footer(page)]

    def url_of(self, model: type[Page]) -> str:
        """The address of the page of this type that is in the menus; empty without one."""
        wanted = ContentType.objects.get_for_model(model).pk
        found = (page for page in self._menu_pages if page.content_type_id == wanted)
        page = next(found, None)
        return (page.get_url(self.request) or "") if page else ""

    @cached_property
    def breadcrumb(self) -> list[Entry]:
        """The way from the home page to this one, both included; empty on the home page."""
        if self.page is None or not self.page.path or self._level(self.page.path) == 0:
            return []
        ancestors = [page for page in self._rows if page.path in self._ancestor_paths]
        return [self._entry(page) for page in [*ancestors, self.page]]

    @cached_property
    def named_pages(self) -> dict[int, Page]:
        """Those of the page's own ``pages_to_name()`` that anybody may read, by key."""
        named = self._keys_to_name()
        return {page.pk: page for page in self._rows if page.pk in named}

    def _keys_to_name(self) -> list[int]:
        to_name = getattr(self.page, "pages_to_name", None)
        return to_name() if to_name else []

    @cached_property
    def _rows(self) -> list[Page]:
        if self.site is None:
            return []
        root = self.site.root_page
        shown = Q(show_in_menus=True, depth__in=[root.depth + 1, root.depth + 2])
        shown |= Q(path__in=self._ancestor_paths)
        if named := self._keys_to_name():
            shown |= Q(pk__in=named)
        return list(all_pages().visible().filter(shown).order_by("path"))

    @cached_property
    def _menu_pages(self) -> list[Page]:
        shown = (page for page in self._rows if page.show_in_menus)
        return [page for page in shown if self._level(page.path) in (1, 2)]

    @cached_property
    def _ancestor_paths(self) -> list[str]:
        if self.page is None or self.site is None:
            return []
        first = len(self.site.root_page.path)
        return [self.page.path[:end] for end in range(first, len(self.page.path), STEP)]

    def _level(self, path: str) -> int:
        """How many steps below the home page."""
        home = self.site.root_page.path if self.site else ""
        return (len(path) - len(home)) // STEP

    def _entry(self, page: Page) -> Entry:
        current = self.page.path if self.page is not None else ""
        return Entry(
            title=page.title,
            url=page.get_url(self.request) or "",
            path=page.path,
            is_current=page.path == current,
            is_ancestor=page.path in self._ancestor_paths,
        )

    @staticmethod
    def _in_footer(page: Page) -> bool:
        model = ContentType.objects.get_for_id(page.content_type_id).model_class()
        return getattr(model, "menu", "main") == "footer"
