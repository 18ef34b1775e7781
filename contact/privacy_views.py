"""The screens of personal data: a person's own, the register of processing, who read what.

*Administration* only: the reception finds a request in its own list, but has no business in the
outbox, the invitations and the accounts that these screens look into.
"""

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from pages.local_time import to_the_minute
from pages.models import OrganisationSettings
from pages.spreadsheets import harmless

from .copies import copy_of
from .models import ContactRequest, PersonalDataAccess
from .people import Found, erase, find, find_everywhere
from .privacy_forms import PersonForm
from .processing import HEADINGS, cells, register
from .register import note_access
from .retention import last_day_kept

Action = PersonalDataAccess.Action
View = Callable[[HttpRequest], Any]


def may_handle_people(user: Any) -> bool:
    """Whether the data of a person may be gathered, given and erased by this account."""
    return bool(user.has_perm("contact.delete_contactrequest"))


def only_administration(view: View) -> View:
    """For the views that gather what the site holds of somebody.

    Raises:
        PermissionDenied: it is not this person's business.
    """

    @wraps(view)
    def guarded(request: HttpRequest) -> Any:
        if not may_handle_people(request.user):
            raise PermissionDenied
        return view(request)

    return guarded


# --- Everything about somebody ------------------------------------------------------------


@only_administration
def person(request: HttpRequest) -> HttpResponse:
    """Everything about an address or a number. What is looked for is posted, never in a URL."""
    form = PersonForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        found = find_everywhere(form.person)
        note_access(request.user, Action.SEARCHED, found.in_numbers)
        context |= _shown(found)
    return render(request, "contact/admin/privacy/person.html", context)


def _shown(found: Found) -> dict[str, Any]:
    mentions = found.mentions.items()
    others = {
        *(pk for model, rows in mentions if model is ContactRequest for pk in rows),
        *(
            pk
            for model, rows in mentions
            if hasattr(model, "request")
            for pk in model._base_manager.filter(pk__in=rows).values_list("request", flat=True)
        ),
    }
    return {
        "found": found,
        "requests": [(one, last_day_kept(one)) for one in found.requests],
        "others": ContactRequest.objects.filter(pk__in=others),
    }


@only_administration
@require_POST
def give(request: HttpRequest) -> HttpResponse | FileResponse:
    """The file that the person is given."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, "contact/admin/privacy/person.html", {"form": form})
    found = find(form.person)
    note_access(request.user, Action.ANSWERED, found.in_numbers)
    # Without their name: it is read by whoever passes behind the screen.
    name = f"donnees-personnelles-{timezone.localdate():%Y-%m-%d}.zip"
    answer = FileResponse(copy_of(found), as_attachment=True, filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@only_administration
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """What will be erased; then, once it is confirmed, erase it."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, "contact/admin/privacy/person.html", {"form": form})
    found = find(form.person)
    if found.accounts or not found.is_erasable:
        return person(request)
    if "confirmer" not in request.POST:
        context = {"form": form, **_shown(found)}
        return render(request, "contact/admin/privacy/erase.html", context)
    erased = erase(form.person)
    note_access(request.user, Action.ERASED, erased.in_numbers)
    messages.success(request, f"Effacé\u00a0: {erased.in_numbers}.")
    return redirect("personal_data")


# --- The register of processing -----------------------------------------------------------


@only_administration
@require_GET
def processing(request: HttpRequest) -> HttpResponse:
    """The register, to read and to print."""
    context = {
        "lines": register(),
        "organisation": OrganisationSettings.load(),
        "today": timezone.localdate(),
    }
    return render(request, "contact/admin/privacy/processing.html", context)


@only_administration
@require_GET
def processing_csv(request: HttpRequest) -> HttpResponse:
    """The register, for a spreadsheet."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="registre-des-traitements.csv"'
    writer = csv.writer(answer, delimiter=";")
    writer.writerow(HEADINGS.values())
    for line in register():
        writer.writerow(harmless(cell) for cell in cells(line))
    return answer


# --- Who read what ------------------------------------------------------------------------


class AccessFilters(WagtailFilterSet):
    """By what was done, and when."""

    action = django_filters.ChoiceFilter(label="Fait", choices=Action.choices)
    at = django_filters.DateFromToRangeFilter(label="Quand", widget=DateRangePickerWidget)

    class Meta:
        model = PersonalDataAccess
        fields = ("action", "at")


class AccessesView(ReportView):
    """Who of the team read, took away or erased personal data, and when."""

    page_title = "Accès aux données personnelles"
    header_icon = "view"
    model = PersonalDataAccess
    permission_policy = ModelPermissionPolicy(PersonalDataAccess)
    permission_required = "view"
    index_url_name = "personal_data_accesses"
    index_results_url_name = "personal_data_accesses_results"
    results_template_name = "contact/admin/privacy/accesses_results.html"
    filterset_class = AccessFilters
    default_ordering = ["-at", "-pk"]
    columns = [
        Column("at", label="Quand", accessor=lambda line: to_the_minute(line.at), sort_key="at"),
        Column("person", label="Qui", sort_key="person"),
        Column("action", label="Fait", accessor="get_action_display"),
        Column("what", label="Quoi"),
    ]
    list_export = ["at", "person", "get_action_display", "what"]
    custom_value_preprocess = {
        **ReportView.custom_value_preprocess,
        # Wagtail writes texts as texts in a workbook; a CSV has no such thing.
        str: {ReportView.FORMAT_CSV: harmless},
    }
    export_headings = {
        "at": "Quand",
        "person": "Qui",
        "get_action_display": "Fait",
        "what": "Quoi",
    }
    export_filename = "acces-aux-donnees-personnelles"
