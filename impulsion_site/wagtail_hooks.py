"""What the admin's own rights leave open, closed for every room."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.admin.auth import permission_denied

from pages.models import User


@hooks.register("before_edit_user")
def keep_superusers_safe(request: HttpRequest, user: User) -> HttpResponse | None:
    """Only a superuser changes a superuser.

    Wagtail lets whoever may change accounts give a superuser another password, that is, become
    one. It already refuses to delete them.
    """
    if user.is_superuser and not request.user.is_superuser:
        return permission_denied(request)
    return None


@hooks.register("before_bulk_action")
def keep_superusers_safe_together(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    """The same for several accounts at once: they are neither closed nor put in a group."""
    for user in objects:
        if isinstance(user, User) and (denied := keep_superusers_safe(request, user)):
            return denied
    return None
