"""The screen where the figures of a year are typed."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from activities.figures.entry import Sheet
from activities.figures.recording import TEXT_LENGTH
from activities.figures.rights import may_enter, may_validate
from activities.figures.small_numbers import WHY
from activities.models import EntryDraft, Indicator, ReportPage, Status
from activities.models.indicators import FIRST_YEAR


class EntryMenuItem(MenuItem):
    """The way to the screen, for those who may type."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may type figures."""
        return may_enter(request.user)


class SaveForm(forms.Form):
    """What goes with the figures: what they become, and why an approved one changes."""

    etat = forms.ChoiceField(
        label="Ces chiffres deviennent",
        required=False,
        choices=[
            ("", "ce qu’ils sont (un chiffre changé redevient provisoire)"),
            (Status.VALIDATED, "validés"),
            (Status.APPROVED, "approuvés en assemblée générale"),
        ],
    )
    raison = forms.CharField(
        label="Raison d’une correction",
        required=False,
        max_length=TEXT_LENGTH,
        help_text="Pour corriger un chiffre approuvé : elle sera publiée, avec l’ancien et le "
        "nouveau chiffre.",
    )


def open_entry(request: HttpRequest) -> HttpResponse:
    """The screen of the last year that is over, from the first family."""
    return redirect("figures_entry", timezone.localdate().year - 1, Indicator.Family.INSERTION)


def entry(request: HttpRequest, year: int, family: str) -> HttpResponse:
    """Type the figures of a year and a family.

    Raises:
        PermissionDenied: this person may not type figures.
        Http404: no such year, or no such family.
    """
    _check(request, year, family)
    kept = _draft_of(request.user, year, family)
    if request.method == "POST":
        sheet, form = Sheet(year, family, request.POST), SaveForm(request.POST)
        if form.is_valid() and _save(sheet, form, request.user):
            kept.delete()
            messages.success(request, f"Les chiffres de {year} sont enregistrés.")
            return redirect("figures_entry", year, family)
        messages.error(request, "Rien n’est enregistré : corrigez ce qui est dit plus bas.")
        draft = None
    else:
        draft, form = kept.first(), SaveForm()
        sheet = Sheet(year, family, draft.boxes if draft else None)
    this_year = timezone.localdate().year
    context: dict[str, Any] = {
        "sheet": sheet,
        "live": sheet.live,
        "form": form,
        "draft": draft,
        "years": range(this_year, FIRST_YEAR - 1, -1),
        "families": Indicator.Family.choices,
        "may_validate": may_validate(request.user),
        "has_masked": any(line.stored.is_protected for line in sheet.lines),
        "why_masked": WHY,
    }
    return render(request, "activities/admin/figures_entry.html", context)


@require_POST
def draft(request: HttpRequest, year: int, family: str) -> HttpResponse:
    """Keep what is typed as it stands, and say what follows from it; or give it up.

    Nothing here is a figure yet: only the screen's own button writes.

    Raises:
        PermissionDenied: this person may not type figures.
        Http404: no such year, or no such family.
    """
    _check(request, year, family)
    kept = _draft_of(request.user, year, family)
    if "abandonner" in request.POST:
        kept.delete()
        messages.success(request, "Ce qui n’était pas enregistré est abandonné.")
        return redirect("figures_entry", year, family)
    sheet = Sheet(year, family, request.POST)
    if boxes := sheet.touched:
        _keep(boxes, request.user, year, family)
    else:
        kept.delete()
    live = sheet.live
    computed = {c.now.indicator.code: c.now.sentence for c in live.computed}
    return JsonResponse(
        {
            "touched": bool(boxes),
            "at": f"{timezone.localtime():%H:%M}",
            "errors": live.errors,
            "impossible": live.impossible,
            "questions": live.questions,
            "computed": computed,
            "sums": live.sums,
        }
    )


def _check(request: HttpRequest, year: int, family: str) -> None:
    """Who may type, and what there is to type."""
    if not may_enter(request.user):
        raise PermissionDenied
    if not FIRST_YEAR <= year <= timezone.localdate().year or family not in Indicator.Family.values:
        raise Http404


def _draft_of(user: Any, year: int, family: str) -> Any:
    return EntryDraft.objects.filter(user=user, year=year, family=family)


def _keep(boxes: dict[str, str], user: Any, year: int, family: str) -> None:
    EntryDraft.objects.update_or_create(
        user=user, year=year, family=family, defaults={"boxes": boxes}
    )


def _is_approved(year: int) -> bool:
    """Whether the assembly has approved the report of this year."""
    return ReportPage.objects.filter(year=year, approved_on__isnull=False).exists()


def _save(sheet: Sheet, form: SaveForm, user: Any) -> bool:
    if form.cleaned_data["etat"] == Status.APPROVED and not _is_approved(sheet.year):
        form.add_error(
            "etat",
            f"Donnez d’abord, dans le rapport {sheet.year}, le jour où l’assemblée l’a approuvé : "
            "un chiffre approuvé ne change plus sans une correction publique.",
        )
        return False
    status = form.cleaned_data["etat"] if may_validate(user) else ""
    return sheet.save(user, reason=form.cleaned_data["raison"], status=status)
