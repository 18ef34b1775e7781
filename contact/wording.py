"""The words of the form: what each field is called, by the reason for which it is asked."""

from dataclasses import dataclass

from .reasons import Reason

CHOOSE = "Choisissez"
ANOTHER_COMMUNE = "Une autre commune"


@dataclass(frozen=True)
class Words:
    """Of a field.

    Attributes:
        missing: What to do when it was left empty and must not be.
        empty: Of a list, what stands there before anything is chosen.
        none: Of a list, the answer of who finds theirs in none of its rows.
    """

    label: str
    help: str = ""
    missing: str = "Remplissez ce champ."
    empty: str = ""
    none: str = ""


_MESSAGE_MISSING = "Écrivez votre message\u00a0: quelques mots suffisent."
_ORGANISATION_MISSING = "Écrivez le nom de votre organisme."

# Those of every reason (``None``), then what a reason says otherwise.
WORDS: dict[Reason | None, dict[str, Words]] = {
    None: {
        "client_kind": Words("Vous êtes", missing="Choisissez qui vous êtes dans la liste."),
        "organisation": Words("Votre organisme", missing=_ORGANISATION_MISSING),
        "trade": Words("Pour quel travail", empty="Je ne sais pas encore"),
        "commune": Words("Votre commune", empty=CHOOSE, none=ANOTHER_COMMUNE),
        "message": Words("Votre message", missing=_MESSAGE_MISSING),
        "wanted_when": Words("Pour quand"),
        "files": Words("Photos ou PDF"),
        "name": Words("Votre nom", missing="Écrivez votre nom."),
        "phone": Words("Téléphone"),
        "email": Words("Adresse e-mail"),
        "best_time": Words("Quand vous appeler"),
    },
    Reason.QUOTE: {
        "organisation": Words(
            "Nom de l’organisme", "Le bailleur, la commune, l’entreprise… Rien pour un particulier."
        ),
        "commune": Words("Dans quelle commune", empty=CHOOSE, none=ANOTHER_COMMUNE),
        "message": Words(
            "Que faut-il faire\u00a0?",
            "Par exemple\u00a0: «\u00a0tailler trente mètres de haie devant un immeuble\u00a0».",
            "Dites ce qu’il faut faire\u00a0: quelques mots suffisent.",
        ),
        "wanted_when": Words("Pour quand", "Par exemple\u00a0: «\u00a0avant l’été\u00a0»."),
    },
    Reason.JOB: {},
    Reason.MEDIATION: {
        "message": Words(
            "Que se passe-t-il\u00a0?",
            "Quelques mots suffisent. Ne nommez personne\u00a0: nous en parlerons ensemble.",
            "Dites ce qui se passe\u00a0: quelques mots suffisent.",
        ),
    },
    Reason.PARTNERSHIP: {
        "message": Words("Votre proposition", missing="Dites ce que vous proposez."),
    },
    Reason.TAKING_PART: {
        "message": Words(
            "Ce que vous aimeriez faire",
            "Par exemple\u00a0: «\u00a0tenir un stand le samedi\u00a0», «\u00a0adhérer\u00a0».",
            "Dites ce que vous aimeriez faire\u00a0: quelques mots suffisent.",
        ),
    },
    Reason.PRESS: {
        "organisation": Words("Votre média", missing="Écrivez le nom de votre média."),
        "message": Words("Votre question", missing="Écrivez votre question."),
        "wanted_when": Words(
            "Quand bouclez-vous\u00a0?", "Par exemple\u00a0: «\u00a0jeudi midi\u00a0»."
        ),
    },
    Reason.OTHER: {
        "message": Words("Votre question", missing="Écrivez votre question."),
    },
}
