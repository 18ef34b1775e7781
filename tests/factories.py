"""One factory per model: valid objects, made with as few words as a test needs.

A page factory takes ``parent=``; without it the page goes under the home page of the default
site (fixture ``home``) or, for a type that lives in one place only, under its own index page.
"""

import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify
from factory.django import DjangoModelFactory
from PIL import Image
from wagtail.models import Page, PageViewRestriction, Site

from activities.figures import recording
from activities.models import (
    ActivityIndexPage,
    ActivityPage,
    Audience,
    Breakdown,
    BreakdownItem,
    Chapter,
    Criterion,
    EligibilityPage,
    EntryDraft,
    FiguresImport,
    FunderPack,
    Indicator,
    IndicatorDefinition,
    JobIndexPage,
    JobPage,
    PrescriberPage,
    ReferenceIndexPage,
    ReferencePage,
    ReportChapterPage,
    ReportIndexPage,
    ReportPage,
    ReportPdf,
    Status,
    Value,
    ValueChange,
)
from contact.models import (
    ContactPage,
    ContactRequest,
    ErasedCount,
    HeldFile,
    PersonalDataAccess,
    ReasonSettings,
    Recipient,
    ReferenceCounter,
    RequestEvent,
    RequestFile,
)
from contact.reasons import Reason
from impulsion_site.roles import ADMINISTRATION, PUBLISHING, RECEPTION, WRITING
from pages.accounts.secrets import encrypt
from pages.models import (
    AgendaPage,
    Chore,
    Commune,
    ContentPage,
    DocumentEntry,
    DocumentsPage,
    EventPage,
    EventSession,
    GlossaryPage,
    HistoryPage,
    HomeDoor,
    HomePage,
    LegalPage,
    Milestone,
    NewsIndexPage,
    NewsPage,
    OrganisationSettings,
    OutgoingMail,
    PendingPicture,
    SearchMiss,
    SectionPage,
    SiteDocument,
    SiteImage,
    SiteMapPage,
    SitePage,
    TeamMember,
    TeamPage,
    Term,
    TerritoryPage,
    Testimony,
    Trade,
    User,
    WhoToCallPage,
)
from partners.models import (
    Consultation,
    FormerAddress,
    FormerName,
    Invitation,
    Member,
    OperationPage,
    Partner,
    PartnerIndexPage,
    PartnerSpacePage,
    Support,
)
from partners.models.accounts import INVITATION_LASTS

PASSWORD = "un mot de passe assez long"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def refresh_statistics() -> None:
    """Tell PostgreSQL's planner what was inserted in bulk, as autovacuum does in time.

    Without it a plan made for ten rows is used for thousands, and lasts minutes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def paragraph(text: str) -> dict[str, Any]:
    """A block of a body."""
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def section(title: str, *content: dict[str, Any]) -> dict[str, Any]:
    """A section of a body, with what it contains."""
    return {"type": "section", "value": {"title": title, "content": list(content)}}


def related(*targets: Page) -> str:
    """The stored choice of pages to read next."""
    return json.dumps([{"type": "page", "value": target.pk} for target in targets])


def body(*blocks: dict[str, Any]) -> str:
    """The stored content of a body."""
    return json.dumps(list(blocks))


# --- People -------------------------------------------------------------------------------


class UserFactory(DjangoModelFactory):
    """An account that belongs to no group; ``group=`` puts it in one."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Dupont{n}")
    password = PASSWORD
    group = ""

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        group = kwargs.pop("group")
        user = model_class.objects.create_user(**kwargs)
        if group:
            user.groups.add(Group.objects.get(name=group))
        return user


class AuthenticatorFactory(DjangoModelFactory):
    """The application of codes of a person; one only, however often it is asked for."""

    class Meta:
        model = Authenticator
        django_get_or_create = ("user", "type")

    user = factory.SubFactory(UserFactory)
    type = Authenticator.Type.TOTP
    last_used_at = factory.LazyFunction(timezone.now)
    data = factory.LazyFunction(lambda: {"secret": encrypt(TOTP_SECRET)})


