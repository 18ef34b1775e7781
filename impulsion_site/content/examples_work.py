"""The examples of « Travailler »: fictional offers, and a self-check whose criteria are invented.

Dates follow the day of the first loading: one offer is about to close, one is closed already.
Nobody answers to these offers: they name no commune and no person.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from activities.models import Criterion, EligibilityPage, JobPage

from .blocks import Ref, bullets, section, text
from .loader import PageSpec

Support = JobPage.Support


@dataclass(frozen=True)
class Offer:
    """A fictional offer that closes so many days after the loading (before, when negative)."""

    in_days: int
    slug: str
    title: str
    summary: str
    trade: str
    support: str
    hours: str
    contract: str
    tasks: tuple[str, ...]
    profile: str
    start: str = "dès que possible"
    pay: str = "le SMIC"
    posts: int = 1


OFFERS = [
    Offer(
        2,
        "exemple-entretien-des-espaces-verts",
        "Ouvrier ou ouvrière des espaces verts",
        "Vous aimez être dehors ? On vous apprend le métier.",
        "espaces-verts",
        Support.ACI,
        "26",
        "Contrat d’insertion de 6 mois, qui peut être renouvelé",
        ("tondre, tailler, ramasser les feuilles ;", "planter avec les habitants du quartier."),
        "Pas besoin de diplôme. Il faut pouvoir travailler dehors, toute l’année.",
        posts=3,
    ),
    Offer(
        12,
        "exemple-agent-d-entretien",
        "Agent ou agente d’entretien",
        "Des halls et des escaliers propres, et des voisins contents.",
        "entretien-de-locaux",
        Support.EI,
        "35",
        "Contrat d’insertion de 4 mois, qui peut être renouvelé",
        ("laver les halls et les escaliers ;", "sortir et rentrer les bacs."),
        "Pas besoin de diplôme. Le travail commence tôt le matin.",
        start="au début du mois prochain",
        posts=2,
    ),
    Offer(
        26,
        "exemple-encadrant-second-oeuvre",
        "Encadrant ou encadrante technique en second œuvre",
        "Vous connaissez la peinture et les sols. Vous savez apprendre aux autres.",
        "second-oeuvre",
        Support.PERMANENT,
        "35",
        "Contrat sans date de fin (CDI)",
        ("organiser le chantier de six personnes ;", "montrer les gestes, pas à pas."),
        "Un métier du bâtiment, et le permis B.",
        start="dans deux mois",
        pay="selon la convention, expliqué à l’entretien",
    ),
    Offer(
        -6,
        "exemple-mediateur-de-quartier",
        "Médiateur ou médiatrice de quartier",
        "Écouter les habitants, et chercher avec eux.",
        "mediation",
        Support.PERMANENT,
        "17.5",
        "Contrat d’un an",
        ("tenir la permanence ;", "préparer les rencontres."),
        "Savoir écouter, et aimer le travail en équipe.",
    ),
]

CRITERIA = [
    (Criterion.Level.ONE, "Je touche l’allocation Exemple", "Allocataire Exemple"),
    (Criterion.Level.ONE, "Je cherche un travail depuis très longtemps", "Longue durée Exemple"),
    (Criterion.Level.TWO, "J’ai quitté l’école tôt", "Niveau d’étude Exemple"),
    (Criterion.Level.TWO, "Je n’ai pas de moyen de transport", "Transport Exemple"),
    (Criterion.Level.TWO, "J’habite rue de l’Exemple", "Quartier Exemple"),
    (Criterion.Level.TWO, "Je garde des enfants", "Garde Exemple"),
]


def pages(today: date) -> list[PageSpec]:
    """The offers and the self-check."""
    return [*(_offer(offer, today) for offer in OFFERS), _eligibility(today)]


def _offer(offer: Offer, today: date) -> PageSpec:
    return PageSpec(
        f"/travailler/offres/{offer.slug}/",
        JobPage,
        offer.title,
        {
            "summary": offer.summary,
            "trade": Ref(f"trade:{offer.trade}"),
            "support": offer.support,
            "hours": Decimal(offer.hours),
            "contract": offer.contract,
            "pay": offer.pay,
            "start": offer.start,
            "posts": offer.posts,
            "place": "Commune Exemple",
            "closes_on": today + timedelta(days=offer.in_days),
            "profile": offer.profile,
            "how_to_apply": "Cette offre est inventée. Pour une vraie, dites votre nom, votre "
            "numéro, et pourquoi ce travail vous plaît.",
        },
        [section("Ce que vous ferez", text(bullets(*offer.tasks)))],
    )


def _eligibility(today: date) -> PageSpec:
    return PageSpec(
        "/travailler/exemple-est-ce-pour-moi/",
        EligibilityPage,
        "Une liste pour s’essayer",
        {
            "summary": "Cette liste est inventée : elle montre comment on coche, et ce que la page "
            "répond.",
            "list_name": "Liste Exemple",
            "list_version": "version inventée",
            "list_source": "aucune, c’est un exemple",
            "is_confirmed": True,
            "confirmed_on": today,
        },
        inlines={
            "criteria": [
                {"level": level, "label": label, "official_label": official}
                for level, label, official in CRITERIA
            ]
        },
    )
