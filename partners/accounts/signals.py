"""What follows from a change: a partner's group bears its name, and gives no right."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models.signals import m2m_changed, post_delete, post_save

from partners.models import PARTNERS_GROUP, Member, Partner, PartnerGroup

from .groups import group_of

NO_RIGHT = (
    "Un groupe de partenaires ne donne aucun droit dans l’administration : il dit seulement qui "
    "peut lire ce qui est réservé."
)
NOT_BOTH = (
    "Cette personne a un compte de partenaire : elle ne peut pas entrer dans un groupe de "
    "l’équipe. Révoquez d’abord son accès, ou donnez-lui un autre compte."
)


class GroupRefused(ValidationError):
    """A group of partners was about to get a right, or an account to be of both sides."""


def connect() -> None:
    """Connect the receivers."""
    post_save.connect(_name_group, sender=Partner, dispatch_uid="group of a partner")
    post_delete.connect(_delete_group, sender=PartnerGroup, dispatch_uid="group goes")
    m2m_changed.connect(
        _keep_without_rights, sender=Group.permissions.through, dispatch_uid="no right"
    )
    user = get_user_model()
    m2m_changed.connect(
        _keep_apart, sender=user.groups.through, dispatch_uid="partner or team: groups"
    )
    post_save.connect(_keep_out_of_team, sender=user, dispatch_uid="partner or team: account")


def _name_group(instance: Partner, raw: bool = False, **_: Any) -> None:
    if not raw:
        group_of(instance)


def _delete_group(instance: PartnerGroup, **_: Any) -> None:
    """A restriction that names no group any more lets nobody in: what was reserved stays so."""
    Group.objects.filter(pk=instance.group_id).delete()


def is_of_partners(group: Group) -> bool:
    """Whether the group is made of partners' people."""
    return group.name == PARTNERS_GROUP or PartnerGroup.objects.filter(group=group).exists()


def _keep_without_rights(action: str, instance: Any, reverse: bool, pk_set: Any, **_: Any) -> None:
    if action != "pre_add":
        return
    groups = Group.objects.filter(pk__in=pk_set) if reverse else [instance]
    if any(is_of_partners(group) for group in groups):
        raise GroupRefused(NO_RIGHT)


def _keep_apart(action: str, instance: Any, reverse: bool, pk_set: Any, **_: Any) -> None:
    """The same account is never of a partner and of the team."""
    if action != "pre_add":
        return
    users = get_user_model().objects.filter(pk__in=pk_set) if reverse else [instance]
    groups = [instance] if reverse else Group.objects.filter(pk__in=pk_set)
    if all(is_of_partners(group) for group in groups):
        return
    if Member.objects.filter(user__in=users).exists():
        raise GroupRefused(NOT_BOTH)


def _keep_out_of_team(instance: Any, raw: bool = False, **_: Any) -> None:
    if raw or not (instance.is_staff or instance.is_superuser):
        return
    if Member.objects.filter(user=instance).exists():
        raise GroupRefused(NOT_BOTH)
