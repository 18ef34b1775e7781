"""The models of the activities, one file a subject."""

from .activities import ActivityIndexPage, ActivityPage
from .audiences import Audience
from .drafts import EntryDraft, FiguresImport
from .eligibility import Criterion, EligibilityPage
from .indicators import Breakdown, BreakdownItem, Chapter, Indicator, IndicatorDefinition
from .jobs import JobIndexPage, JobPage
from .packs import FunderPack
from .pdfs import ReportPdf
from .prescribers import PrescriberPage
from .references import ClientShown, ReferenceIndexPage, ReferencePage
from .reports import ReportChapterPage, ReportIndexPage, ReportPage
from .values import PUBLIC_STATUSES, Status, Value, ValueChange

__all__ = [
    "PUBLIC_STATUSES",
    "ActivityIndexPage",
    "ActivityPage",
    "Audience",
    "Breakdown",
    "BreakdownItem",
    "Chapter",
    "ClientShown",
    "Criterion",
    "EligibilityPage",
    "EntryDraft",
    "FiguresImport",
    "FunderPack",
    "Indicator",
    "IndicatorDefinition",
    "JobIndexPage",
    "JobPage",
    "PrescriberPage",
    "ReferenceIndexPage",
    "ReferencePage",
    "ReportChapterPage",
    "ReportIndexPage",
    "ReportPage",
    "ReportPdf",
    "Status",
    "Value",
    "ValueChange",
]
