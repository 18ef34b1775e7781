"""Numbers as French people write them, and back.

``format_number`` writes, ``parse_number`` reads; what one writes the other reads as the same
number. Spaces: U+202F between groups of three digits, U+00A0 before a unit.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from pages.typography import NBSP, NNBSP

MINUS = "\u2212"
MAX_LENGTH = 40

# Units that are the same for one and for several.
INVARIABLE = frozenset({"mois"})

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
_SIGN = re.compile(r"[-\u2010-\u2015\u2212]")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?) ?(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,](?P<fraction>[0-9]+))?"
)
# Points, or several commas, where thousands would be separated.
_AMBIGUOUS = re.compile(r"[-+]? ?[1-9][0-9]{0,2}(?:\.[0-9]{3}|,[0-9]{3}(?=[.,]))+(?:[.,][0-9]+)?")
_MULTIPLE = re.compile(r"\s*(?:k|M|Md|millions? d[’']|milliards? d[’'])\s*(?:€|euros?)\Z")


class NumberError(ValueError):
    """A text that is not one number for sure; its text is the sentence to show."""


def quantized(number: Decimal, decimals: int) -> Decimal:
    """The number with so many digits after the comma, halves away from zero."""
    with localcontext(prec=60):
        return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def format_number(number: Decimal | int, decimals: int = 0) -> str:
    """A number in French: ``12 500,50``; always as many decimals, so that columns align."""
    rounded = quantized(Decimal(number), decimals)
    text = f"{abs(rounded):,f}".replace(",", NNBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def format_exact(number: Decimal) -> str:
    """A number in French with the decimals that it has: ``12``, ``12,5``."""
    exponent = number.normalize().as_tuple().exponent
    return format_number(number, max(0, -exponent) if isinstance(exponent, int) else 0)


def format_with_unit(number: Decimal | int, decimals: int = 0, unit: str = "") -> str:
    """A number and its unit: ``12 500 €``, ``1 personne``."""
    text = format_number(number, decimals)
    # Of the number that is read: 1.5 written « 2 » is several.
    shown = quantized(Decimal(number), decimals)
    return f"{text}{NBSP}{unit_for(shown, unit)}" if unit else text


def unit_for(number: Decimal | int, unit: str) -> str:
    """The unit in the singular or in the plural: in French, less than two is one."""
    if not -2 < number < 2:
        return unit
    return " ".join(
        word if word in INVARIABLE or len(word) < 3 else word.removesuffix("s")
        for word in unit.split(" ")
    )


def parse_number(text: str, unit: str = "") -> Decimal | None:
    """Read a number typed by somebody or copied from a spreadsheet; nothing for a blank text.

    Spaces of all kinds, a decimal comma (or a point, when it cannot be a thousands separator), the
    unit at the end.

    Args:
        text: What was typed.
        unit: The unit of the indicator, which the text may repeat.

    Raises:
        NumberError: with a sentence that says how to write it.
    """
    if len(text) > MAX_LENGTH * 5:
        raise NumberError("Ce texte est trop long pour un nombre.")
    clean = _SIGN.sub("-", _SPACES.sub(" ", text).strip())
    if not clean:
        return None
    if len(clean) > MAX_LENGTH:
        raise NumberError("Ce texte est trop long pour un nombre.")
    bare = _without_unit(clean, unit)
    if _AMBIGUOUS.fullmatch(bare):
        raise NumberError(
            f"« {clean} » peut se lire de deux façons. Écrivez les milliers avec des espaces "
            "et les décimales avec une virgule, par exemple 1 234,5."
        )
    match = _NUMBER.fullmatch(bare)
    if match is None:
        raise NumberError(f"« {clean} » n’est pas un nombre. Écrivez par exemple 1 234,5.")
    whole = match["whole"].replace(" ", "")
    return Decimal(f"{match['sign']}{whole}.{match['fraction'] or 0}")


def _without_unit(text: str, unit: str) -> str:
    if _MULTIPLE.search(text):
        raise NumberError(f"Écrivez le montant entier, en euros, à la place de « {text} ».")
    for known in {unit, unit_for(1, unit), *(("€", "euros", "euro") if unit == "€" else ())}:
        if known and text.casefold().endswith(known.casefold()):
            return text[: -len(known)].rstrip()
    for symbol, name in (("%", "un pourcentage"), ("€", "un montant en euros")):
        if text.endswith(symbol):
            raise NumberError(f"Ce chiffre n’est pas {name} : écrivez le nombre seul.")
    return text
