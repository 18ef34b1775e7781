"""The examples: fictional content that shows what the site can do, marked as such everywhere.

Nothing here is lent to anybody real: clients and funders are called « Exemple », no commune of
the territory is named, no person either. Dates follow the day of the first loading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Collection

from pages.models import ContentPage, EventPage, NewsPage, SiteDocument, SiteImage

from . import blocks, drawings, examples_partners, examples_report, examples_work, files
from .blocks import Block, Ref, callout, section, text, to
from .loader import Loader, PageSpec

COLLECTION = "Exemples"
PREFIX = "Exemple – "
CREDIT = "Dessin fait pour ce site"

# Key of the drawing → title, alternative text.
IMAGES = {
    "terrils": ("Les deux terrils", "Dessin : deux terrils noirs derrière une rangée de maisons."),
    "jardin": ("Le jardin", "Dessin : des rangs de légumes au pied d’un immeuble bleu."),
    "outils": ("Les outils", "Dessin : cinq outils accrochés à un mur, au-dessus d’un établi."),
    "hall": ("Le hall", "Dessin : un hall d’immeuble propre, avec un seau et un balai."),
    "rencontre": ("La rencontre", "Dessin : cinq personnes autour d’une grande table."),
}

DOCUMENTS = {
    "compte-rendu": (
        "Compte rendu de réunion",
        ["Ce document est un exemple.", "Tout y est inventé."],
    ),
    "affiche": (
        "Affiche du jardin",
        ["Une affiche pour montrer comment on télécharge un fichier."],
    ),
}


@dataclass(frozen=True)
class News:
    """A fictional news item, so many days before the loading."""

    days_ago: int
    slug: str
    title: str
    summary: str
    trade: str
    story: tuple[str, ...]
    image: str = ""
    archived: bool = False
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A fictional event, so many days after the loading (before, when negative)."""

    in_days: int
    slug: str
    title: str
    summary: str
    starts: time
    hours: int | None = 2
    status: str = EventPage.Status.CONFIRMED
    story: tuple[str, ...] = ()
    access: str = "Arrêt de bus « Exemple » à deux minutes. Entrée de plain-pied."
    again_in_days: tuple[int, ...] = ()
    price: str = "Gratuit"
    capacity: str = ""


