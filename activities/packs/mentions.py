"""Where the site shows the mention of a funder: every public page is asked for and read.

To guess from the models which pages show it would prove nothing: what proves is the answer. The
pages where it is likely come first, so that a site too large for one turn still gives its proofs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from activities.models import ReportPage
from pages.querysets import SitePageQuerySet, all_pages
from partners.models import Partner, PartnerIndexPage, PartnerSpacePage

# What a reader or a screen reader is told by an element besides its text.
SPOKEN = ("alt", "aria-label", "title")
SILENT = frozenset({"script", "style", "template"})
SPACES = re.compile(r"\s+")


def is_shown(content: bytes, partner: Partner) -> bool:
    """Whether a page shows the mention (``templates/components/mention.html``)."""
    return f'data-mention="{partner.slug}"'.encode() in content


def addresses(partner: Partner) -> Iterator[str]:
    """The address of every public page, the likeliest first, each once."""
    found: set[str] = set()
    for address in (*_own_pages(partner), *_first_pages(partner), *_all_pages()):
        if address not in found:
            found.add(address)
            yield address


def _own_pages(partner: Partner) -> Iterator[str]:
    """The page of the partner, below that of all the partners."""
    for index in PartnerIndexPage.objects.visible():
        url = index.get_url() or ""
        yield f"{url}{partner.slug}/"
        yield url
        yield from _urls(all_pages().visible().descendant_of(index))


def _first_pages(partner: Partner) -> Iterator[str]:
    """The home page, then the reports, the newest first."""
    yield "/"
    yield from _urls(ReportPage.objects.visible().order_by("-year"))


def _all_pages() -> Iterator[str]:
    """All the rest: what people visit stands high in the tree.

    Not the partners' own page: it answers nobody without an account.
    """
    rest = all_pages().visible().not_type(PartnerSpacePage)
    yield from _urls(rest.order_by("depth", "-last_published_at", "pk"))


def _urls(pages: SitePageQuerySet) -> Iterator[str]:
    for page in pages.iterator(500):
        url = page.get_url()
        if url:
            yield url


@dataclass
class _Text(HTMLParser):
    """The words of a page, those that are only spoken included."""

    words: list[str] = field(default_factory=list)
    silent: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the attributes say."""
        self.silent += tag in SILENT
        self.words += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        """Listen again after a script."""
        self.silent = max(0, self.silent - (tag in SILENT))

    def handle_data(self, data: str) -> None:
        """Keep what is written."""
        if not self.silent:
            self.words.append(data)


def says(content: bytes, sentence: str) -> bool:
    """Whether a page has these words, one after the other, whatever the spaces between them."""
    reader = _Text()
    reader.feed(content.decode(errors="replace"))
    reader.close()
    return _plain(sentence) in _plain(" ".join(reader.words))


def _plain(text: str) -> str:
    return SPACES.sub("", text).casefold()
