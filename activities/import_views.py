"""The screens where a year's figures come from a spreadsheet: the one to fill in, the one filled.

What a spreadsheet would change is shown first; one button writes all of it, or nothing.
"""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from activities.figures.exports import XLSX
from activities.figures.recording import TEXT_LENGTH
from activities.figures.rights import may_enter
from activities.figures.spreadsheets import importing
from activities.figures.spreadsheets.cells import MAX_BYTES, SpreadsheetRefused
from activities.figures.spreadsheets.opening import EMPTY, EXTENSIONS, TOO_BIG
from activities.figures.spreadsheets.template import template
from activities.models import FiguresImport, Indicator
from activities.models.indicators import FIRST_YEAR
from pages.typography import french

ACCEPTED = ",".join(f".{extension}" for extension in EXTENSIONS)
SEEN_ALREADY = (
    "Cet import n’est plus là : il a déjà été enregistré, ou un jour a passé. Envoyez de nouveau "
    "le tableur s’il le faut."
)


class UploadForm(forms.Form):
    """The file; what is in it is judged by those who read it."""

    tableur = forms.FileField(
        label="Le tableur rempli",
        allow_empty_file=True,
        help_text="Un fichier .xlsx, .ods ou .csv de 5 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": "Choisissez un fichier."},
    )

    def clean_tableur(self) -> UploadedFile:
        """Refuse at once what is not worth reading.

        Raises:
            forms.ValidationError: nothing is in it, or far too much.
        """
        file: UploadedFile = self.cleaned_data["tableur"]
        if not file.size or file.size > MAX_BYTES:
            raise forms.ValidationError(french(TOO_BIG if file.size else EMPTY))
        return file


class ConfirmForm(forms.Form):
    """What goes with the figures of a spreadsheet."""

    raison = forms.CharField(
        label="Raison de la correction",
        required=False,
        max_length=TEXT_LENGTH,
        help_text="Un chiffre approuvé change : la raison sera publiée, avec l’ancien et le "
        "nouveau chiffre.",
    )


def open_import(request: HttpRequest) -> HttpResponse:
    """The screen of the last year that is over."""
    return redirect("figures_import", timezone.localdate().year - 1)


@never_cache
@require_safe
def download_template(request: HttpRequest, year: int) -> HttpResponse:
    """The spreadsheet of a year, to fill in.

    Raises:
        PermissionDenied: this person may not type figures.
        Http404: no such year.
    """
    _check(request, year)
    response = HttpResponse(template(year), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="chiffres-{year}-a-remplir.xlsx"'
    return response


@never_cache
def upload(request: HttpRequest, year: int) -> HttpResponse:
    """Send a spreadsheet: what is wrong in it, or what it would change.

    Raises:
        PermissionDenied: this person may not type figures.
        Http404: no such year.
    """
    _check(request, year)
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    preview = None
    if is_sent and form.is_valid():
        file = form.cleaned_data["tableur"]
        try:
            preview = importing.preview_file(file.read(), file.name, year, request.user)
        except SpreadsheetRefused as refusal:
            form.add_error("tableur", str(refusal))
        else:
            if preview.changes and not preview.is_refused:
                kept = importing.keep(preview, file.name, request.user)
                return redirect("figures_import_confirm", year, kept.pk)
    if is_sent and (preview is None or preview.is_refused):
        messages.error(request, "Rien n’est enregistré : corrigez ce qui est dit plus bas.")
    this_year = timezone.localdate().year
    context: dict[str, Any] = {
        "year": year,
        "years": range(this_year, FIRST_YEAR - 1, -1),
        "form": form,
        "preview": preview,
        "family": Indicator.Family.INSERTION,
    }
    return render(request, "activities/admin/import.html", context)


@never_cache
def confirm(request: HttpRequest, year: int, import_id: int) -> HttpResponse:
    """Read what a spreadsheet changes, and write it.

    Only the person who sent it finds it here.

    Raises:
        PermissionDenied: this person may not type figures.
        Http404: no such year.
    """
    _check(request, year)
    user: Any = request.user
    kept = FiguresImport.objects.filter(pk=import_id, year=year, user=user).first()
    if kept is None:
        messages.warning(request, french(SEEN_ALREADY))
        return redirect("figures_import", year)
    if "abandonner" in request.POST:
        kept.delete()
        messages.success(request, "L’import est abandonné : rien n’a changé.")
        return redirect("figures_import", year)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    preview = importing.preview_kept(kept)
    if request.method == "POST" and form.is_valid():
        try:
            refused = importing.confirm(kept, user, form.cleaned_data["raison"])
        except FiguresImport.DoesNotExist:
            messages.warning(request, french(SEEN_ALREADY))
            return redirect("figures_import", year)
        if refused is None:
            _say_what_was_done(request, preview)
            return redirect("figures_entry", year, preview.changes[0].indicator.family)
        preview = refused
    if request.method == "POST":
        messages.error(request, "Rien n’est enregistré : lisez ce qui est dit plus bas.")
    context: dict[str, Any] = {"kept": kept, "preview": preview, "form": form, "year": year}
    return render(request, "activities/admin/import_confirm.html", context)


def _say_what_was_done(request: HttpRequest, preview: importing.Preview) -> None:
    count = len(preview.changes)
    what = f"{count} chiffres de {preview.year} sont enregistrés, dans" if count > 1 else ""
    families = ", ".join(family for family, _changes in preview.by_family)
    messages.success(
        request,
        french(f"{what or f'Un chiffre de {preview.year} est enregistré, dans'} : {families}."),
    )


def _check(request: HttpRequest, year: int) -> None:
    """Who may send figures, and of which years."""
    if not may_enter(request.user):
        raise PermissionDenied
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
