"""The panel of the admin's home page: what nobody has read, what awaits an answer."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from .finding import counts


class RequestsPanel(Component):
    """« 3 demandes non lues »: one click from there to the first of them."""

    name = "demandes"
    template_name = "contact/admin/requests_panel.html"
    order = 5

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """How many are unread, to be answered, and the person's own."""
        return counts(self.request.user)
