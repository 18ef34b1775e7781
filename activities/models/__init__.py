"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .audiences import Audience
from .eligibility import Criterion, EligibilityPage
from .jobs import JobIndexPage, JobPage
from .prescribers import PrescriberPage
from .references import ClientShown, ReferenceIndexPage, ReferencePage
from .reports import ReportIndexPage

__all__ = [
    "ActivityIndexPage",
    "ActivityPage",
    "Audience",
    "ClientShown",
    "Criterion",
    "EligibilityPage",
    "JobIndexPage",
    "JobPage",
    "PrescriberPage",
    "ReferenceIndexPage",
    "ReferencePage",
    "ReportIndexPage",
]
