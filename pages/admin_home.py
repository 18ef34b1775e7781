"""The panels of the admin's home page: what is left to do, and what the site does by itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from . import chores
from .completeness import missing_settings, pages_to_complete
from .models import Chore, OrganisationSettings
from .querysets import all_pages

SECURITY_TXT_WARNING = timedelta(days=30)
SHOWN = 12


@dataclass(frozen=True)
class Task:
    """Something to do: what, and where to do it."""

    label: str
    url: str
    detail: str = ""


class ToCompletePanel(Component):
    """What the public cannot read yet because nobody has typed it, and what is out of date."""

    name = "a_completer"
    template_name = "pages/admin/to_complete_panel.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The tasks, those of the whole site first."""
        settings_url = reverse(
            "wagtailsettings:edit", args=["pages", OrganisationSettings._meta.model_name]
        )
        organisation = OrganisationSettings.load(request_or_site=self.request)
        tasks = [Task(label, settings_url) for label in missing_settings(organisation)]
        tasks = [*security_txt_task(organisation.security_expires, settings_url), *tasks]
        pages = [
            Task(page.title, reverse("wagtailadmin_pages:edit", args=[page.pk]), reason)
            for page, reason in pages_to_complete()
        ]
        return {"settings_tasks": tasks, "page_tasks": pages[:SHOWN], "more": pages[SHOWN:]}


def security_txt_task(expires: date | None, url: str) -> list[Task]:
    """A warning when security.txt is missing, out of date, or soon to be."""
    if expires is None:
        return [Task("Date de fin de validité de security.txt", url)]
    left = expires - timezone.localdate()
    if left > SECURITY_TXT_WARNING:
        return []
    return [Task("Prolonger security.txt", url, f"il expire le {expires:%d/%m/%Y}")]


class ExamplesPanel(Component):
    """How many example pages are on line, and how to remove them."""

    name = "exemples"
    template_name = "pages/admin/examples_panel.html"
    order = 60

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The number of example pages."""
        return {"count": count_examples()}


def count_examples() -> int:
    """How many public pages are examples."""
    from .demonstration import example_pages

    return example_pages(all_pages().visible()).count()


class ChoresPanel(Component):
    """Whether the background work runs: without it, planned publications do not happen."""

    name = "taches"
    template_name = "pages/admin/chores_panel.html"
    order = 70

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The chores that are late or failing; nothing to say when all is well."""
        return {"troubled": [row for row in chore_rows() if row["late"] or row["chore"].failures]}


def chore_rows() -> list[dict[str, Any]]:
    """Each chore with its state, for the panel and for the report."""
    known = {chore.name: chore for chore in Chore.objects.all()}
    return [
        {
            "work": work,
            "chore": (chore := known.get(work.name, Chore(name=work.name))),
            "late": chores.is_late(work, chore),
            "due_at": chores.due_at(work, chore),
        }
        for work in chores.registered()
    ]
