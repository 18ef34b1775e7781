"""The notice that stands under the form: what becomes of what one writes (RGPD, art. 13)."""

from pages.models import OrganisationSettings

from .models import ReasonSettings
from .purposes import PURPOSES, months_in_words
from .reasons import Reason


def notice_for(setup: ReasonSettings, organisation: OrganisationSettings) -> str:
    """The notice of a reason, in plain text, from the settings as they are now.

    Three short paragraphs: what for, who reads it and how long, what one may ask.
    """
    purpose = PURPOSES[Reason(setup.code)]
    who = _with_article(organisation.name or organisation.short_name)
    paragraphs = (
        (
            f"{who} utilise ces informations pour {purpose.to}.",
            f"Base légale\u00a0: {purpose.basis}.",
            "Sans les champs obligatoires, nous ne pouvons pas vous répondre.",
        ),
        (
            "Seules les personnes de l’équipe chargées de ces demandes les lisent.",
            f"Le site les garde {months_in_words(setup.kept_months)} après le dernier échange, "
            "puis les supprime.",
            "Elles ne sont ni vendues ni transmises.",
        ),
        (
            "Vous pouvez demander à les voir, à les corriger ou à les effacer.",
            f"Vous pouvez aussi vous opposer à leur usage{_where_to_ask(organisation)}.",
            "Réclamation\u00a0: cnil.fr.",
        ),
    )
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def _with_article(name: str) -> str:
    """« La Régie de quartier… »: the association is spoken of as people do."""
    if not name:
        return "L’association"
    return f"La {name}" if name.startswith("Régie") else name


def _where_to_ask(organisation: OrganisationSettings) -> str:
    if address := organisation.data_protection_contact or organisation.email:
        return f". Écrivez à {address}"
    return f". Appelez le {organisation.phone}" if organisation.phone else ""
