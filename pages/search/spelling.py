"""« Vouliez-vous dire… ? »: what a visitor may have meant by a word that the site does not know.

The words that the site knows come from ``SOURCES``: functions that give texts anybody may read.
A room adds its own words by adding a function there.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from pages.models import Commune, Trade
from pages.querysets import all_pages

from .answers import answers_to
from .query import STOP_WORDS, fold, search_terms, stem
from .results import Results

# With this many answers or fewer, another spelling is looked for.
FEW = 2
# The likeness, from 0 to 1, of a word that finds nothing; of one that does find something.
LIKENESS = 0.7
LIKENESS_OF_FOUND = 0.85
SHORTEST = 4
# The texts of each source that are read: the search page stays quick on a very big site.
MAX_TEXTS = 2_000
# How many of the words nearest to one are tried.
TRIES = 2
_WORD = re.compile(r"[^\W\d_]+")


def visible_titles() -> Iterable[str]:
    """The titles of the pages that anybody may read: the main ones, then the newest."""
    pages = all_pages().visible().order_by("depth", "-pk")
    return pages.values_list("title", flat=True)[:MAX_TEXTS]


def names_of_terms() -> Iterable[str]:
    """The communes and the activities."""
    communes = Commune.objects.order_by().values_list("name", flat=True)
    return communes.union(Trade.objects.order_by().values_list("name", flat=True))


SOURCES: tuple[Callable[[], Iterable[str]], ...] = (visible_titles, names_of_terms)


def did_you_mean(results: Results) -> str:
    """What finds more than these results, with the words that look most like theirs; or nothing.

    One query a source, and TRIES more at most; none when there are answers enough.
    """
    doubtful = [term for term in results.terms if len(term) >= SHORTEST and term.isalpha()]
    if not doubtful or results.found > FEW:
        return ""
    near = _near_words(doubtful, LIKENESS_OF_FOUND if results.found else LIKENESS)
    for rank in range(TRIES if near else 0):
        chosen = {term: words[min(rank, len(words) - 1)] for term, words in near.items()}
        proposal = _replace_words(results.query, chosen)
        if answers_to(search_terms(proposal)).count() > results.found:
            return proposal
    return ""


def _near_words(terms: Iterable[str], likeness: float) -> dict[str, list[str]]:
    """For each of ``terms`` that no source has, the words that look like it, the nearest first."""
    words = _known_words()
    stems = {stem(word) for word in words}
    near = {}
    for term in terms:
        if stem(term) in stems:
            continue
        # Longer or shorter ones cannot be alike enough: they are not compared.
        same_size = [word for word in words if abs(len(word) - len(term)) <= len(term) // 3 + 1]
        if found := get_close_matches(term, same_size, n=TRIES, cutoff=likeness):
            near[term] = [words[word] for word in found]
    return near


def _known_words() -> Mapping[str, str]:
    """The words of the sources as they are written, by their folded form."""
    text = "\n".join(text for source in SOURCES for text in source())
    known: dict[str, str] = {}
    for word in dict.fromkeys(_WORD.findall(text)):
        folded = fold(word)
        if len(folded) < SHORTEST or folded in STOP_WORDS:
            continue
        # « jardin » rather than « Jardin », where both are written.
        if word.islower() or folded not in known:
            known[folded] = word
    return known


def _replace_words(query: str, chosen: Mapping[str, str]) -> str:
    """``query`` as it was typed, but for the words to replace, given by their folded form."""
    return _WORD.sub(lambda match: chosen.get(fold(match[0]), match[0]), query)
