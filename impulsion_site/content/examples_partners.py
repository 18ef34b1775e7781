"""The example partners: invented names, invented supports, and no money of the Union.

The emblem of the Union says that money was given: an example of it would be a false claim about a
body that exists. The tests show that block; the demonstration does not.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from pages.models import Trade
from partners.models import FormerName, Partner, Support

from .loader import Loader

RANK = 1000


@dataclass(frozen=True)
class ExampleSupport:
    """A support that began so many years ago, on 1 January, for so many years."""

    purpose: str
    years_ago: int
    lasts: int | None
    trades: tuple[str, ...]
    amount: int | None = None


@dataclass(frozen=True)
class Example:
    """A partner that does not exist; what happened to it, so many years ago."""

    name: str
    family: str
    fields: dict[str, Any]
    former: tuple[tuple[str, int], ...] = ()
    ended: int | None = None
    successor: str = ""
    supports: tuple[ExampleSupport, ...] = ()


EXAMPLES = (
    Example(
        "Commune Exemple",
        Partner.Family.LOCAL,
        {"kind": Partner.Kind.COMMUNE},
        supports=(ExampleSupport("Le jardin partagé de l’exemple", 1, None, ("mediation",)),),
    ),
    Example(
        "Bailleur Exemple",
        Partner.Family.LANDLORD,
        {
            "kind": Partner.Kind.LANDLORD,
            "presentation": "Un bailleur inventé pour la démonstration : il confie à la régie "
            "l’entretien de halls et de jardins qui n’existent pas non plus.",
        },
        former=(("Société des logements de l’exemple", 12), ("Habitat Exemple", 4)),
        supports=(
            ExampleSupport(
                "L’entretien des halls et des abords",
                3,
                None,
                ("espaces-verts", "entretien-de-locaux"),
            ),
            ExampleSupport(
                "Un chantier de peinture des cages d’escalier", 5, 2, ("second-oeuvre",)
            ),
        ),
    ),
    Example(
        "Logis de l’exemple",
        Partner.Family.LANDLORD,
        {"kind": Partner.Kind.LANDLORD},
        ended=2,
        successor="Bailleur Exemple",
    ),
    Example(
        "Fonds Exemple",
        Partner.Family.FOUNDATION,
        {
            "kind": Partner.Kind.FOUNDATION,
            "required_mention": "Avec le soutien du Fonds Exemple.",
            "mention_placement": Partner.Placement.ACTIVITIES,
        },
        former=(("Fondation de l’exemple", 6),),
        supports=(
            ExampleSupport("L’accompagnement des salariés en parcours", 2, None, (), 15000),
            ExampleSupport("L’achat d’une machine", 4, 1, ("espaces-verts",), 8200),
        ),
    ),
)


def load(loader: Loader) -> None:
    """Deliver the example partners, those that took over first."""
    for rank, example in enumerate(sorted(EXAMPLES, key=lambda known: bool(known.successor))):
        find = Partner.objects.filter(name=example.name).first
        loader.once(f"partner:{example.name}", find, partial(_make, example, rank))


def _make(example: Example, rank: int) -> Partner:
    year = timezone.localdate().year
    partner = Partner.objects.create(
        name=example.name,
        family=example.family,
        sort_order=RANK + rank,
        is_example=True,
        ended_on=date(year - example.ended, 12, 31) if example.ended else None,
        successor=Partner.objects.filter(name=example.successor).first(),
        **example.fields,
    )
    for name, years_ago in example.former:
        FormerName.objects.create(partner=partner, name=name, until=date(year - years_ago, 12, 31))
    for known in example.supports:
        _support(partner, known, year - known.years_ago)
    return partner


def _support(partner: Partner, known: ExampleSupport, first: int) -> None:
    last = date(first + known.lasts - 1, 12, 31) if known.lasts else None
    support = Support(
        partner=partner,
        purpose=known.purpose,
        starts_on=date(first, 1, 1),
        ends_on=last,
        amount=Decimal(known.amount) if known.amount else None,
        amount_is_public=bool(known.amount),
    )
    support.trades = Trade.objects.filter(slug__in=known.trades)
    support.save()
