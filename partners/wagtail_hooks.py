"""What this application adds to the admin: the accounts of partners, and their register."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from pages.models import User

from .accounts import admin_views
from .models import Member

PEOPLE = "personnes-des-partenaires"


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The screens of this application."""
    view = admin_views
    return [
        path(f"{PEOPLE}/", view.people, name="partner_people"),
        path(f"{PEOPLE}/<int:member_id>/", view.edit_member, name="partner_member"),
        path(
            f"{PEOPLE}/<int:member_id>/revoquer/", view.revoke_member, name="partner_member_revoke"
        ),
        path(
            f"{PEOPLE}/invitations/<int:invitation_id>/renvoyer/",
            view.invite_again,
            name="partner_invite_again",
        ),
        path(
            f"{PEOPLE}/invitations/<int:invitation_id>/annuler/",
            view.withdraw_invitation,
            name="partner_invitation_withdraw",
        ),
        path(f"{PEOPLE}/dossier/<int:partner_id>/", view.make_folders, name="partner_folder"),
        path("consultations/", view.ConsultationsView.as_view(), name="consultations"),
        path(
            "consultations/liste/",
            view.ConsultationsView.as_view(results_only=True),
            name="consultations_results",
        ),
    ]


class PeopleMenuItem(MenuItem):
    """The accounts of partners, for those who manage them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the screen."""
        return admin_views.may_manage_people(request.user)


@hooks.register("register_admin_menu_item")
def people_menu_item() -> MenuItem:
    """Beside the partners themselves."""
    return PeopleMenuItem(
        "Accès partenaires",
        reverse("partner_people"),
        icon_name="user",
        name="personnes-des-partenaires",
        order=510,
    )


class ConsultationsMenuItem(MenuItem):
    """The register, for those who may read it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the report."""
        return request.user.has_perm("partners.view_consultation")


@hooks.register("register_reports_menu_item")
def consultations_menu_item() -> MenuItem:
    """The register, among the reports."""
    return ConsultationsMenuItem(
        "Consultations des partenaires", reverse("consultations"), icon_name="view", order=300
    )


@hooks.register("register_permissions")
def account_permissions() -> QuerySet[Permission]:
    """The rights on the accounts and on the register, on the screen of a group."""
    return Permission.objects.filter(
        content_type__app_label="partners", content_type__model__in=["member", "consultation"]
    )


@hooks.register("before_edit_user")
@hooks.register("before_delete_user")
def manage_members_in_their_screen(request: HttpRequest, user: User) -> HttpResponse | None:
    """An account of a partner is not one of the team: its own screen invites, ends and revokes."""
    if not Member.objects.filter(user=user).exists():
        return None
    messages.warning(
        request,
        "Ce compte est celui d’une personne d’un partenaire : il se gère ici, et n’entre dans "
        "aucun groupe de l’équipe.",
    )
    return redirect("partner_people")


@hooks.register("before_bulk_action")
def leave_members_out_of_bulk_actions(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    """The same for several accounts at once."""
    for user in objects:
        if isinstance(user, User) and (refused := manage_members_in_their_screen(request, user)):
            return refused
    return None
