"""Pages to propose to somebody whose address leads nowhere."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from urllib.parse import unquote

from wagtail.models import Page

from pages.querysets import all_pages

from .query import search_terms

# The rows compared one by one; the search index answers for the others.
MAX_COMPARED = 500
MIN_LIKENESS = 0.6
_EXTENSION = re.compile(r"\.\w{1,5}$")


def nearest_pages(path: str, limit: int = 5) -> list[Page]:
    """The visible pages whose slug or title looks most like the end of ``path``, best first.

    First those whose name is alike (a letter missing, an accent), then those that hold its words.
    Two queries, whatever the path; nothing for a path without a word.
    """
    asked = _asked(path)
    if not asked:
        return []
    names = all_pages().visible().order_by("depth", "path")[:MAX_COMPARED]
    scores = ((max(_likeness(asked, name) for name in _names(page)), page) for page in names)
    alike = [(score, page) for score, page in scores if score >= MIN_LIKENESS]
    # Stable: of two equals, the one nearest to the home page.
    best = [page for _, page in sorted(alike, key=lambda pair: -pair[0])]
    if len(best) < limit:
        best += _holding(asked, {page.pk for page in best}, limit)
    return best[:limit]


def _asked(path: str) -> str:
    """The words of the last part of ``path`` that has any: « /x/mediaton.html » → « mediaton »."""
    for part in reversed(unquote(path)[-500:].split("/")):
        words = " ".join(search_terms(_EXTENSION.sub("", part)))
        if words:
            return words
    return ""


def _names(page: Page) -> Iterable[str]:
    return " ".join(search_terms(page.slug)), " ".join(search_terms(page.title))


def _likeness(asked: str, name: str) -> float:
    """From 0 to 1; the two quick bounds spare most of the comparisons."""
    matcher = SequenceMatcher(None, name, asked, autojunk=False)
    if matcher.real_quick_ratio() < MIN_LIKENESS or matcher.quick_ratio() < MIN_LIKENESS:
        return 0
    return matcher.ratio()


def _holding(asked: str, known: set[int], limit: int) -> list[Page]:
    visible = Page.objects.filter(pk__in=all_pages().visible().values("pk"))
    found = visible.search(asked, operator="or")[: limit + len(known)]
    return [page for page in found if page.pk not in known]
