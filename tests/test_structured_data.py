"""What machines read of each page (JSON-LD), against what schema.org and search engines ask.

``SHAPES`` says, for each type, what must be there, what is there when it is known, and what each
value looks like. A type or a property that is not in the table makes a test fail.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from pages.models import EventPage, SitePage
from partners.models import PartnerSpacePage

from . import factories
from .factories import paris

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
Check = Callable[[Any], bool]


# --- What values look like ----------------------------------------------------------------


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def url(value: Any) -> bool:
    return text(value) and bool(re.fullmatch(r"https?://[^\s/]+/\S*", value))


def urls(value: Any) -> bool:
    return bool(value) and all(map(url, value))


def day(value: Any) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and bool(date.fromisoformat(value))


def year(value: Any) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", value))


def moment(value: Any) -> bool:
    """A date and an hour, with how far from Greenwich."""
    return "T" in value and datetime.fromisoformat(value).utcoffset() is not None


def period(value: Any) -> bool:
    """An interval of ISO 8601; « .. » when it is open."""
    parts = value.split("/")
    return len(parts) <= 2 and all(part == ".." or year(part) or day(part) for part in parts)


def clock(value: Any) -> bool:
    return bool(re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", value))


def international(value: Any) -> bool:
    """A phone number that is true from any country: Google asks for the code of it."""
    return bool(re.fullmatch(r"\+\d{8,15}|\d{2,4}", value))


def price(value: Any) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d{1,2})?", value))


def one_of(*values: str) -> Check:
    return lambda value: value in values


def some_of(*values: str) -> Check:
    return lambda value: bool(value) and set(value) <= set(values)


def term(*names: str) -> Check:
    """A member of one of schema.org's own lists."""
    return one_of(*(f"https://schema.org/{name}" for name in names))


def a(*types: str) -> Check:
    """A description of one of these types; what is in it is checked on its own."""
    return lambda value: isinstance(value, dict) and value.get("@type") in types


def many(*types: str) -> Check:
    return lambda value: bool(value) and all(map(a(*types), value))


# --- The table ----------------------------------------------------------------------------


class Shape(NamedTuple):
    """A type: what it must have, and what it has when that is known."""

    required: dict[str, Check]
    known: dict[str, Check] = {}


PAGE = Shape(
    {"name": text, "url": url, "inLanguage": one_of("fr")},
    {"description": text, "dateModified": moment},
)
HOURS = {
    "dayOfWeek": one_of(
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    ),
    "opens": clock,
    "closes": clock,
}
SHAPES = {
    "WebPage": PAGE,
    "CollectionPage": PAGE,
    "AboutPage": PAGE,
    "ContactPage": PAGE,
    "Report": PAGE,
    "CreativeWork": Shape(
        PAGE.required | {"about": text, "temporalCoverage": period},
        PAGE.known | {"locationCreated": a("Place"), "creator": a("NGO")},
    ),
    # developers.google.com/search/docs/appearance/structured-data/article
    "NewsArticle": Shape(
        PAGE.required | {"headline": text, "datePublished": day},
        PAGE.known | {"author": a("NGO"), "publisher": a("NGO")},
    ),
    # …/structured-data/event
    "Event": Shape(
        {
            "name": text,
            "startDate": moment,
            "location": a("Place"),
            "eventStatus": term(
                "EventScheduled",
                "EventPostponed",
                "EventCancelled",
            ),
        },
        {
            "url": url,
            "inLanguage": one_of("fr"),
            "description": text,
            "endDate": moment,
            "organizer": a("NGO"),
            "offers": a("Offer"),
            "isAccessibleForFree": boolean,
            "subEvent": many("Event"),
        },
    ),
    "Offer": Shape(
        {"price": price, "priceCurrency": one_of("EUR"), "url": url},
        {"availability": term("SoldOut", "LimitedAvailability", "InStock")},
    ),
    # …/structured-data/job-posting
    "JobPosting": Shape(
        {
            "title": text,
            "description": lambda value: value.startswith("<p>"),
            "datePosted": day,
            "validThrough": moment,
            "employmentType": some_of("FULL_TIME", "PART_TIME", "TEMPORARY"),
            "hiringOrganization": a("Organization"),
            "jobLocation": a("Place"),
            "totalJobOpenings": number,
            "url": url,
        },
        {"workHours": text},
    ),
    # …/structured-data/breadcrumb
    "BreadcrumbList": Shape({"itemListElement": many("ListItem")}),
    "ListItem": Shape({"position": number, "name": text, "item": url}),
    # …/structured-data/organization, …/structured-data/local-business
    "NGO": Shape(
        {"name": text},
        {
            "url": url,
            "alternateName": text,
            "description": text,
            "email": lambda value: "@" in value,
            "telephone": international,
            "foundingDate": year,
            "areaServed": text,
            "address": a("PostalAddress"),
            "sameAs": urls,
            "logo": url,
        },
    ),
    "LocalBusiness": Shape(
        {"name": text, "address": a("PostalAddress"), "telephone": international},
        {"openingHoursSpecification": many("OpeningHoursSpecification")},
    ),
    "Organization": Shape({"name": text, "sameAs": url}),
    "OpeningHoursSpecification": Shape(HOURS),
    "Place": Shape({}, {"name": text, "address": lambda v: text(v) or a("PostalAddress")(v)}),
    "PostalAddress": Shape(
        {"addressCountry": one_of("FR")},
        {"streetAddress": text, "postalCode": text, "addressLocality": text},
    ),
}


