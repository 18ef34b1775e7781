"""The examples of references: invented work, for invented clients, nowhere on the territory.

No commune of the territory is chosen, even as a place: work « in Carvin » would be believed to be
the commune's, badge or not. The place is always « Commune Exemple », in the words of the page.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from activities.models import Audience, ClientShown, ReferencePage

from .blocks import Ref, text
from .demonstration import deliver_images
from .loader import Loader, PageSpec

# Key of the drawing → title, alternative text.
IMAGES = {
    "jardin-avant": (
        "Le terrain, avant",
        "Dessin : un terrain nu et des gravats au pied d’un immeuble bleu.",
    ),
    "hall-avant": ("Le hall, avant", "Dessin : le même hall, gris et taché, la vitre fendue."),
}


@dataclass(frozen=True)
class Work:
    """Fictional work, begun so many days before the loading and ended so many days after."""

    days_ago: int
    days: int | None
    slug: str
    title: str
    summary: str
    trade: str
    quantity: str
    unit: str
    client: str
    kind: Audience
    shown: ClientShown
    story: str
    place: str = "Commune Exemple"
    before: str = ""
    after: str = ""
    quote: str = ""
    quote_author: str = ""


WORKS = [
    Work(
        210,
        45,
        "exemple-terrain-devenu-jardin",
        "Un terrain vague devenu jardin",
        "Vingt parcelles au pied d’un immeuble, là où il n’y avait que des gravats.",
        "espaces-verts",
        "1250",
        "m² de jardin",
        "Bailleur Exemple",
        Audience.LANDLORDS,
        ClientShown.NAME,
        "L’équipe a évacué les gravats, apporté de la terre et tracé les allées. Les locataires "
        "ont choisi les plantes.",
        "Résidence de l’Exemple, Commune Exemple",
        "jardin-avant",
        "jardin",
        "Avant, on passait vite. Maintenant, on s’arrête et on se parle.",
        "Une locataire inventée, pour l’exemple",
    ),
    Work(
        150,
        12,
        "exemple-hall-remis-a-neuf",
        "Un hall d’immeuble remis à neuf",
        "Murs, plafond, boîtes aux lettres\u00a0: une entrée où l’on a envie d’entrer.",
        "second-oeuvre",
        "86",
        "m² de murs repeints",
        "Bailleur Exemple",
        Audience.LANDLORDS,
        ClientShown.NAME,
        "L’équipe a protégé les sols, rebouché les murs, puis peint deux couches. Les habitants "
        "avaient voté pour le bleu.",
        before="hall-avant",
        after="hall",
    ),
    Work(
        400,
        None,
        "exemple-escaliers-entretenus",
        "Les escaliers de six immeubles",
        "Un passage chaque semaine, toujours la même équipe.",
        "entretien-de-locaux",
        "6",
        "immeubles",
        "Bailleur Exemple",
        Audience.LANDLORDS,
        ClientShown.KIND,
        "Les habitants connaissent les prénoms de l’équipe. Ils signalent ce qui ne va pas.",
    ),
    Work(
        95,
        3,
        "exemple-haie-de-l-ecole",
        "Une haie plantée avec une école",
        "Cent arbustes, et un petit panneau pour chacun.",
        "espaces-verts",
        "100",
        "arbustes",
        "Commune Exemple",
        Audience.AUTHORITIES,
        ClientShown.NAME,
        "Les enfants ont creusé, planté et arrosé. L’équipe a préparé le sol et les tuteurs.",
        "École de l’Exemple, Commune Exemple",
    ),
    Work(
        320,
        60,
        "exemple-logements-remis-en-etat",
        "Des logements remis en état",
        "Sols, peintures, plinthes\u00a0: prêts pour les familles avant l’hiver.",
        "second-oeuvre",
        "14",
        "logements",
        "",
        Audience.LANDLORDS,
        ClientShown.NOTHING,
        "Deux équipes se sont relayées, un logement après l’autre.",
    ),
    Work(
        60,
        1,
        "exemple-atelier-outils-partages",
        "Un atelier d’outils partagés",
        "Des habitants prêtent, empruntent et réparent ensemble.",
        "mediation",
        "32",
        "habitants",
        "",
        Audience.RESIDENTS,
        ClientShown.KIND,
        "L’idée est venue d’un palier. L’équipe a aidé à trouver le local et à écrire les règles.",
        after="outils",
    ),
    Work(
        500,
        300,
        "exemple-bureaux-nettoyes",
        "Les bureaux d’une petite entreprise",
        "Le ménage, tôt le matin, avec des produits plus sains.",
        "entretien-de-locaux",
        "540",
        "m² de bureaux",
        "",
        Audience.COMPANIES,
        ClientShown.KIND,
        "Une formation d’une journée a suffi pour changer de produits.",
    ),
    Work(
        700,
        365,
        "exemple-pied-du-terril",
        "Les sentiers au pied d’un terril",
        "Des chemins ouverts toute l’année, sans gêner les plantes du schiste.",
        "espaces-verts",
        "3.5",
        "km de sentiers",
        "Commune Exemple",
        Audience.AUTHORITIES,
        ClientShown.NAME,
        "L’équipe fauche une fois l’an, à la main là où il le faut.",
        after="terrils",
    ),
]


def load(loader: Loader) -> None:
    """Deliver the examples of references."""
    deliver_images(loader, IMAGES)
    loader.pages([_page(work, timezone.localdate()) for work in WORKS])


def _page(work: Work, today: date) -> PageSpec:
    start = today - timedelta(days=work.days_ago)
    references = {
        "client": work.client and Ref(f"partner:{work.client}"),
        "before": work.before and Ref(f"image:{work.before}"),
        "after": work.after and Ref(f"image:{work.after}"),
    }
    return PageSpec(
        f"/realisations/{work.slug}/",
        ReferencePage,
        work.title,
        {
            "summary": work.summary,
            "trade": Ref(f"trade:{work.trade}"),
            "place": work.place,
            "quantity": Decimal(work.quantity),
            "unit": work.unit,
            "client_kind": work.kind,
            "client_shown": work.shown,
            "starts_on": start,
            "ends_on": start + timedelta(days=work.days) if work.days else None,
            "years_only": work.days_ago > 365,
            "quote": work.quote,
            "quote_author": work.quote_author,
            "quote_agreed": bool(work.quote),
            "quote_agreed_on": today if work.quote else None,
            **{name: value for name, value in references.items() if value},
        },
        [text(work.story)],
    )