class WriterFactory(UserFactory):
    group = WRITING


class PublisherFactory(UserFactory):
    group = PUBLISHING


class AdministratorFactory(UserFactory):
    group = ADMINISTRATION


class ReceptionistFactory(UserFactory):
    group = RECEPTION


# --- Terms, settings, files ---------------------------------------------------------------


class TradeFactory(DjangoModelFactory):
    class Meta:
        model = Trade

    name = factory.Sequence(lambda n: f"Métier {n}")
    slug = factory.LazyAttribute(lambda trade: slugify(trade.name))
    colour_key = Trade.Colour.GREEN
    sort_order = factory.Sequence(int)


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Commune

    name = factory.Sequence(lambda n: f"Commune {n}")
    insee_code = factory.Sequence(lambda n: f"{60_000 + n}")
    postcode = "62000"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Partenaire {n}")
    family = Partner.Family.INSTITUTION


class FormerNameFactory(DjangoModelFactory):
    class Meta:
        model = FormerName

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Ancien nom {n}")
    until = date(2015, 12, 31)


class FormerAddressFactory(DjangoModelFactory):
    class Meta:
        model = FormerAddress

    partner = factory.SubFactory(PartnerFactory)
    slug = factory.Sequence(lambda n: f"ancienne-adresse-{n}")


class SupportFactory(DjangoModelFactory):
    class Meta:
        model = Support

    partner = factory.SubFactory(PartnerFactory)
    purpose = "L’accompagnement des salariés"
    starts_on = date(2024, 1, 1)


class MemberFactory(DjangoModelFactory):
    """A person of a partner, with an account."""

    class Meta:
        model = Member

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)


class InvitationFactory(DjangoModelFactory):
    """An invitation whose link nobody has: see ``invitations.invite`` for one that is sent."""

    class Meta:
        model = Invitation

    partner = factory.SubFactory(PartnerFactory)
    email = factory.Sequence(lambda n: f"invitation{n}@example.org")
    token_hash = factory.Sequence(lambda n: f"{n:064d}")
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + INVITATION_LASTS)
    # When they happen.
    accepted_at = None
    cancelled_at = None


class ConsultationFactory(DjangoModelFactory):
    """A line of the register."""

    class Meta:
        model = Consultation

    partner = factory.SubFactory(PartnerFactory)
    user = factory.SubFactory(UserFactory)
    partner_name = factory.LazyAttribute(lambda line: line.partner.name)
    person = factory.LazyAttribute(lambda line: str(line.user))
    action = Consultation.Action.OPENED
    kind = "Rapport d’activité"
    label = factory.Sequence(lambda n: f"Rapport {n}")
    address = "/rapports/2024/"


# The settings that are lists, and what their rows are called.
ORGANISATION_ROWS = {"opening_hours": "slot", "opening_exceptions": "days", "social_links": "link"}


class OrganisationFactory(DjangoModelFactory):
    """The one row of settings, whatever is called: the fields given replace its own."""

    class Meta:
        model = OrganisationSettings

    name = "Régie de quartier d’essai"
    short_name = "Essai"
    baseline = "Une association d’essai"
    email = "bonjour@example.org"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> OrganisationSettings:
        """Hours, exceptions and links are given as rows: ``social_links=[{"label": …}]``."""
        organisation = model_class.load()
        for name, kind in ORGANISATION_ROWS.items():
            if name in kwargs:
                kwargs[name] = json.dumps([{"type": kind, "value": row} for row in kwargs[name]])
        for name, value in kwargs.items():
            setattr(organisation, name, value)
        organisation.save()
        return organisation


def jpeg(width: int = 64, height: int = 48, colour: str = "teal") -> bytes:
    """A small true JPEG."""
    output = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(output, "JPEG")
    return output.getvalue()


