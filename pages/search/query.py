"""From what a visitor typed to the words that are looked for.

Neither database may see raw text: a double quote or a blank is an error on SQLite, a NUL on
both. Both get the same words, so both give the same pages.
"""

import re
import unicodedata

MAX_QUERY_LENGTH = 100

# The one list of words that are never looked for (PostgreSQL's configuration has none and
# SQLite knows no list). « été » is not in it: here it is a season before it is a participle.
_STOP_WORDS = """
    a ai as au aura auront aussi aux avait avec avoir avons avez ayant
    ce ceci cela celle celles celui ces cet cette ceux chez ci comme comment
    dans de des dont donc du elle elles en es est et etaient etait etant etes etre eu eux
    fait font fut ici il ils je jusque la le les leur leurs lui ma mais me meme memes mes moi mon
    ne ni nos notre nous on ont ou par parce pas plus pour quand que quel quelle quelles quels
    qu qui quoi sa sans se sera seront ses si soit sommes son sont sous suis sur
    ta te tes toi ton tous tout toute toutes tu un une vers vos votre vous
    aujourd hui jusqu lorsqu puisqu quelqu
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})

# Letters and digits only: an underscore is a word for Python and a blank for the databases.
_WORD = re.compile(r"[^\W_]+")


def clean_text(text: str) -> str:
    """``text`` cut at 100 characters, without control or invisible characters.

    It is safe to show back in the search box; the rest is left as it was typed.
    """
    text = unicodedata.normalize("NFC", text[:MAX_QUERY_LENGTH])
    kinds = ((char, unicodedata.category(char)) for char in text)
    # Controls (Cc) separate; soft hyphens, joiners, surrogates and the unassigned vanish.
    kept = (" " if kind == "Cc" else char for char, kind in kinds if kind[0] != "C" or kind == "Cc")
    return " ".join("".join(kept).split())


def fold(text: str) -> str:
    """``text`` in small letters, without accents, ligatures in two letters."""
    # Before and after: « № » hides capitals, and small letters may come out composed.
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES)).casefold()
    decomposed = unicodedata.normalize("NFKD", decomposed)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def stem(word: str) -> str:
    """A folded word without the marks of plural and feminine, to compare with another."""
    if len(word) > 4 and word.endswith("aux"):
        return word[:-2] + "l"
    word = word.rstrip("sx") if len(word) > 3 else word
    return word.removesuffix("e") if len(word) > 3 else word


def words(text: str) -> list[str]:
    """Every word of a query, folded, stop words and single letters included."""
    return _WORD.findall(fold(clean_text(text)))


def search_terms(text: str) -> list[str]:
    """The words to look for, each once, in order; an empty list means no search."""
    terms = (word for word in words(text) if word not in STOP_WORDS)
    return list(dict.fromkeys(term for term in terms if len(term) > 1 or term.isdigit()))
