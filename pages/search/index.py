"""What is added to the search index for French readers."""

from .query import LIGATURES


def expand_ligatures(text: str) -> str:
    """``text`` with œ and æ in two letters: neither database folds them by itself."""
    return text.translate(LIGATURES)
