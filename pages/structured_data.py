"""schema.org descriptions: one function per type, plain dictionaries.

Optional keys are left out when nothing is known, never filled with a guess.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from pages.setting_blocks import rows

if TYPE_CHECKING:
    from pages.models import OrganisationSettings, SitePage
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
            "telephone": o.phone,
            "foundingDate": str(o.founded_year) if o.founded_year else "",
            "areaServed": o.area_served,
            "address": postal_address(o),
            "openingHoursSpecification": opening_hours(o),
            "sameAs": [link["url"] for link in rows(o.social_links)],
        }
    )


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
