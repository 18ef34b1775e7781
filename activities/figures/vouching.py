"""What a text promises: that the figures it cites are known, and that somebody vouches for them."""

from collections.abc import Iterable
from typing import Any

from activities.figures.citations import EVERY_PART, Citation, required
from activities.figures.reading import Figure, Figures
from pages.typography import NBSP


def refusal(body: Any, year: int) -> str:
    """Why this text may not be published yet, in a sentence that lists what to do; or nothing.

    Args:
        body: The value of the stream of a report or of a chapter.
        year: That of the report.
    """
    waiting = [*unready(required(body.raw_data, body.stream_block, year))]
    if not waiting:
        return ""
    return (
        f"Des chiffres cités ne sont pas prêts{NBSP}: {', '.join(waiting)}. Saisissez-les et "
        "validez-les dans « Chiffres », puis « Saisir », ou retirez-les du texte."
    )


def not_seen_yet(body: Any, year: int) -> list[str]:
    """The figures that this text cites and that nobody in particular may read yet.

    They are ready, but their chapter, or the report of their year, is not published: the page
    says « non disponible » until it is.
    """
    citations = required(body.raw_data, body.stream_block, year)
    if not citations:
        return []
    figures = Figures.readable_by(
        None, codes={c.code for c in citations}, years={c.year for c in citations}
    )
    return [
        f"« {figures.indicators[c.code]} » en {c.year}"
        for c in citations
        if c.code in figures and not _is_every(c) and not _figure_of(figures, c).is_shown
    ]


def masked(body: Any, year: int) -> list[str]:
    """The figures that this text cites and that are masked, because they count few people."""
    citations = [c for c in required(body.raw_data, body.stream_block, year) if not _is_every(c)]
    if not citations:
        return []
    figures = Figures.internal(
        codes={c.code for c in citations},
        years={c.year for c in citations},
        with_definitions=False,
        protects=True,
    )
    return [
        f"« {figures.indicators[c.code]} » en {c.year}"
        for c in citations
        if c.code in figures and _figure_of(figures, c).is_masked
    ]


def _is_every(citation: Citation) -> bool:
    return citation.part.endswith(EVERY_PART)


def unready(citations: Iterable[Citation]) -> Iterable[str]:
    """The figures that are missing, or only provisional, each with what is wrong."""
    citations = list(citations)
    if not citations:
        return
    figures = Figures.internal(
        codes={citation.code for citation in citations},
        years={citation.year for citation in citations},
        with_definitions=False,
    )
    for citation in citations:
        wrong = _what_is_wrong(figures, citation)
        if wrong:
            name = figures.indicators.get(citation.code, citation.code)
            yield f"« {name} » en {citation.year} ({wrong})"


def _what_is_wrong(figures: Figures, citation: Citation) -> str:
    if citation.code not in figures:
        return "cet indicateur n’existe plus"
    breakdown, _, part = citation.part.partition("/")
    if part == EVERY_PART:
        known = figures.breakdowns.get(breakdown)
        parts = figures.parts_of(citation.code, citation.year, known) if known else []
        waiting = [f for f in parts if f.is_known and not f.is_vouched_for]
        return "des parts sont provisoires" if waiting else ""
    if citation.part and figures.part(citation.part) is None:
        return "cette part n’existe plus"
    figure = _figure_of(figures, citation)
    if figure.is_vouched_for:
        return ""
    return "provisoire" if figure.is_known else _why_unknown(figure)


def _figure_of(figures: Figures, citation: Citation) -> Figure:
    item = figures.part(citation.part) if citation.part else None
    return figures.get(citation.code, citation.year, item)


def _why_unknown(figure: Figure) -> str:
    if figure.missing:
        return f"il manque de quoi le calculer{NBSP}: {', '.join(figure.missing)}"
    return figure.reason if figure.indicator.is_derived else "à saisir"
