"""The models of the room: partners and their pages, the accounts of their people."""

from .accounts import (
    PARTNERS_GROUP,
    Consultation,
    Invitation,
    Member,
    PartnerGroup,
)
from .partners import Partner, PartnerIndexPage, PartnerViewSet, partners_by_family
from .space import PartnerSpacePage

__all__ = [
    "PARTNERS_GROUP",
    "Consultation",
    "Invitation",
    "Member",
    "Partner",
    "PartnerGroup",
    "PartnerIndexPage",
    "PartnerSpacePage",
    "PartnerViewSet",
    "partners_by_family",
]
