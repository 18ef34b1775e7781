"""How the admin of this site differs from Wagtail's."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from . import admin_views
from .admin_home import ChoresPanel, ExamplesPanel, ToCompletePanel


@hooks.register("construct_homepage_panels")
def add_home_panels(request: HttpRequest, panels: list[Component]) -> None:
    """What remains to be filled in, and what runs in the background, on the admin's home."""
    panels.append(ToCompletePanel(request))
    panels.append(ExamplesPanel())
    panels.append(ChoresPanel())


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    """The association's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens of this application."""
    return [path("taches-de-fond/", admin_views.chores, name="chores")]


@hooks.register("register_reports_menu_item")
def chores_menu_item() -> MenuItem:
    """The background work, among the reports."""
    return MenuItem("Tâches de fond", reverse("chores"), icon_name="cogs", order=900)
