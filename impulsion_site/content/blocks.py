"""Short words to write the body of a page in Python, as Wagtail stores it.

A page, an image or a document is named by the key of its delivery (``Ref("page:/contact/")``,
or ``<a linktype="page" id="page:/contact/">`` in a rich text: ``to()`` writes it); ``resolved()``
puts the identifiers of this database in place of the keys.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

# The namespace of the blocks' identifiers: the same page gets the same anchors everywhere.
_NAMESPACE = uuid.UUID("6d1f6f0e-2f0a-4a52-9d0e-0f6f1c6a2003")
_LINK = re.compile(r'<a linktype="page" id="(?P<key>[^"]+)">(?P<text>.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Ref:
    """An object delivered with the content, by its key."""

    key: str


def page(address: str) -> Ref:
    """The page delivered at this address."""
    return Ref(f"page:{address}")


def to(address: str, text: str) -> str:
    """A link, in a rich text, to the page delivered at this address."""
    return f'<a linktype="page" id="page:{address}">{text}</a>'


def cite(code: str, year: int, part: str = "") -> str:
    """A figure of the reports, in a rich text: its name, the page puts the number."""
    detail = f' part="{part}"' if part else ""
    return f'<embed embedtype="figure" code="{code}" year="{year}"{detail}/>'


def paragraphs(*texts: str) -> str:
    """Rich text: one paragraph a text."""
    return "".join(f"<p>{text}</p>" for text in texts)


def bullets(*texts: str) -> str:
    """Rich text: a list."""
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


def text(*html: str) -> Block:
    """A paragraph block: plain texts become paragraphs, a list stays a list."""
    parts = (part if part.startswith("<ul>") else paragraphs(part) for part in html)
    return {"type": "paragraph", "value": "".join(parts)}


def section(title: str, *content: Block) -> Block:
    """A title with its content."""
    return {"type": "section", "value": {"title": title, "content": list(content)}}


def callout(title: str, *html: str) -> Block:
    """Something not to be missed."""
    return {"type": "callout", "value": {"title": title, "text": text(*html)["value"]}}


def quote(words: str, author: str, role: str) -> Block:
    """Somebody's exact words."""
    return {"type": "quote", "value": {"text": words, "author": author, "role": role}}


def steps(*titles_and_texts: tuple[str, str]) -> Block:
    """What happens, in order."""
    return _list("steps", [{"title": t, "text": paragraphs(x)} for t, x in titles_and_texts])


def questions(*questions_and_answers: tuple[str, str]) -> Block:
    """Questions whose answers open on demand."""
    return _list(
        "questions",
        [{"question": q, "answer": paragraphs(a)} for q, a in questions_and_answers],
    )


def links(*addresses_and_labels: tuple[str, str]) -> Block:
    """Pages to read next."""
    return _list(
        "links", [{"page": page(a), "url": "", "label": label} for a, label in addresses_and_labels]
    )


def contact(name: str = "", function: str = "", hours: str = "") -> Block:
    """Who to write to; the association itself when nothing is said."""
    value = {"name": name, "function": function, "phone": "", "email": "", "hours": hours}
    return {"type": "contact", "value": value}


def figure(image_key: str, alt: str, caption: str = "") -> Block:
    """An image with what it says to somebody who cannot see it."""
    return {"type": "image", "value": _figure(image_key, alt, caption)}


def gallery(*figures: tuple[str, str, str]) -> Block:
    """Several images side by side: (key, alternative text, caption)."""
    return _list("gallery", [_figure(*each) for each in figures])


def table(caption: str, columns: list[tuple[str, str]], rows: list[list[str]]) -> Block:
    """A table; each column is (« text » or « number », heading)."""
    return {
        "type": "table",
        "value": {
            "caption": caption,
            "columns": [{"type": kind, "heading": heading} for kind, heading in columns],
            "rows": [{"values": values} for values in rows],
        },
    }


def documents(*keys: str) -> Block:
    """Files to download."""
    return _list("documents", [Ref(f"document:{key}") for key in keys])


def _figure(image_key: str, alt: str, caption: str = "") -> dict[str, Any]:
    image = {"image": Ref(f"image:{image_key}"), "alt_text": alt, "decorative": not alt}
    return {"image": image, "caption": caption}


def _list(kind: str, values: list[Any]) -> Block:
    return {"type": kind, "value": [{"type": "item", "value": value} for value in values]}


def resolved(body: list[Block], ids: Mapping[str, int], owner: str) -> list[Block]:
    """The body ready to be stored: identifiers in place of keys, and one on each block.

    A link to something that is not there any more becomes plain text, or nothing.
    """
    return _resolve(body, ids, owner)


def _resolve(value: Any, ids: Mapping[str, int], place: str) -> Any:
    if isinstance(value, Ref):
        return ids.get(value.key)
    if isinstance(value, list):
        return [_resolve(item, ids, f"{place}/{rank}") for rank, item in enumerate(value)]
    if isinstance(value, dict):
        found = {name: _resolve(item, ids, f"{place}/{name}") for name, item in value.items()}
        is_block = "type" in value and "value" in value
        return {**found, "id": str(uuid.uuid5(_NAMESPACE, place))} if is_block else found
    if isinstance(value, str):
        return _LINK.sub(lambda match: _resolve_link(match, ids), value)
    return value


def _resolve_link(match: re.Match[str], ids: Mapping[str, int]) -> str:
    target = ids.get(match["key"])
    return f'<a linktype="page" id="{target}">{match["text"]}</a>' if target else match["text"]
