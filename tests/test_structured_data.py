"""JSON-LD, type by type: what schema.org and its readers require, in the right form.

Each type that a page of this site may say is in the table; a type that is not fails.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import ClientShown
from pages.models import HomePage, OrganisationSettings
from pages.querysets import all_pages

from . import factories

pytestmark = pytest.mark.django_db

PAGE = {"@context", "name", "url", "inLanguage"}
# What each type cannot do without: schema.org's expectations, and for the types that Google reads
# (Event, JobPosting, NewsArticle, BreadcrumbList) the properties it calls required.
REQUIRED = {
    "WebPage": PAGE,
    "AboutPage": PAGE,
    "CollectionPage": PAGE,
    "ContactPage": PAGE,
    "NewsArticle": PAGE | {"headline", "datePublished"},
    "CreativeWork": PAGE,
    "Report": PAGE,
    "Event": {"name", "startDate", "location", "eventStatus"},
    "JobPosting": {
        "@context", "title", "description", "datePosted", "validThrough", "employmentType",
        "hiringOrganization", "jobLocation",
    },
    "BreadcrumbList": {"@context", "itemListElement"},
    "ListItem": {"position", "name", "item"},
    "NGO": {"name"},
    "LocalBusiness": {"name", "address", "telephone"},
    "Organization": {"name"},
    "Place": set(),  # a name or an address, see below
    "PostalAddress": {"addressCountry"},
    "OpeningHoursSpecification": {"dayOfWeek", "opens", "closes"},
    "Offer": {"price", "priceCurrency", "url"},
}  # fmt: skip
ADDRESSES = {"url", "item", "sameAs", "image", "contentUrl"}
DATES = {"datePosted", "datePublished", "dateModified", "temporalCoverage"}
MOMENTS = {"startDate", "endDate", "validThrough"}
ENUMERATIONS = {
    "eventStatus": "https://schema.org/Event(Scheduled|Postponed|Cancelled)",
    "availability": "https://schema.org/(SoldOut|LimitedAvailability)",
    "employmentType": "FULL_TIME|PART_TIME|TEMPORARY",
    "priceCurrency": "EUR",
    "addressCountry": "FR",
    "inLanguage": "fr",
    "@context": "https://schema.org",
    "dayOfWeek": "(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "opens": r"([01]\d|2[0-3]):[0-5]\d",
    "closes": r"([01]\d|2[0-3]):[0-5]\d",
}


def documents(html: str) -> list[dict[str, Any]]:
    """What a page says to machines."""
    found = re.findall(r'<script[^>]*type="application/ld\+json"[^>]*>(.*?)</script>', html, re.S)
    parsed = [json.loads(text) for text in found]
    return [node for one in parsed for node in (one if isinstance(one, list) else [one])]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in it that has a type, itself included."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def types_of(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type", "a node without a type")
    return kinds if isinstance(kinds, list) else [kinds]


def faults(node: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a node by itself."""
    for kind in types_of(node):
        if kind not in REQUIRED:
            yield f"{kind} is not in the table"
            continue
        for name in REQUIRED[kind] - node.keys():
            yield f"{kind} without {name}"
    if types_of(node) == ["Place"] and not {"name", "address"} & node.keys():
        yield "Place without a name or an address"
    for name, value in node.items():
        for one in value if isinstance(value, list) else [value]:
            if one in (None, "", [], {}):
                yield f"{name} is empty"
            elif isinstance(one, str) and (wrong := wrong_form(name, one)):
                yield f"{name}: {one!r} {wrong}"


def wrong_form(name: str, text: str) -> str:
    """Why a text is not what this property holds; empty when it is."""
    if name in ADDRESSES and not re.match(r"https?://[^/]+/", text):
        return "is not an absolute address"
    if name in DATES | MOMENTS:
        for part in text.split("/"):  # a time that lasts (ISO 8601)
            try:
                moment = datetime.fromisoformat(part)
            except ValueError:
                return "is not a date"
            if name in MOMENTS and moment.tzinfo is None and len(part) > len("2026-01-01"):
                return "has no offset"
    if (form := ENUMERATIONS.get(name)) and not re.fullmatch(form, text):
        return f"is not one of {form}"
    return ""


