"""The report of a year as slides, for the assembly: nothing is typed for them.

Each block of the report that can be read from the back of a room becomes a slide: a figure, a
chart under what it teaches, a short table, the first sentences of a part, a quotation. The rest
stays in the report, whose address is on the last slide. ``templates/activities/slides/`` has a
template for each kind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from wagtail.rich_text.rewriters import FIND_EMBED_TAG, extract_attrs

from activities.figures import charts
from activities.figures.citations import Citation, FigureBlock, codes_of
from activities.figures.publication import ShownChapter, figures_for, reader, shown_chapters
from activities.figures.reading import NOT_AVAILABLE, Figure, Figures
from activities.figures.report_tables import tables_of, years_shown
from activities.figures.small_numbers import MASKED, WHY
from activities.figures.tables import Row, Table
from activities.models import Chapter, ReportPage
from activities.report_blocks import Chart, ExitsBlock, FundingBlock
from pages.models import Testimony, Trade
from pages.structured_data import absolute

# What the back of a room reads before the next slide.
MOST_WORDS = 40
MOST_SENTENCES = 2
MOST_FIGURES = 4
MOST_BARS = 5
MOST_ROWS = 6
# A table that needs more slides than that is read in the report.
MOST_TABLE_SLIDES = 2
YEARS_COMPARED = 2
MOST_HOME_FIGURES = 8
MOST_LETTERS = 280
# From so many letters on, titles, texts and numbers are written smaller.
LONG_TITLE, LONGER_TITLE, LONG_TEXT, LONG_NUMBER, LONGER_NUMBER = 60, 100, 200, 7, 10

# The drawing that opens each chapter.
SCENES: dict[str, str] = {
    Chapter.FOREWORD: "actualites",
    Chapter.KEY_FIGURES: "rapports",
    Chapter.WHO_WE_ARE: "agenda",
    Chapter.INSERTION: "second-oeuvre",
    Chapter.ACTIVITIES: "espaces-verts",
    Chapter.MEDIATION: "mediation",
    Chapter.TERRITORY: "entretien",
    Chapter.PARTNERS: "agenda",
    Chapter.ACCOUNTS: "documents",
    Chapter.PERSPECTIVES: "espaces-verts",
}
# Definitions and methods are read at a desk.
LEFT_OUT = frozenset({Chapter.ANNEXES})
SENTENCE_END = re.compile(r"(?<=[.!?…]) +(?=[A-ZÀ-ÖØ-Þ«\d])")
BREAKS = re.compile(r"</(?:p|li|h\d)>|<br ?/?>")
# Ordinary spaces only: those of French typography hold words together.
SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Number:
    """A figure in big, what it says, and that of the year before when both compare."""

    figure: Figure
    words: str
    before: Figure | None = None
    trade: str = ""

    @property
    def size(self) -> str:
        """How long the number is, for the style sheet."""
        length = len(self.figure.number_text)
        return "longer" if length > LONGER_NUMBER else "long" if length > LONG_NUMBER else ""


@dataclass(frozen=True)
class Drawn:
    """A chart, the number to remember beside it, and how many of its bars are left out."""

    chart: Chart
    drawing: Any
    number: Number | None
    left_out: int = 0


@dataclass(frozen=True)
class ShortTable:
    """Some lines of a table, the year first: of each its name, its unit, what its cells say."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, str, bool, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Slide:
    """A slide: ``kind`` is its template, ``content`` what that template shows."""

    kind: str
    title: str
    content: Any = None
    within: str = ""
    trade: str = ""
    scene: str = ""
    is_example: bool = False

    @property
    def template(self) -> str:
        """The file that draws it."""
        return f"activities/slides/{self.kind}.html"

    @property
    def level(self) -> int:
        """That of its title: the report, its chapters, what is in them."""
        return 1 if self.kind == "title" else 3 if self.within else 2

    @property
    def size(self) -> str:
        """How long its title is, for the style sheet."""
        length = len(self.title)
        return "longer" if length > LONGER_TITLE else "long" if length > LONG_TITLE else ""

    @property
    def why_masked(self) -> str:
        """Why some numbers are masked, if some of what is shown here are."""
        if isinstance(self.content, Drawn):
            return self.content.chart.table.why_masked
        if isinstance(self.content, ShortTable):
            texts = [text for *_, row in self.content.rows for text in row]
            return WHY if MASKED in texts else ""
        is_cited = isinstance(self.content, str) and f"({MASKED})" in self.content
        return WHY if is_cited else ""

    @property
    def is_wordy(self) -> bool:
        """Whether its words are written smaller."""
        if self.kind == "figures":
            return any(len(number.words) > LONG_TITLE for number in self.content)
        return isinstance(self.content, str) and len(self.content) > LONG_TEXT


