"""The activity reports: one page a year, one page below it for each chapter.

A chapter is always a page of its own, so that it can be reserved or kept as a draft by itself;
``layout`` only says whether the report shows its chapters one after the other or their list.
"""

import functools
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, Panel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.search import index

from activities.forms import ReportForm
from activities.report_blocks import ReportBodyBlock
from pages.models import BodyPage, SitePage
from pages.page_files import SAFE_METHODS, FileView, PageFilesMixin
from pages.querysets import SitePageManager, SitePageQuerySet
from pages.reserved import is_signed_in, note_given
from pages.streams import SlimStreamField

from .conditions import ConditionalPage
from .indicators import FIRST_YEAR, LAST_YEAR, Chapter


def _publication() -> Any:
    """What shows the figures; imported late, because it reads the models of this package."""
    from activities.figures import publication

    return publication


def _over_the_years() -> Any:
    """What shows an indicator over the years; imported late for the same reason."""
    from activities.figures import over_the_years

    return over_the_years


def _checked() -> Any:
    """What shows the figures that a funder checks; imported late for the same reason."""
    from activities.figures import checked

    return checked


def _slides() -> Any:
    """What makes the slides of a report; imported late for the same reason."""
    from activities import slides

    return slides


def _pdf() -> Any:
    """What gives the PDF files; imported late for the same reason."""
    from activities.pdf import serve

    return serve


# What a report answers below its address, besides its chapters: none of them may be called so.
SLIDES = "diaporama"