NEWS = [
    News(
        2,
        "exemple-jardin-ouvre-ses-portes",
        "Le jardin de la Commune Exemple ouvre ses portes",
        "Vingt parcelles attendent leurs jardiniers. Chacun peut venir voir.",
        "mediation",
        (
            "Le terrain dormait au pied des immeubles. Il est devenu un jardin.",
            "Les locataires du Bailleur Exemple ont choisi les allées et les plantes.",
        ),
        "jardin",
        related=("/agenda/exemple-fete-du-jardin/", "/activites/mediation/"),
    ),
    News(
        9,
        "exemple-hall-repeint",
        "Un hall d’immeuble repeint en une semaine",
        "Quatre personnes ont redonné de la lumière à une entrée du Bailleur Exemple.",
        "second-oeuvre",
        (
            "Les murs étaient gris. Les habitants ont voté pour le bleu.",
            "L’équipe a protégé les sols, bouché les trous, puis peint deux couches.",
        ),
        "hall",
    ),
    News(
        17,
        "exemple-atelier-outils",
        "Un atelier pour apprendre à entretenir ses outils",
        "Affûter, huiler, ranger : un outil bien soigné dure des années.",
        "espaces-verts",
        (
            "Chacun a apporté un outil fatigué. Chacun est reparti avec un outil neuf, ou presque.",
            "Le prochain atelier parlera de la taille des haies.",
        ),
        "outils",
    ),
    News(
        26,
        "exemple-reunion-de-quartier",
        "Réunion de quartier : ce que vous avez dit",
        "L’éclairage et les bancs arrivent en tête de vos demandes.",
        "mediation",
        (
            "Trente personnes sont venues. Les échanges ont duré deux heures.",
            "Le compte rendu est à télécharger plus bas.",
        ),
        "rencontre",
    ),
    News(
        38,
        "exemple-balade-terrils",
        "Une balade au pied des terrils",
        "Une matinée pour regarder les plantes qui poussent sur le schiste.",
        "espaces-verts",
        ("Le groupe a marché six kilomètres, sans se presser. Prenez de bonnes chaussures !",),
        "terrils",
    ),
    News(
        51,
        "exemple-nouvelle-machine",
        "Une machine plus légère pour laver les sols",
        "Moins d’eau, moins de bruit, moins de fatigue pour l’équipe.",
        "entretien-de-locaux",
        ("La machine a été payée par le Fonds Exemple. Deux personnes ont appris à s’en servir.",),
    ),
    News(
        63,
        "exemple-haie-plantee",
        "Une haie plantée avec l’école",
        "Des enfants de la Commune Exemple ont planté cent jeunes arbustes.",
        "espaces-verts",
        ("Chaque arbuste porte un petit panneau. Les feuilles viendront au printemps.",),
    ),
    News(
        75,
        "exemple-logement-remis-en-etat",
        "Un logement remis en état avant l’hiver",
        "Sols, peintures, plinthes : trois semaines de travail.",
        "second-oeuvre",
        ("Le Bailleur Exemple a reçu les clés en avance. La famille a pu s’installer.",),
    ),
    News(
        88,
        "exemple-cafe-du-palier",
        "Le café du palier, tous les quinze jours",
        "Un café, une table, et l’on se parle entre voisins.",
        "mediation",
        ("On y parle du bruit, des vélos, des fêtes à venir. Personne n’est obligé de parler.",),
    ),
    News(
        102,
        "exemple-tri-des-dechets",
        "Mieux trier, escalier par escalier",
        "Des affiches simples, posées au bon endroit.",
        "entretien-de-locaux",
        ("Les erreurs de tri ont baissé de moitié en deux mois. Merci à tous.",),
    ),
    News(
        118,
        "exemple-tonte-raisonnee",
        "Tondre moins souvent, pour voir revenir les fleurs",
        "Une partie de la pelouse n’est plus fauchée qu’une fois l’an.",
        "espaces-verts",
        ("Les abeilles sont revenues. Les habitants aussi.",),
    ),
    News(
        131,
        "exemple-visite-de-chantier",
        "Visite de chantier avec la Commune Exemple",
        "Les élus sont venus voir le travail fini, et celui qui reste.",
        "second-oeuvre",
        ("La visite a duré une heure. Les questions ont porté sur les délais.",),
    ),
    News(
        147,
        "exemple-boite-a-livres",
        "Une boîte à livres dans le square",
        "Prenez un livre, laissez un livre.",
        "mediation",
        ("La boîte a été construite avec des planches récupérées sur un chantier.",),
    ),
    News(
        160,
        "exemple-produits-naturels",
        "Des produits plus sains pour nettoyer",
        "Du vinaigre, du savon noir, et les bons gestes.",
        "entretien-de-locaux",
        ("Une formation d’une journée a suffi. L’odeur a changé, la propreté non.",),
    ),
    News(
        178,
        "exemple-fete-du-jardin",
        "Retour sur la fête du jardin",
        "Soupe, musique et concours de la plus grosse courge.",
        "mediation",
        ("La plus grosse courge pesait onze kilos. Elle a fini en soupe.",),
        "jardin",
        archived=True,
    ),
]

