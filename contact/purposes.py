"""Why the requests of a reason are kept, and on what ground of the law (RGPD, art. 6)."""

from dataclasses import dataclass

from .reasons import Reason

LEGITIMATE = "intérêt légitime"
BEFORE_CONTRACT = "mesures prises avant un contrat, à la demande de la personne"


@dataclass(frozen=True)
class Purpose:
    """What the data of a request serve, and the ground of it.

    Attributes:
        to: As the person is told: « pour préparer votre devis ».
        aim: As the register names it: « Préparer un devis ».
    """

    to: str
    aim: str
    basis: str = LEGITIMATE


PURPOSES: dict[Reason, Purpose] = {
    Reason.QUOTE: Purpose(
        "préparer votre devis ou votre intervention",
        "Préparer un devis ou une intervention",
        BEFORE_CONTRACT,
    ),
    Reason.JOB: Purpose(
        "vous rappeler au sujet de votre recherche de travail",
        "Rappeler une personne qui cherche un travail",
        BEFORE_CONTRACT,
    ),
    Reason.MEDIATION: Purpose(
        "vous répondre au sujet de la médiation", "Répondre à une demande de médiation"
    ),
    Reason.PARTNERSHIP: Purpose(
        "répondre à votre proposition", "Répondre à une proposition de partenariat"
    ),
    Reason.TAKING_PART: Purpose(
        "vous répondre et vous associer à ses actions",
        "Répondre à qui veut participer, et l’associer aux actions",
    ),
    Reason.PRESS: Purpose("répondre à votre question", "Répondre à la presse"),
    Reason.OTHER: Purpose("répondre à votre message", "Répondre à un message"),
}

MONTHS_OF_A_YEAR = 12


def months_in_words(months: int) -> str:
    """« 18 mois », « un an », « 3 ans »."""
    if months == 1:
        return "un mois"
    years, rest = divmod(months, MONTHS_OF_A_YEAR)
    if rest:
        return f"{months}\u00a0mois"
    return "un an" if years == 1 else f"{years}\u00a0ans"