class SiteImageFactory(DjangoModelFactory):
    class Meta:
        model = SiteImage

    title = factory.Sequence(lambda n: f"Image {n}")
    description = "Deux personnes taillent une haie"
    file = factory.Sequence(lambda n: ContentFile(jpeg(), name=f"image-{n}.jpg"))


class PendingPictureFactory(DjangoModelFactory):
    class Meta:
        model = PendingPicture

    image = factory.SubFactory(SiteImageFactory)
    specs = "width-320|format-avif"


class SiteDocumentFactory(DjangoModelFactory):
    class Meta:
        model = SiteDocument

    title = factory.Sequence(lambda n: f"Document {n}")
    file = factory.Sequence(lambda n: ContentFile(b"%PDF-1.4\n%%EOF\n", name=f"document-{n}.pdf"))


class TestimonyFactory(DjangoModelFactory):
    class Meta:
        model = Testimony

    name = factory.Sequence(lambda n: f"Personne {n}")
    words = "Ici, on apprend."
    agreement = Testimony.Kind.WRITTEN
    signed_on = date(2026, 1, 15)


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term

    name = factory.Sequence(lambda n: f"mot {n}")
    definition = "Ce que veut dire ce mot."


class ChoreFactory(DjangoModelFactory):
    class Meta:
        model = Chore

    name = factory.Sequence(lambda n: f"tache-{n}")


class SearchMissFactory(DjangoModelFactory):
    class Meta:
        model = SearchMiss

    words = factory.Sequence(lambda n: f"introuvable {n}")


class OutgoingMailFactory(DjangoModelFactory):
    """A mail that waits in the outbox, for one person."""

    class Meta:
        model = OutgoingMail

    message_id = factory.Sequence(lambda n: f"<{n}@exemple.fr>")
    sender = "site@exemple.fr"
    recipient = factory.Sequence(lambda n: f"personne-{n}@exemple.fr")
    subject = "Votre invitation"
    message = factory.LazyAttribute(
        lambda mail: (
            f"Subject: {mail.subject}\r\nFrom: {mail.sender}\r\nTo: {mail.recipient}\r\n"
            f"Message-ID: {mail.message_id}\r\nDate: Mon, 15 Jun 2026 10:00:00 +0000\r\n"
            "\r\nBonjour.\r\n"
        ).encode()
    )


# --- Pages --------------------------------------------------------------------------------


class SitePageFactory(DjangoModelFactory):
    """A page, published, under ``parent``."""

    class Meta:
        abstract = True
        model = SitePage

    title = factory.Sequence(lambda n: f"Page d’essai {n}")
    slug = factory.LazyAttribute(lambda page: slugify(page.title))
    summary = "Un résumé d’essai."

    @classmethod
    def _build(cls, model_class: Any, *args: Any, **kwargs: Any) -> SitePage:
        kwargs.pop("parent", None)
        return model_class(**kwargs)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> SitePage:
        parent = kwargs.pop("parent", None) or cls._usual_parent()
        live = kwargs.pop("live", True)
        page = model_class(live=live, has_unpublished_changes=not live, **kwargs)
        # What treebeard remembers of the tree in `parent` may be old.
        Page.objects.get(pk=parent.pk).add_child(instance=page)
        return page

    @classmethod
    def _usual_parent(cls) -> Page:
        make = INDEX_OF.get(cls._meta.model)
        if make is None:
            return default_home()
        return make._meta.model.objects.first() or make()


def default_home() -> HomePage:
    """The home page of the default site, made if there is none."""
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_page.specific if site else SiteFactory().root_page.specific


class BodyPageFactory(SitePageFactory):
    """A page with a short body."""

    class Meta:
        abstract = True
        model = SitePage

    body = body(section("Une partie", paragraph("Un texte d’essai.")))


class HomePageFactory(SitePageFactory):
    class Meta:
        model = HomePage

    title = "Accueil"
    slug = factory.Sequence(lambda n: f"accueil-{n}")

    @classmethod
    def _usual_parent(cls) -> Page:
        return Page.get_first_root_node()


