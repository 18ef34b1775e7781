"""The text of a page as the search index reads it.

It is one text with all the words but the title's, in reading order: excerpts are cut from it.
"""

import re
from collections.abc import Iterator
from typing import Any

# PostgreSQL takes « locale/PLIE » for a file's path and « 2023-2024 » for 2023 and minus 2024,
# and finds neither PLIE nor 2024. A blank or a dash is as good to read.
_SLASH = re.compile(r"(?<=\w)/(?=\w)")
_RANGE = re.compile(r"(?<=\d)-(?=\d)")


def page_text(page: Any) -> str:
    """The heading, summary, bodies and ``search_extras()`` of a page, one a line."""
    parts = [page.heading, page.summary, *_bodies(page), *page.search_extras()]
    text = "\n".join(part.strip() for part in parts if part and part.strip())
    return _RANGE.sub("–", _SLASH.sub(" / ", text))


def _bodies(page: Any) -> Iterator[str]:
    """What each stream or rich text of ``page`` gives to search, in the order of its fields."""
    for field in page._meta.concrete_fields:
        if hasattr(field, "get_searchable_content"):
            yield from field.get_searchable_content(field.value_from_object(page))
