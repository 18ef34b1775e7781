"""The models of the ground floor, one file a subject."""

from .agenda import AgendaPage, EventPage, EventSession
from .agreements import Agreement, Testimony
from .base import NotPublishable, SitePage
from .chores import Chore
from .content import (
    BodyPage,
    ContentPage,
    DocumentEntry,
    DocumentsPage,
    HistoryPage,
    LegalPage,
    Milestone,
    SectionPage,
    SiteMapPage,
    TeamMember,
    TeamPage,
    TerritoryPage,
)
from .glossary import GlossaryPage, Term
from .home import HomeDoor, HomePage
from .loaded import LoadedItem
from .mails import OutgoingMail
from .media import PendingPicture, SiteDocument, SiteImage, SiteRendition
from .news import NewsIndexPage, NewsPage
from .organisation import OrganisationSettings, SiteNotice
from .searches import SearchMiss
from .terms import Commune, Trade
from .users import User
from .who_to_call import WhoToCallPage

__all__ = [
    "AgendaPage",
    "Agreement",
    "BodyPage",
    "Chore",
    "Commune",
    "ContentPage",
    "DocumentEntry",
    "DocumentsPage",
    "EventPage",
    "EventSession",
    "GlossaryPage",
    "HistoryPage",
    "HomeDoor",
    "HomePage",
    "LegalPage",
    "LoadedItem",
    "Milestone",
    "NewsIndexPage",
    "NewsPage",
    "NotPublishable",
    "OrganisationSettings",
    "OutgoingMail",
    "PendingPicture",
    "SearchMiss",
    "SectionPage",
    "SiteDocument",
    "SiteImage",
    "SiteMapPage",
    "SiteNotice",
    "SitePage",
    "SiteRendition",
    "TeamMember",
    "TeamPage",
    "Term",
    "TerritoryPage",
    "Testimony",
    "Trade",
    "User",
    "WhoToCallPage",
]
