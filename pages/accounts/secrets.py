"""How the secrets of the second factor are kept: encrypted, or hashed for good."""

import base64
import hashlib
import re
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# Letters and digits that nobody takes for one another on paper.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_COUNT = 10
CODE_LENGTH = 12  # 59 bits
GROUP = 4
HASHED = "scrypt:"


def encrypt(text: str) -> str:
    """Encrypt with a key drawn from SECRET_KEY."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text again; a former key of SECRET_KEY_FALLBACKS still reads it.

    Raises:
        ValueError: no key of this site reads it.
    """
    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise ValueError("no key of this site reads this secret") from error


def encrypt_again(text: str) -> str:
    """The same secret under today's SECRET_KEY.

    Raises:
        ValueError: no key of this site reads it.
    """
    return encrypt(decrypt(text))


def _cipher() -> MultiFernet:
    return MultiFernet(
        [_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(key: str) -> Fernet:
    # SECRET_KEY is long and drawn at random: one hash makes a key of it.
    digest = hashlib.sha256(b"impulsion second factor:" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def draw_codes() -> list[str]:
    """New recovery codes, as they are read on paper: « ABCD-EFGH-JKMN »."""
    return [
        "-".join(
            "".join(secrets.choice(ALPHABET) for _ in range(GROUP))
            for _ in range(CODE_LENGTH // GROUP)
        )
        for _ in range(CODE_COUNT)
    ]


def bare_code(typed: str) -> str:
    """The letters and digits of a code, however it is typed."""
    return "".join(character for character in typed.upper() if character.isalnum())


def is_recovery_code(typed: str) -> bool:
    """Whether this looks like a recovery code, and not like the six digits of an application."""
    return len(bare_code(typed)) == CODE_LENGTH


def is_application_code(typed: str) -> bool:
    """Whether this is what an application shows: six digits."""
    return re.fullmatch(r"\d{6}", bare_code(typed), re.ASCII) is not None


def hash_code(typed: str, user_pk: int) -> str:
    """What is kept of a recovery code: no key of ours gives it back."""
    digest = hashlib.scrypt(
        bare_code(typed).encode(), salt=f"impulsion:{user_pk}".encode(), n=2**14, r=8, p=1
    )
    return HASHED + digest.hex()