class SiteFactory(DjangoModelFactory):
    """A site of Wagtail with its own home page; the default one unless told otherwise."""

    class Meta:
        model = Site

    hostname = "localhost"
    port = 80
    site_name = "Site d’essai"
    is_default_site = True
    root_page = factory.SubFactory(HomePageFactory)

    @classmethod
    def _create(cls, model_class: type[Site], *args: Any, **kwargs: Any) -> Site:
        site = model_class.objects.create(**kwargs)
        Site.clear_site_root_paths_cache()
        return site


class SectionPageFactory(BodyPageFactory):
    class Meta:
        model = SectionPage


class ContentPageFactory(BodyPageFactory):
    class Meta:
        model = ContentPage


class HistoryPageFactory(BodyPageFactory):
    class Meta:
        model = HistoryPage


class TeamPageFactory(BodyPageFactory):
    class Meta:
        model = TeamPage


class TerritoryPageFactory(BodyPageFactory):
    class Meta:
        model = TerritoryPage


class DocumentsPageFactory(BodyPageFactory):
    class Meta:
        model = DocumentsPage


class LegalPageFactory(BodyPageFactory):
    class Meta:
        model = LegalPage

    subject = LegalPage.Subject.LEGAL_NOTICE
    title = factory.LazyAttribute(lambda page: LegalPage.Subject(page.subject).label)


class SiteMapPageFactory(SitePageFactory):
    class Meta:
        model = SiteMapPage

    title = "Plan du site"


class GlossaryPageFactory(SitePageFactory):
    class Meta:
        model = GlossaryPage

    title = "Glossaire"
    slug = "glossaire"
    show_in_menus = True


class WhoToCallPageFactory(SitePageFactory):
    """The emergency numbers that are given, and the problems: each a dictionary."""

    class Meta:
        model = WhoToCallPage

    title = "Qui appeler"
    emergencies = json.dumps(
        [{"type": "number", "value": {"number": "112", "purpose": "Toutes les urgences"}}]
    )


def problem(text: str, *answers: dict[str, Any], explanation: str = "") -> dict[str, Any]:
    """A row of the problems of « Qui appeler »."""
    rows = [
        {"type": "item", "id": str(rank), "value": answer} for rank, answer in enumerate(answers)
    ]
    value = {"problem": text, "explanation": explanation, "answers": rows}
    return {"type": "problem", "value": value}


class NewsIndexPageFactory(SitePageFactory):
    class Meta:
        model = NewsIndexPage

    title = "Actualités"


class NewsPageFactory(BodyPageFactory):
    class Meta:
        model = NewsPage

    date = date(2026, 1, 15)


class AgendaPageFactory(SitePageFactory):
    class Meta:
        model = AgendaPage

    title = "Agenda"


class EventPageFactory(BodyPageFactory):
    """A rendezvous of two hours, tomorrow.

    ``starts_at`` and ``ends_at`` are those of its only session; ``hours`` gives several sessions
    instead: ``hours=[(start, end), …]``.
    """

    class Meta:
        model = EventPage

    class Params:
        starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
        ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))
        hours = factory.LazyAttribute(lambda event: [(event.starts_at, event.ends_at)])

    sessions = factory.LazyAttribute(
        lambda event: [EventSession(starts_at=start, ends_at=end) for start, end in event.hours]
    )
    place = "Salle d’essai"


class EventSessionFactory(DjangoModelFactory):
    """One more date of an event; the event is saved afterwards to take account of it."""

    class Meta:
        model = EventSession

    event = factory.SubFactory(EventPageFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=8))


class ActivityIndexPageFactory(BodyPageFactory):
    class Meta:
        model = ActivityIndexPage

    title = "Activités"


class ActivityPageFactory(BodyPageFactory):
    class Meta:
        model = ActivityPage

    trade = factory.SubFactory(TradeFactory)


class ReferenceIndexPageFactory(BodyPageFactory):
    class Meta:
        model = ReferenceIndexPage

    title = "Réalisations"
    body = ""


