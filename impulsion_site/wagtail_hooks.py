"""What the admin's own rights leave open, closed for every room."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.models import Page

from pages.models import SitePage, User

from .admin_api import ChosenDocuments, ChosenImages


@hooks.register("construct_admin_api", order=1)
def tell_of_one_s_own_files(router: WagtailAPIRouter) -> None:
    """In the place of Wagtail's own lists of files, which know no folder."""
    router.register_endpoint("documents", ChosenDocuments)
    router.register_endpoint("images", ChosenImages)


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


@hooks.register("before_move_page", order=-1)
def say_nothing_of_what_one_cannot_move(
    request: HttpRequest, page: Page, destination: Page
) -> None:
    """Refuse before the question is asked: Wagtail asks it, with the title of a draft in it.

    Raises:
        PermissionDenied: the person has no right over the page.
    """
    if not page.permissions_for_user(request.user).can_move():
        raise PermissionDenied


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
