"""What the partners' page answers: its contents, one's own consultations, the end of an account."""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from pages.accounts.tries import too_many_tries
from pages.pagination import paginate
from pages.reserved import is_signed_in, works_here
from partners.models import Consultation, Member, Partner, PartnerSpacePage

from .access import PartnerReader, erase, member_of
from .contents import reserved_to
from .forms import DeletionForm, PreviewForm

CONSULTATIONS_PER_PAGE = 50


def contents(page: PartnerSpacePage, request: HttpRequest) -> HttpResponse:
    """What is reserved to the person; for the team, what any partner sees.

    Raises:
        PermissionDenied: the account is neither of a partner, nor of the team.
    """
    if not is_signed_in(request):
        return redirect_to_login(request.get_full_path())
    member = member_of(request)
    if member is not None:
        return _show(page, request, member.partner, request.user, {"member": member})
    if works_here(request):
        return _preview(page, request)
    raise PermissionDenied


def _preview(page: PartnerSpacePage, request: HttpRequest) -> HttpResponse:
    """The same page as a partner sees it, read only: nothing of it opens more than before."""
    form = PreviewForm(request.GET)
    partner = form.cleaned_data["partenaire"] if form.is_valid() else None
    if partner is None:
        return page.render(request, context_overrides={"preview": form})
    reader = PartnerReader.of(partner)
    return _show(page, request, partner, reader, {"preview": form})


def _show(
    page: PartnerSpacePage,
    request: HttpRequest,
    partner: Partner,
    reader: Any,
    context: dict[str, Any],
) -> HttpResponse:
    page_of_list, items = reserved_to(reader, request.GET.get("page"))
    own = [item for item in items if not item.is_common]
    common = [item for item in items if item.is_common]
    shown = {"partner": partner, "items": page_of_list, "own": own, "common": common}
    return page.render(request, context_overrides=context | shown)


def consultations(page: PartnerSpacePage, request: HttpRequest) -> HttpResponse:
    """What the register holds of the person."""
    member = _member_or_login(request)
    if not isinstance(member, Member):
        return member
    lines = Consultation.objects.filter(user=request.user.pk)
    context = {"items": paginate(lines, request, CONSULTATIONS_PER_PAGE)}
    return page.render(
        request, template="partners/space/consultations.html", context_overrides=context
    )


def delete_account(page: PartnerSpacePage, request: HttpRequest) -> HttpResponse:
    """Erase the account, once its password is given; the person is a stranger again."""
    member = _member_or_login(request)
    if not isinstance(member, Member):
        return member
    if request.method == "POST" and (refused := too_many_tries(request)):
        return refused
    form = DeletionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        logout(request)
        erase(member)
        return page.render(request, template="partners/space/account_deleted.html")
    return page.render(
        request,
        template="partners/space/delete_account.html",
        context_overrides={"form": form, "member": member},
    )


def _member_or_login(request: HttpRequest) -> Member | HttpResponse:
    """The person, or the way to the form where one signs in.

    Raises:
        PermissionDenied: the account is not one of a partner.
    """
    if not is_signed_in(request):
        return redirect_to_login(request.get_full_path())
    member = member_of(request)
    if member is None:
        raise PermissionDenied
    return member
