"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .indicators import Breakdown, BreakdownItem, Chapter, Indicator, IndicatorDefinition
from .reports import ReportChapterPage, ReportIndexPage, ReportPage
from .values import Status, Value, ValueChange

__all__ = [
    "ActivityIndexPage",
    "ActivityPage",
    "Breakdown",
    "BreakdownItem",
    "Chapter",
    "Indicator",
    "IndicatorDefinition",
    "ReportChapterPage",
    "ReportIndexPage",
    "ReportPage",
    "Status",
    "Value",
    "ValueChange",
]
