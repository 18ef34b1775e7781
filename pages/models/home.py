"""The home page."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
    Panel,
)
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from pages import structured_data
from pages.querysets import (
    SitePageQuerySet,
    all_pages,
    restrictions_above,
)

from .base import SitePage
from .organisation import OrganisationSettings

# No page stands deeper: a longer address is a hostile one.
MAX_DEPTH = 12


class HomeManager(PageManager):
    """The home page, with what restricts it: it is served in a query less."""

    def get_queryset(self) -> PageQuerySet:
        """Add ``is_reserved``."""
        return super().get_queryset().annotate(is_reserved=Exists(restrictions_above()))


class HomePage(SitePage):
    """The door of the site: one sentence, four ways in, what is happening."""

    quote = models.TextField("citation", max_length=600, blank=True)
    quote_author = models.CharField("de qui", max_length=80, blank=True)
    quote_role = models.CharField("sa fonction", max_length=80, blank=True)
    quote_testimony = models.ForeignKey(
        "pages.Testimony",
        verbose_name="accord de la personne",
        null=True,
        blank=True,
        # Without its agreement the quotation would be back: it is taken away first.
        on_delete=models.PROTECT,
        related_name="+",
        help_text="S’il finit ou s’il est retiré, la citation disparaît.",
    )

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        InlinePanel(
            "doors",
            heading="Les portes d’entrée",
            label="Porte",
            max_num=4,
            help_text="Ce que les gens viennent faire, dans leurs mots.",
        ),
        MultiFieldPanel(
            [
                FieldPanel("quote"),
                FieldRowPanel([FieldPanel("quote_author"), FieldPanel("quote_role")]),
                FieldPanel("quote_testimony"),
            ],
            "Citation",
        ),
    ]

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    # Whatever says that it may live here, in this room or in one above.
    subpage_types: ClassVar[list[str] | None] = None
    max_count = 1
    page_description = "La page d’accueil du site."
    kind = "Accueil"

    objects: ClassVar[Any] = HomeManager.from_queryset(SitePageQuerySet)()

    class Meta:
        verbose_name = "accueil"
        # What makes a page its own type reads it with this manager.
        base_manager_name = "objects"

    def open_doors(self) -> list["HomeDoor"]:
        """The doors that lead somewhere: to a page that anybody may read."""
        open_ones = self.doors.filter(page__in=all_pages().visible())
        return list(open_ones.select_related("page"))

    @property
    def public_quote(self) -> str:
        """The quote, while the person agrees."""
        testimony = self.quote_testimony
        return self.quote if testimony is None or testimony.is_usable else ""

    def search_extras(self) -> Iterable[str]:
        """The quote, unless it may be withdrawn: the index would keep it."""
        return [] if self.quote_testimony_id else [self.quote, self.quote_author]

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the page of an address in one query, whatever its depth.

        Wagtail's own routing reads two rows a level. Here the deepest page whose address
        begins this one is read at once, and the rest of the address handed to its own
        ``route()``, which decides as usual (published or not, sub-routes).
        """
        if not path_components:
            self.is_known_open = not (getattr(self, "is_reserved", True) or self.alias_of_id)
        components = path_components[:MAX_DEPTH]
        addresses = [
            f"{self.url_path}{'/'.join(components[:end])}/" for end in range(1, len(components) + 1)
        ]
        found = Page.objects.filter(url_path__in=addresses).order_by("-depth")
        deepest = found.annotate(is_reserved=Exists(restrictions_above())).first()
        if deepest is None:
            return super().route(request, path_components)
        page = _whole(deepest)
        page.is_known_open = not (deepest.is_reserved or deepest.alias_of_id)
        return page.route(request, path_components[deepest.depth - self.depth :])

    def json_ld(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The association, and its home page."""
        organisation = OrganisationSettings.load(request_or_site=request)
        return [structured_data.organisation(organisation), *super().json_ld(request)]


def _whole(page: Page) -> Page:
    """The page as its own type, with what its type reads in the same query."""
    model = page.specific_class
    wanted = getattr(model, "read_with", ())
    if model is None or not wanted:
        return page.specific
    return model._base_manager.select_related(*wanted).get(pk=page.pk)


class HomeDoor(Orderable):
    """One of the four ways in."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="doors")
    label = models.CharField("ce que dit la personne", max_length=60)
    text = models.CharField("ce qu’elle trouvera", max_length=160, blank=True)
    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name="page", on_delete=models.CASCADE, related_name="+"
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("label"),
        FieldPanel("text"),
        PageChooserPanel("page"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "porte d’entrée"

    def __str__(self) -> str:
        return self.label
