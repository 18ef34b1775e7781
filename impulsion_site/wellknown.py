"""The small files that machines ask for at fixed addresses."""

from datetime import UTC, datetime, time
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Site

from pages.demonstration import page_types
from pages.models import OrganisationSettings
from pages.querysets import SitePageQuerySet, all_pages
from partners.models import Partner, PartnerIndexPage

TEXT = "text/plain; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: everything public; results pages are of no use to them."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /recherche/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Who to tell about a flaw (RFC 9116): its two required fields are settings.

    Raises:
        Http404: the contact or the end date is not known; a file without them is invalid.
    """
    organisation = OrganisationSettings.load(request_or_site=request)
    contact = organisation.security_contact or organisation.email
    if not (contact and organisation.security_expires):
        raise Http404
    expires = datetime.combine(organisation.security_expires, time(23, 59, 59), tzinfo=UTC)
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: fr",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Old clients ask for this address whatever the page says."""
    return redirect(static("img/favicon.svg"))


class PublicPages(Sitemap):
    """The addresses of ``sitemap.xml``: those of ``visible()`` too.

    Wagtail's own list holds the aliases of pages that were reserved after them, and reads each
    page whole, in more queries the more there are: an address and a date are in its plain row.
    """

    def items(self) -> SitePageQuerySet:
        """The pages that search engines may keep, in the order of the tree."""
        unlisted = (Q(pk__in=model.objects.unlisted().values("pk")) for model in page_types())
        return all_pages().visible().exclude(reduce(or_, unlisted)).order_by("path")

    def _urls(self, page: int | str, protocol: str, domain: str) -> list[dict[str, Any]]:
        """As Wagtail's; on the last page, the partners too: they have addresses, and no page."""
        urls: list[dict[str, Any]] = super()._urls(page, protocol, domain)
        if int(page) == self.paginator.num_pages:
            urls += [{"location": address} for address in partner_addresses()]
        return urls


def partner_addresses() -> list[str]:
    """The addresses of the partners that search engines may keep, below that of their page."""
    index = PartnerIndexPage.objects.visible().filter(is_example=False)
    above = Subquery(index.values("url_path")[:1])
    partners = Partner.objects.filter(is_example=False).annotate(above=above).exclude(above=None)
    rows = partners.order_by("pk").values_list("above", "slug")
    # The host of the site, as the addresses of its pages have it.
    return [
        f"{site.root_url}{path.removeprefix(site.root_path.rstrip('/'))}{slug}/"
        for site in Site.get_site_root_paths()[:1]
        for path, slug in rows
    ]
