"""The initial content of « Travailler »: offers, self-check, prescribers.

The criteria are the State's list, in its words and in plain ones. They are delivered as a draft:
the page asks staff to compare the list with its source before it goes to the public.
"""

from typing import Any

from activities.models import Criterion, EligibilityPage, JobIndexPage, PrescriberPage

from .blocks import contact, links, section, steps, text, to
from .loader import PageSpec

ONE, TWO = Criterion.Level.ONE, Criterion.Level.TWO

# (level, in plain words, in the words of the list, explanation). Names and order are those of
# the public file of criteria of « Les emplois de l’inclusion », created in 2020; the last three
# criteria were added to it in 2021.
CRITERIA = [
    (ONE, "Je touche le RSA", "Bénéficiaire du RSA", "RSA : revenu de solidarité active."),
    (ONE, "Je touche l’ASS", "Allocataire ASS", "ASS : allocation de solidarité spécifique."),
    (ONE, "Je touche l’AAH", "Allocataire AAH", "AAH : allocation aux adultes handicapés."),
    (
        ONE,
        "Je suis à France Travail depuis plus de 24 mois",
        "DETLD (+ 24 mois)",
        "DETLD : demandeur d’emploi de très longue durée.",
    ),
    (
        TWO,
        "J’ai un CAP, un BEP, ou pas de diplôme",
        "Niveau d’étude 3 (CAP, BEP) ou infra",
        "« Infra » veut dire : en dessous.",
    ),
    (TWO, "J’ai plus de 50 ans", "Senior (+50 ans)", ""),
    (TWO, "J’ai moins de 26 ans", "Jeune (-26 ans)", ""),
    (
        TWO,
        "Je sors de l’aide sociale à l’enfance",
        "Sortant de l’ASE",
        "ASE : aide sociale à l’enfance.",
    ),
    (
        TWO,
        "Je suis à France Travail depuis 12 à 24 mois",
        "DELD (12-24 mois)",
        "DELD : demandeur d’emploi de longue durée.",
    ),
    (
        TWO,
        "Je suis reconnu travailleur handicapé",
        "Travailleur handicapé",
        "Vous avez une attestation.",
    ),
    (TWO, "J’élève mes enfants sans autre parent", "Parent isolé", ""),
    (
        TWO,
        "Je n’ai pas de logement à moi, ou j’ai vécu à la rue",
        "Personne sans hébergement ou hébergée ou ayant un parcours de rue",
        "",
    ),
    (
        TWO,
        "Je suis réfugié, protégé par la France, ou je demande l’asile",
        "Réfugié statutaire, bénéficiaire d’une protection temporaire, protégé subsidiaire ou "
        "demandeur d’asile",
        "",
    ),
    (
        TWO,
        "J’habite une zone de revitalisation rurale",
        "Résident ZRR",
        "ZRR : zone de revitalisation rurale.",
    ),
    (
        TWO,
        "J’habite un quartier prioritaire",
        "Résident QPV",
        "QPV : quartier prioritaire de la politique de la ville.",
    ),
    (
        TWO,
        "Je sors de prison, ou la justice me suit",
        "Sortant de détention ou personne placée sous main de justice",
        "",
    ),
    (
        TWO,
        "Je commence à apprendre le français",
        "Maîtrise de la langue française",
        "Une évaluation donne un niveau inférieur à A1.",
    ),
    (
        TWO,
        "J’ai du mal à me déplacer pour travailler",
        "Mobilité",
        "Un prescripteur habilité fait un diagnostic.",
    ),
]


def criteria_rows() -> list[dict[str, Any]]:
    """The criteria as rows of the page."""
    names = ("level", "label", "official_label", "explanation")
    return [dict(zip(names, values, strict=True)) for values in CRITERIA]


OFFERS = PageSpec(
    "/travailler/offres/",
    JobIndexPage,
    "Offres d’emploi",
    {
        "heading": "Les offres d’emploi",
        "summary": "Les postes à pourvoir à la régie. Chaque offre dit les heures, le lieu et le "
        "dernier jour pour répondre.",
    },
    [
        section(
            "Avant de répondre",
            links(
                ("/travailler/parcours/", "Le parcours d’insertion, étape par étape"),
                ("/travailler/est-ce-pour-moi/", "Est-ce pour moi ?"),
            ),
        )
    ],
    in_menus=True,
)

ELIGIBILITY = PageSpec(
    "/travailler/est-ce-pour-moi/",
    EligibilityPage,
    "Est-ce pour moi ?",
    {
        "summary": "Lisez ces situations. Lesquelles sont les vôtres ? Un conseiller vérifiera "
        "toujours avec vous : cette page ne décide de rien.",
        "list_name": "Critères d’éligibilité à l’insertion par l’activité économique (IAE)",
        "list_version": "liste de 2020, complétée en 2021",
        "list_source": "Les emplois de l’inclusion, fichier public des critères",
        "list_source_url": "https://github.com/gip-inclusion/les-emplois",
    },
    [
        section(
            "Et après ?",
            text(
                "Montrez cette liste à un conseiller. Il travaille à France Travail, à la mission "
                "locale ou dans un autre organisme habilité.",
                "Il regarde toute votre situation, même ce qui n’est pas dans la liste.",
            ),
            contact(),
        )
    ],
    inlines={"criteria": criteria_rows()},
    in_menus=True,
    published=False,
)

PRESCRIBERS = PageSpec(
    "/travailler/prescripteurs/",
    PrescriberPage,
    "Prescripteurs",
    {
        "heading": "Vous accompagnez une personne vers l’emploi",
        "summary": "Les postes ouverts, qui orienter et comment, sur une feuille à imprimer.",
        "platform_url": "https://emplois.inclusion.beta.gouv.fr",
    },
    [
        section(
            "Qui orienter",
            text(
                "Des personnes sans emploi, qui rencontrent des difficultés sociales et "
                "professionnelles. (Source : code du travail, article L. 5132-1.)",
                "Un Atelier et Chantier d’Insertion (ACI) et une entreprise d’insertion (EI) ont "
                "été créés. Ils accompagnent des personnes plus ou moins éloignées de l’emploi.",
            ),
            links(
                ("/travailler/est-ce-pour-moi/", "Les situations de la liste officielle"),
                ("/la-regie/insertion/", "L’insertion par le travail"),
            ),
        ),
        section(
            "Comment orienter",
            steps(
                (
                    "Regardez avec la personne",
                    "Quel poste, combien d’heures, quel lieu ? Lisez l’offre avec elle.",
                ),
                (
                    "Faites le diagnostic",
                    "Un prescripteur habilité vérifie la situation de la personne. Sinon, une "
                    "structure d’insertion peut le faire.",
                ),
                (
                    "Envoyez la candidature",
                    "En France, elle passe par Les emplois de l’inclusion, le service public en "
                    f"ligne. Une question ? {to('/contact/', 'Écrivez à la régie')}.",
                ),
            ),
        ),
    ],
    in_menus=True,
)
