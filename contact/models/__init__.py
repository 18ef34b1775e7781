"""The models of contact, one file a subject."""

from .files import HeldFile, RequestFile
from .pages import ContactPage
from .reasons import ReasonSettings, Recipient
from .registers import ErasedCount, PersonalDataAccess
from .requests import ContactRequest, ReferenceCounter, RequestEvent

__all__ = [
    "ContactPage",
    "ContactRequest",
    "ErasedCount",
    "HeldFile",
    "PersonalDataAccess",
    "ReasonSettings",
    "Recipient",
    "ReferenceCounter",
    "RequestEvent",
    "RequestFile",
]
