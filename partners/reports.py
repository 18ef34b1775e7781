"""The partners of a year, as the report of that year names them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from .models import Partner, Support


@dataclass(frozen=True)
class YearPartner:
    """A partner in the report of a year: its name of then, and what it supported."""

    partner: Partner
    name: str
    purposes: tuple[str, ...]


def supporters_of(year: int, *, examples: bool = False) -> list[YearPartner]:
    """The partners of which a support covers the year, in the order of the list; three queries.

    Args:
        year: That of the report.
        examples: Whether the report is an example: it names examples, and nobody else.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    supports = Support.objects.covering(first, last).order_by("starts_on", "pk")
    partners = (
        Partner.objects.supporting(first, last)
        .filter(is_example=examples)
        .select_related("logo", "logo_dark")
        .prefetch_related("former_names", Prefetch("supports", supports, to_attr="of_year"))
    )
    return [
        YearPartner(p, p.name_in(year), tuple(dict.fromkeys(s.purpose for s in p.of_year)))
        for p in partners
    ]
