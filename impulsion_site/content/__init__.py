"""What the site is delivered with: the initial content, and the demonstration.

``deliver()`` puts it in the database, ``withdraw()`` takes the demonstration out.
"""

from dataclasses import dataclass

from django.db import transaction

from .demonstration import load as load_demonstration
from .examples_references import load as load_references
from .initial import load as load_initial
from .loader import Loader
from .withdrawal import forget_withdrawal, was_withdrawn, withdraw

__all__ = ["Delivery", "counted", "deliver", "withdraw"]

NAMES = {
    "page": ("page", "pages"),
    "commune": ("commune", "communes"),
    "trade": ("activité", "activités"),
    "partner": ("partenaire", "partenaires"),
    "term": ("mot du glossaire", "mots du glossaire"),
    "indicator": ("indicateur", "indicateurs"),
    "figure": ("chiffre", "chiffres"),
    "image": ("image", "images"),
    "document": ("document", "documents"),
}


@dataclass(frozen=True)
class Delivery:
    """What a delivery did: how many objects it made, by kind."""

    created: dict[str, int]
    examples_refused: bool = False


@transaction.atomic
def deliver(*, demonstration: bool = False, again: bool = False) -> Delivery:
    """Load the initial content and, if asked, the demonstration; all of it or nothing.

    Examples that were withdrawn stay out, unless ``again``.
    """
    initial = Loader()
    load_initial(initial)
    if not demonstration:
        return Delivery(initial.created)
    if was_withdrawn():
        if not again:
            return Delivery(initial.created, examples_refused=True)
        forget_withdrawal()
    examples = Loader(examples=True)
    load_demonstration(examples)
    load_references(examples)
    kinds = [*initial.created, *(kind for kind in examples.created if kind not in initial.created)]
    total = {k: initial.created.get(k, 0) + examples.created.get(k, 0) for k in kinds}
    return Delivery(total)


def counted(objects: dict[str, int]) -> str:
    """How many objects, in words: « 14 communes, 1 page »; settings go without saying."""
    return ", ".join(
        f"{count} {NAMES[kind][count > 1]}" for kind, count in objects.items() if kind in NAMES
    )
