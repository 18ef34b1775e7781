"""French typography of editors' text: spaces, quotes, apostrophes, ellipsis.

Two public functions, `french` for plain text and `french_html` for rich text. Both are
idempotent, never add or remove a letter or a digit, and leave alone what a machine reads:
addresses, e-mails, file and domain names, code, times such as 14:30, phone numbers,
postcodes, SIREN and SIRET numbers.

The rules are those of the Imprimerie nationale: U+00A0 before « : », inside « » and before
a unit; U+202F before « ; », « ? », « ! » and between groups of three digits.

How it works: a text becomes a list of cells, one per visible character, each remembering how
it was written and the markup that stands before it. The rules look at the visible characters
only, so a tag in the middle of a sentence does not hide a rule from them, and no rule can
reach a tag.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

NBSP = "\u00a0"
NNBSP = "\u202f"

_SPACE = r"[ \u00a0\u202f\u2009]"
_LETTER = r"[^\W\d_]"

# What a machine reads. An address runs to the next space or quote, punctuation included: better
# a missing narrow space than a broken address.
_FILE_EXTENSIONS = (
    "pdf|docx?|xlsx?|pptx?|od[tsp]|csv|json|xml|ics|txt|md|html?|zip|"
    "jpe?g|png|gif|webp|avif|heic|svg|mp[34]|webm|vtt|py|js|css"
)
PROTECTED = re.compile(
    r"(?:https?|s?ftps?|mailto):[^\s\"<>«»]*"
    r"|\btel:[^\s\"<>«»]+"
    r"|\bwww\.[^\s\"<>«»]+"
    r"|[\w.+'-]+@[\w-]+(?:\.[\w-]+)*"
    rf"|[^\s\"<>«»()]+\.(?:{_FILE_EXTENSIONS})\b"
    r"|\b(?:[A-Za-z0-9-]+\.)+[a-z]{2,}\b(?:[/:?#][^\s\"<>«»]+)?"
    r"|`[^`\n]+`"
    r"|&(?:\#\w+|\w+);"
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace the visible characters from `start` to `end` by `new`."""

    start: int
    end: int
    new: str


def french(text: str) -> str:
    """Return plain `text` with French typography; text that is already right is unchanged."""
    cells = [_Cell(char, char) for char in text]
    _set_cells(cells)
    return "".join(cell.raw for cell in cells)


def french_html(source: str) -> str:
    """Return rich text with French typography in its text, every tag kept byte for byte.

    Inline tags are looked through, so `Bonjour<b> !</b>` is seen as one sentence; any other tag
    ends a sentence. The contents of code-like elements are never read.
    """
    written: list[str] = []
    sentence: list[_Cell] = []
    markup = ""
    for kind, raw in _tokens(source):
        if kind == "inline":
            markup += raw
        elif kind == "block":
            written += (_finish(sentence), markup, raw)
            sentence, markup = [], ""
        else:
            sentence.append(_Cell(_visible(kind, raw), raw, markup))
            markup = ""
    written += (_finish(sentence), markup)
    return "".join(written)


# --- Cells -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """One visible character, as it is written, and the markup just before it."""

    char: str
    raw: str
    markup: str = ""


def _finish(cells: list[_Cell]) -> str:
    _set_cells(cells)
    return "".join(cell.markup + cell.raw for cell in cells)


def _set_cells(cells: list[_Cell]) -> None:
    """Apply every rule in turn, in place."""
    for rule in _RULES:
        text = "".join(cell.char for cell in cells)
        protected = [match.span() for match in PROTECTED.finditer(text)]
        edits = [edit for edit in rule(text) if not _touches(edit, protected)]
        # From the end, so that the positions of the edits still to come stay true.
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            if text[edit.start : edit.end] != edit.new:
                _apply(cells, edit)


def _touches(edit: _Edit, spans: Iterable[tuple[int, int]]) -> bool:
    if edit.start == edit.end:
        return any(start < edit.start < end for start, end in spans)
    return any(edit.start < end and start < edit.end for start, end in spans)


