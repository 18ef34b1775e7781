"""What in a message looks like what robots write. Text in, sentences out: nothing is looked up.

Each sign has a weight; ENOUGH together set a message aside. What people do as well (write in
their own alphabet, give a link, put an address in the wrong field) is never enough alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pages.search.query import fold

ENOUGH = 2
MOST_LINKS = 3
# Below, a text is too short for its alphabet to be told.
FEW_LETTERS = 20
MOST_READ = 10_000

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKUP = re.compile(
    r"<\s*(?:a|img|script|iframe|svg|style|form)\b|\[(?:url|link|img)\b|\]\(\s*https?:",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LONG_WORD = re.compile(r"[^\W\d_]{9,}")
# A small letter between two capitals: « MacDonald » has none.
_ALONE = re.compile(r"[A-Z][a-z][A-Z]")

# Mailboxes that anybody opens.
EVERYBODYS = {
    *("gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "live.com"),
    *("yahoo.com", "yahoo.fr", "icloud.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr"),
    *("laposte.net", "bbox.fr", "numericable.fr", "neuf.fr", "mail.ru", "proton.me", "gmx.fr"),
}

# What is sold through forms, folded; one alone may be a resident's own word.
SOLD = (
    *("casino", "viagra", "cialis", "bitcoin", "cryptomonnaie", "crypto trading", "backlink"),
    *("seo services", "seo agency", "referencement naturel", "premiere page de google"),
    *("first page of google", "rank your website", "web traffic", "guest post"),
    *("pret entre particulier", "offre de pret", "credit rapide", "credit sans justificatif"),
    *("investissement garanti", "gagner de l’argent", "make money", "earn money", "forex"),
    *("marabout", "voyance", "retour affectif", "escort", "dating site", "porn"),
    *("dear sir/madam", "dear website owner", "hello website owner", "your website design"),
)
# Whole words: there is « cialis » in « spécialiste ».
_SOLD = re.compile(rf"\b(?:{'|'.join(map(re.escape, SOLD))})s?\b")


@dataclass(frozen=True)
class Sign:
    """Something that robots do, and how much it says."""

    weight: int
    sentence: str


def suspicions(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Why these values look like a robot's; nothing when they might be anybody's."""
    found = list(signs(values))
    if sum(sign.weight for sign in found) < ENOUGH:
        return ()
    return tuple(sign.sentence for sign in found)


def signs(values: Mapping[str, Any]) -> Iterator[Sign]:
    """Every sign that is found in what was written."""
    message = _text(values, "message", "wanted_when")
    yield from _of_message(message, _text(values, "email"))
    yield from _of_names(_text(values, "name", "organisation"))
    if _is_scrambled(_text(values, "name")):
        yield Sign(2, "Le nom est fait de lettres sans suite.")
    elif _is_scrambled(_text(values, "organisation")):
        # « AssociationDuPiedALaTerre » writes its name so.
        yield Sign(1, "Le nom de l’organisme est fait de lettres sans suite.")


def _of_message(message: str, own_address: str) -> Iterator[Sign]:
    links = set(_LINK.findall(message))
    theirs = _own_domain(own_address)
    foreign = [one for one in links if _domain_of_link(one) not in theirs]
    if len(foreign) > MOST_LINKS:
        yield Sign(2, f"Le message contient {len(links)} liens.")
    elif links:
        yield Sign(1, "Le message contient un lien.")
    if _MARKUP.search(message):
        yield Sign(2, "Le message contient du code de page.")
    plain = _LINK.sub(" ", message)
    others = {one.lower() for one in _ADDRESS.findall(plain)} - {own_address.lower()}
    if any(one.rpartition("@")[2] not in theirs for one in others):
        yield Sign(1, "Le message donne une autre adresse e-mail.")
    if _is_in_other_letters(plain):
        yield Sign(1, "Le message est écrit dans un autre alphabet.")
    if sold := set(_SOLD.findall(fold(plain).replace("'", "’"))):
        yield Sign(min(len(sold), 2), "Le message ressemble à une publicité.")
    if _is_scrambled(plain):
        yield Sign(1, "Le message est fait de lettres sans suite.")


def _own_domain(address: str) -> set[str]:
    """Where the writer works: the site of a town hall and the address of a colleague are there.

    Nobody works at a mailbox that everybody can have.
    """
    domain = address.lower().rpartition("@")[2]
    return {domain} - EVERYBODYS - {""}


def _domain_of_link(link: str) -> str:
    host = re.split(r"[/?#:]", link.lower().rpartition("://")[2])[0]
    return host.removeprefix("www.").rstrip(".,;)")


def _of_names(names: str) -> Iterator[Sign]:
    if _LINK.search(names) or "://" in names or _MARKUP.search(names):
        yield Sign(2, "Le nom contient un lien.")
    elif "@" in names:
        yield Sign(1, "Le nom contient une adresse e-mail.")


def _is_in_other_letters(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    if len(letters) < FEW_LETTERS:
        return False
    latin = sum(unicodedata.name(one, "").startswith("LATIN") for one in letters)
    return latin * 2 < len(letters)


def _is_scrambled(text: str) -> bool:
    """Small and capital letters drawn at random: « KqXwMzPlRt », as no name is written."""
    return any(
        _ALONE.search(word)
        and sum(one.islower() and other.isupper() for one, other in pairwise(word)) >= 3
        for word in _LONG_WORD.findall(text)
    )


def _text(values: Mapping[str, Any], *names: str) -> str:
    return "\n".join(str(values.get(name) or "") for name in names)[:MOST_READ]
