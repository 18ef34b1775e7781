"""Partners, what they ask to be written, and what the Union co-finances, for any template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.template.context import Context, RequestContext
from django.utils import timezone
from wagtail.models import Page

from pages.models import Trade
from pages.templatetags.body_tags import french_number
from pages.templatetags.french_dates import long_date
from pages.typography import NBSP
from partners.logos import shown_logos
from partners.models import FormerName, OperationPage, Partner, Support, by_family, exists_today
from partners.models.operations import OperationQuerySet
from partners.models.partners import PartnerQuerySet, SupportQuerySet

register = template.Library()


@dataclass(frozen=True)
class ShownOperation:
    """An operation that a page must show, with what it needs of it."""

    title: str
    url: str
    funder: Partner


@dataclass(frozen=True)
class HomePartners:
    """The partners of today by family, and the operation that runs."""

    families: list[tuple[str, list[Partner]]]
    operation: ShownOperation | None


@dataclass(frozen=True)
class Funders:
    """Whose help a page must tell: the operations of the Union, and the mentions of the others."""

    operations: list[ShownOperation]
    mentions: list[Partner]

    @property
    def operation(self) -> ShownOperation | None:
        """The first operation, where one is enough."""
        return next(iter(self.operations), None)


@register.simple_tag(takes_context=True)
def home_partners(context: RequestContext) -> HomePartners:
    """What the home page says of the partners: one query for them and for the operation."""
    running = OperationPage.objects.visible().real().running()
    found = _with_operation(running).filter(exists_today() | Q(operation_title__isnull=False))
    partners = list(found)
    operations = _operations(context, partners)
    families = by_family(partner for partner in partners if not partner.is_ended)
    return HomePartners(families, next(iter(operations), None))


@register.simple_tag(takes_context=True)
def funders_of_trade(context: RequestContext, trade: Trade) -> Funders:
    """Whose help the page of an activity must tell today; one query."""
    today = timezone.localdate()
    running = OperationPage.objects.visible().real().running().filter(trades=trade)
    supports = Support.objects.covering(today).filter(trades=trade)
    asks = Q(mention_placement=Partner.Placement.ACTIVITIES, is_example=False)
    return _funders(context, running, supports, asks, today.year)


@register.simple_tag(takes_context=True)
def funders_of_year(context: Context, year: int, examples: bool = False) -> Funders:
    """Whose help the report of a year must tell, each under its name of that year; one query."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    touching = OperationPage.objects.visible().real().touching(first, last)
    if examples:  # an invented report tells no real money
        touching = touching.none()
    supports = Support.objects.covering(first, last)
    return _funders(context, touching, supports, Q(is_example=examples), year)


def _funders(
    context: Context, operations: OperationQuerySet, supports: SupportQuerySet, asks: Q, year: int
) -> Funders:
    asks &= Q(pk__in=supports.values("partner")) & ~Q(required_mention="")
    formers = FormerName.objects.filter(partner=OuterRef("pk"), until__gte=date(year, 12, 31))
    partners = (
        _with_operation(operations)
        .annotate(
            name_then=Coalesce(Subquery(formers.order_by("until").values("name")[:1]), "name"),
            is_asking=Case(When(asks, then=True), default=False),
        )
        .filter(asks | Q(operation_title__isnull=False))
        .select_related("logo", "logo_dark")
    )
    known = list(partners)
    return Funders(_operations(context, known), [p for p in known if p.is_asking])


def _with_operation(operations: OperationQuerySet) -> PartnerQuerySet:
    """The partners, with the newest of these operations that each pays."""
    own = operations.filter(funder=OuterRef("pk")).order_by("-starts_on", "-pk")
    return Partner.objects.annotate(
        operation_title=Subquery(own.values("title")[:1]),
        operation_path=Subquery(own.values("url_path")[:1]),
    )


def _operations(context: Context, partners: Iterable[Any]) -> list[ShownOperation]:
    """Those that the partners were read with; a PDF has no request."""
    request = context.get("request")
    return [
        ShownOperation(
            partner.operation_title, Page(url_path=partner.operation_path).get_url(request), partner
        )
        for partner in partners
        if partner.operation_title
    ]


@register.inclusion_tag("components/mention.html")
def partner_mention(partner: Partner, name: str = "") -> dict[str, Any]:
    """What a funder asks to be written, with its logo if it wants it: nothing if it asks nothing.

    Args:
        partner: The funder.
        name: What to call it, where that is not its name of today.
    """
    return {"partner": partner, "name": name or partner.name}


@register.inclusion_tag("components/partner_logo.html")
def partner_logo(partner: Partner, decorative: bool = False) -> dict[str, Any]:
    """Its logo at a size it may have; nothing without one.

    Args:
        partner: Whose.
        decorative: Its name is written beside it.
    """
    alt = "" if decorative else partner.logo_text
    return {"logos": shown_logos(partner), "alt": alt}


@register.filter
def period(thing: Support | OperationPage) -> str:
    """The days of a support or of an operation: « de 2024 à 2026 », « depuis le 3 mars 2025 »."""
    start, end = thing.starts_on, thing.ends_on
    if end is None:
        whole = (start.month, start.day) == (1, 1)
        if start > timezone.localdate():
            return f"à partir {f'de {start.year}' if whole else f'du {long_date(start)}'}"
        return f"depuis {start.year if whole else f'le {long_date(start)}'}"
    if (start.month, start.day, end.month, end.day) != (1, 1, 12, 31):
        return f"du {long_date(start)} au {long_date(end)}"
    return str(start.year) if start.year == end.year else f"de {start.year} à {end.year}"


@register.filter
def euros(amount: Decimal | None) -> str:
    """An amount as French readers write it: « 12 500 € », with its cents if it has some."""
    if amount is None:
        return ""
    whole = amount.to_integral_value()
    return f"{french_number(whole if whole == amount else amount)}{NBSP}€"


@register.filter
def percent(rate: Decimal | None) -> str:
    """A rate as French readers write it: « 57,1 % »."""
    return "" if rate is None else f"{french_number(rate)}{NBSP}%"


@register.filter
def day_after(day: date) -> date:
    """The day that follows."""
    return day + timedelta(days=1)


@register.filter
def site_name(address: str) -> str:
    """The name of a site as people say it: without what only machines need."""
    return (urlsplit(address).hostname or address).removeprefix("www.")
