"""The passage of a page that answers a query, cut in segments for the template to mark.

No markup is made here: the template writes each segment, escaped, inside ``<mark>`` or not.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .query import fold, stem

EXCERPT_LENGTH = 220
_WORD = re.compile(r"[^\W_]+")


class Segment(NamedTuple):
    """A piece of text, and whether it is one of the words looked for."""

    text: str
    is_match: bool = False


def highlight(text: str, terms: Sequence[str]) -> list[Segment]:
    """The whole ``text``, its words that answer ``terms`` apart."""
    return _segments(text, _matches(text, terms), 0, len(text))


def excerpt(text: str, terms: Sequence[str], length: int = EXCERPT_LENGTH) -> list[Segment]:
    """About ``length`` characters of ``text``, where most of the ``terms`` are together.

    Its beginning when none of them is in it (the title may hold them all).
    """
    text = _on_one_line(text)
    matches = _matches(text, terms)
    start = _best_start(matches, length)
    start, end = _on_words(text, start, length)
    segments = _segments(text, matches, start, end)
    if start > 0:
        segments.insert(0, Segment("… "))
    if end < len(text):
        segments.append(Segment(" …"))
    return segments


def _on_one_line(text: str) -> str:
    """The lines of a page one after the other, a dash after those that end like a title.

    French no-break spaces are kept: Python counts them as blanks to split at.
    """
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in text.split("\n"))
    joined = "\n".join(line for line in lines if line)
    return re.sub(r"(?<=[^\W_])\n", " – ", joined).replace("\n", " ")


class _Match(NamedTuple):
    start: int
    end: int
    stem: str


def _matches(text: str, terms: Sequence[str]) -> list[_Match]:
    stems = {stem(term) for term in terms}
    found = ((word, stem(fold(word.group()))) for word in _WORD.finditer(text))
    return [_Match(word.start(), word.end(), root) for word, root in found if root in stems]


def _best_start(matches: Sequence[_Match], length: int) -> int:
    """Where to begin so that the most different terms are seen; the earliest such place."""
    best_start, best_count = 0, 0
    for index, first in enumerate(matches):
        seen = {
            match.stem for match in matches[index:] if match.end <= first.start + length * 3 // 4
        }
        if len(seen) > best_count:
            best_start, best_count = first.start, len(seen)
        if best_count == len({match.stem for match in matches}):
            break
    # A little of what comes before, to read the word in its sentence.
    return max(0, best_start - length // 4)


def _on_words(text: str, start: int, length: int) -> tuple[int, int]:
    """``start`` and its end moved so that no word is cut (a very long word excepted)."""
    if start > 0:
        start = text.find(" ", start, start + length) + 1 or start
    if start + length >= len(text):
        return start, len(text)
    end = text.rfind(" ", start, start + length)
    return start, end if end > start else start + length


def _segments(text: str, matches: Sequence[_Match], start: int, end: int) -> list[Segment]:
    segments, done = [], start
    for match in matches:
        if match.start < done or match.end > end:
            continue
        if match.start > done:
            segments.append(Segment(text[done : match.start]))
        segments.append(Segment(text[match.start : match.end], is_match=True))
        done = match.end
    if done < end:
        segments.append(Segment(text[done:end]))
    return segments
