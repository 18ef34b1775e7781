"""How many queries a page costs, and that the number does not depend on the size of the site.

The site is first small, then has six thousand pages more, made in bulk and once: the same pages
are asked for in both, and the counts compared.
"""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from activities.models import ClientShown, JobPage, ReferencePage, ReportPdf
from activities.pdf.version import fingerprint
from pages.models import (
    ContentPage,
    EventPage,
    EventSession,
    NewsPage,
    SiteImage,
    SitePage,
)
from pages.pictures import make_pending_pictures
from partners.models import FormerName, Partner, Support

from . import factories

pytestmark = pytest.mark.django_db

FEW = 15
# What the lists must bear (the volumes of the brief), and a rubric that nobody would tidy up.
NEWS, EVENTS, REFERENCES, OFFERS, ARTICLES, PARTNERS = 3_000, 2_000, 500, 300, 700, 1_000
HOUR = timedelta(hours=1)

# The address of each kind of page, and the most queries it may cost (design.md, section 5).
# A page with pictures in it may cost the three more that they take.
ARTICLE, ILLUSTRATED, LIST, HOME, REPORT = 8, 10, 11, 12, 15
# A logo, names, supports with their activities, references with their pictures, figures: a
# query each.
FULL_PARTNER = 15
# As the home page, and whose help the page must tell (the emblem of the Union, mentions).
ACTIVITY = HOME + 1
BUDGETS = {
    "home": ("/", HOME),
    "illustrated article": ("/la-regie/insertion/", ILLUSTRATED),
    "deep article": ("/la-regie/insertion/a/b/c/d/", ARTICLE),
    "news item": ("/actualites/nouvelle-3/", ILLUSTRATED),
    "news item with more to read": ("/actualites/suite/", ILLUSTRATED),
    "event": ("/agenda/rendez-vous-3/", ARTICLE),
    "rubric": ("/la-regie/", LIST),
    "news": ("/actualites/", LIST),
    "last page of news": ("/actualites/?page=9999", LIST),
    "agenda": ("/agenda/", LIST),
    "past events": ("/agenda/?passes=1", LIST),
    "past events of a year": (f"/agenda/?passes=1&annee={date.today().year}", LIST),
    "calendar": ("/agenda/agenda.ics", LIST),
    "calendar of an event": ("/agenda/rendez-vous-3/evenement.ics", ARTICLE),
    "news of a year and a theme": ("/actualites/?annee=2026&theme=espaces-verts", LIST),
    "news of a theme": ("/actualites/?theme=espaces-verts", LIST),
    "archived year of news": ("/actualites/?annee=2018", LIST),
    "search of one kind": ("/recherche/?q=nouvelle&sorte=actualites", LIST),
    "last page of results": ("/recherche/?q=nouvelle&page=9999", LIST),
    "references of a commune": ("/realisations/?commune=carvin", LIST),
    "last page of references": ("/realisations/?page=9999", LIST),
    "feed": ("/actualites/flux.xml", LIST),
    "activities": ("/activites/", LIST),
    # Like the home page, it gathers: references and their pictures, figures, other activities.
    "activity": ("/activites/espaces-verts/", ACTIVITY),
    "references": ("/realisations/", LIST),
    "filtered references": ("/realisations/?activite=espaces-verts&client=bailleurs", LIST),
    "reference": ("/realisations/chantier-3/", ILLUSTRATED),
    "offers": ("/la-regie/offres/", LIST),
    "last page of offers": ("/la-regie/offres/?page=9999", LIST),
    "offer": ("/la-regie/offres/offre-3/", ARTICLE),
    "closed offer": ("/la-regie/offres/offre-fermee-3/", ARTICLE),
    # Its figures are eight queries, whatever their number.
    "report": ("/rapports/2024/", REPORT),
    "slides of a report": ("/rapports/2024/diaporama/", REPORT),
    "figures of a report": ("/rapports/2024/indicateurs.csv", REPORT),
    "self-check": ("/la-regie/est-ce-pour-moi/", ARTICLE),
    "prescribers": ("/la-regie/prescripteurs/", LIST),
    "partners": ("/partenaires/", LIST),
    "partner": ("/partenaires/un-nom-seul/", LIST),
    "full partner": ("/partenaires/un-partenaire/", FULL_PARTNER),
    "operation": ("/partenaires/une-operation/", LIST),
    "territory": ("/territoire/", LIST),
    "contact": ("/contact/", LIST),
    "contact for a quote": (
        "/contact/?motif=devis&activite=espaces-verts&realisation=chantier-3",
        LIST,
    ),
    "contact for an offer": ("/contact/?motif=emploi&offre=offre-3", LIST),
    "thanks": ("/contact/merci/", ARTICLE),
    "legal notice": ("/mentions-legales/", ARTICLE),
    "search": ("/recherche/?q=nouvelle", LIST),
    "search without result": ("/recherche/?q=zzzz", LIST),
    "site map": ("/plan-du-site/", LIST),
    "sitemap": ("/sitemap.xml", 4),
    "not found": ("/actualites/nouvele-3/", LIST),
}
LONG_LISTS = (
    "/actualites/",
    "/agenda/",
    "/agenda/?passes=1",
    "/realisations/?page=2",  # those of the small site are newer
    "/la-regie/offres/",
    "/recherche/?q=volume",
)
MANY_OF = (
    factories.NewsPageFactory,
    factories.EventPageFactory,
    factories.ReferencePageFactory,
)


