"""Small numbers of people: what is written in their place, and why.

With twenty employees, « primo-arrivants, entreprise d’insertion : 1 » names somebody. What must be
hidden with them, so that nobody computes them, is found by ``activities.figures.protection``.
"""

from decimal import Decimal

# 1 to 4; nobody is in a zero, and from five on nobody is alone.
SMALLEST, LARGEST = 1, 4
MASKED = "masqué"
# The same sentence everywhere: below tables, in the files, in the PDF.
WHY = (
    "Quand un nombre de personnes va de 1 à 4, il est masqué pour que personne ne soit reconnu. "
    "D’autres nombres sont parfois masqués avec lui, pour qu’on ne puisse pas le calculer."
)


def is_small(number: Decimal | int) -> bool:
    """Whether so few people could be recognised."""
    return SMALLEST <= number <= LARGEST
