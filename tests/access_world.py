"""A small site in which something is reserved in each way, and somebody is of each kind."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Collection,
    Page,
    PageViewRestriction,
    Site,
    UploadedFile,
    Workflow,
    WorkflowPage,
)

from pages.models import OrganisationSettings, SiteDocument, SiteNotice, SitePage, User
from partners.accounts import access
from partners.accounts.groups import common_folder, folder_of, group_of, partners_group
from partners.models import Member, Partner

from . import factories

WORDS = b"%PDF-1.4\n% reserve\n%%EOF\n"


def a_page_of_each_type() -> dict[str, SitePage]:
    """A published page of every type, by the name of its model."""
    pages: dict[str, SitePage] = {"HomePage": factories.default_home()}
    fields_of = {factories.ReportPageFactory: {"year": 2024}}
    for make in factories.PAGE_FACTORIES:
        name = make._meta.model.__name__
        if name not in pages:
            known = make._meta.model.objects.first()
            pages[name] = known or make(**fields_of.get(make, {}))
    # A report gives its files once it has figures.
    factories.ValueFactory(year=2024)
    return pages


def reserve_page(page: Page, *groups: Group) -> None:
    """Leave a page to the people of some groups."""
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.add(*groups)


def document(name: str, **fields: Any) -> SiteDocument:
    """A document whose text says that it is reserved."""
    return factories.SiteDocumentFactory(file=ContentFile(WORDS, name=f"{name}.pdf"), **fields)


# --- The people -----------------------------------------------------------------------------


def partner(name: str) -> Partner:
    """A partner by its name; made the first time."""
    return Partner.objects.filter(name=name).first() or factories.PartnerFactory(name=name)


def partner_group(name: str) -> Group:
    """The group of the people of one partner."""
    return group_of(partner(name))


def person_of(name: str) -> User:
    """Somebody of a partner."""
    user = factories.UserFactory()
    Member.objects.create(user=user, partner=partner(name))
    return user


def people() -> dict[str, User | None]:
    """Somebody of each kind; nobody for who has no account."""
    return {
        "anonymous": None,
        "partner A": person_of("A"),
        "partner B": person_of("B"),
        "revoked": person_of("A"),
        "editor": factories.WriterFactory(),
        "publisher": factories.PublisherFactory(),
        "administrator": factories.AdministratorFactory(),
        "receptionist": factories.ReceptionistFactory(),
        "deactivated": factories.AdministratorFactory(),
        "one factor": factories.AdministratorFactory(),
    }


def take_second_factor(people: dict[str, User | None]) -> None:
    """Leave one of the team with a password only."""
    Authenticator.objects.filter(user=people["one factor"]).delete()


def close_accounts(people: dict[str, User | None]) -> None:
    """Close those that are to be closed, as staff does, while they are signed in."""
    access.revoke(Member.objects.get(user=people["revoked"]))
    User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)


# --- What is asked for ----------------------------------------------------------------------


def pages_by_reader() -> dict[str, dict[str, SitePage]]:
    """The pages of a whole site, and a report and a page for each way of hiding them."""
    pages = {"public": a_page_of_each_type()}
    kinds = {"all partners": [partners_group()], "A": [partner_group("A")], "nobody": []}
    for year, (who, groups) in enumerate(kinds.items(), start=2020):
        page = factories.ContentPageFactory(title=f"Réservée {year}")
        report = factories.ReportPageFactory(year=year)
        factories.ValueFactory(year=year)
        chapter = factories.ReportChapterPageFactory(parent=report)
        for reserved in (page, report):
            reserve_page(reserved, *groups)
        pages[who] = {
            "ContentPage": page, "ReportPage": report, "ReportChapterPage": chapter
        }  # fmt: skip
    draft = factories.ContentPageFactory(title="Brouillon", live=False)
    pages["draft"] = {
        "ContentPage": draft,
        "ReportPage": factories.ReportPageFactory(year=2019, live=False),
    }
    return pages


def objects_to_name(pages: dict[str, dict[str, SitePage]]) -> dict[str, Any]:
    """What the arguments of addresses are given (``access.ARGUMENTS``)."""
    public = pages["public"]
    # Written in two steps, and waiting for somebody's approval.
    page = public["ContentPage"]
    revision = page.save_revision()
    page.title = "Une suite"
    page.save_revision()
    workflow = Workflow.objects.get()
    WorkflowPage.objects.get_or_create(page=public["SectionPage"], workflow=workflow)
    state = workflow.start(page, factories.WriterFactory())
    report = public["ReportPage"]
    return {
        "section": public["SectionPage"].pk,
        "page": page.pk,
        "page_with_workflow": public["SectionPage"].pk,
        "workflow": workflow.pk,
        "workflow_state": state.pk,
        "task": state.current_task_state.task_id,
        "task_state": state.current_task_state.pk,
        "revision": revision.pk,
        "report": report.pk,
        "year": 2024,
        "family": "A",
        "filter_spec": "width-100",
        "absent_word": "absent",
        "workflow_action": "approve",
        "api_action": "copy",
        "app_of_page": "pages",
        "model_of_page": "contentpage",
        "app_of_task": "wagtailcore",
        "model_of_task": "groupapprovaltask",
        "app_of_tag": "taggit",
        "model_of_tag": "tag",
        **_files(),
        **_rows(page, report),
    }


def _files() -> dict[str, Any]:
    """Documents and pictures, public or not, by the addresses where they are asked for."""
    found: dict[str, Any] = {}
    folders = {
        "public": Collection.get_first_root_node(),
        "partners": common_folder(),
        "of_a": folder_of(partner("A")),
    }
    for who, folder in folders.items():
        stored = document(f"lettre-{who}", collection=folder)
        picture = factories.SiteImageFactory(collection=folder)
        rendition = picture.get_rendition("width-32").url
        if who == "public":
            found |= {"document": stored.pk, "public_document": stored.url, "image": picture.pk}
            found |= {"stored_document": stored.file.url, "stored_image": picture.file.url}
            found["rendition"] = rendition
        else:
            found[f"{who}_document".replace("of_a_document", "document_of_a")] = stored.url
            found[f"{who}_rendition".replace("of_a_rendition", "rendition_of_a")] = rendition
    return found


def _rows(page: SitePage, report: SitePage) -> dict[str, Any]:
    """The keys of the rows that screens of the admin show; snippets have one row each."""
    factories.TermFactory(), factories.TestimonyFactory(), factories.CommuneFactory()
    factories.BreakdownFactory(), factories.TradeFactory()
    uploaded = {
        name: UploadedFile.objects.create(file=ContentFile(WORDS, name=f"{name}.pdf")).pk
        for name in ("uploaded_image", "uploaded_document")
    }
    file = factories.RequestFileFactory()
    return {
        **uploaded,
        "request": file.request_id,
        "request_file": file.pk,
        "extension": "csv",
        "collection": Collection.get_first_root_node().add_child(name="Ordinaire").pk,
        "user": factories.UserFactory().pk,
        "group": partners_group().pk,
        "site": Site.objects.get(is_default_site=True).pk,
        "redirect": Redirect.objects.create(old_path="/avant", redirect_link="/").pk,
        "editing_session": EditingSession.objects.create(
            user=factories.UserFactory(), content_object=page, last_seen_at=timezone.now()
        ).pk,
        "member": factories.MemberFactory().pk,
        "invitation": factories.InvitationFactory().pk,
        "partner": partner("B").pk,
        "mail": factories.OutgoingMailFactory().pk,
        "pack": factories.FunderPackFactory(
            state="fait", file=ContentFile(WORDS, name="dossier.zip")
        ).pk,
        "authenticator": factories.AuthenticatorFactory().pk,
        "pdf": factories.ReportPdfFactory(report=report).pk,
        "figures_import": factories.FiguresImportFactory(year=2024).pk,
        "restriction": PageViewRestriction.objects.all()[:1].get().pk,
        "notice": SiteNotice.load().pk,
        "organisation": OrganisationSettings.load().pk,
    }
