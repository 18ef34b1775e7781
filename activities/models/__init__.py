"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .reports import ReportIndexPage

__all__ = ["ActivityIndexPage", "ActivityPage", "ReportIndexPage"]