def serve_slides(report: ReportPage, request: HttpRequest) -> HttpResponse:
    """The slides of a report, for whoever may read it; out of search engines."""
    context = {"page": report, "slides": slides_of(report, request)}
    response = render(request, "activities/slides.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def slides_of(report: ReportPage, request: HttpRequest) -> list[Slide]:
    """The slides that this reader may see, in their order, whatever the report holds."""
    pages = report.chapters(reader(request))
    bodies = [report.body, *(page.body for page in pages)]
    codes = set().union(*(codes_of(body.raw_data, body.stream_block) for body in bodies))
    figures = figures_for(request, years=years_shown(report.year), series_of=codes)
    chapters = shown_chapters(pages, tables_of(figures, report.year))
    maker = _Maker(figures, report.year, _usable_testimonies(bodies))
    return [
        Slide("title", report.display_title),
        *maker.of_report(report, [c for c in chapters if _code(c) not in LEFT_OUT]),
        Slide("end", "Merci", _address(report)),
    ]


def _address(report: ReportPage) -> tuple[str, str]:
    """The site and the page of it, as one types them."""
    whole = urlsplit(absolute(report.url or ""))
    return whole.netloc, whole.path


def _usable_testimonies(bodies: Iterable[Any]) -> set[int]:
    """The agreements that hold, among those of the quotations: one query, if there is any."""
    raw = [child for body in bodies for child in body.raw_data]
    raw += [c for child in raw if child["type"] == "section" for c in _content(child)]
    asked = {c["value"].get("testimony") for c in raw if c["type"] == "quote"} - {None}
    found = Testimony.objects.filter(pk__in=asked) if asked else ()
    return {testimony.pk for testimony in found if testimony.is_usable}


def _code(chapter: ShownChapter) -> str:
    return chapter.page.chapter if chapter.page else chapter.anchor


def _content(section: Mapping[str, Any]) -> list[dict[str, Any]]:
    return section["value"].get("content") or []


class _Maker:
    """Makes the slides of a year from what its reader may read."""

    def __init__(self, figures: Figures, year: int, usable: set[int]) -> None:
        self.figures, self.year, self.usable = figures, year, usable
        self.colours = dict(Trade.objects.values_list("pk", "colour_key"))

    def of_report(self, report: ReportPage, chapters: Sequence[ShownChapter]) -> Iterator[Slide]:
        """Its own body, its key figures if no chapter has any, then chapter after chapter."""
        opening = list(self._of_blocks(report.body.raw_data, report.body.stream_block, ""))
        following = [slide for chapter in chapters for slide in self._of_chapter(chapter)]
        yield from self._in_grids(opening)
        if not any(slide.kind in {"figure", "figures"} for slide in [*opening, *following]):
            yield from self._grids([*self._home_numbers()])
        yield from following

    def _of_chapter(self, chapter: ShownChapter) -> Iterator[Slide]:
        """A slide that opens it, then its blocks; its table if it has nothing else to show."""
        body = chapter.page.body if chapter.page else None
        slides: list[Slide] = []
        if body:
            slides = list(self._of_blocks(body.raw_data, body.stream_block, chapter.title))
        lead = self._first_words(body.raw_data) if body else ""
        if not slides and not lead and chapter.table:
            slides = list(self._of_table(_totals(chapter.table), "Les chiffres", chapter.title))
        code = _code(chapter)
        if code == Chapter.KEY_FIGURES:
            slides = self._in_grids(slides)
        trade = Trade.Colour.PLUM if code == Chapter.MEDIATION else ""
        scene = SCENES.get(code, "rapports")
        yield Slide("chapter", chapter.title, lead, trade=trade, scene=scene)
        yield from slides

    # --- Blocks ---------------------------------------------------------------------------------

    def _of_blocks(self, raw: Iterable[Any], block: Any, within: str) -> Iterator[Slide]:
        for child in raw:
            known, value = block.child_blocks.get(child["type"]), child["value"]
            if isinstance(known, FigureBlock):
                yield from self._of_figures(known, value, within)
            elif child["type"] == "section":
                yield from self._of_section(value["title"], _content(child), known, within)
            elif child["type"] == "callout":
                text = first_sentences(self._plain(value.get("text", "")))
                yield Slide("text", value.get("title") or "À retenir", text, within)
            elif child["type"] == "quote" and value.get("testimony") in {None, *self.usable}:
                who = ", ".join(filter(None, [value.get("author"), value.get("role")]))
                words = first_sentences(SPACES.sub(" ", value["text"]).strip(), MOST_SENTENCES * 3)
                yield Slide("quote", who or "Témoignage", words, within)

    def _of_section(
        self, title: str, content: list[Any], known: Any, within: str
    ) -> Iterator[Slide]:
        inside = f"{within} · {title}" if within else title
        slides = list(self._of_blocks(content, known.child_blocks["content"], inside))
        trade = next((slide.trade for slide in slides if slide.trade), "")
        if words := self._first_words(content):
            yield Slide("text", title, words, within, trade)
        yield from slides

    def _of_figures(self, block: Any, stored: Any, within: str) -> Iterator[Slide]:
        value = block.to_python(stored)
        shown = block.shown(value, self.figures, self.year)
        if isinstance(shown, Figure):
            number = self._number(shown, value["words"])
            yield Slide(
                "figure",
                number.words,
                number,
                within,
                self._colour(shown.indicator),
                is_example=shown.is_example,
            )
        elif isinstance(shown, Table):
            yield from self._of_table(shown, shown.title, within)
        elif isinstance(shown, Chart) and shown.drawing:
            yield self._of_chart(shown, within, block)
        elif isinstance(shown, Chart):
            yield from self._of_table(shown.table, shown.title, within)

    def _of_chart(self, chart: Chart, within: str, block: Any) -> Slide:
        totals = _totals(chart.table).rows
        # What comes last there is what the whole chart says: the rate, the total.
        row = totals[-1 if isinstance(block, ExitsBlock | FundingBlock) else 0] if totals else None
        known = row.newest if row and row.newest.is_known else None
        drawing, left_out = _readable(chart.drawing)
        drawn = Drawn(chart, drawing, self._number(known) if known else None, left_out)
        return Slide(
            "chart",
            chart.title,
            drawn,
            within,
            self._colour(chart.table.rows[0].indicator),
            is_example=chart.table.is_example,
        )

    def _of_table(self, table: Table, title: str, within: str) -> Iterator[Slide]:
        """The lines that a slide or two can hold; those of the parts go first."""
        most = MOST_ROWS * MOST_TABLE_SLIDES
        shown = table if len(table.rows) <= most else _totals(table)
        if not shown.rows or len(shown.rows) > most:
            yield Slide("elsewhere", title, len(table.rows), within, is_example=table.is_example)
            return
        years = tuple(reversed(shown.years[-YEARS_COMPARED:]))
        for rank, rows in enumerate(_in_equal_parts(shown.rows, MOST_ROWS)):
            lines = tuple(_line(row) for row in rows)
            yield Slide(
                "table",
                f"{title}, suite" if rank else title,
                ShortTable(years, lines),
                within,
                self._colour(rows[0].indicator),
                is_example=table.is_example,
            )

    # --- Figures --------------------------------------------------------------------------------

    def _number(self, figure: Figure, words: str = "") -> Number:
        before = None
        if figure.indicator.code in self.figures:
            before = self.figures.get(figure.indicator.code, figure.year - 1, figure.item)
            # Not counted alike, they do not compare.
            if not before.is_known or before.version != figure.version:
                before = None
        colour = self._colour(figure.indicator)
        return Number(figure, words or figure.indicator.label, before, colour)

    def _home_numbers(self) -> Iterator[Number]:
        shown = [i.code for i in self.figures.indicators.values() if i.on_home]
        figures = [self.figures.get(code, self.year) for code in shown]
        known = [figure for figure in figures if figure.is_known]
        yield from (self._number(figure) for figure in known[:MOST_HOME_FIGURES])

    def _in_grids(self, slides: Sequence[Slide]) -> list[Slide]:
        """The same, the figures that were alone now together, before the rest."""
        numbers = [slide.content for slide in slides if slide.kind == "figure"]
        others = [slide for slide in slides if slide.kind != "figure"]
        return [*self._grids(numbers), *others]

    def _grids(self, numbers: Sequence[Number]) -> Iterator[Slide]:
        for rank, some in enumerate(_in_equal_parts(numbers, MOST_FIGURES)):
            yield Slide(
                "figures",
                f"{self.year} en chiffres{', suite' if rank else ''}",
                some,
                is_example=any(number.figure.is_example for number in some),
            )

    def _colour(self, indicator: Any) -> str:
        return self.colours.get(indicator.trade_id, "")

    # --- Texts ----------------------------------------------------------------------------------

    def _first_words(self, raw: Iterable[Any]) -> str:
        texts = (self._plain(c["value"]) for c in raw if c["type"] == "paragraph")
        return next((first_sentences(text) for text in texts if text), "")

    def _plain(self, html: str) -> str:
        """A stored rich text as it is read aloud, with the numbers of this reader."""
        text = BREAKS.sub(" ", FIND_EMBED_TAG.sub(self._cited, str(html)))
        return SPACES.sub(" ", unescape(strip_tags(text))).strip()

    def _cited(self, match: re.Match[str]) -> str:
        citation = Citation.from_attributes(extract_attrs(match.group(1)))
        if citation is None or citation.code not in self.figures:
            return f"({NOT_AVAILABLE})"
        item = self.figures.part(citation.part) if citation.part else None
        if bool(item) != bool(citation.part):
            return f"({NOT_AVAILABLE})"
        figure = self.figures.get(citation.code, citation.year, item)
        return figure.sentence if figure.is_known else f"({figure.text})"


def first_sentences(text: str, most_sentences: int = MOST_SENTENCES) -> str:
    """The first sentences of a text, in forty words at most; a longer one is cut, and says so."""
    kept = ""
    for sentence in SENTENCE_END.split(text)[:most_sentences]:
        longer = f"{kept} {sentence}".strip()
        if not _fits(longer):
            break
        kept = longer
    if kept or not text:
        return kept
    words = text.split(" ")
    cut = next(c for c in range(MOST_WORDS, 0, -1) if c == 1 or _fits(" ".join(words[:c])))
    return f"{' '.join(words[:cut])[:MOST_LETTERS].rstrip(',;: ')} […]"


def _fits(text: str) -> bool:
    return len(text) <= MOST_LETTERS and text.count(" ") < MOST_WORDS


def _readable(drawing: Any) -> tuple[Any, int]:
    """A drawing whose words are large enough on a wall, and how many bars it had to leave."""
    if not isinstance(drawing, charts.Bars) or len(drawing.bars) <= MOST_BARS:
        return drawing, 0
    longest = sorted(drawing.bars, key=lambda bar: -float(bar.length))[:MOST_BARS]
    places = [bar.y for bar in drawing.bars]
    bars = tuple(replace(bar, y=y) for bar, y in zip(longest, places, strict=False))
    shown = charts.Bars(charts.BAR_ROW * len(bars), bars, any(bar.before for bar in bars))
    return shown, len(drawing.bars) - len(bars)


def _totals(table: Table) -> Table:
    return replace(table, rows=tuple(row for row in table.rows if not row.part))


def _line(row: Row) -> tuple[str, str, bool, tuple[str, ...]]:
    texts = tuple(text for text, _fraction in reversed(row.texts[-YEARS_COMPARED:]))
    return row.part or row.indicator.label, "" if row.part else row.unit, bool(row.part), texts


def _in_equal_parts(things: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """Runs of nearly the same length, none longer than ``most``: no slide has one line left."""
    how_many = -(-len(things) // most)
    start = 0
    for left in range(how_many, 0, -1):
        length = -(-(len(things) - start) // left)
        yield things[start : start + length]
        start += length
