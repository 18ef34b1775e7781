"""The figures that a text cites: in its sentences, in its key figures, in its charts.

A figure in a sentence is stored as ``<embed embedtype="figure" code="…" year="…" part="…"/>``:
a name of the figure, never its number. Nothing here reads the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wagtail.blocks import Block, RichTextBlock, StreamBlock
from wagtail.rich_text.rewriters import FIND_EMBED_TAG, extract_attrs

from pages.streams import map_leaves

EMBED_TYPE = "figure"
# Instead of a part: all those that were typed.
EVERY_PART = "*"


@dataclass(frozen=True, order=True)
class Citation:
    """A figure by its name; ``part`` as in the files: ``dispositif/aci``."""

    code: str
    year: int
    part: str = ""

    @classmethod
    def from_attributes(cls, attributes: dict[str, str]) -> "Citation | None":
        """The figure that a stored element names; nothing if it names none."""
        year = attributes.get("year", "")
        if not year.isascii() or not year.isdigit() or len(year) != 4:
            return None
        return cls(attributes.get("code", ""), int(year), attributes.get("part", ""))


def cited_in_html(html: str) -> Iterator[Citation]:
    """The figures that a stored rich text cites."""
    for match in FIND_EMBED_TAG.finditer(html):
        attributes = extract_attrs(match.group(1))
        if attributes.get("embedtype") == EMBED_TYPE and (
            citation := Citation.from_attributes(attributes)
        ):
            yield citation


def cited_in_text(raw: Any, block: Block) -> list[Citation]:
    """The figures that the sentences of a stored stream cite, each once, in order."""
    found: dict[Citation, None] = {}

    def note(leaf: Block, value: Any) -> Any:
        if isinstance(leaf, RichTextBlock) and isinstance(value, str):
            found.update(dict.fromkeys(cited_in_html(value)))
        return value

    map_leaves(list(raw), block, note)
    return list(found)


class FigureBlock:
    """What a block made of figures says of them; its kinds are in ``activities.report_blocks``."""

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        """The indicators that it shows."""
        raise NotImplementedError

    def must_be_known(self, value: dict[str, Any]) -> Sequence[str]:
        """The indicators without which, in the year of the report, it says nothing."""
        return self.codes(value)

    def details(self, value: dict[str, Any]) -> Sequence[tuple[str, str]]:
        """The indicators that it breaks down, each with the code of the breakdown."""
        return ()


def figure_blocks(raw: Any, block: StreamBlock) -> Iterator[tuple[FigureBlock, dict[str, Any]]]:
    """The blocks of figures of a stored stream, in its sections too, with their stored values."""
    for child in raw:
        known = block.child_blocks.get(child["type"])
        value = child["value"]
        if isinstance(known, FigureBlock) and isinstance(value, dict):
            yield known, value
        elif child["type"] == "section" and known is not None:
            yield from figure_blocks(value.get("content", []), known.child_blocks["content"])


def codes_of(raw: Any, block: StreamBlock) -> set[str]:
    """The indicators that the blocks and the sentences of a stream show."""
    of_blocks = (code for known, value in figure_blocks(raw, block) for code in known.codes(value))
    return {code for code in of_blocks if code} | {c.code for c in cited_in_text(raw, block)}


def required(raw: Any, block: StreamBlock, year: int) -> list[Citation]:
    """What must be known and validated before the stream is published, each once, in order.

    Args:
        year: That of the report, which blocks speak of.
    """
    of_blocks = [
        citation
        for known, value in figure_blocks(raw, block)
        for citation in (
            *(Citation(code, year) for code in known.must_be_known(value)),
            *(Citation(code, year, f"{by}/{EVERY_PART}") for code, by in known.details(value)),
        )
        if citation.code
    ]
    return list(dict.fromkeys([*of_blocks, *cited_in_text(raw, block)]))
