"""What a figure may be, and what looks wrong among the figures of a year.

``check_number`` refuses what cannot be written. ``check_year`` looks at what is written: it
blocks only what cannot be true, and asks a question about the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.core.exceptions import ValidationError

from activities.figures.formatting import (
    format_exact,
    format_number,
    format_with_unit,
    quantized,
)
from activities.figures.protection import EXITS
from activities.figures.reading import Figure, Figures
from activities.models import Breakdown, Indicator
from activities.models.indicators import PERCENT

# SQLite keeps fifteen significant digits: ten before the comma, four after.
LIMIT = Decimal(10) ** 10


def check_number(indicator: Indicator, number: Decimal) -> None:
    """Refuse a number that this indicator cannot have.

    Raises:
        ValidationError: one sentence.
    """
    if not number.is_finite() or abs(number) >= LIMIT:
        raise ValidationError("Ce nombre est trop grand pour être vrai.")
    if number != quantized(number, indicator.decimals):
        if not indicator.decimals:
            raise ValidationError("Écrivez un nombre entier, sans virgule.")
        raise ValidationError(f"Pas plus de {indicator.decimals} chiffres après la virgule.")
    least, most = limits(indicator)
    if least is not None and number < least:
        raise ValidationError(f"Pas moins de {_shown(indicator, least)}.")
    if most is not None and number > most:
        raise ValidationError(f"Pas plus de {_shown(indicator, most)}.")


def limits(indicator: Indicator) -> tuple[int | None, int | None]:
    """The least and the most that an indicator can be, when there is such a limit."""
    least, most = indicator.minimum, indicator.maximum
    if indicator.counts_people:
        least = max(least or 0, 0)
    if most is None and indicator.unit == PERCENT:
        most = 100
    return least, most


def _shown(indicator: Indicator, number: int) -> str:
    return format_with_unit(number, unit=indicator.unit)


# --- The figures of a year ------------------------------------------------------------------


class Severity(Enum):
    """What a finding asks for."""

    BLOCKING = "blocking"  # cannot be true: to be corrected
    WARNING = "warning"  # may be true: to be looked at, or explained by a note


@dataclass(frozen=True)
class Finding:
    """Something that looks wrong, in a sentence, and the indicators it is about."""

    severity: Severity
    sentence: str
    codes: tuple[str, ...]


# Those who leave are counted once, for one reason (domain, 3.3).
EXITS_TOTAL = "sorties_total"

# (what is counted, what it is counted among).
AMONG = (
    *(
        (code, "entrees")
        for code in (
            "femmes", "moins_26", "50_plus", "rsa", "ass_aah", "deld_12_23", "detld_24",
            "niveau_3_infra", "th_rqth", "qpv", "parent_isole", "primo_arrivants", "sans_permis",
            "illettrisme_fle",
        )
    ),
    ("entrees", "salaries_parcours_annee"),
    ("sorties_total", "salaries_parcours_annee"),
    ("salaries_parcours_3112", "salaries_parcours_annee"),
    ("salaries_formes", "salaries_parcours_annee"),
    ("chiffre_affaires", "total_produits"),
    ("aides_poste", "subventions"),
    ("administrateurs_habitants", "administrateurs"),
    ("m2_zero_phyto", "m2_espaces_verts"),
    ("masse_salariale", "total_charges"),
)  # fmt: skip

# One full-time job of insertion: 1 505 hours worked (EI) to 1 820 hours paid (ACI) (domain, 1.3).
HOURS_OF_FTE = (Decimal(1200), Decimal(2000))
FTE_RATE = (Decimal("0.5"), Decimal("1.2"))

# A jump of less than this, or of less than half, surprises nobody.
SMALL_JUMP = 5
JUMP = Decimal("0.5")


def check_year(figures: Figures, year: int) -> list[Finding]:
    """What looks wrong among the figures of a year, what cannot be true first.

    Args:
        figures: Those of the year and of the year before (``Figures.internal``).
        year: The year that is looked at.
    """
    found = [
        *_exits(figures, year),
        *_among(figures, year),
        *_breakdowns(figures, year),
        *_full_time_jobs(figures, year),
        *_jumps(figures, year),
    ]
    return sorted(found, key=lambda finding: finding.severity is not Severity.BLOCKING)


def _number(figures: Figures, code: str, year: int) -> Decimal | None:
    return figures.get(code, year).number if code in figures else None


def _exits(figures: Figures, year: int) -> Iterator[Finding]:
    total = _number(figures, EXITS_TOTAL, year)
    kinds = [_number(figures, code, year) for code in EXITS]
    known = [number for number in kinds if number is not None]
    if total is None or not known:
        return
    counted = sum(known, Decimal(0))
    if counted > total or (len(known) == len(EXITS) and counted != total):
        yield Finding(
            Severity.BLOCKING,
            f"Les sorties par catégorie font {format_exact(counted)}, "
            f"mais le total des sorties est {format_exact(total)}.",
            (EXITS_TOTAL, *EXITS),
        )


def _among(figures: Figures, year: int) -> Iterator[Finding]:
    for code, whole in AMONG:
        number, most = _number(figures, code, year), _number(figures, whole, year)
        if number is not None and most is not None and number > most:
            yield Finding(
                Severity.BLOCKING,
                f"« {figures.indicators[code]} » ({format_exact(number)}) dépasse "
                f"« {figures.indicators[whole]} » ({format_exact(most)}).",
                (code, whole),
            )


def _breakdowns(figures: Figures, year: int) -> Iterator[Finding]:
    for code, indicator in figures.indicators.items():
        total = figures.get(code, year).number
        if indicator.is_derived or not indicator.is_additive or total is None:
            continue
        for breakdown in figures.breakdowns_of(code):
            parts = figures.parts_of(code, year, breakdown)
            yield from _parts(indicator, breakdown, total, [p for p in parts if p.is_known])


def _parts(
    indicator: Indicator, breakdown: Breakdown, total: Decimal, parts: list[Figure]
) -> Iterator[Finding]:
    numbers = [part.number for part in parts if part.number is not None]
    # A negative part may be larger than the whole.
    if not numbers or limits(indicator)[0] is None:
        return
    largest, counted = max(numbers), sum(numbers, Decimal(0))
    compared = counted if breakdown.adds_up else largest
    if compared == total or (not breakdown.adds_up and largest < total):
        return
    what = "les parts font" if breakdown.adds_up else "une part est"
    yield Finding(
        Severity.BLOCKING if compared > total else Severity.WARNING,
        f"« {indicator} », par {breakdown} : {what} {format_exact(compared)}, "
        f"le total est {format_exact(total)}.",
        (indicator.code,),
    )


def _full_time_jobs(figures: Figures, year: int) -> Iterator[Finding]:
    done = _number(figures, "etp_realises", year)
    agreed = _number(figures, "etp_conventionnes", year)
    people = _number(figures, "salaries_parcours_annee", year)
    hours = _number(figures, "heures_insertion", year)
    if done and people is not None and done > people:
        yield Finding(
            Severity.WARNING,
            f"Il y a plus d’ETP réalisés ({format_exact(done)}) que de salariés en parcours "
            f"({format_exact(people)}).",
            ("etp_realises", "salaries_parcours_annee"),
        )
    if done and agreed and not FTE_RATE[0] <= done / agreed <= FTE_RATE[1]:
        yield Finding(
            Severity.WARNING,
            f"Les ETP réalisés ({format_exact(done)}) sont loin des ETP conventionnés "
            f"({format_exact(agreed)}).",
            ("etp_realises", "etp_conventionnes"),
        )
    if done and hours is not None and not HOURS_OF_FTE[0] <= hours / done <= HOURS_OF_FTE[1]:
        yield Finding(
            Severity.WARNING,
            f"Cela fait {format_number(hours / done)} heures par ETP : on attend entre 1 505 "
            "(EI) et 1 820 (ACI).",
            ("heures_insertion", "etp_realises"),
        )


def _jumps(figures: Figures, year: int) -> Iterator[Finding]:
    for code, indicator in figures.indicators.items():
        if indicator.is_derived:
            continue
        before, now = figures.get(code, year - 1), figures.get(code, year)
        if before.number is None or now.number is None or now.note:
            continue
        gap = abs(now.number - before.number)
        if gap > JUMP * abs(before.number) and gap >= SMALL_JUMP:
            yield Finding(
                Severity.WARNING,
                f"« {indicator} » passe de {before.text} à {now.text}. "
                "Dites pourquoi dans la note, ou corrigez.",
                (code,),
            )
