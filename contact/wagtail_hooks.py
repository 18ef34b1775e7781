"""What this application adds to the admin: the requests that people send, and their follow-up."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from . import admin_views
from .models import ReasonSettings
from .panels import RequestsPanel
from .team import may_read

# The screens of personal data.
import_module("contact.privacy_hooks")

ROOT = "demandes"


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens of the follow-up."""
    view = admin_views
    one = f"{ROOT}/<int:pk>"
    return [
        path(f"{ROOT}/", view.requests, name="contact_requests"),
        path(f"{ROOT}/statistiques/", view.request_statistics, name="contact_statistics"),
        path(
            f"{ROOT}/demandes.<str:extension>", view.export_requests, name="contact_requests_export"
        ),
        path(f"{one}/", view.request_detail, name="contact_request"),
        path(f"{one}/fichiers/<int:file_pk>/", view.request_file, name="contact_request_file"),
        path(f"{one}/suivi/", view.assign_request, name="contact_request_assign"),
        path(f"{one}/etat/", view.change_request, name="contact_request_state"),
        path(f"{one}/note/", view.note_request, name="contact_request_note"),
        path(f"{one}/appel/", view.call_request, name="contact_request_call"),
        path(f"{one}/reponse/", view.reply_request, name="contact_request_reply"),
    ]


@hooks.register("register_permissions")
def request_permissions() -> QuerySet[Permission]:
    """The rights on what people asked, on the screen of a group."""
    return Permission.objects.filter(
        content_type__app_label="contact", content_type__model="contactrequest"
    )


class RequestsMenuItem(MenuItem):
    """The requests, for those whose business they are."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the list."""
        return may_read(request.user)


@hooks.register("register_admin_menu_item")
def requests_menu_item() -> MenuItem:
    """First in the menu: somebody waits for an answer."""
    return RequestsMenuItem(
        "Demandes", reverse("contact_requests"), icon_name="mail", name="demandes", order=50
    )


@hooks.register("construct_homepage_panels")
def add_requests_panel(request: HttpRequest, panels: list[Component]) -> None:
    """What awaits an answer, before anything else."""
    if may_read(request.user):
        panels.append(RequestsPanel(request))


class RowsOfCode(ModelPermissionPolicy):
    """Rows that are made by code: nobody adds or deletes one, not even who may do everything."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether the person may do this of them."""
        return action in ("change", "view") and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether the person may do one of these."""
        return any(self.user_has_permission(user, action) for action in actions)


class ReasonViewSet(SnippetViewSet):
    """The reasons of the form: their words, who receives, when to remind, how long to keep."""

    model = ReasonSettings
    icon = "mail"
    menu_label = "Motifs de contact"
    menu_name = "motifs-de-contact"
    menu_order = 820
    add_to_settings_menu = True
    permission_policy = RowsOfCode(ReasonSettings)
    copy_view_enabled = False
    list_display = [
        "label",
        BooleanColumn("is_open", label="Proposé"),
        Column("told", label="Destinataires", accessor="recipients_in_words"),
        Column("reply_within", label="Rappel", accessor="reminder_in_words"),
        Column("kept_months", label="Conservation", accessor="kept_in_words"),
    ]


register_snippet(ReasonViewSet)
