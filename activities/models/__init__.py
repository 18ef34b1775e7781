"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .audiences import Audience
from .references import ClientShown, ReferenceIndexPage, ReferencePage
from .reports import ReportIndexPage

__all__ = [
    "ActivityIndexPage",
    "ActivityPage",
    "Audience",
    "ClientShown",
    "ReferenceIndexPage",
    "ReferencePage",
    "ReportIndexPage",
]
