"""The screen where a new report gets its chapters."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from activities.models import ReportPage, ReportPdf
from activities.outline import copy_structure, create_outline
from activities.pdf.chore import ask_again
from activities.pdf.render import COMMAND, is_available
from activities.pdf.serve import give_row, is_true, may_have
from activities.pdf.version import fingerprint

USUAL = "usuel"


class OutlineForm(forms.Form):
    """Where the chapters come from."""

    plan = forms.ChoiceField(label="Quels chapitres ?", widget=forms.RadioSelect)

    def __init__(self, report: ReportPage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = ReportPage.objects.exclude(pk=report.pk).order_by("-year")
        self.reports = {str(other.year): other for other in others}
        plan = cast(forms.ChoiceField, self.fields["plan"])
        plan.choices = [
            (USUAL, "Les onze chapitres habituels, du mot de la présidence aux annexes"),
            *(
                (year, f"Ceux du rapport {year} : le plan, sans les textes")
                for year in self.reports
            ),
        ]
        plan.initial = next(iter(self.reports), USUAL)


def outline(request: HttpRequest, report_id: int) -> HttpResponse:
    """Add to a report the chapters that it does not have yet, as drafts.

    Raises:
        Http404: there is no such report.
        PermissionDenied: this person may not change it, nor add pages below it.
    """
    report = get_object_or_404(ReportPage, pk=report_id)
    permissions = report.permissions_for_user(request.user)
    if not (permissions.can_add_subpage() and permissions.can_edit()):
        raise PermissionDenied
    form = OutlineForm(report, request.POST or None)
    if form.is_valid():
        plan = form.cleaned_data["plan"]
        if plan == USUAL:
            added = create_outline(report, user=request.user)
        else:
            added = copy_structure(form.reports[plan], report, user=request.user)
        messages.success(request, _what_was_added(report, len(added)))
        return redirect("wagtailadmin_explore", report.pk)
    return render(request, "activities/admin/outline.html", {"report": report, "form": form})


@require_POST
def remake_pdfs(request: HttpRequest, report_id: int) -> HttpResponse:
    """Have the PDF files of a report made again.

    Raises:
        Http404: there is no such report.
        PermissionDenied: this person may not publish it.
    """
    report = get_object_or_404(ReportPage, pk=report_id)
    if not report.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    ask_again(report)
    messages.success(request, "Les PDF de ce rapport seront refaits dans une minute ou deux.")
    return redirect("report_pdfs", report.pk)


def pdfs(request: HttpRequest, report_id: int) -> HttpResponse:
    """How the PDF files of a report are.

    Raises:
        Http404: there is no such report.
        PermissionDenied: this person may not change it.
    """
    report = get_object_or_404(ReportPage, pk=report_id)
    permissions = report.permissions_for_user(request.user)
    if not permissions.can_edit():
        raise PermissionDenied
    now = fingerprint()
    rows = [
        {
            "pdf": pdf,
            "is_true": is_true(pdf, now),
            # Made, but of data that have changed: nobody is given it.
            "is_old": pdf.state == ReportPdf.State.MADE and not is_true(pdf, now),
            "is_readable": may_have(pdf, request.user),
        }
        for pdf in report.pdfs.select_related("report")
    ]
    context = {
        "report": report,
        "rows": rows,
        "is_available": is_available(),
        "command": COMMAND,
        "may_publish": permissions.can_publish(),
    }
    return render(request, "activities/admin/pdfs.html", context)


def pdf_file(request: HttpRequest, report_id: int, pdf_id: int) -> HttpResponse:
    """One of these files: readers are given that of their rights, whoever edits chooses.

    Raises:
        Http404: there is no such report, or no such file of it.
        PermissionDenied: this person may not change it, or not read what it holds.
    """
    report = get_object_or_404(ReportPage, pk=report_id)
    pdf = get_object_or_404(report.pdfs.select_related("report"), pk=pdf_id)
    if not report.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not may_have(pdf, request.user):
        raise PermissionDenied
    return give_row(pdf, request)


def _what_was_added(report: ReportPage, count: int) -> str:
    if not count:
        return f"« {report} » a déjà tous ces chapitres."
    s = "s" if count > 1 else ""
    return f"{count} chapitre{s} ajouté{s} à « {report} », en brouillon."
