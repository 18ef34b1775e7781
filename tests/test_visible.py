"""What the public may not see is nowhere: drafts, reserved pages, what is below, other sites.

Each page that must stay hidden bears a word that nothing else on the site holds. The word is
then looked for in everything a visitor, a robot or a search engine can ask for.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from activities.models import ActivityPage, JobPage, ReferencePage
from pages.models import EventPage, HomePage, NewsPage, SitePage
from pages.querysets import all_pages

from . import factories

CANARY = "zibeline"
YESTERDAY = timedelta(days=1)


def hidden(make: type[factories.SitePageFactory], number: int, **fields) -> SitePage:
    """A page whose every word betrays it; its title holds « jardin » too, to be searched for."""
    return make(
        title=f"Jardin {CANARY} {number}",
        summary=f"Un jardin {CANARY}.",
        body=factories.body(factories.section(f"{CANARY}", factories.paragraph(CANARY))),
        show_in_menus=True,
        **fields,
    )


@pytest.fixture
def secrets(home: HomePage) -> list[SitePage]:
    """Pages hidden in every way there is, of the types that lists show, on a full site."""
    factories.ContentPageFactory(title="Jardin public", show_in_menus=True)
    for make in factories.PAGE_FACTORIES[1:]:
        make(show_in_menus=True)
    section = factories.SectionPageFactory(title="Rubrique", show_in_menus=True)
    news = NewsPage.objects.get().get_parent()
    agenda = EventPage.objects.get().get_parent()
    activities = ActivityPage.objects.get().get_parent()
    references = ReferencePage.objects.get().get_parent()
    # Of an activity that is shown, at a place and for a partner whose pages count them.
    work = {
        "parent": references,
        "trade": ActivityPage.objects.get().trade,
        "commune": factories.CommuneFactory(),
        "client": factories.PartnerFactory(),
        "client_shown": "nom",
        "quote": CANARY,
        "quote_agreed": True,
        "quote_agreed_on": timezone.localdate(),
    }
    offers = JobPage.objects.get().get_parent()
    elsewhere = factories.SiteFactory(hostname="ailleurs.example", is_default_site=False)
    reserved = factories.make_private(hidden(factories.SectionPageFactory, 1))
    soon = timezone.now() + timedelta(hours=1)
    return [
        reserved,
        # Below a reserved page.
        hidden(factories.ContentPageFactory, 2, parent=reserved),
        # Drafts.
        hidden(factories.ContentPageFactory, 3, parent=section, live=False),
        hidden(factories.NewsPageFactory, 4, parent=news, live=False, date=timezone.localdate()),
        hidden(factories.EventPageFactory, 5, parent=agenda, live=False, starts_at=soon),
        hidden(
            factories.EventPageFactory, 13, parent=agenda, live=False, starts_at=soon - YESTERDAY
        ),
        hidden(factories.ActivityPageFactory, 6, parent=activities, live=False),
        hidden(factories.SectionPageFactory, 7, live=False),
        # Reserved.
        factories.make_private(hidden(factories.ContentPageFactory, 8, parent=section)),
        factories.make_private(
            hidden(factories.NewsPageFactory, 9, parent=news, date=timezone.localdate())
        ),
        factories.make_private(
            hidden(factories.EventPageFactory, 10, parent=agenda, starts_at=soon)
        ),
        factories.make_private(hidden(factories.ActivityPageFactory, 11, parent=activities)),
        hidden(factories.ReferencePageFactory, 13, live=False, **work),
        factories.make_private(hidden(factories.ReferencePageFactory, 14, **work)),
        hidden(factories.JobPageFactory, 15, parent=offers, live=False, place=CANARY),
        factories.make_private(hidden(factories.JobPageFactory, 16, parent=offers, place=CANARY)),
        # In another site of the same database.
        hidden(factories.ContentPageFactory, 12, parent=elsewhere.root_page),
    ]


@pytest.fixture
def every_reference(secrets: list[SitePage], home: HomePage) -> None:
    """Whatever may point to a page points to a hidden one."""
    links = [
        {"type": "item", "value": {"page": page.pk, "url": "", "label": ""}} for page in secrets
    ]
    texts = [
        factories.paragraph(f'<a linktype="page" id="{page.pk}">un lien</a>') for page in secrets
    ]
    factories.ContentPageFactory(
        title="Liens", body=factories.body({"type": "links", "value": links}, *texts)
    )
    factories.NewsPageFactory(title="Suites", related_pages=factories.related(*secrets))
    for page in secrets[:4]:
        factories.HomeDoorFactory(home=home, page=page, label="Entrer")
    factories.OrganisationFactory(notice_text="Attention", notice_page=secrets[0])


def public_addresses() -> list[str]:
    pages = [page.get_url() for page in all_pages().visible()]
    return [
        *pages,
        "/recherche/",
        "/recherche/?q=jardin",
        "/recherche/?q=jard",
        f"/recherche/?q={CANARY[:5]}",
        "/sitemap.xml",
        "/robots.txt",
        "/jardin/",
        "/jardn/",
        "/rubrique/jardin/",
        "/actualites/jardin/",
        "/actualites/?page=1",
        f"/actualites/?annee={timezone.localdate().year}",
        "/actualites/?theme=jardin",
        "/actualites/flux.xml",
        "/agenda/?passes=1",
        "/realisations/?client=bailleurs",
        *(f"/contact/?motif=devis&realisation=jardin-{CANARY}-{number}" for number in (13, 14)),
        "/jardin-zibeline-16/",  # near miss of a hidden offer: suggests nothing
        f"/agenda/?annee={timezone.localdate().year}",
        "/agenda/agenda.ics",
        *(f"{page}evenement.ics" for page in pages if page.startswith("/agenda/")),
        *(f"{page}evenement.ics" for page in ("/agenda/", "/actualites/")),
    ]


@pytest.mark.django_db
def test_hidden_pages_are_nowhere(secrets, every_reference, client: Client) -> None:
    found = []
    for address in public_addresses():
        answer = client.get(address)
        # The partners' page leads strangers to the form where one signs in.
        expected = (302,) if address.endswith("/espace-partenaires/") else (200, 404)
        assert answer.status_code in expected, address
        text = answer.content.decode().casefold()
        if CANARY in text:
            place = text.index(CANARY)
            found.append(f"{address}: …{text[max(0, place - 120) : place + 60]}…")
    assert not found, "\n".join(found)


@pytest.mark.django_db
def test_a_visible_page_is_everywhere(secrets, client: Client) -> None:
    """The other half: a test that looks for nothing would pass on an empty site."""
    everywhere = {
        "/": "Jardin public",  # the menu
        "/recherche/?q=jardin": "/jardin-public/",
        "/jardn-public/": "/jardin-public/",
        "/plan-du-site/": "/jardin-public/",
        "/sitemap.xml": "/jardin-public/",
    }
    for address, expected in everywhere.items():
        assert expected in client.get(address).content.decode(), address


@pytest.mark.django_db
def test_the_hidden_pages_themselves_do_not_answer(secrets, client: Client) -> None:
    addresses = [page.get_url() for page in secrets[:-1]]
    files = [f"{page.get_url()}evenement.ics" for page in secrets if isinstance(page, EventPage)]
    assert files
    for page in [*addresses, *files]:
        answer = client.get(page)
        assert answer.status_code in (302, 403, 404), page
        assert CANARY not in answer.content.decode().casefold(), page
        assert "max-age" not in answer.get("Cache-Control", "") or (
            "no-store" in answer["Cache-Control"]
        )


@pytest.mark.django_db
def test_a_live_page_below_a_draft_does_not_name_it(home, client: Client) -> None:
    parent = factories.SectionPageFactory(title=f"Jardin {CANARY}", slug="rubrique", live=False)
    child = factories.ContentPageFactory(parent=parent, title="Fille", show_in_menus=True)
    factories.SiteMapPageFactory()
    for address in (child.get_url(), "/", "/plan-du-site/", "/sitemap.xml"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert CANARY not in answer.content.decode().casefold(), address


@pytest.mark.django_db
def test_visible_in_one_query(secrets, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        pages = {page.pk for page in all_pages().visible()}
    assert pages
    assert not pages & {page.pk for page in secrets}


@pytest.mark.django_db
def test_every_page_type_has_visible(secrets) -> None:
    found: set[int] = set()
    for make in factories.PAGE_FACTORIES:
        found |= set(make._meta.model.objects.visible().values_list("pk", flat=True))
    assert found == set(all_pages().visible().values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["unpublish", "restrict", "expire"])
def test_a_page_taken_back_disappears_at_once(home, client: Client, how: str) -> None:
    factories.SiteMapPageFactory()
    page = factories.ContentPageFactory(title=f"Jardin {CANARY}", show_in_menus=True)
    addresses = ["/", "/recherche/?q=jardin", "/plan-du-site/", "/sitemap.xml", "/jardin/"]
    for address in addresses:
        assert CANARY in client.get(address).content.decode().casefold(), address
    if how == "restrict":
        factories.make_private(page)
    else:
        Page.objects.get(pk=page.pk).specific.unpublish(set_expired=how == "expire")
    for address in addresses:
        assert CANARY not in client.get(address).content.decode().casefold(), address
