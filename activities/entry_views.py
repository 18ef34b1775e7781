"""The screen where the figures of a year are typed."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from activities.figures.entry import Sheet
from activities.figures.recording import TEXT_LENGTH
from activities.figures.rights import may_enter, may_validate
from activities.models import Indicator, Status
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
    if not may_enter(request.user):
        raise PermissionDenied
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= year <= this_year or family not in Indicator.Family.values:
        raise Http404
    is_sent = request.method == "POST"
    sheet = Sheet(year, family, request.POST if is_sent else None)
    form = SaveForm(request.POST if is_sent else None)
    if is_sent and form.is_valid() and _save(sheet, form, request.user):
        messages.success(request, f"Les chiffres de {year} sont enregistrés.")
        return redirect("figures_entry", year, family)
    if is_sent:
        messages.error(request, "Rien n’est enregistré : corrigez ce qui est dit plus bas.")
    context: dict[str, Any] = {
        "sheet": sheet,
        "form": form,
        "years": range(this_year, max(FIRST_YEAR, this_year - 12) - 1, -1),
        "families": Indicator.Family.choices,
        "may_validate": may_validate(request.user),
    }
    return render(request, "activities/admin/figures_entry.html", context)


def _save(sheet: Sheet, form: SaveForm, user: Any) -> bool:
    status = form.cleaned_data["etat"] if may_validate(user) else ""
    return sheet.save(user, reason=form.cleaned_data["raison"], status=status)
