"""Which pages answer a query, in which order, and how many of each group."""

import re
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.text import slugify
from modelsearch.query import And, Or, PlainText, SearchQuery
from wagtail.models import Page

from pages.demonstration import page_types
from pages.models import SitePage
from pages.querysets import all_pages

_PLURAL_OF_ER = re.compile(r"..ers?$")


def answers_to(terms: Sequence[str]) -> QuerySet[Page]:
    """The pages anybody may read that answer all of ``terms`` (one or more), the best first.

    Each bears ``is_over``; those whose time is past come after all the others.
    """
    # The search backend refuses the subqueries of visible(), but takes a list of keys; it is
    # still one query.
    visible = Page.objects.filter(pk__in=all_pages().visible().values("pk"))
    visible = visible.exclude(content_type__in=_not_searched())
    found = visible.search(_looked_for(terms)).get_queryset()
    is_over = ExpressionWrapper(_over(), output_field=BooleanField())
    return found.annotate(is_over=is_over).order_by("is_over", *found.query.order_by)


def _not_searched() -> list[ContentType]:
    models = [model for model in page_types() if not model.is_searched]
    return list(ContentType.objects.get_for_models(*models).values())


def _looked_for(terms: Sequence[str]) -> SearchQuery | str:
    """All of ``terms``, in the singular or the plural.

    Both databases fold plurals but for one family, which PostgreSQL takes for verbs: « potager »
    loses its « er » and « potagers » only its « s » (foyer, loyer, boulanger… alike).
    """
    if not any(_PLURAL_OF_ER.search(term) for term in terms):
        return " ".join(terms)
    either = [
        Or([PlainText(singular), PlainText(f"{singular}s")])
        if _PLURAL_OF_ER.search(term) and (singular := term.removesuffix("s"))
        else PlainText(term)
        for term in terms
    ]
    return And(either) if len(either) > 1 else either[0]


def _over() -> Q:
    """Whether a plain ``Page`` is among those that its own type says are past."""
    past = (model.objects.over() for model in page_types() if model.over_note)
    return reduce(or_, (Q(pk__in=pages.values("pk")) for pages in past))


def search_groups() -> dict[str, str]:
    """The groups of answers: what each is called, by the word that stands for it in addresses."""
    names = {model.search_group for model in page_types()}
    return {slugify(name): name for name in sorted(names)}


def count_by_group(answers: QuerySet[Page]) -> dict[str, int]:
    """How many of ``answers`` each group holds, the fullest first; one query."""
    rows = answers.order_by().values_list("content_type").annotate(Count("pk"))
    counts: dict[str, int] = {}
    for content_type_id, count in rows:
        name = _group_of(content_type_id)
        counts[name] = counts.get(name, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def in_group(answers: QuerySet[Page], name: str) -> QuerySet[Page]:
    """Those of ``answers`` that are filed under this group."""
    models = [model for model in page_types() if model.search_group == name]
    types = ContentType.objects.get_for_models(*models).values()
    return answers.filter(content_type__in=types)


def _group_of(content_type_id: int) -> str:
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return getattr(model, "search_group", SitePage.search_group)
