"""What the site does not know yet: listed for the editors, never shown to the public."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.permissions import page_permission_policy

from .demonstration import page_types
from .models import (
    ContentPage,
    HomePage,
    LegalPage,
    OrganisationSettings,
    SiteMapPage,
    SitePage,
    WhoToCallPage,
)

# What a reader or the law expects of an association's site: the fields, by tab of the form.
EXPECTED_SETTINGS: dict[str, list[str]] = {
    "Coordonnées": [
        "phone",
        "email",
        "street_address",
        "postcode",
        "city",
        "map_url",
        "by_bus",
        "parking",
        "wheelchair_access",
    ],
    "Horaires": ["opening_hours"],
    "Informations légales": [
        "legal_form",
        "rna",
        "siret",
        "registered_office",
        "publication_director",
        "host_name",
        "host_address",
        "data_protection_contact",
        "log_retention_months",
        "data_licence",
        "security_expires",
    ],
    "Accessibilité": ["accessibility_audit_date"],
}

# Page types that say what they are without a summary.
SELF_EXPLAINED = (HomePage, LegalPage, SiteMapPage)

# Why a page deserves a visit, and the field of its form that says it.
REASONS = {
    "summary": ("sans résumé", "summary"),
    "text": ("sans texte", "title"),
    "calls": ("qui appeler pour les problèmes de tous les jours ?", "problems"),
}
# The streams that a page is not whole without, and the reason that says it.
EXPECTED_STREAMS: dict[type[SitePage], tuple[str, str]] = {
    ContentPage: ("body", "text"),
    WhoToCallPage: ("problems", "calls"),
}


@dataclass(frozen=True)
class MissingSetting:
    """A field that nobody has filled in: what the form calls it, where it is."""

    tab: str
    label: str
    field: str


@dataclass(frozen=True)
class PageToComplete:
    """A page that deserves a visit, why, and which field of its form says it."""

    pk: int
    title: str
    reason: str
    field: str


def missing_settings(organisation: OrganisationSettings) -> list[MissingSetting]:
    """The expected settings that are empty, in the words and in the order of the form."""
    return [
        MissingSetting(tab, str(capfirst(_label(name))), name)
        for tab, names in EXPECTED_SETTINGS.items()
        for name in names
        if not getattr(organisation, name)
    ]


def _label(name: str) -> str:
    # The list of hours is called « chaque semaine » under a tab that says the rest.
    if name == "opening_hours":
        return "horaires d’ouverture"
    return str(OrganisationSettings._meta.get_field(name).verbose_name)


def count_expected_settings() -> int:
    """How many settings are expected in all."""
    return sum(len(names) for names in EXPECTED_SETTINGS.values())


def pages_to_complete(limit: int, user: Any) -> tuple[list[PageToComplete], int]:
    """The first ``limit`` pages that deserve a visit of this user, and how many there are in all.

    Two queries, whatever the number of pages and of page types: every type gives the rows to
    look at in the same shape, and the database puts them together.
    """
    today = timezone.localdate()
    mine = _changed_by(user)
    first, *others = [_rows_to_complete(model, today).filter(mine) for model in page_types()]
    rows = first.union(*others, all=True)
    shown = rows.order_by("title")[:limit]
    return [_to_complete(row) for row in shown], rows.count()


def _changed_by(user: Any) -> Q:
    """The pages that somebody may change: an editor of one section is not told of the others."""
    if user.is_superuser:
        return Q()
    rights = page_permission_policy.get_cached_permissions_for_user(user)
    paths = {right.page.path for right in rights if right.permission.codename == "change_page"}
    return reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))


def _rows_to_complete(model: type[SitePage], today: date) -> QuerySet[SitePage, dict[str, Any]]:
    late = Q(review_on__lte=today)
    # What search does not list needs no words for its lists.
    needs_one = model.is_searched and model not in SELF_EXPLAINED
    no_summary = Q(summary="") if needs_one else Q(pk__in=[])
    stream, reason = EXPECTED_STREAMS.get(model, ("", ""))
    no_text = Q(**{f"{stream}__0__isnull": True}) if stream else Q(pk__in=[])
    return (
        model.objects.filter(late | no_summary | no_text, live=True, is_example=False)
        .annotate(
            why=Case(
                When(late, then=Value("late")),
                When(no_summary, then=Value("summary")),
                default=Value(reason),
                output_field=CharField(),
            )
        )
        .order_by()  # a union has one order, that of the whole
        .values("pk", "title", "review_on", "why")
    )


def _to_complete(row: dict[str, Any]) -> PageToComplete:
    if row["why"] == "late":
        reason, field = f"à revoir depuis le {row['review_on']:%d/%m/%Y}", "review_on"
    else:
        reason, field = REASONS[row["why"]]
    return PageToComplete(row["pk"], row["title"], reason, field)
