"""What this application adds to the admin: the requests that people send, and their follow-up."""

from importlib import import_module

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from . import admin_views
from .panels import RequestsPanel
from .team import may_read

import_module("contact.privacy_hooks")

ROOT = "demandes"


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens of the follow-up."""
    view = admin_views
    one = f"{ROOT}/<int:pk>"
    return [
        path(f"{ROOT}/", view.requests, name="contact_requests"),
        path(f"{one}/", view.request_detail, name="contact_request"),
        path(f"{one}/fichiers/<int:file_pk>/", view.request_file, name="contact_request_file"),
        path(f"{one}/suivi/", view.assign_request, name="contact_request_assign"),
        path(f"{one}/etat/", view.change_request, name="contact_request_state"),
        path(f"{one}/note/", view.note_request, name="contact_request_note"),
        path(f"{one}/appel/", view.call_request, name="contact_request_call"),
        path(f"{one}/reponse/", view.reply_request, name="contact_request_reply"),
    ]


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