EVENTS = [
    Event(
        -64,
        "exemple-bourse-aux-plantes",
        "Bourse aux plantes",
        "On apporte une plante, on repart avec une autre.",
        time(10),
    ),
    Event(
        -30,
        "exemple-reunion-publique",
        "Réunion publique du quartier",
        "Parlons de l’éclairage, des bancs et des vélos.",
        time(18, 30),
    ),
    Event(
        -8,
        "exemple-atelier-peinture",
        "Atelier peinture pour débutants",
        "Apprendre à préparer un mur et à peindre proprement.",
        time(14),
        3,
    ),
    Event(
        0,
        "exemple-permanence-du-jour",
        "Permanence au jardin",
        "Une question sur votre parcelle ? Quelqu’un vous répond.",
        time(9),
        None,
    ),
    Event(
        6,
        "exemple-cafe-des-voisins",
        "Café des voisins",
        "Un café, une table, et l’on se parle.",
        time(9, 30),
        story=("Venez comme vous êtes. Le café est offert.",),
        again_in_days=(20, 34, 48),
        capacity=EventPage.Capacity.OPEN,
    ),
    Event(
        13,
        "exemple-plantation-de-la-haie",
        "Plantation de la haie",
        "Une matinée pour planter cent arbustes.",
        time(9),
        3,
        story=("Prévoyez des gants et de vieilles chaussures. Les outils sont prêtés.",),
        capacity=EventPage.Capacity.FULL,
    ),
    Event(
        20,
        "exemple-visite-du-chantier",
        "Visite du chantier",
        "La visite est remise : la nouvelle date est en cours de choix.",
        time(15),
        1,
        EventPage.Status.POSTPONED,
    ),
    Event(
        27,
        "exemple-tournoi-de-petanque",
        "Tournoi de pétanque",
        "Le terrain est inondé : le tournoi n’aura pas lieu.",
        time(14, 30),
        4,
        EventPage.Status.CANCELLED,
    ),
    Event(
        48,
        "exemple-fete-du-jardin",
        "Fête du jardin",
        "Deux jours de soupe, de musique et de jeux.",
        time(10),
        32,
    ),
]


def load(loader: Loader) -> None:
    """Deliver the examples."""
    examples_partners.load(loader)
    _files(loader)
    today = timezone.localdate()
    loader.pages([SHOWCASE, *_news(today), *_events(today), *examples_work.pages(today)])
    examples_report.load(loader)


def _files(loader: Loader) -> None:
    """The images and the documents, in a collection of their own."""

    def document(key: str, title: str, lines: list[str]) -> SiteDocument:
        file = ContentFile(files.one_page_pdf(PREFIX + title, lines), f"exemple-{key}.pdf")
        return SiteDocument.objects.create(
            title=PREFIX + title, file=file, collection=_collection()
        )

    deliver_images(loader, IMAGES)
    for key, (title, lines) in DOCUMENTS.items():
        loader.once(f"document:{key}", _never, partial(document, key, title, lines))


def deliver_images(loader: Loader, images: Mapping[str, tuple[str, str]]) -> None:
    """Deliver drawings: by the key of each, its title and its alternative text."""

    def image(key: str, title: str, alt: str) -> SiteImage:
        file = ContentFile(drawings.DRAWINGS[key](), f"exemple-{key}.jpg")
        return SiteImage.objects.create(
            title=PREFIX + title,
            description=alt,
            credit=CREDIT,
            file=file,
            collection=_collection(),
        )

    for key, (title, alt) in images.items():
        loader.once(f"image:{key}", _never, partial(image, key, title, alt))


def _never() -> None:
    """Nothing made by somebody else can be this file."""


def _collection() -> Collection:
    root = Collection.objects.get(depth=1)
    return root.get_children().filter(name=COLLECTION).first() or root.add_child(name=COLLECTION)


def _news(today: date) -> list[PageSpec]:
    return [
        PageSpec(
            f"/actualites/{news.slug}/",
            NewsPage,
            news.title,
            {
                "summary": news.summary,
                "date": today - timedelta(days=news.days_ago),
                **({"image": Ref(f"image:{news.image}")} if news.image else {}),
                **({"archive_on": today} if news.archived else {}),
            },
            _story(news.story),
            terms={"trades": [f"trade:{news.trade}"]},
            streams={
                "related_pages": [
                    {"type": "page", "value": blocks.page(address)} for address in news.related
                ]
            },
        )
        for news in NEWS
    ]


