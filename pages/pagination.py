"""Pages of a list, asked for by ``?page=``."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def paginate(items: QuerySet[Any], request: HttpRequest, per_page: int) -> Page:
    """The page that was asked for, or the nearest sensible one for a strange number."""
    return Paginator(items, per_page).get_page(request.GET.get("page"))
