"""Panels of the forms of this room."""

from typing import Any

from django.apps import apps
from django.contrib.auth.context_processors import PermWrapper
from wagtail.admin.panels import HelpPanel


class PartnerLinksPanel(HelpPanel):
    """From the form of a partner to its page, its people, what they read and its packs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"template": "partners/admin/links_panel.html", "heading": "Aller à"} | kwargs
        )

    class BoundPanel(HelpPanel.BoundPanel):
        """The links of one partner."""

        def is_shown(self) -> bool:
            """Only once there is something to go to."""
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add what the person may do, and the address of the partner's page."""
            context = super().get_context_data(parent_context)
            index = apps.get_model("partners", "PartnerIndexPage").objects.visible().first()
            address = f"{index.get_url(self.request)}{self.instance.slug}/" if index else ""
            return context | {"perms": PermWrapper(self.request.user), "address": address}