@pytest.fixture
def full_site(one_page_of_each_type: dict, organisation: OrganisationSettings) -> dict:
    """A page of every type, and what makes pages say more."""
    trade, commune = factories.TradeFactory(), factories.CommuneFactory()
    now = timezone.now()
    soon, later = now + timedelta(days=3), now + timedelta(days=4)
    two = [(soon, soon + timedelta(hours=2)), (later, None)]
    for status in ("confirme", "reporte", "annule"):
        factories.EventPageFactory(status=status, hours=two, price="Gratuit", place="Salle")
    factories.EventPageFactory(price="4,50 €", capacity="complet", address="1 rue d’essai")
    factories.NewsPageFactory(image=factories.SiteImageFactory(), trades=[trade])
    for fields in ({"commune": commune}, {"place": "Partout", "hours": 20}):
        factories.JobPageFactory(**fields).save_revision().publish()
    factories.ReferencePageFactory(
        commune=commune,
        client=factories.PartnerFactory(),
        client_shown=ClientShown.NAME,
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 2, 5),
        after=factories.SiteImageFactory(),
    )
    return one_page_of_each_type


def said_by_the_site(client: Client) -> dict[str, list[dict[str, Any]]]:
    """The documents of each public address."""
    pages = [page.get_url() for page in all_pages().visible()]
    return {url: documents(client.get(url).content.decode()) for url in pages}


def test_every_page_says_what_its_type_requires(full_site, client: Client) -> None:
    wrong = [
        f"{url}: {fault}"
        for url, said in said_by_the_site(client).items()
        for node in nodes(said)
        for fault in faults(node)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_page_says_something_and_every_type_is_said(full_site, client: Client) -> None:
    said = said_by_the_site(client)
    assert [url for url, documents_of in said.items() if not documents_of] == []
    kinds = {kind for one in said.values() for node in nodes(one) for kind in types_of(node)}
    assert kinds >= {
        "NGO", "LocalBusiness", "BreadcrumbList", "NewsArticle", "Event", "JobPosting", "Report",
        "CreativeWork", "ContactPage", "CollectionPage", "AboutPage", "Offer", "PostalAddress",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        ({"@type": "Event", "name": "x"}, "Event without startDate"),
        ({"@type": "Unicorn"}, "Unicorn is not in the table"),
        ({"@type": "Place"}, "Place without a name or an address"),
        ({"@type": "Place", "name": ""}, "name is empty"),
        ({"@type": "Place", "name": "x", "url": "/ici/"}, "is not an absolute address"),
        ({"@type": "Place", "name": "x", "startDate": "2026-01-01T10:00:00"}, "has no offset"),
        ({"@type": "Place", "name": "x", "datePosted": "lundi"}, "is not a date"),
        ({"@type": "Place", "name": "x", "eventStatus": "Cancelled"}, "is not one of"),
    ],
)
def test_the_table_finds_what_is_wrong(node, fault) -> None:
    assert any(fault in one for one in faults(node)), list(faults(node))


def test_examples_say_nothing_to_machines(home: HomePage, client: Client) -> None:
    page = factories.EventPageFactory(is_example=True)
    assert documents(client.get(page.get_url()).content.decode()) == []


def test_a_closed_offer_is_no_longer_a_job(home: HomePage, organisation, client: Client) -> None:
    offer = factories.JobPageFactory(closes_on=timezone.localdate())
    offer.save_revision().publish()

    def kinds() -> set[str]:
        said = documents(client.get(offer.get_url()).content.decode())
        return {kind for node in said for kind in types_of(node)}

    assert "JobPosting" in kinds()
    offer.closes_on = timezone.localdate() - timedelta(days=1)
    offer.save()
    assert "JobPosting" not in kinds()
