"""The groups of accounts of the partners, and their folders of documents: made by code.

Each partner has a group; everybody is also in « Partenaires ». These groups give no permission:
they only are what the privacy of a page or of a folder names.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, CollectionViewRestriction

from partners.models import PARTNERS_GROUP, Member, Partner, PartnerGroup

NAME_LENGTH = 150
COMMON_FOLDER = "Tous les partenaires"


def partners_group() -> Group:
    """The group of everybody who has an account for a partner."""
    return Group.objects.get_or_create(name=PARTNERS_GROUP)[0]


def group_of(partner: Partner) -> Group:
    """The partner's own group, made and named after it where that is not done."""
    name = _free_name(partner)
    access = PartnerGroup.objects.select_related("group").filter(partner=partner).first()
    if access is None:
        with transaction.atomic():
            access = PartnerGroup.objects.create(
                partner=partner, group=Group.objects.create(name=name)
            )
    elif access.group.name != name:
        access.group.name = name
        access.group.save(update_fields=["name"])
        _name_folder(access, name)
    return access.group


def _free_name(partner: Partner) -> str:
    """« Partenaire – <nom> », told apart when another group is called so already."""
    name = f"Partenaire – {partner.name}"[: NAME_LENGTH - 10]
    others = Group.objects.filter(name=name).exclude(partner_access__partner=partner)
    return f"{name} ({partner.pk})" if others.exists() else name


def _name_folder(access: PartnerGroup, name: str) -> None:
    if access.collection is not None:
        access.collection.name = name
        access.collection.save(update_fields=["name"])


def ensure_groups() -> None:
    """The group of everybody, and that of each partner that has none."""
    partners_group()
    for partner in Partner.objects.filter(access=None):
        group_of(partner)


def folder_of(partner: Partner) -> Collection:
    """The partner's folder: what is put there is for its people, and for the team."""
    group = group_of(partner)
    access = PartnerGroup.objects.select_related("collection").get(partner=partner)
    if access.collection is None:
        access.collection = _reserved_folder(group.name, group)
        access.save(update_fields=["collection"])
    return access.collection


def common_folder() -> Collection:
    """The folder of what every partner may read."""
    known = Collection.objects.filter(depth=2, name=COMMON_FOLDER).first()
    return known or _reserved_folder(COMMON_FOLDER, partners_group())


def _reserved_folder(name: str, group: Group) -> Collection:
    """A folder that only this group and those who work in the admin may read."""
    root = Collection.get_first_root_node()
    with transaction.atomic():
        folder = root.add_child(instance=Collection(name=name))
        restriction = CollectionViewRestriction.objects.create(
            collection=folder, restriction_type=CollectionViewRestriction.GROUPS
        )
        restriction.groups.set([group, *team_groups()])
    return folder


def team_groups() -> list[Group]:
    """The groups of those who work in the admin: they file the documents, they may read them."""
    access = Q(permissions__content_type__app_label="wagtailadmin")
    return list(Group.objects.filter(access, permissions__codename="access_admin").distinct())


def put_in_groups(member: Member) -> None:
    """Make the groups of the account those of its partner; none once it is revoked."""
    wanted = [] if member.revoked_at else [group_of(member.partner), partners_group()]
    if set(member.user.groups.all()) != set(wanted):
        member.user.groups.set(wanted)


def groups_of_readers(partner: Partner) -> list[Any]:
    """The keys of the groups of a partner's people."""
    return [group_of(partner).pk, partners_group().pk]
