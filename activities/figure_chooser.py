"""The window of the editor in which a figure is chosen, to be cited in a text."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.modal_workflow import render_modal_workflow

from activities.figures.reading import Figure, Figures
from activities.models import ReportPage, Status
from activities.models.indicators import FIRST_YEAR, LAST_YEAR
from pages.search.query import fold

SHOWN = 40


class FigureSearchForm(forms.Form):
    """Which figures are listed."""

    annee = forms.IntegerField(
        label="Année", min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    q = forms.CharField(label="Chercher", max_length=60, required=False)


def choose(request: HttpRequest) -> HttpResponse:
    """List the figures of a year, provisional ones too: publishing waits for them.

    Raises:
        PermissionDenied: this person may not enter the admin.
    """
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    form = FigureSearchForm(request.GET)
    form.is_valid()
    cleaned = form.cleaned_data  # what is right in it: a wrong year does not lose the words
    year = cleaned.get("annee") or _usual_year()
    found = _found(year, cleaned.get("q", ""))
    context = {
        "form": FigureSearchForm({"annee": year, "q": cleaned.get("q", "")}),
        "year": year,
        "figures": [_shown(figure) for figure in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
    }
    return render_modal_workflow(
        request,
        "activities/admin/figure_chooser.html",
        template_vars=context,
        json_data={"step": "choose"},
    )


def _usual_year() -> int:
    """The year of the newest report, published or not; else the one that is over."""
    newest = ReportPage.objects.order_by("-year").values_list("year", flat=True).first()
    return newest or timezone.localdate().year - 1


def _found(year: int, words: str) -> list[Figure]:
    figures = Figures.internal(years=[year], with_definitions=False).all_of(year)
    wanted = fold(words).split()
    return [f for f in figures if all(word in fold(_name(f)) for word in wanted)]


def _name(figure: Figure) -> str:
    if figure.item is None:
        return str(figure.indicator)
    return f"{figure.indicator}, {figure.item.breakdown} : {figure.item}"


def _shown(figure: Figure) -> dict[str, Any]:
    item = figure.item
    return {
        "name": _name(figure),
        "text": figure.sentence,
        "status": Status(figure.status).label,
        "is_ready": figure.is_vouched_for,
        "is_protected": figure.is_protected,
        "data": {
            "code": figure.indicator.code,
            "year": str(figure.year),
            "part": f"{item.breakdown.code}/{item.code}" if item else "",
            "title": figure.sentence,
        },
    }
