"""How the admin of this site differs from Wagtail's."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem, SubmenuMenuItem, settings_menu
from wagtail.admin.ui.components import Component
from wagtail.contrib.settings.registry import SettingMenuItem
from wagtail.models import Page

from . import admin_views, mail_views
from .admin_home import (
    AgreementsPanel,
    ChoresPanel,
    ExamplesPanel,
    MailsPanel,
    QuickActionsPanel,
    ToCompletePanel,
    may_see_chores,
)
from .agreement_report import may_check_agreements
from .mail_views import may_see_mails
from .models import EventPage, OrganisationSettings, SiteNotice
from .reserved import is_signed_in, mark, note_given, refuse_the_wrong_person

# Entries of Wagtail that lead to its own documentation, in English.
UNWANTED_ENTRIES = {"help"}
# Reports for those who build sites, not for those who write them.
UNWANTED_REPORTS = {"workflow-tasks", "page-types-usage"}


@hooks.register("construct_homepage_panels")
def add_home_panels(request: HttpRequest, panels: list[Component]) -> None:
    """What one comes to do, what remains to be filled in, what runs in the background."""
    panels.append(QuickActionsPanel(request))
    panels.append(ToCompletePanel(request))
    if may_check_agreements(request.user):
        panels.append(AgreementsPanel())
    if may_see_mails(request.user):
        panels.append(MailsPanel())
    panels.append(ExamplesPanel())
    if may_see_chores(request.user):
        panels.append(ChoresPanel())


@hooks.register("on_serve_page", order=-1)
def keep_reserved_pages(serve_page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around Wagtail's own check: 403 for the wrong account, and nobody keeps the answer.

    It stands outside, so that the way to the form where one signs in is marked too.
    """

    def serve(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        if is_signed_in(request):
            refuse_the_wrong_person(page.get_view_restrictions(), request)
        response = serve_page(page, request, args, kwargs)
        if getattr(page, "is_restricted", True):
            note_given(request, page)
            mark(response)
        return response

    return serve


@hooks.register("before_serve_document", order=-1)
def keep_reserved_documents(document: Any, request: HttpRequest) -> None:
    """The same for documents; ``impulsion_site.documents`` marks the answers.

    Raises:
        PermissionDenied: the folder is reserved to other accounts.
    """
    refuse_the_wrong_person(document.collection.get_view_restrictions(), request)


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    """The association's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens of this application."""
    return [
        path("taches-de-fond/", admin_views.chores, name="chores"),
        path("guide/", admin_views.guide, name="editors_guide"),
        path("autorisations/", admin_views.agreements, name="agreements"),
        path("recherches/", admin_views.SearchMissesView.as_view(), name="search_misses"),
        path(
            "recherches/liste/",
            admin_views.SearchMissesView.as_view(results_only=True),
            name="search_misses_results",
        ),
        path("courriels/", mail_views.MailsView.as_view(), name="mails"),
        path(
            "courriels/liste/",
            mail_views.MailsView.as_view(results_only=True),
            name="mails_results",
        ),
        path("courriels/renvoyer/", mail_views.resend_delayed, name="mails_resend"),
        path("courriels/<int:pk>/", mail_views.handle_mail, name="mails_handle"),
    ]


@hooks.register("construct_page_action_menu")
def publish_first(items: list[ActionMenuItem], request: HttpRequest, context: Any) -> None:
    """For those who may publish, the button publishes: drafts are saved by themselves."""
    items.sort(key=lambda item: item.name != "action-publish")


@hooks.register("after_publish_page")
def warn_of_a_past_event(request: HttpRequest, page: Page) -> None:
    """A date that is over is allowed (one tells what took place), but is often a slip."""
    if isinstance(page, EventPage) and page.timetable().is_over:
        messages.warning(
            request,
            "Ce rendez-vous est déjà passé : il est publié parmi les rendez-vous passés. "
            "Si ce n’est pas voulu, vérifiez l’année.",
        )


@hooks.register("register_account_menu_item")
def account_security(request: HttpRequest) -> dict[str, Any]:
    """From one's account in the admin to its password and its second factor."""
    return {
        "url": reverse("account_overview"),
        "label": "Mot de passe et double authentification",
        "help_text": "Ils se changent sur une page à part, qui demande d’abord qui vous êtes.",
    }


# --- Menus --------------------------------------------------------------------------------


class ChoresMenuItem(MenuItem):
    """The background work, for those whose business it is."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the screen."""
        return may_see_chores(request.user)


@hooks.register("register_reports_menu_item")
def chores_menu_item() -> MenuItem:
    """The background work, beside the other reports."""
    return ChoresMenuItem("Tâches de fond", reverse("chores"), icon_name="cogs", order=2000)


class SearchMissesMenuItem(MenuItem):
    """What visitors do not find, for those who write."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the report."""
        return request.user.has_perm("pages.view_searchmiss")


@hooks.register("register_reports_menu_item")
def search_misses_menu_item() -> MenuItem:
    """The searches without result, first of the reports: it says what to write next."""
    return SearchMissesMenuItem(
        "Recherches sans résultat", reverse("search_misses"), icon_name="search", order=100
    )


class MailsMenuItem(MenuItem):
    """The mails, for those who may read who receives them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the list."""
        return may_see_mails(request.user)


@hooks.register("register_reports_menu_item")
def mails_menu_item() -> MenuItem:
    """The mails, beside the background work that sends them."""
    return MailsMenuItem("Courriels", reverse("mails"), icon_name="mail", order=1900)


@hooks.register("register_permissions")
def report_permissions() -> QuerySet[Permission]:
    """The right to read what the site writes, on the screen of a group."""
    return Permission.objects.filter(
        content_type__app_label="pages", content_type__model__in=["searchmiss", "outgoingmail"]
    )


@hooks.register("register_admin_menu_item")
def notice_menu_item() -> MenuItem:
    """The banner is for emergencies: never more than a click away."""
    return SettingMenuItem(SiteNotice, icon="warning", name="annonce", order=600)


@hooks.register("register_admin_menu_item")
def organisation_menu_item() -> MenuItem:
    """What is said of the association everywhere."""
    return SettingMenuItem(OrganisationSettings, icon="home", name="association", order=700)


@hooks.register("register_admin_menu_item")
def guide_menu_item() -> MenuItem:
    """The guide of this site, in the place of Wagtail's."""
    return MenuItem("Guide", reverse("editors_guide"), name="guide", icon_name="help", order=11000)


@hooks.register("construct_main_menu")
def clear_main_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take away what is of no use here, and the program's version under the settings."""
    items[:] = [item for item in items if item.name not in UNWANTED_ENTRIES]
    for position, item in enumerate(items):
        if item.name == "settings":
            items[position] = SubmenuMenuItem(
                item.label, settings_menu, name="settings", icon_name="cogs", order=item.order
            )


@hooks.register("construct_settings_menu")
def clear_settings_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """The association and its banner stand in the main menu: they are not said twice."""
    items[:] = [item for item in items if not isinstance(item, SettingMenuItem)]


@hooks.register("construct_reports_menu")
def clear_reports_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep the reports that say something to an editor."""
    items[:] = [item for item in items if item.name not in UNWANTED_REPORTS]
