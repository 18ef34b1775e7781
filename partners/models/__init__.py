"""Partners and funders, what they support, and their pages."""

from .operations import OperationPage
from .pages import PartnerIndexPage, by_family, partners_by_family
from .partners import FormerAddress, FormerName, Partner, Support, with_successors
from .viewsets import PartnerViewSet

__all__ = [
    "FormerAddress",
    "FormerName",
    "OperationPage",
    "Partner",
    "PartnerIndexPage",
    "PartnerViewSet",
    "Support",
    "by_family",
    "partners_by_family",
    "with_successors",
]
