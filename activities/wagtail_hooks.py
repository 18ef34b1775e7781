"""The figures in the admin: what is counted, and how it is broken down."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from pages.typography import NBSP

from . import entry_views, figure_chooser, import_views, outline_views, pack_views
from .entry_views import EntryMenuItem
from .figures import rich_text
from .figures.small_numbers import WHY
from .figures.vouching import masked, not_seen_yet
from .models import (
    PUBLIC_STATUSES,
    Breakdown,
    FunderPack,
    Indicator,
    ReportChapterPage,
    ReportIndexPage,
    Value,
)
from .models.reports import CitingPage
from .pack_views import PacksMenuItem
from .report_blocks import FIGURE_FEATURE


class IndicatorViewSet(SnippetViewSet):
    """What is counted."""

    model = Indicator
    icon = "order"
    menu_label = "Indicateurs"
    menu_name = "indicateurs"
    list_display = [
        "label",
        "code",
        Column("family", label="Famille", accessor="get_family_display", sort_key="family"),
        Column("origin", label="Chiffre"),
        BooleanColumn("is_active", label="Toujours compté"),
    ]
    list_filter = ["family", "chapter", "is_active"]
    search_fields = ["label", "code"]
    list_per_page = 50


class BreakdownViewSet(SnippetViewSet):
    """How figures are broken down."""

    model = Breakdown
    icon = "list-ul"
    menu_label = "Ventilations"
    menu_name = "ventilations"
    list_display = ["label", "code", BooleanColumn("adds_up", label="Les parts s’additionnent")]


class FiguresGroup(SnippetViewSetGroup):
    """The figures, in the main menu."""

    items = (IndicatorViewSet, BreakdownViewSet)
    menu_icon = "order"
    menu_label = "Chiffres"
    menu_name = "chiffres"
    menu_order = 450

    def get_submenu_items(self) -> list[MenuItem]:
        """What one comes for stands first."""
        entry = EntryMenuItem(
            "Saisir", reverse("figures_entry_start"), name="saisir", icon_name="edit", order=0
        )
        importing = EntryMenuItem(
            "Importer un tableur",
            reverse("figures_import_start"),
            name="importer",
            icon_name="upload",
            order=1,
        )
        packs = PacksMenuItem(
            "Dossiers des financeurs",
            reverse("funder_packs"),
            name="dossiers",
            icon_name="folder-open-inverse",
            order=1000,
        )
        return [entry, importing, *super().get_submenu_items(), packs]


register_snippet(FiguresGroup)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens where figures are typed and chosen, where a report gets its chapters."""
    return [
        path("chiffres/", entry_views.open_entry, name="figures_entry_start"),
        path("chiffres/choisir/", figure_chooser.choose, name="choose_figure"),
        path("chiffres/importer/", import_views.open_import, name="figures_import_start"),
        path("chiffres/<int:year>/importer/", import_views.upload, name="figures_import"),
        path(
            "chiffres/<int:year>/importer/<int:import_id>/",
            import_views.confirm,
            name="figures_import_confirm",
        ),
        path(
            "chiffres/<int:year>/tableur.xlsx",
            import_views.download_template,
            name="figures_template",
        ),
        path("chiffres/<int:year>/<str:family>/", entry_views.entry, name="figures_entry"),
        path(
            "chiffres/<int:year>/<str:family>/brouillon/",
            entry_views.draft,
            name="figures_draft",
        ),
        path("dossiers/", pack_views.packs, name="funder_packs"),
        path("dossiers/<int:pack_id>/telecharger/", pack_views.download, name="funder_pack_file"),
        path("dossiers/<int:pack_id>/refaire/", pack_views.remake, name="funder_pack_remake"),
        path("dossiers/<int:pack_id>/supprimer/", pack_views.delete, name="funder_pack_delete"),
        path("rapports/<int:report_id>/chapitres/", outline_views.outline, name="report_outline"),
        path("rapports/<int:report_id>/pdf/", outline_views.pdfs, name="report_pdfs"),
        path(
            "rapports/<int:report_id>/pdf/<int:pdf_id>/",
            outline_views.pdf_file,
            name="report_pdf_file",
        ),
        path(
            "rapports/<int:report_id>/pdf/refaire/",
            outline_views.remake_pdfs,
            name="report_pdfs_remake",
        ),
    ]


