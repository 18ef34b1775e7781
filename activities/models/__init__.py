"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .eligibility import Criterion, EligibilityPage
from .jobs import JobIndexPage, JobPage
from .prescribers import PrescriberPage
from .reports import ReportIndexPage

__all__ = [
    "ActivityIndexPage",
    "ActivityPage",
    "Criterion",
    "EligibilityPage",
    "JobIndexPage",
    "JobPage",
    "PrescriberPage",
    "ReportIndexPage",
]
