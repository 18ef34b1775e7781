"""Partners, what they ask to be written, and what the Union co-finances, for any template."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils import timezone

from pages.models import Trade
from pages.templatetags.body_tags import french_number
from pages.templatetags.french_dates import long_date
from pages.typography import NBSP
from partners.logos import shown_logos
from partners.models import OperationPage, Partner, Support, partners_by_family
from partners.reports import YearPartner, supporters_of

register = template.Library()


@register.simple_tag
def partner_families() -> list[tuple[str, list[Partner]]]:
    """The partners by family."""
    return partners_by_family()


@register.simple_tag
def running_operation(trade: Trade | None = None) -> OperationPage | None:
    """The newest operation that runs today, of an activity or of any; never an example."""
    operations = OperationPage.objects.visible().real().running()
    if trade is not None:
        operations = operations.filter(trades=trade)
    return operations.defer_streamfields().select_related("funder").order_by("-starts_on").first()


@register.simple_tag
def operations_of_year(year: int) -> list[OperationPage]:
    """The operations that touch a year, the oldest first; never an example."""
    operations = OperationPage.objects.visible().real()
    touching = operations.touching(date(year, 1, 1), date(year, 12, 31))
    return list(touching.defer_streamfields().select_related("funder").order_by("starts_on"))


@register.simple_tag
def mentions_of_year(year: int, examples: bool = False) -> list[YearPartner]:
    """The partners that supported a year and ask for a mention, under their name of then."""
    supporters = supporters_of(year, examples=examples)
    return [known for known in supporters if known.partner.required_mention]


@register.simple_tag
def mentions_of_trade(trade: Trade) -> list[Partner]:
    """The partners that support an activity today, and ask for a mention on its page."""
    partners = Partner.objects.filter(
        mention_placement=Partner.Placement.ACTIVITIES,
        is_example=False,
        pk__in=Partner.objects.supporting_trade(trade, timezone.localdate()).values("pk"),
    )
    return list(partners.exclude(required_mention="").select_related("logo", "logo_dark"))


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
        since = str(start.year) if (start.month, start.day) == (1, 1) else f"le {long_date(start)}"
        return f"depuis {since}"
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
