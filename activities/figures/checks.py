"""What a figure may be, and what looks wrong among the figures of a year.

``check_number`` refuses what cannot be written. ``check_year`` looks at what is written: it
blocks only what cannot be true, and asks a question about the rest. Nothing here reads the
database.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError

from activities.figures.formatting import format_with_unit, quantized
from activities.models.indicators import PERCENT, Indicator

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


def limits(indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that an indicator can be, when there is such a limit."""
    most = indicator.maximum
    if most is None and indicator.unit == PERCENT:
        most = Decimal(100)
    least = indicator.minimum
    if indicator.counts_people:
        least = max(least or Decimal(0), Decimal(0))
    return least, most


def _shown(indicator: Indicator, number: Decimal) -> str:
    return format_with_unit(number, indicator.decimals, indicator.unit)
