"""schema.org descriptions: one function per type, plain dictionaries.

Optional keys are left out when nothing is known, never filled with a guess.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone

from pages.setting_blocks import rows

if TYPE_CHECKING:
    from pages.models import EventPage, EventSession, OrganisationSettings, SitePage
    from pages.navigation import Entry

CONTEXT = "https://schema.org"


def absolute(url: str) -> str:
    """The address with the host of the site in front."""
    return url if "://" in url else f"{settings.SITE_URL}{url}"


def known(data: dict[str, Any]) -> dict[str, Any]:
    """The dictionary without its empty values."""
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}


def web_page(page: "SitePage", request: HttpRequest) -> dict[str, Any]:
    """The page itself."""
    return known(
        {
            "@context": CONTEXT,
            "@type": page.schema_type,
            "name": page.display_title,
            "description": page.description,
            "url": absolute(page.get_url(request) or ""),
            "inLanguage": "fr",
            "dateModified": page.last_published_at and page.last_published_at.isoformat(),
        }
    )


def breadcrumb_list(trail: "list[Entry]", request: HttpRequest) -> dict[str, Any]:
    """The way from the home page to this one."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": entry.title,
                "item": absolute(entry.url),
            }
            for position, entry in enumerate(trail, start=1)
        ],
    }


def organisation(settings_row: "OrganisationSettings") -> dict[str, Any]:
    """The association: an NGO, and a local business once its address and phone are known."""
    o = settings_row
    local = bool(o.street_address and o.phone)
    return known(
        {
            "@context": CONTEXT,
            "@type": ["NGO", "LocalBusiness"] if local else "NGO",
            "name": o.name,
            "alternateName": o.short_name,
            "description": o.baseline,
            "url": f"{settings.SITE_URL}/",
            "email": o.email,
            "telephone": o.phone_link.removeprefix("tel:"),
            "logo": absolute(static("img/icone-512.png")),
            "foundingDate": str(o.founded_year) if o.founded_year else "",
            "areaServed": o.area_served,
            "address": postal_address(o),
            "openingHoursSpecification": opening_hours(o),
            "sameAs": [link["url"] for link in rows(o.social_links)],
        }
    )


def signature(o: "OrganisationSettings") -> dict[str, Any]:
    """The association as the author of something; nothing when its name is not known."""
    return {"@type": "NGO", "name": o.name, "url": f"{settings.SITE_URL}/"} if o.name else {}


def postal_address(o: "OrganisationSettings") -> dict[str, Any]:
    """Where the association is; only what is known of it."""
    address = known(
        {
            "streetAddress": o.street_address,
            "postalCode": o.postcode,
            "addressLocality": o.city,
        }
    )
    return {"@type": "PostalAddress", **address, "addressCountry": "FR"} if address else {}


DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def opening_hours(o: "OrganisationSettings") -> list[dict[str, Any]]:
    """The usual week."""
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": DAYS[int(slot["weekday"])],
            "opens": slot["opens"].strftime("%H:%M"),
            "closes": slot["closes"].strftime("%H:%M"),
        }
        for slot in rows(o.opening_hours)
    ]


EVENT_STATUS = {
    "confirme": f"{CONTEXT}/EventScheduled",
    "reporte": f"{CONTEXT}/EventPostponed",
    "annule": f"{CONTEXT}/EventCancelled",
}
AVAILABILITY = {
    "libre": f"{CONTEXT}/InStock",
    "inscription": f"{CONTEXT}/InStock",
    "complet": f"{CONTEXT}/SoldOut",
    "dernieres": f"{CONTEXT}/LimitedAvailability",
}
_AMOUNT = re.compile(r"(\d+(?:[.,]\d{1,2})?)\s*(?:€|euros?)", re.IGNORECASE)


def event_terms(page: "EventPage", organiser: "OrganisationSettings") -> dict[str, Any]:
    """What an event adds to its page; one with several sessions is made of as many events.

    schema.org wants a date and a place: without them the page is a page, not half an event.
    """
    sessions = page.timetable().sessions
    place = known({"name": page.place, "address": page.address})
    if not (sessions and place):
        return {"@type": "WebPage"}
    shared = {
        "name": page.display_title,
        "eventStatus": EVENT_STATUS[page.status],
        "location": {"@type": "Place", **place},
    }
    parts = [{"@type": "Event", **shared, **_hours(session)} for session in sessions]
    end = max((session.ends_at for session in sessions if session.ends_at), default=None)
    return known(
        {
            **shared,
            "startDate": _local(sessions[0].starts_at),
            "endDate": _local(end) if end else "",
            "organizer": signature(organiser),
            "subEvent": parts if len(parts) > 1 else [],
            **_price(page),
        }
    )


def price_in_euros(text: str) -> Decimal | None:
    """The price that a text says, when it says only one; 0 for « Gratuit »."""
    amounts = _AMOUNT.findall(text)
    if len(amounts) == 1:
        return Decimal(amounts[0].replace(",", "."))
    is_free = not amounts and text.strip().casefold().startswith("gratuit")
    return Decimal(0) if is_free else None


def _price(page: "EventPage") -> dict[str, Any]:
    price = price_in_euros(page.price)
    if price is None:
        return {}
    offer = {
        "@type": "Offer",
        "price": str(price),
        "priceCurrency": "EUR",
        "url": absolute(page.get_url() or ""),
        "availability": AVAILABILITY.get(page.capacity, ""),
    }
    return {"isAccessibleForFree": price == 0, "offers": known(offer)}


def _hours(session: "EventSession") -> dict[str, Any]:
    start = {"startDate": _local(session.starts_at)}
    return start | ({"endDate": _local(session.ends_at)} if session.ends_at else {})


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
