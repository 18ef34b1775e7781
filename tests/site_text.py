"""What a reader sees of a page, block by block, without the markup; what a machine reads in XML."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from django.test import Client

# Tags inside a sentence: anything else ends one.
INLINE = frozenset("a abbr b cite em i mark strong time".split())
# Not read out: code, the labels of a drawing (its title and description say what it shows).
UNSEEN = frozenset({"script", "style", "text"})
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
READ_ATTRIBUTES = frozenset({"alt", "aria-label", "title"})
SPACES = re.compile(r"\s+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen = 0  # depth inside an element that is not read

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag not in INLINE:
            self.parts.append("\n")
        if tag == "meta" and values.get("name") == "description":
            self.parts.append(f"\n{values.get('content') or ''}\n")
        self.parts += [f"\n{values[name]}\n" for name in READ_ATTRIBUTES if values.get(name)]
        hidden = tag in UNSEEN or values.get("aria-hidden") == "true"
        if (hidden or self._unseen) and tag not in VOID:
            self._unseen += 1

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An element closed where it opens, as in drawings, holds no text."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.parts.append("\n")
        if self._unseen and tag not in VOID:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(SPACES.sub(" ", data) if data.strip() else " ")


def blocks_of(html: str) -> list[str]:
    """The texts of a page, one a block, in reading order, with ordinary spaces."""
    reader = _Reader()
    reader.feed(html)
    lines = "".join(reader.parts).split("\n")
    return [text for line in lines if (text := SPACES.sub(" ", line).strip())]


def text_of(html: str) -> str:
    """The whole text of a page on one line."""
    return " ".join(blocks_of(html))


def xml_of(client: Client, address: str, content_type: str) -> Element:
    """An answer in XML, as a reader that forgives nothing takes it."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == content_type
    return ElementTree.fromstring(answer.content)
