"""The screens of the funders' packs: ask for one, follow it, take it away."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from activities.models import FunderPack, ReportPage
from pages.models import User
from partners.models import Partner

RIGHT = "activities.make_funderpack"
PER_PAGE = 20
ASKED = "Le dossier sera prêt dans quelques minutes. Vous pouvez quitter cette page."
KNOWN = "Ce dossier est déjà demandé : il se prépare."


def may_make(user: Any) -> bool:
    """Whether this person may make, take away and delete packs."""
    return user.has_perm(RIGHT)


class PacksMenuItem(MenuItem):
    """The way to the list, for those who may make packs."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may make packs."""
        return may_make(request.user)


class PackForm(forms.Form):
    """For whom, and about which year."""

    financeur = forms.ModelChoiceField(
        Partner.objects.order_by("name"),
        label="Financeur",
        empty_label="Choisissez",
        error_messages={"required": "Choisissez un financeur."},
    )
    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        years = {this_year, this_year - 1, *ReportPage.objects.values_list("year", flat=True)}
        field = cast(forms.TypedChoiceField, self.fields["annee"])
        field.choices = [(year, str(year)) for year in sorted(years, reverse=True)]
        field.initial = this_year - 1


def packs(request: HttpRequest) -> HttpResponse:
    """The packs, the newest first, and the form that asks for one.

    Raises:
        PermissionDenied: this person may not make packs.
    """
    _check(request)
    asked = {"financeur": request.GET.get("financeur")}
    form = PackForm(request.POST or None, initial=asked)
    if form.is_valid():
        _ask(request, form.cleaned_data["financeur"], form.cleaned_data["annee"])
        return redirect("funder_packs")
    rows = FunderPack.objects.select_related("asked_by", "partner")
    context = {"form": form, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))}
    return render(request, "activities/admin/packs.html", context)


@require_safe
def download(request: HttpRequest, pack_id: int) -> HttpResponseBase:
    """A pack to take away; nothing keeps a copy on the way.

    Raises:
        Http404: there is no such pack, or it is not made.
        PermissionDenied: this person may not make packs.
    """
    pack = _pack(request, pack_id)
    if pack.state != FunderPack.State.MADE:
        raise Http404
    try:
        file = default_storage.open(str(pack.file.name))
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=pack.file_name,
        content_type="application/zip",
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


@require_POST
def remake(request: HttpRequest, pack_id: int) -> HttpResponse:
    """Make the pack of the same funder and year again; what was made before stays: it is a proof.

    Raises:
        Http404: there is no such pack.
        PermissionDenied: this person may not make packs.
    """
    pack = _pack(request, pack_id)
    if pack.partner is None:
        messages.error(request, "Ce financeur a été supprimé : son dossier ne peut plus être fait.")
    else:
        _ask(request, pack.partner, pack.year)
        if pack.state == FunderPack.State.FAILED:
            pack.delete()
    return redirect("funder_packs")


def delete(request: HttpRequest, pack_id: int) -> HttpResponse:
    """Ask whether a pack is to go for ever, then take it away.

    Raises:
        Http404: there is no such pack.
        PermissionDenied: this person may not make packs.
    """
    pack = _pack(request, pack_id)
    if request.method != "POST":
        return render(request, "activities/admin/pack_delete.html", {"pack": pack})
    pack.delete()
    messages.success(request, f"Le dossier « {pack} » est supprimé.")
    return redirect("funder_packs")


def _check(request: HttpRequest) -> None:
    if not may_make(request.user):
        raise PermissionDenied


def _pack(request: HttpRequest, pack_id: int) -> FunderPack:
    _check(request)
    return get_object_or_404(FunderPack.objects.select_related("partner"), pk=pack_id)


def _ask(request: HttpRequest, partner: Partner, year: int) -> None:
    """Ask for a pack, once however often one clicks."""
    _row, is_new = FunderPack.objects.get_or_create(
        partner=partner,
        year=year,
        state=FunderPack.State.WAITING,
        defaults={"partner_name": str(partner), "asked_by": cast(User, request.user)},
    )
    if is_new:
        messages.success(request, ASKED)
    else:
        messages.info(request, KNOWN)
