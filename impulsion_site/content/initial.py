"""The initial content: the whole tree, with the facts of the association's own sheet only.

Golden rule: no fact about the association is invented. What is said of insertion in general
is the law, and gives its source. ``tests/test_facts.py`` holds both against the fact sheet.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from activities.models import (
    ActivityIndexPage,
    ActivityPage,
    ReferenceIndexPage,
    ReportIndexPage,
)
from activities.models.activities import RequestReason
from contact.models import ContactPage
from pages.models import (
    AgendaPage,
    Commune,
    ContentPage,
    DocumentsPage,
    HistoryPage,
    HomePage,
    LegalPage,
    NewsIndexPage,
    SectionPage,
    SiteMapPage,
    TeamPage,
    TerritoryPage,
    Trade,
)
from partners.models import Partner, PartnerIndexPage, PartnerSpacePage

from . import indicators
from .blocks import (
    Ref,
    bullets,
    callout,
    contact,
    links,
    page,
    questions,
    quote,
    section,
    steps,
    text,
    to,
)
from .help import GLOSSARY, WHO_TO_CALL, load_terms
from .loader import Loader, PageSpec
from .work import ELIGIBILITY, OFFERS, PRESCRIBERS

SITE_NAME = "Régie de quartier Impulsion"

ORGANISATION: dict[str, Any] = {
    "name": "Régie de quartier Impulsion de Hénin-Carvin",
    "short_name": "Impulsion",
    "baseline": "La première régie de quartier intercommunale de France, "
    "sur l’agglomération d’Hénin-Carvin.",
    "founded_year": 2003,
    "area_served": "Agglomération d’Hénin-Carvin (62)",
    "director_name": "Séverine Defer",
    "director_title": "directrice",
    "street_address": "ZA du Château",
    "city": "Carvin",
    "email": "regie.impulsion@gmail.com",
    "legal_form": "association",
}

# RFC 9116 asks for less than a year; the admin's home warns a month before.
SECURITY_TXT_VALIDITY = timedelta(days=330)

# The founding communes first. INSEE: official geographic code; postcodes: La Poste.
COMMUNES = [
    ("Carvin", "62215", "62220", True),
    ("Libercourt", "62907", "62820", True),
    ("Oignies", "62637", "62590", True),
    ("Bois-Bernard", "62148", "62320", False),
    ("Courcelles-lès-Lens", "62249", "62970", False),
    ("Courrières", "62250", "62710", False),
    ("Dourges", "62274", "62119", False),
    ("Drocourt", "62277", "62320", False),
    ("Évin-Malmaison", "62321", "62141", False),
    ("Hénin-Beaumont", "62427", "62110", False),
    ("Leforest", "62497", "62790", False),
    ("Montigny-en-Gohelle", "62587", "62640", False),
    ("Noyelles-Godault", "62624", "62950", False),
    ("Rouvroy", "62724", "62320", False),
]

TRADES = [
    ("Espaces verts", "espaces-verts", Trade.Colour.GREEN),
    ("Second œuvre", "second-oeuvre", Trade.Colour.OCHRE),
    ("Entretien de locaux", "entretien-de-locaux", Trade.Colour.BLUE),
    ("Médiation", "mediation", Trade.Colour.PLUM),
]

# In the words of the sheet. It is an old one: editors will add what names became.
PARTNERS = [
    ("Les habitants", "", Partner.Family.LOCAL),
    ("Les communes", "Carvin, Oignies, Libercourt", Partner.Family.LOCAL),
    ("La communauté d’agglomération", "Hénin-Carvin", Partner.Family.LOCAL),
    ("LTO Habitat", "", Partner.Family.LANDLORD),
    ("SIA Habitat", "", Partner.Family.LANDLORD),
    ("SOGINORPA", "", Partner.Family.LANDLORD),
    ("Maisons et Cités", "", Partner.Family.LANDLORD),
    ("Pas-de-Calais Habitat", "", Partner.Family.LANDLORD),
    ("L’Union européenne", "", Partner.Family.INSTITUTION),
    (
        "La DIRECCTE (62)",
        "Direction régionale des entreprises, de la concurrence, de la consommation, "
        "du travail et de l’emploi",
        Partner.Family.INSTITUTION,
    ),
    ("La Région", "", Partner.Family.INSTITUTION),
    ("Le Département du Pas-de-Calais", "", Partner.Family.INSTITUTION),
    ("Fondation de France", "", Partner.Family.FOUNDATION),
    ("Caisse d’Épargne", "", Partner.Family.FOUNDATION),
    ("Crédit Mutuel", "", Partner.Family.FOUNDATION),
]

DIRECTOR = "Séverine Defer"
DIRECTOR_ROLE = "directrice"
# Word for word: it is a quotation.
QUOTE = (
    "Nous avons cherché à employer des personnes qui habitent ces quartiers, qui ont participé "
    "à l’amélioration du cadre de vie par des services de proximité, tout en bénéficiant d’un "
    "accompagnement pour ensuite entrer en formation, ou trouver un emploi."
)
ACI = "Un Atelier et Chantier d’Insertion (ACI)"


def load(loader: Loader) -> None:
    """Deliver the initial content."""
    # No fact of the association: a promise to read what comes to its address, for a while.
    until = timezone.localdate() + SECURITY_TXT_VALIDITY
    loader.organisation({**ORGANISATION, "security_expires": until})
    for rank, (name, insee, postcode, is_founder) in enumerate(COMMUNES):
        loader.row(
            f"commune:{insee}",
            Commune,
            "insee_code",
            name=name,
            insee_code=insee,
            postcode=postcode,
            is_founder=is_founder,
            sort_order=rank,
        )
    for rank, (name, slug, colour) in enumerate(TRADES):
        loader.row(
            f"trade:{slug}", Trade, "slug", name=name, slug=slug, colour_key=colour, sort_order=rank
        )
    for rank, (name, detail, family) in enumerate(PARTNERS):
        loader.row(
            f"partner:{name}",
            Partner,
            "name",
            name=name,
            detail=detail,
            family=family,
            sort_order=rank,
        )
    load_terms(loader)
    indicators.load(loader)
    loader.pages(PAGES)
    loader.site(SITE_NAME)


HOME = PageSpec(
    "/",
    HomePage,
    "Accueil",
    {
        "heading": "Des habitants travaillent pour leurs quartiers, et avancent vers l’emploi",
        "summary": "Impulsion est la première régie de quartier intercommunale de France. "
        "Elle intervient sur l’agglomération d’Hénin-Carvin.",
        "quote": QUOTE,
        "quote_author": DIRECTOR,
        "quote_role": DIRECTOR_ROLE,
    },
    inlines={
        "doors": [
            {
                "label": "Je cherche un travail",
                "text": "Le travail à la régie, l’accompagnement, et comment nous joindre.",
                "page": page("/travailler/"),
            },
            {
                "label": "J’habite ici",
                "text": "La médiation, le jardin en pied d’immeuble, vos initiatives.",
                "page": page("/participer/"),
            },
            {
                "label": "Je cherche un service",
                "text": "Espaces verts, second œuvre du bâtiment, entretien de locaux, médiation.",
                "page": page("/activites/"),
            },
            {
                "label": "Je suis partenaire",
                "text": "Habitants, collectivités, bailleurs, institutions, fondations.",
                "page": page("/partenaires/"),
            },
        ]
    },
)

LA_REGIE = [
    PageSpec(
        "/la-regie/",
        SectionPage,
        "La régie",
        {
            "heading": "La régie de quartier Impulsion",
            "summary": "Impulsion est une association implantée à Carvin. "
            "Elle emploie des habitants des quartiers et les accompagne.",
        },
        [
            callout(
                "À retenir",
                bullets(
                    "Impulsion est née en 2003, à l’initiative de Carvin, Oignies et Libercourt.",
                    "C’est la première régie de quartier intercommunale de France.",
                    "Elle intervient sur l’agglomération d’Hénin-Carvin (62).",
                ),
            ),
            section(
                "Une régie de quartier, c’est quoi ?",
                text(
                    "Une régie de quartier est une association. Elle réunit des habitants, des "
                    "collectivités et des bailleurs sociaux. Ensemble, ils améliorent la vie "
                    "du quartier.",
                    "« Intercommunale » veut dire : qui réunit plusieurs communes.",
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/la-regie/histoire/",
        HistoryPage,
        "Histoire",
        {
            "heading": "L’histoire de la régie",
            "summary": "Impulsion naît en 2003, à l’initiative de trois communes. "
            "Les activités viennent ensuite, l’une après l’autre.",
        },
        [
            quote(QUOTE, DIRECTOR, DIRECTOR_ROLE),
            section(
                "À lire ensuite",
                links(
                    ("/activites/", "Les quatre activités de la régie"),
                    ("/la-regie/insertion/", "L’insertion par le travail"),
                    ("/partenaires/", "Les partenaires de la régie"),
                ),
            ),
        ],
        inlines={
            "milestones": [
                {
                    "date_label": "2003",
                    "title": "La création",
                    "text": "Impulsion est créée à l’initiative des communes de Carvin, Oignies "
                    "et Libercourt. C’est la première régie de quartier intercommunale de France.",
                },
                {
                    "title": "Les débuts : les espaces verts",
                    "text": "L’association commence par les espaces verts. Elle travaille avec "
                    "les collectivités locales, des bailleurs sociaux et des habitants.",
                },
                {
                    "title": "Ensuite : le bâtiment, puis les locaux",
                    "text": "D’autres activités se mettent en place. Le second œuvre du bâtiment "
                    "vient d’abord, puis l’entretien de locaux.",
                },
                {
                    "title": "Un chantier et une entreprise d’insertion",
                    "text": f"{ACI} et une entreprise d’insertion (EI) sont créés. Ils "
                    "accompagnent des personnes plus ou moins éloignées de l’emploi.",
                },
                {
                    "date_label": "À partir de 2008",
                    "title": "La médiation",
                    "text": "La régie a atteint une assise économique. Elle se lance alors dans "
                    "la médiation. Elle écoute les besoins. Elle expérimente des formes "
                    "d’intervention dans les quartiers.",
                },
                {
                    "title": "Une expertise reconnue",
                    "text": "Des bailleurs et des collectivités font appel à la régie. Elle "
                    "développe une expertise de terrain. Cette expertise est reconnue au-delà "
                    "du territoire des trois communes.",
                },
            ]
        },
        in_menus=True,
    ),
    PageSpec(
        "/la-regie/insertion/",
        ContentPage,
        "Insertion",
        {
            "heading": "L’insertion par le travail",
            "summary": "La régie emploie des personnes qui habitent les quartiers. "
            "Elle les accompagne vers une formation ou un emploi.",
        },
        [
            section(
                "Ce que fait la régie",
                text(
                    f"{ACI} et une entreprise d’insertion (EI) ont été créés.",
                    "Ils accompagnent des personnes plus ou moins éloignées de l’emploi.",
                    "Ces personnes participent à l’amélioration du cadre de vie, par des services "
                    "de proximité. Ensuite, elles entrent en formation ou trouvent un emploi : "
                    "c’est le but de l’accompagnement.",
                ),
                quote(QUOTE, DIRECTOR, DIRECTOR_ROLE),
            ),
            section(
                "Les mots de l’insertion",
                questions(
                    (
                        "Qu’est-ce que l’insertion par l’activité économique (IAE) ?",
                        "C’est un contrat de travail, avec un accueil et un accompagnement. "
                        "Elle s’adresse à des personnes sans emploi qui rencontrent des "
                        "difficultés sociales et professionnelles. "
                        "(Source : code du travail, article L. 5132-1.)",
                    ),
                    (
                        "Qu’est-ce qu’un atelier et chantier d’insertion (ACI) ?",
                        "C’est une structure qui embauche des personnes sans emploi pour des "
                        "actions collectives. Elle les accompagne, les encadre et les forme. "
                        "(Source : code du travail, article L. 5132-15.)",
                    ),
                    (
                        "Qu’est-ce qu’une entreprise d’insertion (EI) ?",
                        "C’est une entreprise qui signe des contrats de travail avec des personnes "
                        "sans emploi, en difficulté. Elle les accompagne vers un emploi. "
                        "(Source : code du travail, article L. 5132-5.)",
                    ),
                ),
            ),
            section(
                "Aller plus loin",
                links(
                    ("/travailler/", "Travailler à la régie"),
                    ("/travailler/parcours/", "Le parcours d’insertion, étape par étape"),
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/la-regie/equipe/",
        TeamPage,
        "Équipe",
        {
            "heading": "L’équipe",
            "summary": "Séverine Defer est la directrice de la régie de quartier Impulsion.",
        },
        [section("Écrire à l’équipe", contact())],
        inlines={"members": [{"name": DIRECTOR, "function": DIRECTOR_ROLE}]},
        in_menus=True,
    ),
    PageSpec(
        "/la-regie/territoire/",
        TerritoryPage,
        "Territoire",
        {
            "heading": "Le territoire de la régie",
            "summary": "Impulsion est implantée à Carvin, ZA du Château. "
            "Elle intervient sur l’agglomération d’Hénin-Carvin (62).",
        },
        [
            section(
                "Trois communes à l’origine",
                text(
                    "Carvin, Oignies et Libercourt ont pris l’initiative de créer la régie. "
                    "C’était en 2003.",
                    "Depuis, l’expertise de la régie est reconnue au-delà du territoire de ces "
                    "trois communes.",
                ),
            ),
            section(
                "L’agglomération d’Hénin-Carvin",
                text(
                    "La communauté d’agglomération d’Hénin-Carvin réunit 14 communes du "
                    "Pas-de-Calais. La carte les montre toutes. "
                    "(Source : Insee, code officiel géographique.)",
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/la-regie/documents/",
        DocumentsPage,
        "Documents",
        {
            "heading": "Les documents de l’association",
            "summary": "Les documents de l’association se trouvent ici, dès leur publication.",
        },
        in_menus=True,
    ),
]

ACTIVITES = [
    PageSpec(
        "/activites/",
        ActivityIndexPage,
        "Activités",
        {
            "heading": "Les activités de la régie",
            "summary": "Espaces verts, second œuvre du bâtiment, entretien de locaux, médiation : "
            "quatre activités au service des quartiers.",
        },
        [
            section(
                "Avec qui",
                text(
                    "L’association développe ses activités en partenariat. Elle travaille avec "
                    "les collectivités locales, des bailleurs sociaux et des habitants.",
                    "Un bailleur social loue des logements à des prix modérés.",
                ),
                links(
                    ("/partenaires/", "Voir tous les partenaires"),
                    ("/contact/", "Demander un service"),
                ),
            )
        ],
        in_menus=True,
    ),
    PageSpec(
        "/activites/espaces-verts/",
        ActivityPage,
        "Espaces verts",
        {
            "summary": "La régie a commencé par les espaces verts, avec les collectivités "
            "locales, des bailleurs sociaux et des habitants.",
            "trade": Ref("trade:espaces-verts"),
        },
        [
            section(
                "La première activité de la régie",
                text(
                    "Les espaces verts sont le point de départ de l’association. Les autres "
                    "activités sont venues après.",
                ),
            ),
            section(
                "Un service de proximité",
                text(
                    "Des personnes qui habitent les quartiers participent à l’amélioration du "
                    "cadre de vie.",
                    "Elles bénéficient d’un accompagnement, pour ensuite entrer en formation ou "
                    f"trouver un emploi. {to('/la-regie/insertion/', 'Comprendre l’insertion')}.",
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/activites/second-oeuvre/",
        ActivityPage,
        "Second œuvre",
        {
            "heading": "Second œuvre du bâtiment",
            "summary": "Après les espaces verts, l’association a mis en place une activité "
            "dans le second œuvre du bâtiment.",
            "trade": Ref("trade:second-oeuvre"),
        },
        [
            section(
                "Le second œuvre, c’est quoi ?",
                text(
                    "On appelle gros œuvre ce qui fait tenir un bâtiment debout. Le second œuvre, "
                    "ce sont tous les autres travaux.",
                    "Vous avez un besoin précis ? Écrivez à la régie. Elle vous dira ce qu’elle "
                    "peut faire.",
                ),
            ),
            section(
                "Un service de proximité",
                text(
                    "La régie emploie des personnes qui habitent les quartiers. Elle les "
                    "accompagne vers une formation ou un emploi. "
                    f"{to('/la-regie/insertion/', 'Comprendre l’insertion')}.",
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/activites/entretien-de-locaux/",
        ActivityPage,
        "Entretien de locaux",
        {
            "summary": "L’entretien de locaux est venu après les espaces verts et le second "
            "œuvre du bâtiment.",
            "trade": Ref("trade:entretien-de-locaux"),
        },
        [
            section(
                "Une activité de la régie",
                text(
                    "L’association a d’abord travaillé dans les espaces verts, puis dans le "
                    "bâtiment. Elle a ensuite mis en place l’entretien de locaux.",
                    "Vous avez des locaux à entretenir ? Écrivez à la régie. Elle vous dira ce "
                    "qu’elle peut faire.",
                ),
            ),
            section(
                "Un service de proximité",
                text(
                    "La régie emploie des personnes qui habitent les quartiers. Elle les "
                    "accompagne vers une formation ou un emploi. "
                    f"{to('/la-regie/insertion/', 'Comprendre l’insertion')}.",
                ),
            ),
        ],
        in_menus=True,
    ),
    PageSpec(
        "/activites/mediation/",
        ActivityPage,
        "Médiation",
        {
            "summary": "Vous avez une idée pour votre quartier ? La régie se met à l’écoute des "
            "besoins et accompagne des initiatives d’habitants.",
            "trade": Ref("trade:mediation"),
            "for_residents": "Parlez-nous de vos besoins et de vos idées : tous les supports sont "
            "bienvenus.",
            "for_landlords": "Des bailleurs sollicitent la régie. Vous pouvez le faire aussi.",
            "for_authorities": "Des collectivités sollicitent la régie. Vous pouvez le faire "
            "aussi.",
            "tasks": "Accompagner des initiatives d’habitants.\nLes responsabiliser.\n"
            "Participer au bien-vivre ensemble.",
            "request_reason": RequestReason.MEDIATION,
        },
        [
            section(
                "Tous les supports sont bienvenus",
                text(
                    "Par exemple :",
                    bullets(
                        "le jardin en pied d’immeuble, investi par les locataires ;",
                        "le toit apporté à des jeunes en difficulté.",
                    ),
                ),
                links(("/participer/", "Participer à la vie du quartier")),
            ),
            section("À qui parler", text("Une idée, un besoin ? Écrivez à la régie."), contact()),
            section(
                "Depuis 2008",
                text(
                    "La régie s’est lancée dans la médiation à partir de 2008, après avoir "
                    "atteint une assise économique.",
                    "Elle expérimente des formes d’intervention dans les quartiers. Une demande "
                    "peut venir de bailleurs ou de collectivités.",
                    "Elle développe une expertise de terrain, reconnue au-delà du territoire des "
                    "trois communes.",
                ),
            ),
        ],
        in_menus=True,
    ),
]

REALISATIONS = [
    PageSpec(
        "/realisations/",
        ReferenceIndexPage,
        "Réalisations",
        {
            "heading": "Ce que la régie a fait",
            "summary": "Des travaux de la régie : où, pour qui, quelle surface, avant et après.",
        },
        in_menus=True,
    ),
]

TRAVAILLER = [
    PageSpec(
        "/travailler/",
        SectionPage,
        "Travailler",
        {
            "heading": "Travailler à la régie",
            "summary": "La régie emploie des personnes qui habitent les quartiers. "
            "Elle les accompagne vers une formation ou un emploi.",
        },
        [
            callout(
                "À retenir",
                bullets(
                    "La régie accompagne des personnes plus ou moins éloignées de l’emploi.",
                    "Vous travaillez, et vous préparez la suite : une formation ou un emploi.",
                    f"Une question ? {to('/contact/', 'Écrivez à la régie')}.",
                ),
            ),
            section(
                "Dans quels métiers",
                text("La régie a quatre activités :"),
                links(
                    ("/activites/espaces-verts/", ""),
                    ("/activites/second-oeuvre/", "Second œuvre du bâtiment"),
                    ("/activites/entretien-de-locaux/", ""),
                    ("/activites/mediation/", ""),
                ),
            ),
            section("Comment postuler ? Écrivez-nous", contact()),
        ],
        in_menus=True,
    ),
    OFFERS,
    PageSpec(
        "/travailler/parcours/",
        ContentPage,
        "Le parcours",
        {
            "heading": "Le parcours d’insertion, étape par étape",
            "summary": "Voici comment se passe un parcours d’insertion en France. "
            "Ces règles viennent de la loi.",
        },
        [
            section(
                "Les étapes",
                steps(
                    (
                        "On regarde votre situation",
                        "Un conseiller regarde si ce parcours est fait pour vous. Il travaille à "
                        "France Travail, à la mission locale ou dans un autre organisme habilité. "
                        "Une structure d’insertion peut aussi le faire.",
                    ),
                    (
                        "Vous recevez un PASS IAE",
                        "IAE veut dire : insertion par l’activité économique. Ce PASS ouvre le "
                        "droit de travailler dans une structure d’insertion. Il dure jusqu’à "
                        "24 mois.",
                    ),
                    (
                        "Vous signez un contrat de travail",
                        "C’est souvent un contrat à durée déterminée d’insertion (CDDI). Il dure "
                        "au moins 4 mois. Il peut être renouvelé jusqu’à 24 mois, sauf exceptions.",
                    ),
                    (
                        "Vous travaillez",
                        "Vous êtes salarié ou salariée : vous recevez un salaire. Vous travaillez "
                        "au moins 20 heures par semaine, sauf exceptions. Quelqu’un vous "
                        "accompagne.",
                    ),
                    (
                        "Vous préparez la suite",
                        "Avec l’accompagnement, vous cherchez une formation ou un emploi.",
                    ),
                ),
            ),
            section(
                "D’où viennent ces règles",
                text(
                    "Du code du travail, articles L. 5132-1 à L. 5132-15-1. Elles valent pour "
                    "toutes les structures d’insertion.",
                    f"Pour savoir ce que propose la régie, {to('/contact/', 'écrivez-lui')}.",
                ),
                links(
                    ("/travailler/offres/", "Les offres d’emploi ouvertes"),
                    ("/travailler/est-ce-pour-moi/", "Est-ce pour moi ?"),
                ),
            ),
        ],
        in_menus=True,
    ),
    ELIGIBILITY,
    PRESCRIBERS,
]

AUTRES = [
    PageSpec(
        "/participer/",
        ContentPage,
        "Participer",
        {
            "heading": "Participer à la vie du quartier",
            "summary": "Vous habitez ici et vous avez une idée pour votre quartier ? "
            "La régie accompagne des initiatives d’habitants.",
        },
        [
            section(
                "Vos initiatives",
                text(
                    "Un jardin en pied d’immeuble, investi par les locataires : voilà un exemple.",
                    "Tous les supports sont bienvenus. La régie se met à l’écoute des besoins. "
                    f"C’est le travail de la {to('/activites/mediation/', 'médiation')}.",
                ),
            ),
            section(
                "Les habitants, partenaires de la régie",
                text(
                    "La régie s’appuie sur un partenariat actif avec des habitants. "
                    f"{to('/partenaires/', 'Voir tous les partenaires')}.",
                ),
            ),
            section(
                "Un problème dans le quartier",
                text(
                    f"Vous ne savez pas à qui le dire ? {to('/qui-appeler/', 'Voir qui appeler')}.",
                ),
            ),
            section("En parler avec nous", contact()),
        ],
    ),
    PageSpec(
        "/partenaires/",
        PartnerIndexPage,
        "Partenaires",
        {
            "heading": "Les partenaires de la régie",
            "summary": "La régie s’appuie sur un partenariat actif. Voici ses principaux "
            "partenaires et sources de financement.",
        },
        [
            section(
                "Une liste ouverte",
                text(
                    "La régie cite ses principaux partenaires. La liste des fondations reste "
                    "ouverte.",
                    "Un bailleur social loue des logements à des prix modérés. Une fondation "
                    "donne de l’argent pour des projets utiles à tous.",
                ),
                links(("/contact/", "Devenir partenaire : écrivez à la régie")),
            )
        ],
        in_menus=True,
    ),
    PageSpec(
        "/rapports/",
        ReportIndexPage,
        "Rapports",
        {
            "heading": "Les rapports d’activité",
            "summary": "Les rapports d’activité de la régie se trouvent ici, dès leur publication.",
        },
        in_menus=True,
    ),
    PageSpec(
        "/actualites/",
        NewsIndexPage,
        "Actualités",
        {
            "heading": "Les actualités",
            "summary": "Les nouvelles de la régie et des quartiers.",
        },
        in_menus=True,
    ),
    PageSpec(
        "/agenda/",
        AgendaPage,
        "Agenda",
        {
            "heading": "L’agenda",
            "summary": "Les rendez-vous de la régie, avec la date, l’heure et le lieu.",
        },
        in_menus=True,
    ),
    WHO_TO_CALL,
    PageSpec(
        "/contact/",
        ContactPage,
        "Contact",
        {
            "heading": "Contacter la régie",
            "summary": "Un travail, un service, une idée, un partenariat ? Écrivez à la régie.",
        },
        in_menus=True,
    ),
]


def _legal(address: str, title: str, subject: str) -> PageSpec:
    return PageSpec(address, LegalPage, title, {"subject": subject}, in_menus=True)


PIED_DE_PAGE = [
    _legal("/mentions-legales/", "Mentions légales", LegalPage.Subject.LEGAL_NOTICE),
    _legal("/confidentialite/", "Confidentialité", LegalPage.Subject.PRIVACY),
    _legal("/accessibilite/", "Accessibilité", LegalPage.Subject.ACCESSIBILITY),
    _legal("/ecoconception/", "Écoconception", LegalPage.Subject.ECODESIGN),
    GLOSSARY,
    PageSpec("/plan-du-site/", SiteMapPage, "Plan du site", in_menus=True),
    PageSpec("/espace-partenaires/", PartnerSpacePage, "Espace partenaires", in_menus=True),
]

PAGES = [HOME, *LA_REGIE, *ACTIVITES, *REALISATIONS, *TRAVAILLER, *AUTRES, *PIED_DE_PAGE]
