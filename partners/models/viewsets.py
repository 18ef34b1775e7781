"""The partners in the admin."""

from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .partners import Partner


class PartnerViewSet(SnippetViewSet):
    """The partners, in the main menu."""

    model = Partner
    icon = "group"
    menu_order = 500
    add_to_admin_menu = True
    list_display = [
        "__str__",
        Column("family", label="Famille", accessor="get_family_display", sort_key="family"),
        DateColumn("ended_on", label="Dernier jour", sort_key="ended_on"),
        "website",
    ]
    list_filter = ["family", "kind"]


register_snippet(PartnerViewSet)