def build_small_site() -> None:
    """A few pages of each type that can be many, and one of the others."""
    factories.SiteFactory()
    image = factories.SiteImageFactory()
    regie = factories.SectionPageFactory(title="La régie", show_in_menus=True)
    page = factories.ContentPageFactory(
        title="Insertion", slug="insertion", parent=regie, body=rich_body(image.pk)
    )
    for name in "abcd":
        page = factories.ContentPageFactory(title=name, parent=page)
    trade = factories.TradeFactory(slug="espaces-verts")
    own_fields = {
        factories.ActivityPageFactory: {"slug": "espaces-verts", "trade": trade},
        factories.TerritoryPageFactory: {"slug": "territoire"},
        factories.EligibilityPageFactory: {"slug": "est-ce-pour-moi"},
        factories.PrescriberPageFactory: {"slug": "prescripteurs"},
        factories.OperationPageFactory: {"slug": "une-operation"},
    }
    for make in factories.PAGE_FACTORIES[1:]:
        if make not in MANY_OF:
            make(**own_fields.get(make, {}))
    commune = factories.CommuneFactory()
    for number in range(FEW):
        factories.NewsPageFactory(
            title=f"Nouvelle {number}", image=image, trades=[trade], communes=[commune]
        )
        factories.EventPageFactory(title=f"Rendez-vous {number}")
        factories.EventPageFactory(starts_at=timezone.now() - timedelta(days=number + 1))
        factories.ContentPageFactory(title=f"Page {number}", parent=regie)
        factories.ReferencePageFactory(
            title=f"Chantier {number}",
            trade=trade,
            commune=factories.CommuneFactory(),
            client=factories.PartnerFactory(logo=image),
            client_shown=ClientShown.NAME,
            before=image,
            after=image,
        )
        factories.JobPageFactory(title=f"Offre {number}")
        closed_on = timezone.localdate() - timedelta(days=number + 1)
        factories.JobPageFactory(title=f"Offre fermée {number}", closes_on=closed_on)
    factories.PartnerFactory(name="Un nom seul")
    partner = factories.PartnerFactory(name="Un partenaire", logo=image)
    factories.FormerNameFactory(partner=partner)
    factories.ReferencePageFactory(trade=trade, client=partner, client_shown=ClientShown.NAME)
    for number in range(3):
        support = factories.SupportFactory(partner=partner, purpose=f"Soutien {number}")
        support.trades = [trade]
        support.save()
    report = factories.ReportPageFactory(year=2024)
    factories.ValueFactory(year=2024, number=12)
    news = NewsPage.objects.get(slug="nouvelle-3")
    factories.NewsPageFactory(
        title="Suite", image=image, trades=[trade], related_pages=factories.related(page, news)
    )
    for number in range(4):
        factories.HomeDoorFactory(page=page, label=f"Porte {number}")
    factories.OrganisationFactory(phone="03 21 00 00 00")
    made = {"state": "fait", "file": "x.pdf", "fingerprint": fingerprint()}
    for kind in ReportPdf.Kind.values:
        factories.ReportPdfFactory(report=report, kind=kind, **made)


