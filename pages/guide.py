"""The editors' guide, read from ``docs/guide-des-redacteurs.md`` and shown in the admin.

The file keeps to five signs so that it needs no library: ``#`` and ``##`` titles, numbered and
dashed lists, ``**strong**`` words.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

GUIDE = Path(settings.BASE_DIR) / "docs" / "guide-des-redacteurs.md"
ITEM = re.compile(r"(?:(\d+)\.|-) +(.*)")


@dataclass(frozen=True)
class Words:
    """A run of words, strong or not."""

    text: str
    is_strong: bool


@dataclass
class Part:
    """A title, a paragraph or a list; ``lines`` are its items, or its only line."""

    kind: str
    lines: list[list[Words]] = field(default_factory=list)


@lru_cache(maxsize=1)
def guide() -> list[Part]:
    """The guide, part after part; read once, the file comes with the code."""
    parts: list[Part] = []
    for paragraph in GUIDE.read_text().split("\n\n"):
        parts.extend(_parts(paragraph.strip().splitlines()))
    return parts


def _parts(lines: list[str]) -> list[Part]:
    if not lines:
        return []
    if lines[0].startswith("#"):
        signs, _, title = lines[0].partition(" ")
        return [Part(f"h{len(signs)}", [_words(title)]), *_parts(lines[1:])]
    if ITEM.match(lines[0]):
        return [_list(lines)]
    return [Part("p", [_words(" ".join(lines))])]


def _list(lines: list[str]) -> Part:
    """The items of a list; a line that begins none goes on with the one before it."""
    items: list[str] = []
    for line in lines:
        if item := ITEM.match(line):
            items.append(item[2])
        else:
            items[-1] += f" {line.strip()}"
    is_ordered = lines[0][0].isdigit()
    return Part("ol" if is_ordered else "ul", [_words(item) for item in items])


def _words(text: str) -> list[Words]:
    runs = text.split("**")
    return [Words(run, bool(n % 2)) for n, run in enumerate(runs) if run]
