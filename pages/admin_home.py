"""The panels of the admin's home page: what one comes to do, what is left to do, what runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from . import chores
from .agreement_report import count_to_check
from .completeness import count_expected_settings, missing_settings, pages_to_complete
from .demonstration import example_pages
from .models import (
    AgendaPage,
    Chore,
    EventPage,
    NewsIndexPage,
    NewsPage,
    OrganisationSettings,
    SiteNotice,
)
from .outbox import count_stuck
from .querysets import all_pages

SECURITY_TXT_WARNING = timedelta(days=30)
LATE_MAIL = timedelta(minutes=30)
SHOWN = 12


def setting_url(model: type[OrganisationSettings], field: str = "") -> str:
    """Where a group of settings is changed; with ``field``, right at that field of the form."""
    address = reverse("wagtailsettings:edit", args=["pages", model._meta.model_name])
    # A list of rows has no field of its own: its tab is the nearest place.
    anchor = "tab-horaires" if field == "opening_hours" else f"id_{field}"
    return f"{address}#{anchor}" if field else address


def may_change(user: Any, model: type[OrganisationSettings]) -> bool:
    """Whether the person may change this group of settings."""
    return user.has_perm(f"pages.change_{model._meta.model_name}")


# --- What one comes to do -----------------------------------------------------------------


@dataclass(frozen=True)
class Action:
    """A form that people come for, one click away."""

    label: str
    detail: str
    url: str
    icon: str


class QuickActionsPanel(Component):
    """What people come to do most, each only for those who may."""

    name = "actions"
    template_name = "pages/admin/actions_panel.html"
    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The actions, the most frequent first."""
        return {"actions": list(self._actions())}

    def _actions(self) -> Iterator[Action]:
        user = self.request.user
        news = Action(
            "Publier une actualité",
            "Un titre, une photo, quelques lignes",
            "",
            "doc-full",
        )
        event = Action("Ajouter un rendez-vous", "Une date, une heure, un lieu", "", "date")
        yield from self._new_page(NewsIndexPage, NewsPage, news)
        yield from self._new_page(AgendaPage, EventPage, event)
        if may_change(user, OrganisationSettings):
            yield Action(
                "Changer le téléphone ou les horaires",
                "Ils changent partout à la fois",
                setting_url(OrganisationSettings, "phone"),
                "home",
            )
        if may_change(user, SiteNotice):
            notice = OrganisationSettings.load(request_or_site=self.request).notice
            yield Action(
                "Mettre une annonce en haut du site",
                f"En ce moment : « {notice} »" if notice else "Fermeture, déménagement, urgence",
                setting_url(SiteNotice, "notice_text"),
                "warning",
            )
        yield Action("Voir le site", "Comme les visiteurs le voient", "/", "view")

    def _new_page(
        self, parent_type: type[Page], page_type: type[Page], action: Action
    ) -> Iterator[Action]:
        parent = parent_type.objects.order_by("path").first()
        if parent is None:
            return
        rights = parent.permissions_for_user(self.request.user)
        if not rights.can_add_subpage():
            return
        address = reverse(
            "wagtailadmin_pages:add",
            args=[page_type._meta.app_label, page_type._meta.model_name, parent.pk],
        )
        label = action.label
        if not rights.can_publish_subpage():
            label = label.replace("Publier", "Écrire").replace("Ajouter", "Proposer")
        yield replace(action, label=label, url=address)


# --- What is left to do -------------------------------------------------------------------


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
    order = 230

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The tasks by group, and how far the settings are; those the person may do only."""
        groups: list[tuple[str, list[Task]]] = []
        context: dict[str, Any] = {"groups": groups}
        if may_change(self.request.user, OrganisationSettings):
            organisation = OrganisationSettings.load(request_or_site=self.request)
            missing = missing_settings(organisation)
            for tab, fields in groupby(missing, key=lambda setting: setting.tab):
                tasks = [Task(s.label, setting_url(OrganisationSettings, s.field)) for s in fields]
                groups.append((tab, tasks))
            if soon := security_txt_tasks(organisation.security_expires):
                groups.insert(0, ("Avant une date", soon))
            context["expected"] = count_expected_settings()
            context["known"] = context["expected"] - len(missing)
        pages, count = pages_to_complete(SHOWN, self.request.user)
        if pages:
            groups.append(
                ("Les pages", [page_task(p.pk, p.title, p.reason, p.field) for p in pages])
            )
            context["more_pages"] = count - len(pages)
        return context


def page_task(pk: int, title: str, reason: str, field: str) -> Task:
    """A page to visit, opened at the field to fill in."""
    return Task(title, f"{reverse('wagtailadmin_pages:edit', args=[pk])}#id_{field}", reason)


def security_txt_tasks(expires: date | None) -> list[Task]:
    """A warning when security.txt is out of date, or soon to be."""
    if expires is None or expires - timezone.localdate() > SECURITY_TXT_WARNING:
        return []
    address = setting_url(OrganisationSettings, "security_expires")
    return [Task("Prolonger security.txt", address, f"il expire le {expires:%d/%m/%Y}")]


class AgreementsPanel(Component):
    """How many pictures and quotations have left the site, or will soon, for want of agreement."""

    name = "autorisations"
    template_name = "pages/admin/agreements_panel.html"
    order = 240

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The number of those that are out, and of those that are about to be."""
        return {"counts": count_to_check()}


class ExamplesPanel(Component):
    """Which example pages are on line."""

    name = "exemples"
    template_name = "pages/admin/examples_panel.html"
    order = 260

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The first example pages and their number."""
        examples = example_pages(all_pages().visible())
        return {"examples": examples.order_by("path")[:SHOWN], "count": examples.count()}


# --- What the site does by itself ---------------------------------------------------------


class ChoresPanel(Component):
    """Whether the background work runs: without it, planned publications do not happen."""

    name = "taches"
    template_name = "pages/admin/chores_panel.html"
    order = 270

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The chores that are late or failing; nothing to say when all is well."""
        return {"troubled": [row for row in chore_rows() if row["late"] or row["chore"].failures]}


class MailsPanel(Component):
    """The mails that did not leave: somebody waits for them."""

    name = "courriels"
    template_name = "pages/admin/mails_panel.html"
    order = 20  # it shows only when somebody waits in vain

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """How many were refused or given up and await a decision, and how many are late."""
        return count_stuck(timezone.now() - LATE_MAIL)


def may_see_chores(user: Any) -> bool:
    """Whether the background work is this person's business."""
    return may_change(user, OrganisationSettings)


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