def rich_body(image: int) -> str:
    """A body with what costs queries in stock Wagtail: links, images, nested parts."""
    home = Page.objects.get(depth=2)
    link = factories.paragraph(f'<a linktype="page" id="{home.pk}">accueil</a>')
    picture = {
        "type": "image",
        "value": {
            "image": {"image": image, "alt_text": "Une haie", "decorative": False},
            "caption": "",
        },
    }
    return factories.body(
        *[factories.section(f"Partie {n}", link, picture, link) for n in range(5)]
    )


def add_in_bulk(parent: Page, model: type[SitePage], count: int, **fields) -> None:
    """Add published pages below ``parent`` as treebeard would, in a few queries.

    ``fields`` are functions of the number of the page.
    """
    parent = Page.objects.get(pk=parent.pk)
    now = timezone.now()
    made = []
    for number in range(count):
        slug = f"volume-{model.__name__.lower()}-{number}"
        page = model(
            title=f"Nouvelle du volume {number}",
            draft_title=f"Nouvelle du volume {number}",
            slug=slug,
            path=Page._get_path(parent.path, parent.depth + 1, parent.numchild + 1 + number),
            depth=parent.depth + 1,
            numchild=0,
            url_path=f"{parent.url_path}{slug}/",
            content_type=ContentType.objects.get_for_model(model),
            locale_id=parent.locale_id,
            translation_key=uuid4(),
            live=True,
            first_published_at=now,
            last_published_at=now,
            **{name: value(number) for name, value in fields.items()},
        )
        made.append(page)
    base_fields = [f for f in Page._meta.local_concrete_fields if not f.primary_key]
    bases = [Page(**{f.attname: getattr(page, f.attname) for f in base_fields}) for page in made]
    for page, base in zip(made, Page.objects.bulk_create(bases, batch_size=50), strict=True):
        page.pk = page.page_ptr_id = base.pk
    # Django makes in bulk the rows of a table, not those of its parents.
    own = model._meta.local_concrete_fields
    for start in range(0, count, 50):
        model._base_manager.all()._insert(made[start : start + 50], fields=own, using="default")
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + count)
    get_search_backend().add_bulk(model, made)
    factories.refresh_statistics()