class ReferencePageFactory(BodyPageFactory):
    """Work done in 2025 for a landlord that is not named."""

    class Meta:
        model = ReferencePage

    trade = factory.SubFactory(TradeFactory)
    client_kind = Audience.LANDLORDS
    starts_on = date(2025, 3, 3)
    ends_on = date(2025, 4, 4)


class JobIndexPageFactory(BodyPageFactory):
    class Meta:
        model = JobIndexPage

    title = "Offres"


class JobPageFactory(BodyPageFactory):
    """An offer of 26 hours, open for ten days more."""

    class Meta:
        model = JobPage

    trade = factory.SubFactory(TradeFactory)
    support = JobPage.Support.ACI
    contract = "Contrat d’essai de six mois"
    hours = 26
    place = "Atelier d’essai"
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))


class EligibilityPageFactory(BodyPageFactory):
    """A list that somebody has confirmed; without ``criteria=`` it has one of each level."""

    class Meta:
        model = EligibilityPage

    list_name = "Liste d’essai"
    list_version = "version d’essai"
    list_source = "une source d’essai"
    is_confirmed = True
    confirmed_on = date(2026, 1, 15)
    criteria = factory.LazyFunction(
        lambda: [
            CriterionFactory.build(page=None, level=level, label=f"Situation de niveau {level}")
            for level in Criterion.Level
        ]
    )


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    page = factory.SubFactory(EligibilityPageFactory, criteria=[])
    level = Criterion.Level.ONE
    label = factory.Sequence(lambda n: f"Situation {n}")
    official_label = factory.LazyAttribute(lambda row: f"{row.label}, officiellement")


class PrescriberPageFactory(BodyPageFactory):
    class Meta:
        model = PrescriberPage


class ReportIndexPageFactory(BodyPageFactory):
    class Meta:
        model = ReportIndexPage

    title = "Rapports"
    body = ""


class ReportPageFactory(BodyPageFactory):
    """The report of a year, 2010 and those after it unless told otherwise."""

    class Meta:
        model = ReportPage

    year = factory.Sequence(lambda n: 2010 + n % 80)
    title = factory.LazyAttribute(lambda report: f"Rapport d’activité {report.year}")
    slug = factory.LazyAttribute(lambda report: str(report.year))


class ReportChapterPageFactory(BodyPageFactory):
    class Meta:
        model = ReportChapterPage

    chapter = Chapter.INSERTION
    title = factory.LazyAttribute(lambda page: Chapter(page.chapter).label)


class PartnerIndexPageFactory(BodyPageFactory):
    class Meta:
        model = PartnerIndexPage

    title = "Partenaires"


