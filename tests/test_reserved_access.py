"""What is reserved, as somebody who looks for it sees it (S22, S24, S25, S28, S29, S30).

A word that nothing else holds stands in every field of what is reserved: titles, summaries,
texts, alternative texts, names of files. It is looked for in every answer there is.
"""

from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from pages.models import HomePage, SiteDocument, SiteImage, SitePage, User
from partners.accounts.groups import folder_of

from . import access, access_world, factories
from .conftest import signed_in
from .routes import public_routes

pytestmark = pytest.mark.django_db

REFUSED, MISSING = access.Outcome.REFUSED, access.Outcome.MISSING
POST_ONLY = access.Outcome.POST_ONLY
WORD = "zibeline"
# Words, pieces of words and mistakes: what finds by likeness must not find by likeness.
SEARCHES = (WORD, "zibe", "zibelines", "zibelyne", "jardin")
NEAR_MISSES = (f"/{WORD}/", "/zibelin/", "/jardin-zibelin/", "/rapports/2021/zibelin/")


def reserved_to_a() -> dict[str, SitePage]:
    """Pages, a report, a chapter, an event and news that are A's; every word betrays them."""
    group = access_world.partner_group("A")
    picture = SiteImage.objects.get(title=f"Image {WORD}")
    paper = SiteDocument.objects.get(title=f"Lettre {WORD}")
    body = factories.body(
        factories.section(
            f"Partie {WORD}",
            factories.paragraph(f'{WORD} <a linktype="document" id="{paper.pk}">{WORD}</a>'),
            {"type": "image", "value": {"image": picture.pk, "alt_text": WORD}},
        )
    )
    words = {
        "title": f"Jardin {WORD}",
        "heading": f"Le jardin {WORD}",
        "summary": f"Un jardin {WORD}.",
        "seo_title": WORD,
        "search_description": WORD,
        "show_in_menus": True,
        "body": body,
    }
    pages = {
        "ContentPage": factories.ContentPageFactory(slug=f"jardin-{WORD}", **words),
        "NewsPage": factories.NewsPageFactory(slug=f"actu-{WORD}", **words),
        "EventPage": factories.EventPageFactory(slug=f"rdv-{WORD}", **words),
        "ReportPage": factories.ReportPageFactory(year=2021, summary=f"Bilan {WORD}", body=body),
    }
    for page in pages.values():
        access_world.reserve_page(page, group)
    pages["ReportChapterPage"] = factories.ReportChapterPageFactory(
        parent=pages["ReportPage"], summary=f"Chapitre {WORD}"
    )
    return pages


@pytest.fixture
def secrets(one_page_of_each_type: dict[str, SitePage]) -> dict[str, SitePage]:
    """What is A's, files first, in a whole site which points to it wherever it may."""
    folder = folder_of(access_world.partner("A"))
    factories.SiteImageFactory(
        title=f"Image {WORD}",
        description=f"Un {WORD}",
        credit=WORD,
        collection=folder,
        file=ContentFile(factories.jpeg(), name=f"{WORD}.jpg"),
    )
    paper = access_world.document(WORD, title=f"Lettre {WORD}", collection=folder)
    pages = reserved_to_a()
    factories.DocumentEntryFactory(
        page=one_page_of_each_type["DocumentsPage"], document=paper, title=WORD
    )
    factories.NewsPageFactory(title="Suites", related_pages=factories.related(*pages.values()))
    return pages


def told_to(client: Client, pages: dict[str, SitePage]) -> dict[str, str]:
    """Every answer of the public site to somebody: its headers, then its text."""
    addresses = [
        *(route.path for route in public_routes(pages)),
        *(f"/recherche/?q={word}" for word in SEARCHES),
        *NEAR_MISSES,
        "/espace-partenaires/",
        "/espace-partenaires/consultations/",
        "/actualites/?page=1",
        "/agenda/?passes=1",
        "/sitemap.xml",
    ]
    return {address: said(access.ask(client, address), address) for address in addresses}


def said(answer, address: str) -> str:
    """What an answer says, without what it repeats of the address that was asked for."""
    text = f"{answer.headers}\n{answer.body.decode('utf-8', 'replace')}".casefold()
    asked = unquote(address).casefold()
    for known in (asked, asked.partition("?q=")[2] or asked):
        text = unquote(text).replace(known, "")
    return text


