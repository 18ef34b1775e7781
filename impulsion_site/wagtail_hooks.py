"""What the admin's own rights leave open, closed for every room."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied
from wagtail.models import Page

from pages.models import SitePage, User


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


@hooks.register("before_bulk_action")
def publish_only_what_is_publishable(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    """Refuse, with its reasons, what the form of a page would refuse.

    Wagtail publishes several pages at once without asking their forms: the first that is
    incomplete would end in an error 500.
    """
    if action_type != "publish":
        return None
    below = action.get_execution_context().get("include_descendants", False)
    for page in _drafts(objects, below):
        try:
            page.check_publishable()
        except ValidationError as refused:
            reasons = " ".join(refused.messages)
            messages.error(request, f"« {page.title} » ne peut pas être publiée. {reasons}")
            return redirect(action.next_url)
    return None


def _drafts(pages: Sequence[Any], and_below: bool) -> Iterator[SitePage]:
    """The latest version of these pages, and of the drafts below them."""
    for page in pages:
        if isinstance(page, Page):
            for found in [page, *(page.get_descendants().not_live() if and_below else [])]:
                yield found.get_latest_revision_as_object()
