"""The last step of a rendered text: small additions to its words, never to its markup.

The only place where text that readers see is declared safe. A *rewriter* is given runs of text
(between two tags, as HTML: escaped) and gives them back as HTML; it must escape what it adds.
Runs inside links, titles, code, quotations… are not given to it. Rewriters follow one another:
each sees what those before it added, and the links that they made are links like others.

A run is found by a true parser, and everything that is not one is copied byte for byte: no tag
can be broken. What the parser and a browser could read differently is left alone.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Rewriter = Callable[[str], str]

# A link in a link or in a button is no HTML; a title is no place for one; the words of somebody
# are theirs; the rest is not text to a browser.
UNTOUCHED = frozenset(
    "a abbr blockquote button caption code dfn figcaption h1 h2 h3 h4 h5 h6 iframe kbd label math "
    "noembed noframes noscript option plaintext pre samp script select style summary svg template "
    "textarea th title var video xmp".split()
)
# The house's own titles that are no headings: « step__title », « callout__title »…
TITLE_CLASS = "__title"


def rewritten(html: str, *rewriters: Rewriter) -> SafeString:
    """``html`` (escaped first if it is not safe) after each rewriter has seen its runs of text."""
    source = str(conditional_escape(html))
    for rewriter in rewriters:
        source = _pass(source, rewriter)
    return SafeString(source)


def filled(html: str, place: re.Pattern[str], fill: Callable[[re.Match[str]], str]) -> SafeString:
    """``html`` (escaped first if it is not safe) with each ``place`` filled.

    A place is an element that the site has rendered itself, which no text can imitate: texts are
    escaped. ``fill`` gives HTML, and must escape what it adds.
    """
    return SafeString(place.sub(fill, str(conditional_escape(html))))


def _pass(source: str, rewriter: Rewriter) -> str:
    written, done = [], 0
    for start, end in text_runs(source):
        written += [source[done:start], rewriter(source[start:end])]
        done = end
    return "".join([*written, source[done:]])


def text_runs(source: str) -> list[tuple[int, int]]:
    """Where the texts that may be rewritten begin and end."""
    parser = _Runs(source)
    try:
        parser.feed(source)
        parser.close()
    except AssertionError:  # the standard parser's answer to « <![nonsense »
        return []
    # A sign « < » that is no tag to the parser may be one to a browser.
    return [(start, end) for start, end in parser.runs if "<" not in source[start:end]]


class _Runs(HTMLParser):
    """Notes where each run of text outside the untouched elements begins and ends."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.runs: list[tuple[int, int]] = []
        self._end = len(source)
        self._lines = [0]
        self._lines += [at + 1 for at, char in enumerate(source) if char == "\n"]
        self._start: int | None = None  # of the run being read
        self._untouched: list[str] = []  # the open elements whose text is left alone

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _text(self) -> None:
        if self._start is None:
            self._start = self._place()

    def _markup(self, place: int | None = None) -> None:
        """The run, if there is one, ends where this markup begins."""
        if self._start is not None and not self._untouched:
            self.runs.append((self._start, self._place() if place is None else place))
        self._start = None

    def close(self) -> None:
        """Read what is left, then end the last run."""
        super().close()
        self._markup(self._end)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._markup()
        classes = (dict(attrs).get("class") or "").split()
        if tag in UNTOUCHED or any(name.endswith(TITLE_CLASS) for name in classes):
            self._untouched.append(tag)

    # To a browser, a slash at the end closes nothing: « <a/> » is an open link.
    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._markup()
        while tag in self._untouched:
            if self._untouched.pop() == tag:
                break

    def handle_data(self, data: str) -> None:
        self._text()

    def handle_entityref(self, name: str) -> None:
        self._text()

    def handle_charref(self, name: str) -> None:
        self._text()

    def handle_comment(self, data: str) -> None:
        self._markup()

    def handle_decl(self, decl: str) -> None:
        self._markup()

    def handle_pi(self, data: str) -> None:
        self._markup()

    def unknown_decl(self, data: str) -> None:
        self._markup()
