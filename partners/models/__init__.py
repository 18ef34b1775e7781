"""Partners and funders, what they support, their pages, the accounts of their people."""

from .accounts import PARTNERS_GROUP, Consultation, Invitation, Member, PartnerGroup
from .operations import OperationPage
from .pages import Listed, PartnerIndexPage, by_family, listed_by_family, partners_by_family
from .partners import (
    FormerAddress,
    FormerName,
    Partner,
    Support,
    exists_today,
    with_successors,
)
from .space import PartnerSpacePage
from .viewsets import PartnerViewSet

__all__ = [
    "PARTNERS_GROUP",
    "Consultation",
    "FormerAddress",
    "FormerName",
    "Invitation",
    "Listed",
    "Member",
    "OperationPage",
    "Partner",
    "PartnerGroup",
    "PartnerIndexPage",
    "PartnerSpacePage",
    "PartnerViewSet",
    "Support",
    "by_family",
    "exists_today",
    "listed_by_family",
    "partners_by_family",
    "with_successors",
]
