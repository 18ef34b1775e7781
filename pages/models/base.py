"""What every page of the site is made of."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Expression, Q, Value
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel, TitleFieldPanel
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from pages.french_fields import apply_french_typography
from pages.navigation import Navigation
from pages.querysets import SitePageManager
from pages.search.indexing import page_text
from pages.structured_data import breadcrumb_list, web_page

SUMMARY_LENGTH = 300
# Unlike a plain panel, it writes the end of a new page's address while one types the title.
TITLE_PANEL = TitleFieldPanel("title", classname="", placeholder=False)


class NotPublishable(ValidationError):
    """A page that nobody may read yet was about to go to the public."""


class SitePage(Page):
    """The abstract base of every page type.

    ``title`` is the short name, for menus and breadcrumbs; ``heading`` the longer one that
    opens the page, when there is one. The person in charge is ``responsible``: Wagtail's own
    ``owner`` is whoever created the page.
    """

    heading = models.CharField(
        "grand titre",
        max_length=150,
        blank=True,
        help_text="Affiché en haut de la page. Laissez vide pour afficher le titre.",
    )
    summary = models.TextField(
        "résumé",
        max_length=SUMMARY_LENGTH,
        blank=True,
        help_text="Une ou deux phrases simples : elles ouvrent la page et la présentent "
        "dans les listes.",
    )
    share_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image de partage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Montrée quand la page est partagée par message ou sur un réseau social.",
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="personne en charge",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Qui répond de cette page et la relit.",
    )
    review_on = models.DateField(
        "à revoir le",
        null=True,
        blank=True,
        help_text="À cette date, la page apparaît dans les choses à faire.",
    )
    is_example = models.BooleanField("exemple", default=False, editable=False)

    objects: ClassVar[Any] = SitePageManager()

    # Set by HomePage.route(), for one request, when it saw that nothing restricts the page.
    is_known_open = False

    # Under the home page or in a section of the site; types with one place only say which.
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage", "pages.SectionPage"]
    subpage_types: ClassVar[list[str] | None] = []

    # In the admin as in the menus: in the order of the tree.
    admin_default_ordering = "ord"

    # Which menu the page belongs to, what search calls it and files it under (a plural: the
    # label of a filter), what schema.org calls it.
    menu: ClassVar[str] = "main"
    kind: ClassVar[str] = "Page"
    search_group: ClassVar[str] = "Pages"
    # What search says of those that ``objects.over()`` finds, ranked after all the others:
    # « passé », « fermée ». The two go together.
    over_note: ClassVar[str] = ""
    # Whether it shows the pages below it: whoever reads it needs no other way to them.
    shows_those_below: ClassVar[bool] = False
    # Whether the search of the site finds pages of this type.
    is_searched: ClassVar[bool] = True
    schema_type: ClassVar[str] = "WebPage"
    # What is read in the same query as the page when it is served.
    read_with: ClassVar[tuple[str, ...]] = ()
    # The field that holds ``list_date``: by its name, search reads the dates of all the kinds
    # of pages at once.
    list_date_field: ClassVar[str | None] = None
    # News, events, offers: they have lists of their own, the site map leaves them to these.
    comes_and_goes: ClassVar[bool] = False

    content_panels: ClassVar[list[Panel]] = [
        TITLE_PANEL,
        FieldPanel("heading"),
        FieldPanel("summary"),
    ]
    promote_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("share_image"),
            ],
            "Adresse, moteurs de recherche et partage",
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], "Menus"),
        MultiFieldPanel([FieldPanel("responsible"), FieldPanel("review_on")], "Suivi"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("search_text"),
    ]

    class Meta:
        abstract = True

    @property
    def display_title(self) -> str:
        """The title at the top of the page."""
        return self.heading or self.title

    def title_below(self, above: str) -> str:
        """What to call it away from the page above it, of which this is the title."""
        return self.display_title

    @property
    def list_date(self) -> date | None:
        """The day shown in lists and search results; most kinds have none."""
        value = getattr(self, self.list_date_field) if self.list_date_field else None
        return timezone.localtime(value).date() if isinstance(value, datetime) else value

    @classmethod
    def list_mention(cls) -> Expression:
        """A word that search shows beside the date: « Annulé », « Archive »; most kinds have none.

        It is an expression of the database, read for all the kinds of pages at once.
        """
        return Value("", output_field=models.CharField())

    @property
    def description(self) -> str:
        """What search engines and shared links say of the page."""
        return self.search_description or self.summary

    @property
    def is_for_search_engines(self) -> bool:
        """Whether machines may keep the page; a type that has other reasons not to adds them."""
        return not self.is_example

    def check_publishable(self) -> None:
        """What must hold before anybody may read the page; a type adds its own conditions.

        Raises:
            ValidationError: the page is incomplete, or its type has a reason to wait.
        """
        self.full_clean()

    def search_text(self) -> str:
        """All the words of the page but its title: what search reads and takes excerpts of."""
        return page_text(self)

    def search_extras(self) -> Iterable[str]:
        """More words for search than the summary and the body: the rows of a page's lists."""
        return ()

    def get_admin_display_title(self) -> str:
        """Examples say so wherever the admin names them."""
        title = super().get_admin_display_title()
        return f"Exemple – {title}" if self.is_example else title

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """The restrictions on this page and on those above it, in one query.

        Wagtail reads the ancestors first because an ancestor may be an alias of a restricted
        page: here the same query looks for it. A page that is an alias is left to Wagtail.
        """
        if self.is_known_open:
            return PageViewRestriction.objects.none()
        if self.alias_of_id:
            restrictions = super().get_view_restrictions()
        else:
            ends = range(self.steplen, len(self.path) + 1, self.steplen)
            paths = [self.path[:end] for end in ends]
            restrictions = PageViewRestriction.objects.filter(
                Q(page__path__in=paths) | Q(page__aliases__path__in=paths)
            ).distinct()
        self._restrictions = restrictions
        return restrictions

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the menus and the breadcrumb, read from the tree as this page sees it."""
        context = super().get_context(request, *args, **kwargs)
        context["navigation"] = self.navigation(request)
        return context

    def navigation(self, request: HttpRequest) -> Navigation:
        """The menus seen from this page; read once for a request."""
        known = getattr(request, "_navigation", None)
        if known is None or known.page != self:
            known = request._navigation = Navigation(request, self)  # type: ignore[attr-defined]
        return known

    def pages_to_name(self) -> list[int]:
        """The keys of other pages that this one names: they are read with the menus."""
        return []

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The page in schema.org's terms; a type with more to say extends the list.

        Examples say nothing: a machine does not read the word « Exemple ».
        """
        if self.is_example:
            return []
        data = [web_page(self, request)]
        trail = self.navigation(request).breadcrumb
        return [*data, breadcrumb_list(trail, request)] if trail else data

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wagtail's answer, with the right to keep it that this page gives."""
        return self.with_headers(request, super().serve(request, *args, **kwargs))

    def with_headers(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """An answer of this page (itself, one of its files) with who may keep and list it."""
        response.headers.setdefault("Cache-Control", self.cache_control(request))
        if not self.is_for_search_engines:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def cache_control(self, request: HttpRequest) -> str:
        """Who may keep the answer: anybody if they ask again each time, nobody when signed in.

        A publication is thus visible at once; the entity tag makes asking again cheap.
        """
        if settings.SESSION_COOKIE_NAME in request.COOKIES or self.is_restricted:
            return "private, no-store"
        return "public, max-age=0, must-revalidate"

    @property
    def is_restricted(self) -> bool:
        """Whether anything limits who may read the page.

        While a page is served, Wagtail has just read its restrictions: they are not read twice.
        """
        known = getattr(self, "_restrictions", None)
        return bool(self.get_view_restrictions() if known is None else known)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Keep drafts in French typography too; saving a row sets it by a signal."""
        apply_french_typography(self)
        return super().save_revision(*args, **kwargs)