@pytest.mark.parametrize("who", ["nobody", "the other partner"])
def test_what_is_reserved_is_in_no_answer_to_others(secrets, one_page_of_each_type, who) -> None:
    client = Client() if who == "nobody" else signed_in(access_world.person_of("B"))
    told = told_to(client, one_page_of_each_type)
    leaks = {
        address: text[max(0, text.index(WORD) - 100) : text.index(WORD) + 60]
        for address, text in told.items()
        if WORD in text
    }
    assert leaks == {}
    assert len(told) > 60


def test_who_may_read_finds_it(secrets, one_page_of_each_type) -> None:
    """The other half: the word is where it should be, for the partner whose it is."""
    told = told_to(signed_in(access_world.person_of("A")), one_page_of_each_type)
    assert f"jardin {WORD}" in told["/espace-partenaires/"]
    assert f"lettre {WORD}" in told["/espace-partenaires/"]


@pytest.mark.parametrize("who", ["nobody", "the other partner"])
def test_the_refusals_themselves_say_nothing(secrets, who) -> None:
    client = Client() if who == "nobody" else signed_in(access_world.person_of("B"))
    for page in secrets.values():
        address = page.get_url()
        for path in (address, f"{address}?x=1", f"{address}evenement.ics", f"{address}x.json"):
            answer = access.ask(client, path)
            assert answer.status_code in (302, 403, 404), path
            told = said(answer, path).replace(address.casefold(), "")
            assert WORD not in told, path
            assert "no-store" in answer["Cache-Control"], path


# --- Documents (S24, S25) -------------------------------------------------------------------

WAYS = [
    {}, {"range": "bytes=0-5"}, {"range": "bytes=-5"}, {"if-none-match": "*"},
    {"if-modified-since": "Fri, 01 Jan 2038 00:00:00 GMT"}, {"x-http-method-override": "GET"},
    {"x-original-url": "/documents/"}, {"x-forwarded-for": "127.0.0.1"},
]  # fmt: skip


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("headers", WAYS, ids=str)
def test_a_document_is_for_its_readers_however_it_is_asked(home, method, headers) -> None:
    paper = access_world.document(WORD, collection=folder_of(access_world.partner("A")))
    expected = {"A": (200, 206, 304), "B": (403,), "nobody": (302,)}
    for who, statuses in expected.items():
        client = Client() if who == "nobody" else signed_in(access_world.person_of(who))
        answer = access.ask(client, paper.url, method, **headers)
        assert answer.status_code in statuses, who
        assert answer["Cache-Control"] == "private, no-store", who
        assert answer["X-Robots-Tag"] == "noindex", who
        wrong = paper.url.replace(WORD, "autre")
        assert access.ask(client, wrong, method, **headers).status_code == 404, who
        assert answer.body == b"" or who == "A" or access_world.WORDS not in answer.body


def test_the_file_that_was_there_before_has_no_address(home, administrator: User) -> None:
    """A document whose file was replaced gives the new one only, and keeps nothing of the old."""
    paper = access_world.document("avant", collection=folder_of(access_world.partner("A")))
    old, stored = paper.url, paper.file.name
    new = ContentFile(b"%PDF-1.4\n% nouveau\n%%EOF\n", name="apres.pdf")
    data = {"title": "Lettre", "file": new, "collection": paper.collection_id}
    signed_in(administrator).post(f"/admin/documents/edit/{paper.pk}/", data)
    paper.refresh_from_db()
    assert paper.file.name != stored
    for who in ("A", "B"):
        client = signed_in(access_world.person_of(who))
        assert client.get(old).status_code == 404
        assert client.get(f"/media/{stored}").status_code == 404


# --- What is not there at all (S28) ---------------------------------------------------------


def test_no_programming_interface_and_no_second_admin(home) -> None:
    for client in (Client(), signed_in(access_world.person_of("A"))):
        for address in (
            "/api/v2/pages/", "/api/v2/images/", "/api/v2/documents/", "/api/", "/api/v1/",
            "/django-admin/", "/graphql", "/graphql/", "/__debug__/",
        ):  # fmt: skip
            assert client.get(address, follow=True).status_code == 404, address


def test_nothing_is_shared_by_a_link_that_opens_drafts() -> None:
    """S30: drafts are seen in the admin only; whoever adds such links gives them an end."""
    shared = [
        pattern
        for pattern in access.all_patterns()
        if any(word in pattern for word in ("preview", "draft", "share", "partage"))
        and not pattern.startswith("admin/")
    ]
    assert shared == []


