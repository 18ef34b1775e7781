"""What must be looked at among the agreements, and where the pictures and the words are used."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.db.models import Case, Count, IntegerField, Model, QuerySet, Value, When
from django.http import HttpRequest
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ReferenceIndex

from .models import Agreement, SiteImage, Testimony
from .models.agreements import not_usable, to_check
from .pagination import paginate

PER_PAGE = 30
# What agreements are about, in the words of the report.
KINDS: dict[type[Agreement], str] = {SiteImage: "image", Testimony: "témoignage"}


class Counts(NamedTuple):
    """How many are out of the site, and how many will be within a month."""

    out: int
    soon: int


@dataclass(frozen=True)
class Use:
    """What shows the picture or quotes the words: a page most often."""

    title: str
    url: str | None


@dataclass
class Checked:
    """A picture or a testimony to look at, and where it is used."""

    item: Agreement
    kind: str
    url: str | None
    uses: list[Use] = field(default_factory=list)


def may_check_agreements(user: Any) -> bool:
    """Whether the agreements are this person's business."""
    return bool(user.has_perm("pages.change_testimony"))


def count_to_check() -> Counts:
    """The two numbers, for pictures and testimonies together; one query each."""
    found = [
        model._default_manager.filter(to_check()).aggregate(
            out=Count("pk", filter=not_usable()), soon=Count("pk", filter=~not_usable())
        )
        for model in KINDS
    ]
    return Counts(sum(row["out"] for row in found), sum(row["soon"] for row in found))


def agreements_to_check(request: HttpRequest) -> PaginatorPage:
    """The rows to check, those that are out first, then those that end first.

    The number of queries does not depend on that of the rows.
    """
    page = paginate(_rows(), request, PER_PAGE)
    page.object_list = _checked([(row["rank"], row["pk"]) for row in page.object_list])
    return page


def _rows() -> QuerySet[Any, Any]:
    """Every row to check, whatever its model: one union."""
    first, *others = [
        model._default_manager.filter(to_check())
        .order_by()
        .annotate(
            rank=Value(rank, output_field=IntegerField()),
            soon=Case(
                When(not_usable(), then=Value(0)), default=Value(1), output_field=IntegerField()
            ),
        )
        .values("rank", "pk", "soon", "rights_until")
        for rank, model in enumerate(KINDS)
    ]
    return first.union(*others, all=True).order_by("soon", "rights_until", "rank", "pk")


def _checked(keys: Sequence[tuple[int, int]]) -> list[Checked]:
    models: list[type[Agreement]] = list(KINDS)
    found = {
        rank: model._default_manager.in_bulk([pk for r, pk in keys if r == rank])
        for rank, model in enumerate(models)
    }
    finder = AdminURLFinder()
    rows = [
        Checked(item := found[rank][pk], KINDS[models[rank]], finder.get_edit_url(item))
        for rank, pk in keys
    ]
    uses = _uses([row.item for row in rows], finder)
    for row in rows:
        row.uses = uses[_reference(row.item)]
    return rows


Reference = tuple[int, str]


def _reference(item: Model) -> Reference:
    """How the reference index names an object."""
    return ContentType.objects.get_for_model(item).pk, str(item.pk)


def _uses(items: list[Agreement], finder: AdminURLFinder) -> dict[Reference, list[Use]]:
    """Where each is used, with one query for each kind of thing that uses them."""
    references = ReferenceIndex.get_references_to_in_bulk(items).values_list(
        "to_content_type", "to_object_id", "base_content_type", "object_id"
    )
    sources: dict[int, set[str]] = defaultdict(set)
    users: dict[Reference, set[Reference]] = defaultdict(set)
    for kind, key, source_kind, source_key in references:
        sources[source_kind].add(source_key)
        users[kind, key].add((source_kind, source_key))
    known: dict[Reference, Use] = {}
    for kind, keys in sources.items():
        model: Any = ContentType.objects.get_for_id(kind).model_class()
        for pk, source in model._default_manager.in_bulk(sorted(map(int, keys))).items():
            known[kind, str(pk)] = Use(str(source), finder.get_edit_url(source))
    found: dict[Reference, list[Use]] = defaultdict(list)
    for target, places in users.items():
        uses = [known[place] for place in places if place in known]
        found[target] = sorted(uses, key=lambda use: use.title)
    return found
