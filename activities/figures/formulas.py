"""The formula of a computed indicator: codes added and subtracted, nothing else.

``sorties_durable + sorties_transition - sorties_neutralisees``. A formula names typed indicators
only, never another computed one: there is no cycle to look for, and no order of computing. This
module knows no model.
"""

import re
from dataclasses import dataclass

CODE = r"(?=[0-9_]*[a-z])[a-z0-9][a-z0-9_]*"
MAX_LENGTH = 500

_TERM = re.compile(rf"\s*(?P<sign>[+\-−]?)\s*(?P<code>{CODE})\s*")


class FormulaError(ValueError):
    """A formula that cannot be read; its text is the sentence to show."""


@dataclass(frozen=True)
class Term:
    """An indicator of a formula, added (1) or subtracted (-1)."""

    sign: int
    code: str


def parse(text: str) -> tuple[Term, ...]:
    """Read a formula; an empty one has no term.

    Raises:
        FormulaError: the formula is not made of codes, « + » and « − », or names a code twice.
    """
    terms: list[Term] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TERM.match(text, position)
        if match is None or (terms and not match["sign"]):
            raise FormulaError(_unreadable(text[position:].strip()))
        terms.append(Term(1 if match["sign"] in ("", "+") else -1, match["code"]))
        position = match.end()
    _refuse_doubles(terms)
    return tuple(terms)


def _unreadable(rest: str) -> str:
    start = f"{rest[:20]}…" if len(rest) > 20 else rest
    return (
        f"Cette formule ne se lit pas à partir de « {start} ». "
        "Écrivez des codes d’indicateurs, avec + ou - entre eux."
    )


def _refuse_doubles(terms: list[Term]) -> None:
    codes = [term.code for term in terms]
    for code in codes:
        if codes.count(code) > 1:
            raise FormulaError(f"« {code} » est deux fois dans la formule.")