@hooks.register("register_rich_text_features")
def register_figures(features: FeatureRegistry) -> None:
    """Figures in running text: what the page shows, and the button of the editor."""
    features.register_embed_type(rich_text.FigureHandler)
    features.register_editor_plugin(
        "draftail",
        FIGURE_FEATURE,
        EntityFeature(
            {
                "type": rich_text.ENTITY_TYPE,
                "icon": "order",
                "description": "Chiffre du rapport",
                "chooserUrls": {"figureChooser": reverse_lazy("choose_figure")},
            },
            js=["js/admin-figure-chooser.js"],
            css={"all": ["css/admin-figure-chooser.css"]},
        ),
    )
    features.register_converter_rule("contentstate", FIGURE_FEATURE, rich_text.CONTENTSTATE_RULE)


@hooks.register("register_permissions")
def figure_permissions() -> QuerySet[Permission]:
    """The rights over figures and packs, on the screen of a group: they have no list of theirs."""
    models = [Value._meta.model_name, FunderPack._meta.model_name]
    return Permission.objects.filter(
        content_type__app_label="activities", content_type__model__in=models
    )


@hooks.register("before_copy_page")
def one_report_a_year(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A report is not copied, nor a chapter: a year has one, and its words are its own."""
    if not issubclass(page.specific_class or Page, CitingPage | ReportIndexPage):
        return None
    messages.error(
        request,
        "Ni un rapport ni un chapitre ne se copient : une année n’en a qu’un. Pour reprendre un "
        "plan, ouvrez le nouveau rapport, puis « Ajouter les chapitres ».",
    )
    return redirect("wagtailadmin_explore", page.pk)


@hooks.register("before_move_page")
def a_chapter_stays_in_its_year(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """What was written of a year is not said of another."""
    if not issubclass(page.specific_class or Page, ReportChapterPage):
        return None
    messages.error(request, "Un chapitre reste dans le rapport de son année.")
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_page")
def keep_what_hides_figures(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Without the page that hides them, the figures of a chapter would be public."""
    chapter = page.specific if page.specific_class is ReportChapterPage else None
    if chapter is None or ReportChapterPage.objects.visible().filter(pk=chapter.pk).exists():
        return None
    figures = Value.objects.known().filter(
        year=chapter.report.year, indicator__chapter=chapter.chapter, status__in=PUBLIC_STATUSES
    )
    if not chapter.report.live or not figures.exists():
        return None
    messages.error(
        request,
        f"« {chapter} » reste : il est réservé ou en brouillon, et sans lui ses chiffres "
        "deviendraient publics.",
    )
    return redirect("wagtailadmin_explore", chapter.report.pk)


@hooks.register("after_publish_page")
def tell_what_is_not_seen_yet(request: HttpRequest, page: Page) -> None:
    """A figure may be ready and still hidden: with its chapter, or with the report of its year."""
    if not isinstance(page, CitingPage) or page.is_restricted or page.figures_year is None:
        return
    hidden = not_seen_yet(page.body, page.figures_year)
    if hidden:
        messages.warning(
            request,
            f"La page est publiée, mais ces chiffres ne s’y voient pas encore{NBSP}: "
            f"{', '.join(hidden)}. Publiez le chapitre et le rapport dont ils font partie.",
        )
    if small := masked(page.body, page.figures_year):
        messages.warning(
            request,
            f"La page est publiée. Ces chiffres y sont masqués{NBSP}: {', '.join(small)}. {WHY}",
        )


@hooks.register("before_delete_snippet")
def keep_what_holds_figures(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    """Say why something that holds figures stays, instead of failing half-way."""
    for instance in instances:
        advice = _why_it_stays(instance)
        if advice:
            messages.error(request, f"« {instance} » reste. {advice}")
            return redirect(instance.snippet_viewset.get_url_name("list"))
    return None


def _why_it_stays(instance: Any) -> str:
    if isinstance(instance, Indicator):
        if instance.values.exists():
            return (
                "Cet indicateur a des chiffres : décochez plutôt « toujours compté » dans sa fiche."
            )
        if users := instance.derived_from_it():
            return f"« {users[0]} » est calculé à partir de lui."
    if isinstance(instance, Breakdown) and Value.objects.filter(item__breakdown=instance).exists():
        return "Des chiffres sont détaillés ainsi."
    return ""