# --- Reading pages ------------------------------------------------------------------------


def types_of(node: dict[str, Any]) -> list[str]:
    """The types of a description: most have one."""
    kind = node["@type"]
    return kind if isinstance(kind, list) else [kind]


def descriptions(html: str) -> list[dict[str, Any]]:
    """What a page tells machines; each one at the top says whose words it uses."""
    scripts = SCRIPT.findall(html)
    assert len(scripts) <= 1
    data = json.loads(scripts[0]) if scripts else []
    found = data if isinstance(data, list) else [data]
    assert all(node["@context"] == "https://schema.org" for node in found)
    return found


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every description, those inside others too."""
    if isinstance(value, list):
        for part in value:
            yield from nodes(part)
    elif isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)


def faults(node: dict[str, Any]) -> list[str]:
    """What is wrong with a description."""
    kinds = types_of(node)
    unknown = [f"{kind} is not in the table" for kind in kinds if kind not in SHAPES]
    if unknown:
        return unknown
    shapes = [SHAPES[kind] for kind in kinds]
    required = {name for shape in shapes for name in shape.required}
    checks = {name: check for s in shapes for name, check in {**s.required, **s.known}.items()}
    told = {name: value for name, value in node.items() if not name.startswith("@")}
    return [
        *(f"{kinds} without {name}" for name in sorted(required - told.keys())),
        *(f"{kinds} has no {name}" for name in sorted(told.keys() - checks.keys())),
        *(
            f"{kinds}: {name} is {value!r}"
            for name, value in told.items()
            if name in checks and not checks[name](value)
        ),
    ]


def told_by(page: SitePage, client: Client | None = None) -> dict[str, dict[str, Any]]:
    """The descriptions of a page, by their first types, once they are known to be right."""
    answer = (client or Client()).get(page.get_url())
    assert answer.status_code == 200
    found = descriptions(answer.content.decode())
    wrong = [fault for node in nodes(found) for fault in faults(node)]
    assert not wrong, f"{page.get_url()}: {wrong}"
    return {types_of(node)[0]: node for node in found}


@pytest.fixture
def full_site(home, organisation, one_page_of_each_type) -> list[SitePage]:
    """A page of every type, and those that say all that their types may say."""
    factories.OrganisationFactory(
        founded_year=2005,
        area_served="Quatorze communes",
        social_links=[{"label": "Un réseau", "url": "https://reseau.example/essai"}],
        opening_hours=[{"weekday": "0", "opens": "08:30", "closes": "12:00"}],
    )
    tomorrow = timezone.now() + timedelta(days=1)
    commune = factories.CommuneFactory()
    full = [
        factories.EventPageFactory(
            title="Complet",
            hours=[(tomorrow, tomorrow + timedelta(hours=2)), (tomorrow + timedelta(7), None)],
            address="1, rue de l’Essai",
            price="2,50 €",
            capacity="complet",
        ),
        factories.EventPageFactory(title="Gratuit", price="Gratuit", capacity="libre"),
        factories.JobPageFactory(title="Jardinier", commune=commune),
        factories.JobPageFactory(title="Sans commune"),
        factories.ReferencePageFactory(title="Un parc", commune=commune, ends_on=None),
        factories.NewsPageFactory(title="Une nouvelle"),
    ]
    pages = [*one_page_of_each_type.values(), *full]
    for page in pages:
        page.save_revision().publish()
    # The space of the partners is told to nobody.
    return [page for page in pages if not isinstance(page, PartnerSpacePage)]


# --- The tests ----------------------------------------------------------------------------


def test_every_page_tells_what_its_types_require(full_site) -> None:
    silent = [page.get_url() for page in full_site if not told_by(page)]
    assert silent == []


def test_nothing_in_the_table_is_for_nobody(full_site) -> None:
    """Each type is told by a page, with all that it may say: the checks have been run."""
    told: dict[str, set[str]] = {}
    for page in full_site:
        for node in nodes(list(told_by(page).values())):
            for kind in types_of(node):
                told.setdefault(kind, set()).update(node)
    never = {
        kind: missing
        for kind, shape in SHAPES.items()
        if (missing := {*shape.required, *shape.known} - told.get(kind, set()))
    }
    assert never == {}


def test_the_way_to_a_page_is_numbered_and_ends_with_it(full_site) -> None:
    for page in full_site:
        trail = told_by(page).get("BreadcrumbList")
        assert (trail is None) == (page.get_url() == "/")
        if trail:
            steps = trail["itemListElement"]
            assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
            assert steps[-1]["item"].endswith(page.get_url())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("confirme", "EventScheduled"),
        ("reporte", "EventPostponed"),
        ("annule", "EventCancelled"),
    ],
)
def test_an_event_keeps_its_date_whatever_becomes_of_it(home, status, expected) -> None:
    """Postponed without a new date: schema.org keeps the old one as ``startDate``.

    ``previousStartDate`` goes with EventRescheduled only, which the site does not say.
    """
    with time_machine.travel(paris(2026, 6, 1, 9), tick=False):
        hours = [(paris(2026, 10, 24, 10), None), (paris(2026, 10, 26, 10), None)]
        event = told_by(factories.EventPageFactory(hours=hours, status=status))["Event"]
    assert [part["startDate"] for part in event["subEvent"]] == [
        "2026-10-24T10:00:00+02:00",
        "2026-10-26T10:00:00+01:00",
    ]
    for told in (event, *event["subEvent"]):
        assert told["eventStatus"] == f"https://schema.org/{expected}"
        assert told["startDate"]
        assert "previousStartDate" not in told
    assert {choice.value for choice in EventPage.Status} == {"confirme", "reporte", "annule"}


def test_an_offer_is_told_until_the_end_of_its_last_day(home) -> None:
    factories.OrganisationFactory()
    job = factories.JobPageFactory(closes_on=date(2027, 3, 28))
    job.save_revision().publish()
    with time_machine.travel(paris(2027, 3, 28, 23, 59), tick=False):
        through = told_by(job)["JobPosting"]["validThrough"]
        assert datetime.fromisoformat(through) > timezone.now()
    with time_machine.travel(paris(2027, 3, 29), tick=False):
        assert "JobPosting" not in told_by(job)


@pytest.mark.parametrize("kind", ["NewsPage", "EventPage", "ReferencePage", "ReportPage"])
def test_little_is_known_and_it_is_still_right(home, one_page_of_each_type, kind) -> None:
    """Without settings nor summary: what is not known is left out, not told empty."""
    factories.OrganisationFactory(name="", email="")
    page = one_page_of_each_type[kind]
    page.summary = ""
    page.save()
    assert told_by(page)
