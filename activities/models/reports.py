"""The activity reports: one page a year, one page below it for each chapter.

A chapter is always a page of its own, so that it can be reserved or kept as a draft by itself;
``layout`` only says whether the report shows its chapters one after the other or their list.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import quote_etag
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.search import index

from pages.models import BodyPage, SitePage
from pages.page_files import FileView, PageFilesMixin
from pages.querysets import SitePageManager, SitePageQuerySet

from .indicators import FIRST_YEAR, LAST_YEAR, Chapter, Indicator

if TYPE_CHECKING:
    from activities.figures.exports import Format
    from activities.figures.reading import Figure
    from activities.figures.tables import Table

    from .values import ValueChange


def reader(request: HttpRequest) -> Any:
    """Who reads, if they are signed in: nothing is asked of the session of anybody else."""
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
    return getattr(request, "user", None) if is_known else None


@dataclass(frozen=True)
class Export:
    """A file of a report's figures, and its weight in bytes."""

    format: "Format"
    url: str
    file_size: int

    @property
    def file_extension(self) -> str:
        """What the name of the file ends with."""
        return self.format.extension


@dataclass(frozen=True)
class ShownChapter:
    """A chapter as a report shows it: its page, if it has one, and its figures, if any."""

    title: str
    page: "ReportChapterPage | None" = None
    table: "Table | None" = None


