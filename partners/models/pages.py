"""The page of the partners, and a page below it for each of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from pages.models import BodyPage
from pages.navigation import Entry
from pages.page_files import SAFE_METHODS
from pages.pictures import prefetch_pictures
from pages.structured_data import CONTEXT, absolute, breadcrumb_list, known

from .names import Period
from .operations import OperationPage
from .partners import FormerAddress, Partner, with_successors

# As many as a page of one of them names of the others in its family.
OTHERS = 12


@dataclass
class Listed:
    """A partner in the list, and what was merged into it."""

    partner: Partner
    formerly: list[str] = field(default_factory=list)


def partners_by_family() -> list[tuple[str, list[Partner]]]:
    """Every partner that exists today, grouped in the order of the families; one query."""
    return by_family(Partner.objects.current().select_related("logo"))


def by_family(partners: Iterable[Partner]) -> list[tuple[str, list[Partner]]]:
    """Partners grouped in the order of the families, without the empty ones."""
    ordered = list(partners)
    groups = [
        (str(family.label), [p for p in ordered if p.family == family]) for family in Partner.Family
    ]
    return [(label, members) for label, members in groups if members]


def listed_by_family() -> list[tuple[str, str, list[Listed]]]:
    """The partners of today by family, each with those that became it; one query."""
    everyone = with_successors(Partner.objects.select_related("logo", "logo_dark"))
    listed = {partner.pk: Listed(partner) for partner in everyone if not partner.is_ended}
    for partner in everyone:
        if partner.is_ended and partner.today.pk in listed:
            listed[partner.today.pk].formerly.append(partner.name)
    return [
        (members[0].family, label, [listed[partner.pk] for partner in members])
        for label, members in by_family(entry.partner for entry in listed.values())
    ]


class PartnerIndexPage(RoutablePageMixin, BodyPage):
    """The partners, in four families; below it, each of them and the co-financed operations."""

    subpage_types: ClassVar[list[str]] = ["partners.OperationPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La page des partenaires, rangés en quatre familles."
    kind = "Partenaires"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des partenaires"
        verbose_name_plural = "pages des partenaires"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the families and the operations; a route has its own."""
        context = super().get_context(request, *args, **kwargs)
        if request.path == self.get_url(request) or getattr(request, "is_preview", False):
            context["families"] = families = listed_by_family()
            members = [listed.partner for _key, _label, some in families for listed in some]
            prefetch_pictures(logo for p in members for logo in (p.logo, p.logo_dark))
            context["operations"] = self.operations()
        return context

    def operations(self) -> list[OperationPage]:
        """The co-financed operations that anybody may read, the newest first."""
        operations = OperationPage.objects.visible().child_of(self)
        return list(operations.defer_streamfields().order_by("-starts_on", "-pk"))

    @path("<slug:slug>/", name="partner")
    def partner(self, request: HttpRequest, slug: str) -> HttpResponse:
        """``/partenaires/<slug>/``: a partner.

        Raises:
            Http404: no partner has, or had, this address.
        """
        known = Partner.objects.filter(slug=slug).select_related("logo", "logo_dark", "successor")
        partner = known.saying_what_there_is().first()
        if partner is None:
            former = FormerAddress.objects.select_related("partner").filter(slug=slug).first()
            if former is None:
                raise Http404
            return redirect(self.partner_url(former.partner, request), permanent=True)
        response = self.render(
            request,
            template="partners/partner_page.html",
            context_overrides=self._partner_context(partner, request),
        )
        if partner.is_example:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or one below it, with the same rights to keep it."""
        if args and request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(SAFE_METHODS)
        return self.with_headers(request, super().serve(request, *args, **kwargs))

    def partner_url(self, partner: Partner, request: HttpRequest | None = None) -> str:
        """The address of the page of a partner."""
        return f"{self.get_url(request) or ''}{partner.slug}/"

    def _partner_context(self, partner: Partner, request: HttpRequest) -> dict[str, Any]:
        prefetch_pictures([partner.logo, partner.logo_dark])
        supports = partner.supports.prefetch_related("trades") if partner.has_supports else []
        own_url = self.partner_url(partner, request)
        predecessors, others = self._around(partner)
        periods = partner.name_periods() if partner.has_former_names else [partner.only_period]
        operations = OperationPage.objects.visible().of_funder(partner)
        return {
            "partner": partner,
            "own_url": own_url,
            "is_example": partner.is_example,
            "periods": periods,
            "predecessors": predecessors,
            "running": [support for support in supports if support.is_running],
            "planned": [s for s in supports if s.starts_on > timezone.localdate()],
            "past": [s for s in supports if s.ends_on and s.ends_on < timezone.localdate()],
            "operations": list(operations) if partner.has_operations else [],
            "others": others,
            "partner_json_ld": self._partner_json_ld(partner, periods, own_url, request),
        }

    @staticmethod
    def _around(partner: Partner) -> tuple[list[Partner], list[Partner]]:
        """Those that were merged into a partner, and some others of its family; one query."""
        family = Partner.objects.current().filter(
            family=partner.family, is_example=partner.is_example
        )
        others = family.exclude(pk=partner.pk).order_by("sort_order", "name")[:OTHERS]
        found = list(Partner.objects.filter(Q(successor=partner) | Q(pk__in=others.values("pk"))))
        merged = [p for p in found if p.successor_id == partner.pk and p.is_ended]
        return merged, [p for p in found if p not in merged]

    def _partner_json_ld(
        self, partner: Partner, periods: list[Period], own_url: str, request: HttpRequest
    ) -> list[dict[str, Any]]:
        """The partner in schema.org's terms; nothing of its contact nor of its amounts."""
        if partner.is_example or self.is_example:
            return []
        trail = self.navigation(request).breadcrumb
        below = Entry(title=partner.name, url=own_url, path="")
        organisation = {
            "@context": CONTEXT,
            "@type": "Organization",
            "name": partner.name,
            "alternateName": [period.name for period in periods[:-1]],
            "description": partner.presentation,
            "url": partner.website or absolute(own_url),
            "mainEntityOfPage": absolute(own_url),
        }
        return [known(organisation), breadcrumb_list([*trail, below], request)]

    def search_extras(self) -> Iterable[str]:
        """The names of the partners, those before too: one looks for what one remembers."""
        for partner in Partner.objects.filter(is_example=False).with_names():
            yield " / ".join(period.name for period in reversed(partner.name_periods()))
            yield partner.detail