def add_events_in_bulk(agenda: Page, count: int) -> None:
    """Add events of three sessions, half of them over."""
    now = timezone.now()

    def start(number: int) -> datetime:
        return now + timedelta(hours=7 * (number - count // 2))

    add_in_bulk(
        agenda,
        EventPage,
        count,
        starts_at=start,
        last_starts_at=lambda n: start(n) + timedelta(days=2),
        over_at=lambda n: start(n) + timedelta(days=2, hours=1),
        place=lambda n: "Salle d’essai",
    )
    EventSession.objects.bulk_create(
        EventSession(event_id=pk, starts_at=day, ends_at=day + HOUR, over_at=day + HOUR)
        for pk, first in EventPage.objects.filter(slug__startswith="volume-").values_list(
            "pk", "starts_at"
        )
        for day in (first + timedelta(days=shift) for shift in range(3))
    )


def add_partners_in_bulk(count: int) -> None:
    """Add partners that support the year of the report, under a name that has changed."""
    family = Partner.Family.INSTITUTION
    made = Partner.objects.bulk_create(
        Partner(name=f"Partenaire du volume {n}", slug=f"partenaire-du-volume-{n}", family=family)
        for n in range(count)
    )
    FormerName.objects.bulk_create(
        FormerName(partner=p, name=f"Ancien {p.pk}", until=date(2020, 12, 31)) for p in made
    )
    Support.objects.bulk_create(
        Support(partner=p, purpose="Un soutien", starts_on=date(2024, 1, 1)) for p in made
    )
    one = Partner.objects.get(slug="un-partenaire")
    Support.objects.bulk_create(
        Support(partner=one, purpose=f"Encore {n}", starts_on=date(2023, 1, 1)) for n in range(50)
    )


def grow() -> None:
    """Six thousand pages more, and a thousand partners."""
    image = SiteImage.objects.first()
    add_partners_in_bulk(PARTNERS)
    add_in_bulk(
        NewsPage.objects.first().get_parent(),
        NewsPage,
        NEWS,
        date=lambda n: date(2018, 1, 1) + timedelta(days=n),
        image=lambda n: image,
    )
    add_events_in_bulk(EventPage.objects.first().get_parent(), EVENTS)
    model = ReferencePage.objects.first()
    add_in_bulk(
        model.get_parent(),
        ReferencePage,
        REFERENCES,
        trade=lambda n: model.trade,
        commune=lambda n: model.commune,
        client=lambda n: model.client,
        client_kind=lambda n: model.client_kind,
        client_shown=lambda n: model.client_shown,
        starts_on=lambda n: date(2020, 1, 1) + timedelta(days=n),
        after=lambda n: image,
    )
    today = timezone.localdate()
    add_in_bulk(
        JobPage.objects.first().get_parent(),
        JobPage,
        OFFERS,
        closes_on=lambda n: today + timedelta(days=n - OFFERS // 3),
        support=lambda n: JobPage.Support.EI,
        hours=lambda n: 30,
        contract=lambda n: "Contrat du volume",
        place=lambda n: "Partout",
    )
    add_in_bulk(
        Page.objects.get(slug="la-regie"),
        ContentPage,
        ARTICLES,
        show_in_menus=lambda n: n < 10,
    )


def readable(sql: str) -> str:
    """A query without the list of its columns."""
    return re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", sql, count=1, flags=re.DOTALL)[:250]


def count_queries() -> dict[str, tuple[int, int, list[str]]]:
    """For each page: its status, the number of its queries, and the queries."""
    counts = {}
    client = Client()
    for name, (address, _most) in BUDGETS.items():
        client.get(address)  # what a process keeps for ever (content types) is read here
        make_pending_pictures()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        counts[name] = (
            answer.status_code,
            len(queries),
            [readable(query["sql"]) for query in queries.captured_queries],
        )
    return counts


@pytest.fixture(scope="module")
def measures(django_db_setup, django_db_blocker) -> dict[str, dict]:
    """The counts on the small site, then on the big one; the database forgets both."""
    with django_db_blocker.unblock(), transaction.atomic():
        build_small_site()
        small = count_queries()
        grow()
        big = count_queries()
        pages = Page.objects.count()
        pages_of = {address: Client().get(address).content.decode() for address in LONG_LISTS}
        transaction.set_rollback(True)
    return {"small": small, "big": big, "pages": pages, "pages_of": pages_of}


def test_the_big_site_is_big_and_its_tree_is_sound(measures) -> None:
    assert measures["pages"] > NEWS + EVENTS + REFERENCES + OFFERS + ARTICLES


@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_stays_within_its_queries(measures, name: str) -> None:
    _address, most = BUDGETS[name]
    status, count, queries = measures["big"][name]
    assert status == (404 if name == "not found" else 200)
    assert count <= most, "\n".join(queries)


@pytest.mark.parametrize("name", BUDGETS)
def test_the_number_of_queries_does_not_depend_on_the_size(measures, name: str) -> None:
    _, few, small = measures["small"][name]
    _, many, big = measures["big"][name]
    assert few == many, "\n".join(["small:", *small, "big:", *big])


def test_a_logo_and_a_notice_cost_three_queries_more_at_most(home) -> None:
    factories.OrganisationFactory(phone="03 21 00 00 00")
    plain = count_one("/")
    factories.OrganisationFactory(
        notice_text="Fermé",
        notice_page=factories.ContentPageFactory(),
        logo=factories.SiteImageFactory(),
    )
    assert count_one("/") <= plain + 3


def count_one(address: str) -> int:
    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_pages_made_in_bulk_are_like_the_others(home) -> None:
    """Treebeard finds no fault in the tree, and a page added afterwards finds its place."""
    index = factories.NewsIndexPageFactory()
    add_in_bulk(index, NewsPage, 60, date=lambda n: date(2026, 1, 1))
    assert Page.find_problems() == ([], [], [], [], [])
    after = factories.NewsPageFactory()
    assert after.get_prev_sibling().slug == "volume-newspage-59"
    assert NewsPage.objects.child_of(index).visible().count() == 61
    assert Client().get("/actualites/volume-newspage-7/").status_code == 200


@pytest.mark.parametrize("address", LONG_LISTS)
def test_long_lists_are_cut_into_pages(measures, address: str) -> None:
    html = measures["pages_of"][address]
    assert 0 < len(set(re.findall(r'href="[^"]*/volume-[^"]*"', html))) <= 30
    assert re.search(r'href="[^"]*page=[23]"', html)
    assert len(html) < 60_000
