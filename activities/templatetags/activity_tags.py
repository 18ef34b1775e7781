"""Activities and references, for any template."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.db import models
from django.template.context import RequestContext
from django.utils.text import slugify

from activities.models import ActivityPage, ClientShown, ReferenceIndexPage, ReferencePage
from pages.models import Commune, Trade
from partners.models import Partner

register = template.Library()


@dataclass(frozen=True)
class Found:
    """How many references there are of something, and where they are listed."""

    total: int
    url: str


@register.simple_tag
def activities() -> list[ActivityPage]:
    """The activities that anybody may read, in the order of the tree."""
    return list(ActivityPage.objects.visible().for_list())


@register.simple_tag
def newest_references(trade: Trade, count: int = 3) -> list[ReferencePage]:
    """The newest references of an activity that anybody may read."""
    return list(ReferencePage.objects.visible().filter(trade=trade).for_list()[:count])


@register.simple_tag(takes_context=True)
def references_by_commune(context: RequestContext) -> dict[int, Found]:
    """The references of each commune that has some, by its key; three queries at most."""
    counts = ReferencePage.objects.visible().count_by_commune()
    names = dict(Commune.objects.filter(pk__in=counts).values_list("pk", "name")) if counts else {}
    return _found(context, {(key, name): counts[key] for key, name in names.items()}, "commune")


@register.simple_tag(takes_context=True)
def references_by_partner(context: RequestContext) -> dict[int, Found]:
    """The references of each partner that is named in some, by its key; two queries at most."""
    return _found(context, ReferencePage.objects.visible().count_by_client(), "partenaire")


@dataclass(frozen=True)
class PartnerReferences:
    """The newest references of a partner, and where they all are."""

    references: list[ReferencePage]
    url: str


@register.simple_tag(takes_context=True)
def references_of(context: RequestContext, partner: Partner, count: int = 3) -> PartnerReferences:
    """What was done for a partner, of what anybody may read and that names it."""
    named = ReferencePage.objects.visible().filter(client=partner, client_shown=ClientShown.NAME)
    references = list(named.for_list()[:count])
    counts = {(partner.pk, partner.name): len(references)} if references else {}
    found = _found(context, counts, "partenaire")
    return PartnerReferences(references, found[partner.pk].url if found else "")


@register.filter
def of(found: Mapping[int, Found] | None, thing: models.Model) -> Found | None:
    """What is found of a commune or of a partner: ``{{ references|of:partner }}``."""
    return found.get(thing.pk) if found else None


def _found(
    context: RequestContext, counts: Mapping[tuple[int, str], int], parameter: str
) -> dict[int, Found]:
    index = ReferenceIndexPage.objects.visible().first() if counts else None
    if index is None:
        return {}
    url = index.get_url(context["request"])
    return {
        key: Found(total, f"{url}?{urlencode({parameter: slugify(name)})}")
        for (key, name), total in counts.items()
    }