# --- An editor of one section only (S30) ----------------------------------------------------


@pytest.fixture
def section(home: HomePage) -> SitePage:
    """The only part of the site where the editor works."""
    return factories.SectionPageFactory(title="Rubrique", slug="rubrique")


@pytest.fixture
def limited(section: SitePage) -> Client:
    """Somebody who writes and publishes in one section, and nowhere else."""
    group = Group.objects.create(name="Une rubrique")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(
            content_type__app_label="wagtailcore", codename=codename
        )
        GroupPagePermission.objects.create(group=group, page=section, permission=permission)
    user = factories.UserFactory()
    user.groups.add(group)
    return signed_in(user)


def elsewhere() -> Page:
    """A page of another section, with a draft that betrays it, and an older version."""
    page = factories.ContentPageFactory(title="Ailleurs", summary="")
    page.save_revision()
    page.title = f"Brouillon {WORD}"
    page.save_revision()
    return page


def test_the_pages_of_another_section_do_not_open(limited: Client, section: SitePage) -> None:
    """Every screen of the admin about a page: to edit, compare, preview, view, give back."""
    page = elsewhere()
    first = page.revisions.order_by("created_at").first()
    names = {
        **dict.fromkeys(access.ARGUMENTS.values(), "0"),
        "page": page.pk,
        "page_with_workflow": page.pk,
        "section": page.get_parent().pk,
        "revision": first.pk,
        "workflow_action": "approve",
        "app_of_page": "pages",
        "model_of_page": "contentpage",
        "api_action": "copy",
    }
    about_pages = [
        pattern
        for pattern in access.all_patterns()
        if pattern.startswith(("admin/pages/", "admin/api/main/^pages/<"))
        and any(name in pattern for name in ("page_id>", "(\\d+)", "page_to_move", "<int:pk>"))
        and "parent_page_id>/" not in pattern
    ]
    assert len(about_pages) > 25
    opened = {}
    for target in access.pattern_targets(names, about_pages):
        for method in ("get", "post"):
            answer = access.ask(limited, target.address, method)
            if answer.status_code == 302 and "/history/" in answer["Location"]:
                answer = access.ask(limited, answer["Location"])
            refused = access.outcome_of(answer) in (REFUSED, MISSING, POST_ONLY)
            if WORD in answer.body.decode().casefold() or not (refused or target.name in EMPTY):
                opened[f"{method} {target.name}"] = answer
    assert opened == {}


# What Wagtail answers without any word of the page.
EMPTY = {"admin/pages/workflow/confirm_cancellation/<int:page_id>/"}


def test_the_lists_of_the_admin_do_not_name_them(limited: Client, section: SitePage) -> None:
    """Nor the pages, documents and pictures of elsewhere: lists, choosers, reports, searches."""
    page = elsewhere()
    Page.objects.filter(pk=page.pk).update(title=f"Ailleurs {WORD}", draft_title=WORD)
    folder = folder_of(access_world.partner("A"))
    access_world.document(WORD, title=f"Lettre {WORD}", collection=folder)
    factories.SiteImageFactory(title=f"Image {WORD}", collection=folder)
    named = set()
    for address in LISTS:
        answer = access.ask(limited, address)
        text = answer.body.decode().casefold().replace(f'value="{WORD}"', "")
        if answer.status_code == 200 and f"{WORD}" in text.replace(f"«\xa0{WORD}\xa0»", ""):
            named.add(address)
    assert named == set()


# Not the report of the types of pages: Wagtail names there the last page of each type, to all.
LISTS = [
    "/admin/",
    "/admin/pages/",
    "/admin/pages/search/?q=ailleurs",
    "/admin/pages/search/results/?q=ailleurs",
    "/admin/pages/usage/pages/contentpage/",
    "/admin/api/main/pages/",
    "/admin/api/main/pages/?search=ailleurs",
    "/admin/api/main/documents/",
    "/admin/api/main/images/",
    "/admin/documents/",
    "/admin/documents/chooser/",
    "/admin/documents/chooser/results/",
    "/admin/images/",
    "/admin/images/chooser/",
    "/admin/images/chooser/results/",
    "/admin/reports/site-history/",
    "/admin/reports/aging-pages/",
    "/admin/reports/locked/",
    "/admin/reports/workflow/",
]