class OperationPageFactory(BodyPageFactory):
    """An operation that runs today."""

    class Meta:
        model = OperationPage

    title = "Une opération"
    funder = factory.SubFactory(PartnerFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class PartnerSpacePageFactory(SitePageFactory):
    class Meta:
        model = PartnerSpacePage

    title = "Espace partenaires"
    slug = "espace-partenaires"


class ContactPageFactory(BodyPageFactory):
    class Meta:
        model = ContactPage

    title = "Contact"


class HomeDoorFactory(DjangoModelFactory):
    class Meta:
        model = HomeDoor

    home = factory.LazyFunction(default_home)
    label = factory.Sequence(lambda n: f"Porte {n}")
    page = factory.SubFactory(ContentPageFactory)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    page = factory.SubFactory(HistoryPageFactory)
    title = factory.Sequence(lambda n: f"Étape {n}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    page = factory.SubFactory(TeamPageFactory)
    name = factory.Sequence(lambda n: f"Personne {n}")


class DocumentEntryFactory(DjangoModelFactory):
    class Meta:
        model = DocumentEntry

    page = factory.SubFactory(DocumentsPageFactory)
    document = factory.SubFactory(SiteDocumentFactory)
    title = factory.Sequence(lambda n: f"Pièce {n}")


# --- Figures ------------------------------------------------------------------------------


class BreakdownFactory(DjangoModelFactory):
    class Meta:
        model = Breakdown

    code = factory.Sequence(lambda n: f"ventilation_{n}")
    label = factory.Sequence(lambda n: f"Ventilation {n}")


class BreakdownItemFactory(DjangoModelFactory):
    class Meta:
        model = BreakdownItem

    breakdown = factory.SubFactory(BreakdownFactory)
    code = factory.Sequence(lambda n: f"part_{n}")
    label = factory.Sequence(lambda n: f"Part {n}")


class IndicatorFactory(DjangoModelFactory):
    """A typed indicator; ``breakdowns=[…]`` says how it may be broken down."""

    class Meta:
        model = Indicator

    code = factory.Sequence(lambda n: f"indicateur_{n}")
    label = factory.Sequence(lambda n: f"Indicateur {n}")
    family = Indicator.Family.INSERTION
    chapter = Chapter.INSERTION

    @classmethod
    def _create(cls, model_class: type[Indicator], *args: Any, **kwargs: Any) -> Indicator:
        breakdowns = kwargs.pop("breakdowns", [])
        indicator = model_class.objects.create(**kwargs)
        if breakdowns:
            indicator.breakdowns = breakdowns
            indicator.save()
        return indicator


class IndicatorDefinitionFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorDefinition

    indicator = factory.SubFactory(IndicatorFactory)
    definition = "Ce que l’on compte."


class ValueFactory(DjangoModelFactory):
    """A validated figure, recorded as the site records them."""

    class Meta:
        model = Value

    indicator = factory.SubFactory(IndicatorFactory)
    year = 2020
    number = 12
    status = Status.VALIDATED

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Value:
        return recording.record(**kwargs)


class EntryDraftFactory(DjangoModelFactory):
    class Meta:
        model = EntryDraft

    user = factory.SubFactory(UserFactory)
    year = 2020
    family = Indicator.Family.INSERTION
    boxes = factory.LazyFunction(lambda: {"n-entrees": "12"})


class FiguresImportFactory(DjangoModelFactory):
    """A spreadsheet that was read, and changes a figure of an indicator « entrees »."""

    class Meta:
        model = FiguresImport

    user = factory.SubFactory(UserFactory)
    year = 2020
    file_name = "chiffres-2020-a-remplir.xlsx"
    changes = factory.LazyFunction(
        lambda: [
            {
                "code": "entrees",
                "part": None,
                "number": "12",
                "note": None,
                "seen": None,
                "seen_note": "",
                "place": "cellule F2",
            }
        ]
    )


class ValueChangeFactory(DjangoModelFactory):
    """The first change of a new figure."""

    class Meta:
        model = ValueChange

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> ValueChange:
        return ValueFactory(**kwargs).changes.get()


# The types of page that live under one page only.
INDEX_OF: dict[type[SitePage], type[SitePageFactory]] = {
    NewsPage: NewsIndexPageFactory,
    EventPage: AgendaPageFactory,
    ActivityPage: ActivityIndexPageFactory,
    ReferencePage: ReferenceIndexPageFactory,
    JobIndexPage: SectionPageFactory,
    JobPage: JobIndexPageFactory,
    EligibilityPage: SectionPageFactory,
    PrescriberPage: SectionPageFactory,
    ReportPage: ReportIndexPageFactory,
    OperationPage: PartnerIndexPageFactory,
    ReportChapterPage: ReportPageFactory,
}

PAGE_FACTORIES: list[type[SitePageFactory]] = [
    HomePageFactory,
    SectionPageFactory,
    ContentPageFactory,
    HistoryPageFactory,
    TeamPageFactory,
    TerritoryPageFactory,
    DocumentsPageFactory,
    LegalPageFactory,
    SiteMapPageFactory,
    GlossaryPageFactory,
    WhoToCallPageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
    AgendaPageFactory,
    EventPageFactory,
    ActivityIndexPageFactory,
    ActivityPageFactory,
    ReferenceIndexPageFactory,
    ReferencePageFactory,
    JobIndexPageFactory,
    JobPageFactory,
    EligibilityPageFactory,
    PrescriberPageFactory,
    ReportIndexPageFactory,
    ReportPageFactory,
    ReportChapterPageFactory,
    PartnerIndexPageFactory,
    OperationPageFactory,
    PartnerSpacePageFactory,
    ContactPageFactory,
]


def make_private(page: Page) -> Page:
    """Reserve a page and all that is below it to the people of a group that has nobody."""
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.add(Group.objects.get_or_create(name="Personne")[0])
    return page


def reserve_to(page: Page, *groups: Group) -> Page:
    """Reserve a page and all that is below it to these groups."""
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.set(groups)
    return page


def paris(*moment: int) -> datetime:
    """A moment as a clock of the association shows it."""
    return timezone.make_aware(datetime(*moment))  # type: ignore[arg-type]


class ReportPdfFactory(DjangoModelFactory):
    class Meta:
        model = ReportPdf

    report = factory.SubFactory(ReportPageFactory)
    kind = ReportPdf.Kind.FULL
    visibility = ReportPdf.Visibility.PUBLIC


class FunderPackFactory(DjangoModelFactory):
    class Meta:
        model = FunderPack

    partner = factory.SubFactory(PartnerFactory)
    partner_name = factory.SelfAttribute("partner.name")
    year = 2020
    asked_by = factory.SubFactory(UserFactory)


class ReasonSettingsFactory(DjangoModelFactory):
    """The reasons are there from the first migration on: this finds the one of the code."""

    class Meta:
        model = ReasonSettings
        django_get_or_create = ("code",)

    code = Reason.OTHER
    label = "J’ai une autre question"
    next_steps = "Nous vous répondons."


class RecipientFactory(DjangoModelFactory):
    class Meta:
        model = Recipient

    reason = factory.SubFactory(ReasonSettingsFactory)
    email = factory.Sequence(lambda n: f"accueil{n}@example.org")


class ReferenceCounterFactory(DjangoModelFactory):
    class Meta:
        model = ReferenceCounter

    year = factory.Sequence(lambda n: 2000 + n)


class ContactRequestFactory(DjangoModelFactory):
    """A question that nobody has read yet."""

    class Meta:
        model = ContactRequest

    year = 2026
    number = factory.Sequence(lambda n: n + 1)
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    reason = Reason.OTHER
    name = "Dominique Martin"
    email = factory.Sequence(lambda n: f"visiteur{n}@example.org")
    message = "Bonjour, une question."
    notice = "Vos informations servent à vous répondre."


class RequestEventFactory(DjangoModelFactory):
    class Meta:
        model = RequestEvent

    request = factory.SubFactory(ContactRequestFactory)
    kind = RequestEvent.Kind.NOTE
    text = "Rappeler lundi."


class StoredFileFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    name = "photo.jpg"
    content_type = "image/jpeg"
    content = b"\xff\xd8\xff\xd9"
    size = 4
    original_sha256 = factory.Sequence(lambda n: f"{n:064x}")


class RequestFileFactory(StoredFileFactory):
    class Meta:
        model = RequestFile

    request = factory.SubFactory(ContactRequestFactory)


class HeldFileFactory(StoredFileFactory):
    class Meta:
        model = HeldFile

    form_key = factory.Sequence(lambda n: f"form-{n}")


class ErasedCountFactory(DjangoModelFactory):
    class Meta:
        model = ErasedCount

    month = date(2026, 1, 1)
    reason = Reason.OTHER
    was_spam = False


class PersonalDataAccessFactory(DjangoModelFactory):
    class Meta:
        model = PersonalDataAccess

    user = factory.SubFactory(UserFactory)
    person = "Camille Dupont"
    action = PersonalDataAccess.Action.OPENED
    what = "R-2026-0001"
