"""Who follows up the requests: those who may read them, and nobody else."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q, QuerySet

from pages.models import User

CHANGE = "change_contactrequest"


def may_read(user: Any) -> bool:
    """Whether what people asked is this person's business."""
    return bool(user.has_perm("contact.view_contactrequest"))


def may_follow_up(user: Any) -> bool:
    """Whether the person may answer requests."""
    return bool(user.has_perm(f"contact.{CHANGE}"))


def team() -> QuerySet[User]:
    """The accounts that may answer a request, by name."""
    permission = Permission.objects.filter(content_type__app_label="contact", codename=CHANGE)
    given = Q(Exists(permission.filter(group__user=OuterRef("pk")))) | Q(
        Exists(permission.filter(user=OuterRef("pk")))
    )
    accounts = User.objects.filter(Q(is_superuser=True) | given, is_active=True)
    return accounts.order_by("first_name", "last_name", "email")
