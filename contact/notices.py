"""The notice that stands under the form: what becomes of what one writes (RGPD, art. 13)."""

from pages.models import OrganisationSettings

from .models import ReasonSettings
from .purposes import PURPOSES, months_in_words
from .reasons import Reason


def notice_for(setup: ReasonSettings, organisation: OrganisationSettings) -> str:
    """The notice of a reason, in plain text, from the settings as they are now."""
    purpose = PURPOSES[Reason(setup.code)]
    who = organisation.name or organisation.short_name
    sentences = [
        f"{_with_article(who)} utilise ces informations pour {purpose.to} ({purpose.basis}).",
        "Elles sont lues par les seules personnes de l’équipe chargées de ces demandes, gardées "
        f"{months_in_words(setup.kept_months)} après le dernier échange, puis supprimées. Elles "
        "ne sont ni vendues ni transmises.",
        "Sans les champs obligatoires, nous ne pouvons pas vous répondre.",
        _rights(organisation),
        "Réclamation\u00a0: cnil.fr.",
    ]
    return " ".join(sentences)


def _with_article(name: str) -> str:
    """« La Régie de quartier… »: the association is spoken of as people do."""
    if not name:
        return "L’association"
    return f"La {name}" if name.startswith("Régie") else name


def _rights(organisation: OrganisationSettings) -> str:
    rights = (
        "Vous pouvez demander à les voir, les corriger, les effacer, ou vous opposer à leur usage"
    )
    if address := organisation.data_protection_contact or organisation.email:
        return f"{rights}\u00a0: {address}."
    if organisation.phone:
        return f"{rights}\u00a0: {organisation.phone}."
    return f"{rights}."
