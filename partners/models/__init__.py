"""Partners and funders, what they support, and their pages."""

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
from .viewsets import PartnerViewSet

__all__ = [
    "FormerAddress",
    "FormerName",
    "Listed",
    "OperationPage",
    "Partner",
    "PartnerIndexPage",
    "PartnerViewSet",
    "Support",
    "by_family",
    "exists_today",
    "listed_by_family",
    "partners_by_family",
    "with_successors",
]
