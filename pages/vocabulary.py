"""The words of the glossary in the texts of a page: the first one of each leads to its definition.

An acronym is also spelled out after its first use: « IAE (insertion par l’activité économique) ».
A link and plain words are understood by every reader, with a keyboard, under a finger, in a
screen reader and on paper; ``<abbr title>`` alone is none of these (docs/decisions/0009).

The terms are read once and kept in the process, under a stamp that changes with any of them and
comes with the settings that every page reads: no query more, and never a word out of date.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape

from pages.models import Term
from pages.typography import PROTECTED

# How far around a use its meaning in full counts as said.
AROUND = 200
_APOSTROPHE = "(?:'|’|&#x27;|&#39;)"
_BEFORE, _AFTER = r"(?<![\w\u2011-])", r"(?![\w\u2011+-])"
_SPACES = re.compile(r"\s+")
_PLURAL_FROM = 4  # « par », « les » have no plural


@dataclass(frozen=True)
class KnownTerm:
    """A term as the texts need it."""

    name: str
    expansion: str
    slug: str


class Vocabulary:
    """The terms, and the one pattern that finds them all."""

    def __init__(self, terms: Iterable[Term]) -> None:
        forms = [
            (form, KnownTerm(term.name, term.expansion, term.slug))
            for term in terms
            for form in term.forms
        ]
        # The longest first: « PASS IAE » before « IAE ».
        forms.sort(key=lambda pair: len(pair[0]), reverse=True)
        self._terms = {f"t{rank}": term for rank, (_form, term) in enumerate(forms)}
        found = "|".join(
            f"(?P<t{rank}>{_form_pattern(f)})" for rank, (f, _term) in enumerate(forms)
        )
        # Addresses, file names and character references are read first, and left alone.
        self._pattern = re.compile(f"(?:{PROTECTED.pattern})|{_BEFORE}(?:{found}){_AFTER}")

    def term_of(self, match: re.Match[str]) -> KnownTerm | None:
        """The term that was found; none when it is something that is left alone."""
        return self._terms.get(match.lastgroup or "")

    def link_first_uses(self, run: str, address: str, said: set[str]) -> str:
        """The run of text (HTML) with its first uses linked; ``said`` remembers them."""

        def linked(match: re.Match[str]) -> str:
            term = self.term_of(match)
            if term is None or term.slug in said:
                return match[0]
            said.add(term.slug)
            link = f'<a class="term" href="{escape(address)}#{escape(term.slug)}">{match[0]}</a>'
            return f"{link} ({escape(term.expansion)})" if _needs_meaning(match, term) else link

        return self._pattern.sub(linked, run)


def _form_pattern(form: str) -> str:
    """A form in a text that is HTML: acronyms as they are written, words with their plurals."""
    words = _SPACES.split(form.strip())
    if any(sum(char.isupper() for char in word) > 1 for word in words):
        return r"\s+".join(_literal(word) for word in words)
    plain = r"\s+".join(_literal(word) + _plural(word) for word in words)
    return f"(?i:{plain})"


def _literal(word: str) -> str:
    return _APOSTROPHE.join(re.escape(escape(part)) for part in re.split("['’]", word))


def _plural(word: str) -> str:
    can = len(word) >= _PLURAL_FROM and word[-1].isalpha() and word[-1].lower() not in "sxz"
    return "[sx]?" if can else ""


def _needs_meaning(match: re.Match[str], term: KnownTerm) -> bool:
    """Whether to spell the acronym out: it is one, and the text does not do it by itself."""
    if not term.expansion or match[0] != escape(term.name):
        return False
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    if before.endswith("(") or after.startswith("("):
        return False
    around = f"{before[-AROUND:]} {after[:AROUND]}"
    return _plain(escape(term.expansion)) not in _plain(around)


def _plain(html: str) -> str:
    return _SPACES.sub(" ", re.sub(_APOSTROPHE, "'", html)).casefold()


@lru_cache(maxsize=2)
def vocabulary(stamp: int | None) -> Vocabulary | None:
    """The terms under this stamp (``OrganisationSettings.glossary_stamp``); none without terms."""
    terms = list(Term.objects.all()) if stamp is not None else []
    return Vocabulary(terms) if terms else None