def _apply(cells: list[_Cell], edit: _Edit) -> None:
    old = cells[edit.start : edit.end]
    new = [_Cell(char, char) for char in edit.new]
    if old:
        new[0].markup = old[0].markup
        displaced = "".join(cell.markup for cell in old[1:])
        if displaced and edit.end < len(cells):
            cells[edit.end].markup = displaced + cells[edit.end].markup
        elif displaced:
            new[-1].raw += displaced
    else:
        # An inserted space goes inside the tag of the character it is bound to.
        following = cells[edit.start]
        new[0].markup, following.markup = following.markup, ""
    cells[edit.start : edit.end] = new


# --- HTML ------------------------------------------------------------------------------------

_OPAQUE = "code|pre|kbd|samp|var|script|style|textarea|svg|math"
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_TOKEN = re.compile(
    rf"(?P<opaque><(?P<name>{_OPAQUE})(?=[\s/>]){_ATTRIBUTES}>.*?(?:</(?P=name)\s*>|\Z)|<img\b{_ATTRIBUTES}>)"
    r"|(?P<comment><!--.*?(?:-->|\Z))"
    rf"|<br\b{_ATTRIBUTES}>(?P<br>)"
    rf"|<[/!?]?(?P<tag>[a-zA-Z][\w:-]*){_ATTRIBUTES}>"
    r"|(?P<unclosed><[a-zA-Z/!?].*\Z)"
    r"|(?P<entity>&(?:\#\d+|\#[xX][0-9a-fA-F]+|\w+);)"
    r"|(?P<char>.)",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = frozenset(
    "a abbr b bdi bdo big cite data del dfn em font i ins label mark q s small span strong "
    "sub sup time u wbr".split()
)
_OBJECT = "\ufffc"


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Cut HTML in pieces, each with its kind; joined again they give `source`."""
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or "char"
        if kind == "tag":
            kind = "inline" if match["tag"].lower() in _INLINE else "block"
        elif match["opaque"]:
            kind = "opaque"
        elif kind == "comment":
            kind = "inline"
        elif kind == "unclosed":
            kind = "block"
        yield kind, match[0]


def _visible(kind: str, raw: str) -> str:
    """The one character that the rules see for a piece of HTML."""
    if kind == "br":
        return "\n"
    if kind == "char":
        return raw
    char = html.unescape(raw) if kind == "entity" else _OBJECT
    return char if len(char) == 1 else _OBJECT


# --- Rules -----------------------------------------------------------------------------------

_Rule = Callable[[str], Iterator[_Edit]]


def _replace(pattern: re.Pattern[str], new: str) -> _Rule:
    """A rule that puts `new` in place of group 1 of each match."""

    def rule(text: str) -> Iterator[_Edit]:
        for match in pattern.finditer(text):
            yield _Edit(match.start(1), match.end(1), new)

    return rule


_ELISIONS = "[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu"
_apostrophe = _replace(re.compile(rf"(?<={_LETTER})(')(?={_LETTER})"), "’")
# An elided word before anything else: d'« ici », l'11 novembre, l'<code>.
_elision = _replace(re.compile(rf"(?<![\w'’])(?:{_ELISIONS})(')(?!')", re.IGNORECASE), "’")

_ellipsis = _replace(re.compile(r"(?<![./\\])(\.\.\.)(?![./\\])"), "…")

_PARAGRAPH = re.compile(r"(?:(?!\n[^\S\n]*\n).)+", re.DOTALL)


def _quotes(text: str) -> Iterator[_Edit]:
    """Straight quotes in balanced pairs become « » (“ ” inside « »); any other stays."""
    for paragraph in _PARAGRAPH.finditer(text):
        for start, end in _quote_pairs(text, *paragraph.span()):
            before = text[paragraph.start() : start]
            nested = before.count("«") > before.count("»")
            opening, closing = ("“", "”") if nested else ("«", "»")
            yield _Edit(start, start + 1, opening)
            yield _Edit(end, end + 1, closing)


def _quote_pairs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Positions of the pairs of straight quotes in one paragraph, none if in doubt.

    A quote after a letter or a digit opens nothing: it may mean inches.
    """
    pairs: list[tuple[int, int]] = []
    opened: int | None = None
    for position in range(start, end):
        if text[position] != '"':
            continue
        before = text[position - 1] if position > start else " "
        after = text[position + 1] if position + 1 < end else " "
        if opened is None:
            if not before.isalnum():
                opened = position
        elif after.isalnum() or position == opened + 1:
            return []
        else:
            pairs.append((opened, position))
            opened = None
    return [] if opened is not None else pairs


_after_opening_quote = _replace(re.compile(rf"(«{_SPACE}*)(?=\S)"), "«" + NBSP)
_before_closing_quote = _replace(re.compile(rf"(?<=\S)({_SPACE}*)(?=»)"), NBSP)

# Before a sign there is a word: glued to it, or with a space that is there already.
_WORD_END = rf"(?:(?<=[^\W_])|(?<=[)\]»”’%‰€…°²³{_OBJECT}])|(?<=[^\W_]\.))"


def _before_sign(sign: str, space: str) -> _Rule:
    spaced = re.compile(rf"(?<=[^\s(\[{{«“¡¿])({_SPACE}+)(?={sign})")
    glued = re.compile(rf"{_WORD_END}()(?={sign})")

    def rule(text: str) -> Iterator[_Edit]:
        yield from _replace(spaced, space)(text)
        yield from _replace(glued, space)(text)

    return rule


# A colon or a semicolon is punctuation when a space or the end follows: not in 14:30, 1:200, :-).
_colon = _before_sign(rf":(?=\s|$|[«“\"{_OBJECT}])", NBSP)
_semicolon = _before_sign(r";(?=\s|$|[»”\"])", NNBSP)
_exclamation = _before_sign(r"[!?]+(?=\s|$|[»”\"’'…)\].,])", NNBSP)

_DIGIT_GROUPS = re.compile(rf"(?<![\w.,+/-])\d+(?:{_SPACE}\d+)+(?!\w|[./-]\w)")
_THOUSANDS = re.compile(rf"[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+")
_SIREN = re.compile(rf"\d{{3}}{_SPACE}\d{{3}}{_SPACE}\d{{3}}")
_POSTCODE = re.compile(rf"\d\d{_SPACE}\d{{3}}")
_TOWN = re.compile(rf"{_SPACE}[^\W\d_a-zà-ÿ][a-zà-ÿ]")


def _thousands(text: str) -> Iterator[_Edit]:
    """Narrow spaces in 12 500, never in 03 21 00 00 00, 62 220 Carvin, or a SIREN."""
    for match in _DIGIT_GROUPS.finditer(text):
        if _is_thousands(text, match):
            for space in re.finditer(_SPACE, match[0]):
                yield _Edit(match.start() + space.start(), match.start() + space.end(), NNBSP)


def _is_thousands(text: str, match: re.Match[str]) -> bool:
    number = match[0]
    if not _THOUSANDS.fullmatch(number):
        return False
    if _SIREN.fullmatch(number):
        return bool(re.match(rf"{_SPACE}*€", text[match.end() : match.end() + 5]))
    if _POSTCODE.fullmatch(number) and _TOWN.match(text, match.end()):
        return False
    # A French VAT number: FR 12 345 678 901.
    return not re.search(rf"\bFR{_SPACE}*$", text[max(0, match.start() - 5) : match.start()])


_UNITS = "k€|M€|€|%|‰|m²|m2|m³|m3|km²|km|cm|mm|m|ha|kg|h|min|kWh|°C"
_unit = _replace(re.compile(rf"(?<=\d)({_SPACE}+)(?=(?:{_UNITS})(?![\w'’%]))"), NBSP)
_glued_unit = _replace(re.compile(r"(?<=\d)()(?=(?:€|%|‰|m²)(?![\w%]))"), NBSP)
_minutes = _replace(re.compile(rf"(?<=\d{_SPACE}h)({_SPACE}+)(?=[0-5]\d(?![\w]))"), NBSP)

# In this order: each rule sees what the ones before it have set.
_RULES: tuple[_Rule, ...] = (
    _apostrophe,
    _elision,
    _quotes,
    _after_opening_quote,
    _before_closing_quote,
    _ellipsis,
    _glued_unit,
    _thousands,
    _unit,
    _minutes,
    _colon,
    _semicolon,
    _exclamation,
)