def _events(today: date) -> list[PageSpec]:
    return [
        PageSpec(
            f"/agenda/{event.slug}/",
            EventPage,
            event.title,
            {
                "summary": event.summary,
                "status": event.status,
                "place": "Salle Exemple",
                "address": "Rue de l’Exemple, Commune Exemple",
                "access": event.access,
                "wheelchair": EventPage.Wheelchair.YES,
                "price": event.price,
                "capacity": event.capacity,
                "contact_name": "L’accueil Exemple",
            },
            _story(event.story),
            inlines={"sessions": _sessions(event, today)},
        )
        for event in EVENTS
    ]


def _sessions(event: Event, today: date) -> list[dict[str, Any]]:
    """The hours of the day, and those of the days when it comes back."""
    sessions = []
    for days in (event.in_days, *event.again_in_days):
        starts = timezone.make_aware(datetime.combine(today + timedelta(days=days), event.starts))
        ends = starts + timedelta(hours=event.hours) if event.hours else None
        sessions.append({"starts_at": starts, "ends_at": ends})
    return sessions


def _story(story: tuple[str, ...]) -> list[Block]:
    body = [text(*story)] if story else []
    if "télécharger" in " ".join(story):
        body.append(blocks.documents("compte-rendu"))
    return body


# A page with every kind of block.
SHOWCASE = PageSpec(
    "/la-regie/exemple-de-page/",
    ContentPage,
    "Tous les contenus d’une page",
    {"summary": "Cette page montre, un par un, les contenus que la rédaction peut assembler."},
    [
        callout(
            "À retenir",
            "Une page se construit avec des parties. Chaque partie a un titre et des contenus.",
        ),
        section(
            "Du texte, une liste et un lien",
            text(
                "Un paragraphe dit une idée. Les phrases sont courtes. Un mot peut être "
                "<b>important</b>, un autre <i>cité</i>.",
                blocks.bullets("une liste aide à voir", "plusieurs choses", "d’un seul coup d’œil"),
                f"Un lien mène à une autre page : {to('/contact/', 'écrire à la régie')}.",
            ),
            blocks.quote(
                "Une citation donne les mots exacts de quelqu’un.",
                "Une personne inventée",
                "exemple",
            ),
        ),
        section(
            "Des étapes",
            blocks.steps(
                ("Vous lisez", "Vous trouvez ce que vous cherchez."),
                ("Vous écrivez", "Quelqu’un lit votre message."),
                ("Vous venez", "On vous attend."),
            ),
        ),
        section(
            "Des images",
            blocks.figure("terrils", IMAGES["terrils"][1], "Un dessin, avec sa légende."),
            blocks.gallery(
                ("jardin", IMAGES["jardin"][1], "Le jardin"),
                ("outils", IMAGES["outils"][1], "Les outils"),
                ("hall", IMAGES["hall"][1], "Le hall"),
                ("rencontre", IMAGES["rencontre"][1], ""),
            ),
        ),
        section(
            "Un tableau",
            blocks.table(
                "Surfaces entretenues par une équipe inventée",
                [("text", "Mois"), ("number", "Pelouse (m²)"), ("number", "Haie (m)")],
                [
                    ["Avril", "1250", "310"],
                    ["Mai", "2480", "120.5"],
                    ["Juin", "2610", "0"],
                ],
            ),
        ),
        section(
            "Des documents, des questions, un contact",
            blocks.documents("compte-rendu", "affiche"),
            blocks.questions(
                ("Faut-il réserver ?", "Non, on vient quand on veut."),
                ("Est-ce payant ?", "Non, c’est gratuit."),
            ),
            blocks.contact("L’accueil Exemple", "Renseignements", "du lundi au vendredi"),
            blocks.links(("/activites/", "Les activités"), ("/agenda/", "L’agenda")),
        ),
    ],
)