class ReportIndexPage(BodyPage):
    """The activity reports, every year, newest first."""

    subpage_types: ClassVar[list[str]] = ["activities.ReportPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La liste des rapports d’activité."
    kind = "Rapports d’activité"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des rapports"
        verbose_name_plural = "pages des rapports"

    def reports(self) -> list["ReportPage"]:
        """The reports that anybody may read, newest first."""
        return list(ReportPage.objects.visible().child_of(self).for_list())


class ReportQuerySet(SitePageQuerySet):
    """Querysets of reports."""

    def for_list(self) -> "ReportQuerySet":
        """What a list shows, newest first."""
        return self.select_related("document").defer_streamfields().order_by("-year")


class ReportPage(PageFilesMixin, BodyPage):
    """The report of a year; for a year before this site, its file and a summary."""

    class Layout(models.TextChoices):
        """How the chapters are shown."""

        ONE_PAGE = "une-page", "Tout sur une page"
        CHAPTERS = "chapitres", "Une page par chapitre"

    year = models.PositiveSmallIntegerField(
        "année",
        unique=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        help_text="L’année dont parle le rapport. Elle fait son adresse.",
        error_messages={"unique": "Le rapport de cette année existe déjà."},
    )
    approved_on = models.DateField(
        "approuvé en assemblée générale le",
        null=True,
        blank=True,
        help_text="Laissez vide tant qu’il n’est pas approuvé.",
    )
    layout = models.CharField(
        "présentation", max_length=10, choices=Layout.choices, default=Layout.ONE_PAGE
    )
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        verbose_name="rapport imprimé",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Pour une année passée : le rapport d’alors, en PDF.",
    )

    objects = SitePageManager.from_queryset(ReportQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        FieldPanel("year"),
        *SitePage.content_panels,
        FieldPanel("body"),
        FieldRowPanel([FieldPanel("approved_on"), FieldPanel("layout")]),
        FieldPanel("document"),
    ]
    # The address is the year: nothing to choose.
    promote_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("share_image"),
            ],
            "Moteurs de recherche et partage",
        ),
        *SitePage.promote_panels[1:],
    ]
    search_fields: ClassVar[list[Any]] = [*BodyPage.search_fields, index.FilterField("year")]
    subpage_types: ClassVar[list[str]] = ["activities.ReportChapterPage"]
    parent_page_types: ClassVar[list[str]] = ["activities.ReportIndexPage"]
    page_description = "Le rapport d’activité d’une année."
    kind = "Rapport d’activité"
    schema_type = "Report"

    class Meta:
        verbose_name = "rapport d’activité"
        verbose_name_plural = "rapports d’activité"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Make the address the year.

        Raises:
            ValidationError: by field.
        """
        if self.year:
            self.slug = str(self.year)
        super().full_clean(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the chapters with their figures, and the files that hold these."""
        from activities.figures.reading import Figures
        from activities.figures.tables import tables_of, years_shown

        context = super().get_context(request, *args, **kwargs)
        user = reader(request)
        figures = Figures.readable_by(user, years=years_shown(self.year))
        context["chapters"] = self._shown_chapters(user, tables_of(figures, self.year))
        context["exports"] = self._exports(figures.all_of(self.year), request)
        context["errata"] = self._errata(user) if context["exports"] else []
        return context

    def _errata(self, user: Any) -> list["ValueChange"]:
        """What was corrected since the assembly approved the figures, the newest first."""
        from .values import ValueChange

        changes = ValueChange.objects.readable(user).filter(value__year=self.year).errata()
        return list(changes.select_related("value__indicator", "value__item"))

    def _shown_chapters(self, user: Any, tables: dict[str, "Table"]) -> list[ShownChapter]:
        """The chapters that have a page, in their order, then what has figures and no page."""
        pages = self.chapters(user)
        written = {page.chapter for page in pages}
        return [
            *(ShownChapter(page.display_title, page, tables.get(page.chapter)) for page in pages),
            *(
                ShownChapter(table.title, table=table)
                for chapter, table in tables.items()
                if chapter not in written
            ),
        ]

    # --- The figures to take away ---------------------------------------------------------------

    def files(self) -> dict[str, FileView]:
        """``indicateurs.xlsx``, ``.csv`` and ``.json``: the figures of the year."""
        from activities.figures.exports import FORMATS

        return {kind.file_name: functools.partial(self.serve_figures, kind) for kind in FORMATS}

    def serve_figures(self, kind: "Format", request: HttpRequest) -> HttpResponse:
        """The figures of the year that this person may read.

        Raises:
            Http404: there is none.
        """
        from activities.figures.exports import digest
        from activities.figures.reading import Figures

        figures = Figures.readable_by(reader(request), years=[self.year]).all_of(self.year)
        if not figures:
            raise Http404
        example = "exemple-" if any(figure.is_example for figure in figures) else ""
        name = f"{example}impulsion-{self.year}.{kind.extension}"
        return HttpResponse(
            kind.make(figures, self.year),
            content_type=kind.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "ETag": quote_etag(f"{digest(figures, self.year)}-{kind.extension}"),
            },
        )

    def _exports(self, figures: Sequence["Figure"], request: HttpRequest) -> list[Export]:
        """The files, each with its weight, which is computed once for the same figures."""
        from activities.figures.exports import FORMATS, digest

        if not figures:
            return []
        key, address = digest(figures, self.year), self.get_url(request) or ""
        exports = []
        for kind in FORMATS:
            name = f"figures-{key}-{kind.extension}"
            size = cache.get(name)
            if size is None:
                size = len(kind.make(figures, self.year))
                cache.set(name, size, timeout=None)
            exports.append(Export(kind, f"{address}{kind.file_name}", size))
        return exports

    def chapters(self, user: Any = None) -> list["ReportChapterPage"]:
        """The chapters that this person may read, in the order of the tree."""
        chapters = ReportChapterPage.objects.readable_by(user).child_of(self)
        return list(chapters.order_by("path"))


class ReportChapterPage(BodyPage):
    """A chapter of a report. Reserved or unpublished, it hides its figures with it."""

    chapter = models.CharField("chapitre", max_length=30, choices=Chapter.choices)

    content_panels: ClassVar[list[Panel]] = [FieldPanel("chapter"), *BodyPage.content_panels]
    parent_page_types: ClassVar[list[str]] = ["activities.ReportPage"]
    page_description = "Un chapitre d’un rapport d’activité."
    kind = "Chapitre d’un rapport"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the figures of the chapter."""
        from activities.figures.reading import Figures
        from activities.figures.tables import tables_of, years_shown

        context = super().get_context(request, *args, **kwargs)
        report = self.get_parent().specific
        codes = Indicator.objects.filter(chapter=self.chapter).values_list("code", flat=True)
        figures = Figures.readable_by(reader(request), codes=codes, years=years_shown(report.year))
        context["table"] = tables_of(figures, report.year).get(self.chapter)
        context["report"] = report
        return context

    class Meta:
        verbose_name = "chapitre de rapport"
        verbose_name_plural = "chapitres de rapport"
