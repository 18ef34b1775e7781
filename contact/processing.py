"""The register of processing (RGPD, art. 30), from the settings and the constants that apply.

Nothing is said here that the code does not do: durations are those that the chores read, recipients
those that editors chose. The public page on privacy says the same, from the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta

from django.conf import settings

from activities.chores import IMPORT_KEPT
from pages.models import OrganisationSettings
from pages.outbox import KEPT_OTHERWISE, KEPT_WHEN_SENT
from pages.search.misses import FORGET_ALL, FORGET_ONCE
from partners.models.accounts import ACCOUNT_KEPT, CONSULTATION_KEPT, INVITATION_KEPT

from .erasures import KEPT as ERASURES_KEPT
from .models import ReasonSettings
from .purposes import LEGITIMATE, PURPOSES, months_in_words
from .reasons import ASKED, Reason
from .register import KEPT_MONTHS as ACCESSES_KEPT_MONTHS
from .retention import HELD_FILE_KEPT, SPAM_KEPT

YEAR = 365
READERS = "les groupes Accueil et Administration"
ADMINISTRATION = "le groupe Administration"
TEAM = "l’équipe qui écrit le site"
CONSENT = "consentement écrit, qui peut être retiré"
SECURITY = "intérêt légitime\u00a0: la sécurité du site"
DUTY = "obligation légale (RGPD, art. 5 et 30)"
# What the form asks, in words.
DATA = {
    "name": "nom",
    "phone": "téléphone",
    "email": "adresse e-mail",
    "organisation": "organisme",
    "client_kind": "sorte de client",
    "trade": "activité",
    "commune": "commune",
    "message": "message",
    "wanted_when": "date souhaitée",
    "best_time": "moment pour rappeler",
    "files": "photos et PDF joints",
}


@dataclass(frozen=True)
class Processing:
    """A line of the register.

    Attributes:
        is_public: Whether the page on privacy shows it in its table; the others are told there in
            words, or are about nobody outside of the team.
    """

    name: str
    purpose: str
    basis: str
    people: str
    data: str
    readers: str
    kept: str
    is_public: bool = False


HEADINGS = {
    "name": "Traitement",
    "purpose": "À quoi il sert",
    "basis": "Base légale",
    "people": "Personnes",
    "data": "Données",
    "readers": "Qui les lit",
    "kept": "Durée",
}


def register() -> list[Processing]:
    """Every processing of the site, as it is set today."""
    organisation = OrganisationSettings.load()
    return [*_requests(), *_around_requests(), *_accounts(), *_partners(), *_site(organisation)]


def public_register() -> list[Processing]:
    """What the page on privacy shows."""
    return [one for one in register() if one.is_public]


def cells(line: Processing) -> list[str]:
    """The line as a table or a spreadsheet has it, in the order of ``HEADINGS``."""
    known = {field.name for field in fields(line)} & HEADINGS.keys()
    return [getattr(line, name) for name in HEADINGS if name in known]


def in_words(lasts: timedelta) -> str:
    """« 30 jours », « 12 mois »."""
    if lasts.days == YEAR:
        return months_in_words(12)
    return "un jour" if lasts.days == 1 else f"{lasts.days}\u00a0jours"


# --- What people ask ----------------------------------------------------------------------


def _requests() -> Iterator[Processing]:
    for setup in ReasonSettings.objects.prefetch_related("recipients"):
        reason = Reason(setup.code)
        purpose = PURPOSES[reason]
        told = sorted({one.email for one in setup.recipients.all()})
        readers = f"{READERS}\u00a0; par courriel\u00a0: {', '.join(told)}" if told else READERS
        yield Processing(
            f"Demandes\u00a0: {reason.label[:1].lower()}{reason.label[1:]}",
            purpose.aim,
            purpose.basis,
            "qui nous écrit par le formulaire",
            ", ".join(DATA[name] for name in ASKED[reason].fields),
            readers,
            f"{months_in_words(setup.kept_months)} après le dernier échange",
            is_public=True,
        )


def _around_requests() -> Iterator[Processing]:
    yield Processing(
        "Demandes prises pour des indésirables",
        "Ne perdre aucune vraie demande\u00a0: elles sont mises de côté et peuvent être reprises",
        SECURITY,
        "qui nous écrit par le formulaire",
        "ce qui a été écrit",
        READERS,
        f"{in_words(SPAM_KEPT)} après leur mise de côté",
        is_public=True,
    )
    yield Processing(
        "Fichiers d’un formulaire à corriger",
        "Ne pas les demander deux fois",
        LEGITIMATE,
        "qui nous écrit par le formulaire",
        "photos et PDF joints",
        "personne",
        in_words(HELD_FILE_KEPT),
        is_public=True,
    )
    yield Processing(
        "Courriels que le site envoie",
        "Prévenir l’équipe, accuser réception, répondre, inviter",
        LEGITIMATE,
        "les destinataires, et les personnes dont ils parlent",
        "destinataire, objet, état\u00a0; le texte jusqu’à l’envoi seulement",
        f"{ADMINISTRATION} (jamais le texte)",
        f"{in_words(KEPT_WHEN_SENT)} après l’envoi, {in_words(KEPT_OTHERWISE)} s’il n’est pas "
        "parti, et jamais plus que la demande dont ils parlent",
        is_public=True,
    )
    yield Processing(
        "Accès aux données personnelles",
        "Savoir qui, dans l’équipe, a lu, emporté ou effacé des données",
        DUTY,
        "l’équipe",
        "compte, action, moment, référence de la demande",
        ADMINISTRATION,
        months_in_words(ACCESSES_KEPT_MONTHS),
    )
    yield Processing(
        "Effacements demandés",
        "Effacer de nouveau, si une sauvegarde est restaurée",
        DUTY,
        "qui a demandé l’effacement de ses données",
        "empreinte de l’adresse ou du numéro, que personne ne peut relire, et moment",
        "personne",
        in_words(ERASURES_KEPT),
    )


# --- Accounts -----------------------------------------------------------------------------


def _accounts() -> Iterator[Processing]:
    yield Processing(
        "Comptes de l’équipe",
        "Écrire le site et suivre les demandes",
        LEGITIMATE,
        "les salariés et bénévoles qui ont un compte",
        "nom, adresse e-mail, mot de passe et second facteur illisibles, ce qui a été modifié",
        ADMINISTRATION,
        "jusqu’à la suppression du compte par l’Administration",
    )
    session = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    yield Processing(
        "Sessions et protection contre les abus",
        "Garder une session ouverte, arrêter qui essaie des mots de passe ou envoie en masse",
        SECURITY,
        "qui se connecte, qui envoie le formulaire",
        "numéro de session\u00a0; nombre d’essais par adresse internet, sous une empreinte que "
        "personne ne peut relire",
        "personne",
        f"{in_words(session)} au plus pour une session, une journée au plus pour un compte "
        "d’essais",
    )


def _partners() -> Iterator[Processing]:
    yield Processing(
        "Comptes des partenaires",
        "Ouvrir ce qui est réservé à un partenaire",
        LEGITIMATE,
        "les personnes de nos partenaires qui ont un compte",
        "nom, adresse e-mail, mot de passe illisible, jour de la dernière visite",
        ADMINISTRATION,
        f"{in_words(ACCOUNT_KEPT)} après la fin de la convention ou de l’accès",
        is_public=True,
    )
    yield Processing(
        "Invitations des partenaires",
        "Ouvrir un compte à la bonne personne",
        LEGITIMATE,
        "les personnes invitées",
        "adresse e-mail",
        ADMINISTRATION,
        in_words(INVITATION_KEPT),
        is_public=True,
    )
    yield Processing(
        "Consultations des partenaires",
        "Savoir ce qui a été lu de ce que la régie partage",
        LEGITIMATE,
        "les personnes de nos partenaires qui ont un compte",
        "nom, document ouvert ou téléchargé, moment",
        f"{ADMINISTRATION}, et chaque personne pour ses propres lignes",
        in_words(CONSULTATION_KEPT),
        is_public=True,
    )


# --- The site -----------------------------------------------------------------------------


def _site(organisation: OrganisationSettings) -> Iterator[Processing]:
    yield Processing(
        "Photos et témoignages",
        "Montrer et citer des personnes avec leur accord",
        CONSENT,
        "les personnes photographiées ou citées",
        "nom, image ou mots, date de l’accord, lieu du papier signé",
        TEAM,
        "tant que l’accord vaut\u00a0: à sa fin ou à son retrait, tout disparaît du site",
        is_public=True,
    )
    yield Processing(
        "Recherches sans résultat",
        "Savoir ce qui manque sur le site",
        LEGITIMATE,
        "personne\u00a0: ni l’auteur ni son adresse ne sont retenus",
        "mots cherchés, sauf ce qui ressemble à une adresse ou à un numéro",
        TEAM,
        f"{in_words(FORGET_ONCE)}, ou {in_words(FORGET_ALL)} s’ils reviennent",
        is_public=True,
    )
    yield Processing(
        "Tableurs de chiffres à confirmer",
        "Relire un tableur avant d’en garder les chiffres",
        LEGITIMATE,
        "l’équipe",
        "compte de qui l’envoie",
        TEAM,
        in_words(IMPORT_KEPT),
    )
    months = organisation.log_retention_months
    yield Processing(
        "Journal technique du serveur",
        "Protéger le site et le réparer",
        SECURITY,
        "qui lit le site",
        "adresse internet et pages demandées, si l’hébergeur en tient un\u00a0; le site lui-même "
        "n’en tient pas",
        f"l’hébergeur{f' ({organisation.host_name})' if organisation.host_name else ''}",
        months_in_words(months) if months else "à préciser dans les réglages de l’association",
        is_public=bool(months),
    )
