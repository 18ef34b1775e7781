"""Figures in running text: how they are stored, shown in the editor, and read on the page.

What is stored names a figure (``activities.figures.citations``). The page puts the number in its
place when it is read (``{% figures_in_text %}``), so that a text is never older than its figures.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.contentstate_models import Entity, EntityRange
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    FORCE_WHITESPACE,
    KEEP_WHITESPACE,
    add_paragraph_block,
)
from wagtail.rich_text import EmbedHandler

from activities.figures.citations import EMBED_TYPE, Citation
from activities.figures.reading import NOT_AVAILABLE, Figure, Figures
from activities.figures.small_numbers import MASKED
from pages.rich_text import filled

ENTITY_TYPE = "FIGURE"
# A masked figure in a sentence, between brackets.
IN_TEXT = f"nombre {MASKED}"
# What a page that puts no number in its place would show: the truth, without a number.
PLACE = '<data class="cited-figure" value="{}/{}/{}">' + NOT_AVAILABLE + "</data>"
_PLACES = re.compile(
    r'<data class="cited-figure" value="(?P<code>[a-z0-9_]+)/(?P<year>\d{4})/'
    rf'(?P<part>[a-z0-9_/]*)">{NOT_AVAILABLE}</data>'
)


class FigureHandler(EmbedHandler):
    """What rich text shows of a figure: its place."""

    identifier = EMBED_TYPE

    @classmethod
    def expand_db_attributes(cls, attrs: Mapping[str, str]) -> str:
        """A place that ``put_numbers()`` fills; a text if what is stored names nothing."""
        citation = Citation.from_attributes(dict(attrs))
        if citation is None:
            return NOT_AVAILABLE
        return format_html(PLACE, citation.code, citation.year, citation.part)

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: Sequence[Mapping[str, str]]) -> list[str]:
        """The same for the figures of a whole text."""
        return [cls.expand_db_attributes(attrs) for attrs in attrs_list]


def cited_in_page(html: str) -> list[Citation]:
    """The figures that have a place in a rendered page."""
    found = (Citation(m["code"], int(m["year"]), m["part"]) for m in _PLACES.finditer(html))
    return list(dict.fromkeys(found))


def put_numbers(html: str, figures: Figures, address: Any) -> str:
    """Put each number in its place, with a link to its definition.

    Args:
        html: A rendered page, or a piece of it.
        figures: What the reader may read.
        address: The address of the page of an indicator, by its code; empty when it has none.
    """

    def written(match: re.Match[str]) -> str:
        figure = _figure(figures, match["code"], int(match["year"]), match["part"])
        if figure is None or not figure.is_shown:
            return f"({NOT_AVAILABLE})"
        url = address(match["code"])
        if figure.is_masked:  # the page of the indicator says why
            return format_html('(<a href="{}">{}</a>)' if url else "({1})", url, IN_TEXT)
        if not url:
            return format_html('<data value="{}">{}</data>', figure.number, figure.sentence)
        return format_html('<a class="cited-figure" href="{}">{}</a>', url, figure.sentence)

    return filled(html, _PLACES, written)


def _figure(figures: Figures, code: str, year: int, part: str) -> Figure | None:
    item = figures.part(part) if part else None
    return figures.get(code, year, item) if code in figures and bool(item) == bool(part) else None


# --- In the editor ------------------------------------------------------------------------------


def shown_to_editors(citation: Citation) -> str:
    """What stands in the editor in the place of a figure: its number today, or its name."""
    figures = Figures.internal(codes=[citation.code], years=[citation.year], with_definitions=False)
    figure = _figure(figures, citation.code, citation.year, citation.part)
    if figure is None:
        return f"[{citation.code} {citation.year}]"
    return figure.sentence if figure.is_known else f"[{figure.indicator} {figure.year}]"


class FigureElementHandler:
    """Reads a stored figure for the editor: a word that is removed whole or not at all."""

    def handle_starttag(self, name: str, attrs: Any, state: Any, contentstate: Any) -> None:
        """Add the figure to the paragraph being read."""
        if state.current_block is None:
            add_paragraph_block(state, contentstate)
        if state.leading_whitespace == FORCE_WHITESPACE:
            state.current_block.text += " "
        state.leading_whitespace = KEEP_WHITESPACE
        data = {key: value for key, value in dict(attrs).items() if key != "embedtype"}
        citation = Citation.from_attributes(data)
        text = shown_to_editors(citation) if citation else f"[{NOT_AVAILABLE}]"
        place = EntityRange(contentstate.add_entity(Entity(ENTITY_TYPE, "IMMUTABLE", data)))
        place.offset, place.length = len(state.current_block.text), len(text)
        state.current_block.entity_ranges.append(place)
        state.current_block.text += text

    def handle_endtag(self, name: str, state: Any, contentstate: Any) -> None:
        """Nothing: the element is empty."""


def figure_element(props: Mapping[str, Any]) -> Any:
    """Writes a figure of the editor: its name, whatever is shown there."""
    names = ("code", "year", "part")
    attributes = {name: props[name] for name in names if props.get(name)}
    return DOM.create_element("embed", {"embedtype": EMBED_TYPE, **attributes})


CONTENTSTATE_RULE = {
    "from_database_format": {f'embed[embedtype="{EMBED_TYPE}"]': FigureElementHandler()},
    "to_database_format": {"entity_decorators": {ENTITY_TYPE: figure_element}},
}
