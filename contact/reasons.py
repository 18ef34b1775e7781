"""Why people write to the association, and what the form asks them for each reason."""

from dataclasses import dataclass

from django.db import models


class Reason(models.TextChoices):
    """Why one writes: the values are read in addresses, the labels name it in the admin."""

    QUOTE = "devis", "Devis ou intervention"
    JOB = "emploi", "Emploi"
    MEDIATION = "mediation", "Médiation"
    PARTNERSHIP = "partenariat", "Partenariat"
    TAKING_PART = "participer", "Participer"
    PRESS = "presse", "Presse"
    OTHER = "autre", "Autre question"


@dataclass(frozen=True)
class Asked:
    """The fields of a form, in order, and those of them that must be filled in.

    A phone number or an e-mail address is always asked for, one of the two is enough. What must
    not be collected is not asked (minimisation, RGPD art. 5): an application has no free text,
    where people would write about their health, their papers or their benefits.
    """

    fields: tuple[str, ...]
    required: frozenset[str]


REACH = ("name", "phone", "email")

ASKED: dict[Reason, Asked] = {
    Reason.QUOTE: Asked(
        (
            *("client_kind", "organisation", "trade", "commune"),
            *("message", "wanted_when", "files"),
            *REACH,
        ),
        frozenset({"client_kind", "message", "name"}),
    ),
    Reason.JOB: Asked(("name", "phone", "email", "commune", "best_time"), frozenset({"name"})),
    Reason.MEDIATION: Asked(("commune", "message", *REACH, "best_time"), frozenset({"message"})),
    Reason.PARTNERSHIP: Asked(
        ("organisation", "message", *REACH), frozenset({"organisation", "message", "name"})
    ),
    Reason.TAKING_PART: Asked(("commune", "message", *REACH), frozenset({"message"})),
    Reason.PRESS: Asked(
        ("organisation", "message", "wanted_when", *REACH),
        frozenset({"organisation", "message", "name"}),
    ),
    Reason.OTHER: Asked(("message", *REACH), frozenset({"message"})),
}