class ReportIndexPage(RoutablePageMixin, BodyPage):
    """The activity reports, every year, newest first; and each indicator over the years."""

    subpage_types: ClassVar[list[str]] = ["activities.ReportPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La liste des rapports d’activité."
    kind = "Rapports d’activité"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des rapports"
        verbose_name_plural = "pages des rapports"

    @path("indicateurs/", name="indicators")
    def indicators(self, request: HttpRequest) -> HttpResponse:
        """``/rapports/indicateurs/``: everything that is counted."""
        context = _over_the_years().indicators_context(self, request)
        return self._page_of_figures(request, "activities/indicators.html", context)

    @path("indicateurs/<slug:code>/", name="indicator")
    def indicator(self, request: HttpRequest, code: str) -> HttpResponse:
        """``/rapports/indicateurs/<code>/``: one indicator, over the years.

        Raises:
            Http404: none of its figures may be read.
        """
        context = _over_the_years().indicator_context(self, code, request)
        return self._page_of_figures(request, "activities/indicator.html", context)

    @path("indicateurs/<slug:code>.csv/", name="indicator_file")
    def indicator_file(self, request: HttpRequest, code: str) -> HttpResponse:
        """``/rapports/indicateurs/<code>.csv``: its figures, to take away.

        Raises:
            Http404: none of its figures may be read.
        """
        return _over_the_years().serve_indicator(code, request)

    @path("indicateurs/financeurs/<slug:slug>.<str:extension>/", name="checked_file")
    def checked_file(self, request: HttpRequest, slug: str, extension: str) -> HttpResponse:
        """``/rapports/indicateurs/financeurs/<slug>.csv`` (or ``xlsx``): what a funder checks.

        Raises:
            Http404: no such funder, no such format, or none of these figures may be read.
        """
        return _checked().serve_checked(slug, extension, request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or one below it that is made of figures, with the same rights to keep it."""
        if args and request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(SAFE_METHODS)
        return self.with_headers(request, super().serve(request, *args, **kwargs))

    def _page_of_figures(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        below = {"indicators_url": self.indicator_url(request), "own_url": request.path}
        response = self.render(request, template=template, context_overrides=context | below)
        if context["is_example"]:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def indicator_url(self, request: HttpRequest | None, code: str = "") -> str:
        """The address of the page of an indicator, or of the list of them all."""
        below = self.reverse_subpage("indicator", args=[code]) if code else "indicateurs/"
        return f"{self.get_url(request) or ''}{below}"

    def reports(self) -> list["ReportPage"]:
        """The reports that anybody may read, newest first."""
        return list(ReportPage.objects.visible().child_of(self).for_list())


class ReportQuerySet(SitePageQuerySet):
    """Querysets of reports."""

    def for_list(self) -> "ReportQuerySet":
        """What a list shows, newest first."""
        return self.select_related("document").defer_streamfields().order_by("-year")


class CitingPage(ConditionalPage):
    """Abstract: a page whose text cites figures. What it promises must be known and validated."""

    body = SlimStreamField(ReportBodyBlock(), verbose_name="contenu", blank=True)

    base_form_class = ReportForm

    class Meta:
        abstract = True

    @property
    def figures_year(self) -> int | None:
        """The year of which its blocks speak."""
        raise NotImplementedError

    def missing_figures(self, body: Any, year: int | None) -> dict[str, str]:
        """Why this text may not go to the public yet, by field; nothing when it may."""
        from activities.figures.vouching import refusal

        sentence = refusal(body, year) if body and year else ""
        return {"body": sentence} if sentence else {}

    def check_publishable(self) -> None:
        """Every figure that is cited must be known and validated.

        Raises:
            ValidationError: one is not, or the page is incomplete.
        """
        super().check_publishable()
        if missing := self.missing_figures(self.body, self.figures_year):
            raise ValidationError(missing)


class ReportPage(PageFilesMixin, CitingPage):
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
        # The address is the year: unlike elsewhere, the title does not write it.
        FieldPanel("title"),
        *SitePage.content_panels[1:],
        FieldPanel("body"),
        HelpPanel(template="activities/admin/outline_panel.html", heading="Les chapitres"),
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
    # Where what is reserved to somebody is listed, the report alone leads to its chapters.
    shows_those_below = True
    page_description = "Le rapport d’activité d’une année."
    kind = "Rapport d’activité"
    schema_type = "Report"

    class Meta:
        verbose_name = "rapport d’activité"
        verbose_name_plural = "rapports d’activité"

    @property
    def figures_year(self) -> int | None:
        """Its own."""
        return self.year

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
        context = super().get_context(request, *args, **kwargs)
        context["pdfs"] = _pdf().shown_pdfs(self, request)
        return context | _publication().report_context(self, request)

    def files(self) -> dict[str, FileView]:
        """The figures of the year (``indicateurs.xlsx``, …), its PDF files, its slides."""
        shown, serve_pdf = _publication(), _pdf().serve_pdf
        figures = {
            kind.file_name: functools.partial(shown.serve_figures, self, kind)
            for kind in shown.FORMATS
        }
        return figures | {
            f"rapport-activite-{self.year}.pdf": functools.partial(serve_pdf, self, "rapport"),
            f"resume-{self.year}.pdf": functools.partial(serve_pdf, self, "resume"),
            SLIDES: functools.partial(_slides().serve_slides, self),
        }

    def with_headers(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The same; the reserved chapters that it shows, or whose figures it gives, are noted."""
        if is_signed_in(request):
            for chapter in self.chapters(request.user):
                if chapter.view_restrictions.exists():
                    note_given(request, chapter)
        return super().with_headers(request, response)

    def slides_url(self) -> str:
        """The address of its slides."""
        return f"{self.url or ''}{SLIDES}/"

    def chapters(self, user: Any = None) -> list["ReportChapterPage"]:
        """The chapters that this person may read, in the order of the tree."""
        chapters = ReportChapterPage.objects.readable_by(user).child_of(self)
        return list(chapters.order_by("path"))


class ReportChapterPage(CitingPage):
    """A chapter of a report. Reserved or unpublished, it hides its figures with it."""

    chapter = models.CharField("chapitre", max_length=30, choices=Chapter.choices)

    content_panels: ClassVar[list[Panel]] = [FieldPanel("chapter"), *BodyPage.content_panels]
    parent_page_types: ClassVar[list[str]] = ["activities.ReportPage"]
    page_description = "Un chapitre d’un rapport d’activité."
    kind = "Chapitre d’un rapport"

    class Meta:
        verbose_name = "chapitre de rapport"
        verbose_name_plural = "chapitres de rapport"

    def clean(self) -> None:
        """Leave the address of the slides to the slides.

        Raises:
            ValidationError: by field.
        """
        super().clean()
        if self.slug == SLIDES:
            raise ValidationError({"slug": "Cette adresse est celle du diaporama du rapport."})

    def title_below(self, above: str) -> str:
        """Each year has the same chapters: told with their report."""
        return f"{self.display_title} – {above}"

    @cached_property
    def report(self) -> ReportPage:
        """The report it belongs to."""
        return ReportPage.objects.ancestor_of(self).get()

    @property
    def figures_year(self) -> int | None:
        """That of its report."""
        return self.report.year

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the figures of the chapter."""
        context = super().get_context(request, *args, **kwargs)
        return context | _publication().chapter_context(self, request)
