"""Phone numbers, however they are typed."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# What people put between the digits, as a class of regular expressions; and what a telephone adds
# that nobody sees when a number is copied from its contacts.
BETWEEN = r"[\s().,:;·•*'’\-\u2010-\u2015/_\u200b-\u200f\u2060]"
_BETWEEN = re.compile(f"{BETWEEN}+")
_FEWEST, _MOST = 8, 15  # E.164; the shortest whole numbers of our neighbours
INCOMPLETE = "Ce numéro n’est pas complet. Il a dix chiffres, comme «\u00a006 12 34 56 78\u00a0»."
WITH_WORDS = "Écrivez un seul numéro, sans autre mot, comme «\u00a006 12 34 56 78\u00a0»."


def in_our_digits(text: str) -> str:
    """The same text, the digits of other scripts written with ours."""
    decimals = (unicodedata.decimal(one, None) for one in text)
    return "".join(
        one if value is None else str(value) for one, value in zip(text, decimals, strict=True)
    )


def digits(number: str) -> str:
    """A number as one dials it from anywhere: « 06 12 34 56 78 » gives 33612345678.

    Empty for what is no number.
    """
    bare = _BETWEEN.sub("", in_our_digits(number))
    international = bare.startswith(("+", "00"))
    bare = bare.removeprefix("+").removeprefix("00") if international else bare
    if not (bare.isascii() and bare.isdecimal()):
        return ""
    if not international and len(bare) == 10 and bare.startswith("0"):
        return f"33{bare[1:]}"
    if international and bare.startswith("330"):  # +33 (0)6 …
        return f"33{bare[3:]}"
    return bare if len(bare) <= _MOST else ""


def check(number: str) -> None:
    """Refuse what nobody could call.

    Raises:
        ValidationError: a digit is missing, or there are too many, or it holds other signs.
    """
    found = digits(number)
    bare = _BETWEEN.sub("", number)
    is_french = found.startswith("33") and len(found) == 11
    is_foreign = bare.startswith(("+", "00")) and not found.startswith("33")
    if not (is_french or (is_foreign and _FEWEST <= len(found) <= _MOST)):
        has_words = len(re.findall(r"\d", number)) >= _FEWEST and any(map(str.isalpha, number))
        said = WITH_WORDS if has_words else INCOMPLETE
        raise ValidationError(said, code="phone")
