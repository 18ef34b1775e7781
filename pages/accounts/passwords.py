"""What makes a password strong enough here; each refusal says what to do instead.

Length and originality, nothing else: no character is imposed, and a password never expires.
"""

import re
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from pages.search.query import fold

MINIMUM = 12
MAXIMUM = 128
ADVICE = (
    "Au moins 12 caractères. Le plus simple : quatre mots sans rapport entre eux, "
    "avec des espaces si vous voulez."
)
# What anybody would try first for an account of this house.
OWN_WORDS = (
    "association insertion impulsion quartiers quartier carvin henin lietard beaumont oignies "
    "libercourt courrieres montigny noyelles leforest dourges regies regie partenaires partenaire "
    "administration administrateur admin gestion espaces espace verts salarie equipe "
    "motdepasse password passe mot bonjour bienvenue azerty qwerty site web test france nord "
    "pasdecalais artois bassin minier mine de du la le les et"
).split()
# Digits that people write for letters.
DISGUISES = str.maketrans("013457@$", "oieastas")
# Fewer letters than this beside known words add nothing.
LETTERS_OF_ONES_OWN = 4
# And fewer known letters than this are there by chance.
KNOWN_LETTERS = 5
# « aaaaaaaaaaaa », « 121212121212 ».
DISTINCT_CHARACTERS = 5
SEQUENCES = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)


class LengthValidator:
    """Long enough, and not so long that it is no longer a password."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse fewer than twelve characters.

        Raises:
            ValidationError: too short, or too long.
        """
        if len(password) < MINIMUM:
            raise ValidationError(
                f"Ce mot de passe est trop court : il en faut au moins {MINIMUM} caractères, "
                f"et il en a {len(password)}. Ajoutez un mot.",
                code="too_short",
            )
        if len(password) > MAXIMUM:
            raise ValidationError(
                f"Ce mot de passe est trop long : {MAXIMUM} caractères suffisent.",
                code="too_long",
            )

    def get_help_text(self) -> str:
        """What is asked for."""
        return ADVICE


class KnownWordsValidator:
    """Not one of the passwords that everybody tries, even with a year behind it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse the common ones, those of the house, and their simple variants.

        Raises:
            ValidationError: one finds it in a few tries.
        """
        if is_guessable(password):
            raise ValidationError(
                "Ce mot de passe est facile à deviner, même avec des chiffres au bout. "
                "Prenez quatre mots sans rapport entre eux.",
                code="guessable",
            )

    def get_help_text(self) -> str:
        """Nothing that the first advice does not say."""
        return ""


def is_guessable(password: str) -> bool:
    """Whether a stranger who knows the house would find it in a few thousand tries."""
    lowered = password.lower().strip()
    return (
        len(set(lowered)) < DISTINCT_CHARACTERS
        or lowered in common_passwords()
        or _is_sequence(re.sub(r"[\W_]", "", lowered))
        or any(_is_made_of_known_words(letters) for letters in _readings(lowered))
    )


def _readings(lowered: str) -> set[str]:
    """The letters of a password: without its digits, and with digits read as letters."""
    plain = fold(lowered)
    return {
        re.sub(r"[^a-z]", "", plain),
        re.sub(r"[^a-z]", "", plain.translate(DISGUISES)),
        # « r3gi3-impulsion-2026 »: the digits at the end are a year, not letters.
        re.sub(r"[^a-z]", "", re.sub(r"[\W\d_]+\Z", "", plain).translate(DISGUISES)),
    }


def _is_made_of_known_words(letters: str) -> bool:
    if letters in common_passwords():
        return True
    rest = letters
    for word in OWN_WORDS:
        rest = rest.replace(word, " ")
    own = len(rest.replace(" ", ""))
    return own < LETTERS_OF_ONES_OWN and len(letters) - own >= KNOWN_LETTERS


def _is_sequence(characters: str) -> bool:
    """« 123456789012 », « azertyuiopqs », and backwards."""
    return any(characters in sequence or characters[::-1] in sequence for sequence in SEQUENCES)


@cache
def common_passwords() -> frozenset[str]:
    """The twenty thousand most common ones, which Django carries."""
    return frozenset(CommonPasswordValidator().passwords)
