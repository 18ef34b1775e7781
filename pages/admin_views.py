"""The screens that this application adds to the admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from .admin_home import chore_rows, may_see_chores
from .agreement_report import agreements_to_check, may_check_agreements
from .guide import guide as guide_parts
from .models import SearchMiss


def chores(request: HttpRequest) -> HttpResponse:
    """The background work: what is due, done, late or failing.

    Raises:
        PermissionDenied: the person may not change the settings of the site.
    """
    if not may_see_chores(request.user):
        raise PermissionDenied
    return render(request, "pages/admin/chores.html", {"rows": chore_rows()})


def guide(request: HttpRequest) -> HttpResponse:
    """The editors' guide, in French, where they need it."""
    return render(request, "pages/admin/guide.html", {"parts": guide_parts()})


def agreements(request: HttpRequest) -> HttpResponse:
    """The pictures and the words that may not be shown any more, or soon, and where they are.

    Raises:
        PermissionDenied: the person may not change the agreements.
    """
    if not may_check_agreements(request.user):
        raise PermissionDenied
    return render(request, "pages/admin/agreements.html", {"items": agreements_to_check(request)})


class SearchMissesView(ReportView):
    """What visitors look for and do not find: what the site should say, or say in their words."""

    page_title = "Recherches sans résultat"
    header_icon = "search"
    model = SearchMiss
    permission_policy = ModelPermissionPolicy(SearchMiss)
    permission_required = "view"
    index_url_name = "search_misses"
    index_results_url_name = "search_misses_results"
    results_template_name = "pages/admin/search_misses_results.html"
    default_ordering = ["-times", "-last_on"]
    columns = [
        TitleColumn("words", label="Mots cherchés", get_url=lambda miss: search_address(miss)),
        Column("times", label="Nombre de fois", sort_key="times"),
        DateColumn("first_on", label="Première fois", sort_key="first_on"),
        DateColumn("last_on", label="Dernière fois", sort_key="last_on"),
    ]
    list_export = ["words", "times", "first_on", "last_on"]
    export_filename = "recherches-sans-resultat"


def search_address(miss: SearchMiss) -> str:
    """The public page that answers these words with nothing."""
    return f"{reverse('search')}?{urlencode({'q': miss.words})}"
