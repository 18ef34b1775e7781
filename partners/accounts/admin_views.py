"""The screens of the team: the people of the partners, and the register of what they read."""

from typing import Any

import django_filters
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from pages.local_time import to_the_minute
from pages.spreadsheets import harmless
from partners.models import Consultation, Invitation, Member, Partner

from .access import revoke
from .forms import InvitationForm, MemberForm
from .groups import common_folder, folder_of
from .invitations import cancel, invite
from .people import people_by_partner


def may_manage_people(user: Any) -> bool:
    """Whether the accounts of partners are this person's business."""
    return bool(user.has_perm("partners.change_member"))


def _only_managers(request: HttpRequest) -> None:
    if not may_manage_people(request.user):
        raise PermissionDenied


def people(request: HttpRequest) -> HttpResponse:
    """Who has an account, who was invited; the form that invites.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    form = InvitationForm(request.POST or None, initial={"partner": request.GET.get("partenaire")})
    if request.method == "POST" and form.is_valid() and _invited(request, form):
        return redirect("partner_people")
    context = {
        "form": form,
        "items": people_by_partner(request),
        "space_url": settings.PARTNER_SPACE_URL,
    }
    return render(request, "partners/admin/people.html", context)


def _invited(request: HttpRequest, form: InvitationForm) -> bool:
    data = form.cleaned_data
    try:
        invite(data["partner"], data["email"], request.user, data["ends_on"])
    except ValidationError as refused:  # an account was made meanwhile
        form.add_error("email", refused)
        return False
    messages.success(
        request,
        f"L’invitation part à {data['email']} : son lien sert une fois, pendant sept jours.",
    )
    return True


@require_POST
def invite_again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """A new link to the same address; the former one is dead.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    old = get_object_or_404(Invitation.objects.waiting(), pk=invitation_id)
    try:
        invite(old.partner, old.email, request.user, old.ends_on)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(
            request, f"Un nouveau lien part à {old.email} ; l’ancien n’ouvre plus rien."
        )
    return redirect("partner_people")


@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The link opens nothing any more.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    invitation = get_object_or_404(Invitation.objects.waiting(), pk=invitation_id)
    cancel(invitation.email)
    messages.success(request, f"L’invitation de {invitation.email} est annulée.")
    return redirect("partner_people")


@require_POST
def revoke_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Close an account: the person's next click is refused.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    member = get_object_or_404(Member.objects.of_list(), pk=member_id)
    revoke(member)
    messages.success(
        request,
        f"L’accès de {member.user} est révoqué : plus rien de réservé ne s’ouvre, dès maintenant. "
        "Pour le rouvrir, invitez la même adresse.",
    )
    return redirect("partner_people")


def edit_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Until when a person may come in.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    member = get_object_or_404(Member.objects.of_list(), pk=member_id)
    form = MemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"La fin de l’accès de {member.user} est enregistrée.")
        return redirect("partner_people")
    context = {"form": form, "member": member}
    return render(request, "partners/admin/member.html", context)


@require_POST
def make_folders(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Make the reserved folder of a partner, and that of all the partners.

    Raises:
        PermissionDenied: the person does not manage these accounts.
    """
    _only_managers(request)
    folder = folder_of(get_object_or_404(Partner, pk=partner_id))
    common_folder()
    messages.success(
        request,
        f"Le dossier « {folder.name} » est prêt : ce qu’on y range n’est lu que par ce partenaire "
        "et par l’équipe.",
    )
    return redirect("partner_people")


class ConsultationFilterSet(WagtailFilterSet):
    """Whose readings, and when."""

    partner = django_filters.ModelChoiceFilter(label="Partenaire", queryset=Partner.objects.all())
    at = django_filters.DateFromToRangeFilter(label="Quand", widget=DateRangePickerWidget)

    class Meta:
        model = Consultation
        fields = ("partner", "at")


class ConsultationsView(ReportView):
    """Who read what is reserved, and when. Wagtail's export writes no formula in a cell."""

    page_title = "Consultations des partenaires"
    header_icon = "view"
    model = Consultation
    permission_policy = ModelPermissionPolicy(Consultation)
    permission_required = "view"
    index_url_name = "consultations"
    index_results_url_name = "consultations_results"
    results_template_name = "partners/admin/consultations_results.html"
    filterset_class = ConsultationFilterSet
    default_ordering = ["-at", "-pk"]
    columns = [
        Column("at", label="Quand", accessor=lambda line: to_the_minute(line.at), sort_key="at"),
        Column("partner_name", label="Partenaire", sort_key="partner_name"),
        Column("person", label="Personne", sort_key="person"),
        Column("label", label="Quoi", sort_key="label"),
        Column("kind", label="Sorte"),
        Column("action", label="Fait", accessor="get_action_display"),
    ]
    list_export = ["at", "partner_name", "person", "label", "kind", "get_action_display", "address"]
    custom_value_preprocess = {
        **ReportView.custom_value_preprocess,
        # Wagtail writes texts as texts in a workbook; a CSV has no such thing.
        str: {ReportView.FORMAT_CSV: harmless},
    }
    export_headings = {
        "at": "Quand",
        "partner_name": "Partenaire",
        "person": "Personne",
        "label": "Quoi",
        "kind": "Sorte",
        "get_action_display": "Fait",
        "address": "Adresse",
    }
    export_filename = "consultations-des-partenaires"
