"""The people of the partners as the team lists them: accounts, and invitations that wait."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page as PaginatorPage
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from pages.pagination import paginate
from partners.models import Invitation, Member, Partner

PARTNERS_PER_PAGE = 25


@dataclass
class PartnerPeople:
    """A partner, who may come in, who could, who was invited."""

    partner: Partner
    members: list[Member] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)

    @property
    def folder(self) -> Any:
        """Where its reserved documents are filed, once that is made."""
        return self.partner.access.collection


def people_by_partner(request: HttpRequest) -> PaginatorPage:
    """The partners that have somebody, by name; four queries, whatever their number."""
    members = Member.objects.filter(partner=OuterRef("pk"))
    waiting = Invitation.objects.waiting().filter(partner=OuterRef("pk"))
    known = Partner.objects.filter(Exists(members) | Exists(waiting)).order_by("name", "pk")
    page = paginate(
        known.select_related("access__collection").prefetch_related("supports"),
        request,
        PARTNERS_PER_PAGE,
    )
    page.object_list = list(_with_people(list(page.object_list)))
    return page


def _with_people(partners: list[Partner]) -> Iterable[PartnerPeople]:
    rows = {partner.pk: PartnerPeople(partner) for partner in partners}
    for member in _ordered(Member.objects.select_related("user"), partners):
        # The partner that is known already, with its supports: each state asks for their end.
        member.partner = rows[member.partner_id].partner
        rows[member.partner_id].members.append(member)
    for invitation in Invitation.objects.waiting().filter(partner__in=partners).order_by("email"):
        rows[invitation.partner_id].invitations.append(invitation)
    return rows.values()


def _ordered(members: Any, partners: list[Partner]) -> Iterable[Member]:
    return members.filter(partner__in=partners).order_by("user__last_name", "user__email")
