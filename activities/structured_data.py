"""What activities say in schema.org's terms; see ``pages.structured_data``."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import linebreaks

from pages.structured_data import CONTEXT, absolute, known

if TYPE_CHECKING:
    from activities.models import JobPage
    from pages.models import OrganisationSettings

# The legal week (code du travail, article L. 3121-27): below it, a contract is part-time.
FULL_TIME_HOURS = 35
# What Google's search for work cannot do without.
REQUIRED = (
    "title",
    "description",
    "datePosted",
    "validThrough",
    "hiringOrganization",
    "jobLocation",
    "employmentType",
)


def job_posting(
    job: "JobPage", organisation: "OrganisationSettings", request: HttpRequest
) -> dict[str, Any]:
    """An open offer; nothing when something that a reader of JobPosting requires is not known."""
    posting = known(
        {
            "@context": CONTEXT,
            "@type": "JobPosting",
            "title": job.title,
            "description": linebreaks(job.search_text(), autoescape=True),
            "datePosted": _day(job.first_published_at),
            "validThrough": _end_of_day(job),
            "employmentType": _employment_types(job),
            "hiringOrganization": _employer(organisation),
            "jobLocation": _place(job),
            "totalJobOpenings": job.posts,
            "workHours": f"{job.hours_label} par semaine" if job.hours_label else "",
            "url": absolute(job.get_url(request) or ""),
        }
    )
    return posting if all(name in posting for name in REQUIRED) else {}


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def _end_of_day(job: "JobPage") -> str:
    """The last second of the last day, with the offset that Paris has on that day."""
    if job.closes_on is None:
        return ""
    return timezone.make_aware(datetime.combine(job.closes_on, time(23, 59, 59))).isoformat()


def _employment_types(job: "JobPage") -> list[str]:
    """From the hours; a contract of insertion always has an end."""
    if job.hours is None:
        return []
    time_worked = "FULL_TIME" if job.hours >= FULL_TIME_HOURS else "PART_TIME"
    return [time_worked] if job.support == job.Support.PERMANENT else [time_worked, "TEMPORARY"]


def _employer(organisation: "OrganisationSettings") -> dict[str, Any]:
    if not organisation.name:
        return {}
    return {"@type": "Organization", "name": organisation.name, "sameAs": f"{settings.SITE_URL}/"}


def _place(job: "JobPage") -> dict[str, Any]:
    """Where the work is: the commune when it is chosen, what is written otherwise."""
    if job.commune:
        address = known(
            {
                "streetAddress": job.place,
                "addressLocality": job.commune.name,
                "postalCode": job.commune.postcode,
            }
        )
    else:
        address = known({"addressLocality": job.place})
    if not address:
        return {}
    return {
        "@type": "Place",
        "address": {"@type": "PostalAddress", **address, "addressCountry": "FR"},
    }
