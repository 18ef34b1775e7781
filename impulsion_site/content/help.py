"""« Qui appeler » and the glossary, as they are delivered: national numbers, general definitions.

Who to call for a street lamp or a neighbour depends on the commune and on the landlord: that is
for those who know it to fill in, and the admin's home asks them to. No example either: a false
number beside true ones would be dialled.
"""

from typing import Any

from pages.models import GlossaryPage, Term, WhoToCallPage

from .loader import Loader, PageSpec

# From service-public.fr (« Numéros d’urgence »): the number, what for, who answers, and whether
# one writes to it.
EMERGENCIES = [
    ("15", "Une urgence médicale", "Le SAMU", False),
    ("18", "Un feu, un accident", "Les pompiers", False),
    ("17", "Un danger, une agression", "La police, la gendarmerie", False),
    ("112", "Toutes les urgences", "Les secours, partout en Europe", False),
    ("114", "Vous ne pouvez pas parler", "Les secours, par écrit", True),
    ("115", "Nulle part où dormir", "Le SAMU social", False),
    ("119", "Un enfant en danger", "Une écoute, jour et nuit", False),
]


WHO_TO_CALL = PageSpec(
    "/qui-appeler/",
    WhoToCallPage,
    "Qui appeler",
    {
        "heading": "Qui appeler ?",
        "summary": "Les numéros d’urgence d’abord : ils sont gratuits, jour et nuit. Pour le "
        "reste, demandez à la régie.",
        "emergencies": [
            (
                "number",
                {"number": number, "purpose": purpose, "name": name, "by_sms": by_sms},
            )
            for number, purpose, name, by_sms in EMERGENCIES
        ],
    },
    in_menus=True,
)

GLOSSARY = PageSpec(
    "/glossaire/",
    GlossaryPage,
    "Glossaire",
    {
        "heading": "Les mots du métier",
        "summary": "Des mots et des sigles que l’on rencontre ici, expliqués simplement.",
    },
    in_menus=True,
)

# term, what its letters stand for, other forms, definition.
TERMS = [
    (
        "IAE",
        "insertion par l’activité économique",
        "",
        "Un contrat de travail, avec un accompagnement, pour des personnes sans emploi qui "
        "rencontrent des difficultés.",
    ),
    (
        "SIAE",
        "structure d’insertion par l’activité économique",
        "structure d’insertion",
        "Une association ou une entreprise qui embauche et accompagne des personnes en insertion.",
    ),
    (
        "ACI",
        "atelier et chantier d’insertion",
        "chantier d’insertion",
        "Une structure qui embauche des personnes sans emploi pour des travaux utiles à tous. "
        "Elle les encadre, les accompagne et les forme.",
    ),
    (
        "EI",
        "entreprise d’insertion",
        "",
        "Une entreprise comme les autres, qui embauche et accompagne des personnes sans emploi, "
        "en difficulté.",
    ),
    (
        "PASS IAE",
        "",
        "Pass IAE",
        "Ce qui ouvre le droit de travailler dans une structure d’insertion. Il dure jusqu’à "
        "24 mois.",
    ),
    (
        "CDDI",
        "contrat à durée déterminée d’insertion",
        "",
        "Un contrat de travail fait pour l’insertion. Il dure au moins 4 mois et peut être "
        "renouvelé.",
    ),
    (
        "ETP",
        "équivalent temps plein",
        "",
        "Une façon de compter le travail, comme si chacun travaillait à temps plein.",
    ),
    (
        "QPV",
        "quartier prioritaire de la politique de la ville",
        "quartier prioritaire",
        "Un quartier où beaucoup de gens ont peu d’argent, et que l’État et les communes aident "
        "en priorité.",
    ),
    (
        "PLIE",
        "plan local pluriannuel pour l’insertion et l’emploi",
        "plan local pour l’insertion et l’emploi",
        "Un service local qui accompagne longtemps des personnes vers l’emploi.",
    ),
    (
        "FSE+",
        "Fonds social européen plus",
        "Fonds social européen",
        "De l’argent de l’Union européenne pour l’emploi, la formation et l’insertion.",
    ),
    (
        "prescripteur",
        "",
        "prescripteur habilité, prescriptrice",
        "Un organisme qui peut vous orienter vers une structure d’insertion : France Travail, la "
        "mission locale, le service social…",
    ),
    (
        "sortie dynamique",
        "",
        "",
        "La fin d’un parcours d’insertion, quand elle mène à un emploi ou à une formation.",
    ),
    (
        "France Travail",
        "",
        "Pôle emploi",
        "Le service public de l’emploi. Avant, il s’appelait Pôle emploi.",
    ),
    (
        "mission locale",
        "",
        "",
        "Le service qui aide les jeunes à trouver une formation, un emploi, un logement.",
    ),
    (
        "CCAS",
        "centre communal d’action sociale",
        "",
        "Le service social de la commune.",
    ),
    (
        "clause sociale",
        "",
        "clause d’insertion, clause sociale d’insertion",
        "Une règle de certains marchés publics : une part du travail est confiée à des personnes "
        "en insertion.",
    ),
    (
        "bailleur social",
        "",
        "bailleurs sociaux",
        "Un organisme qui loue des logements à des prix modérés.",
    ),
    (
        "PMSMP",
        "période de mise en situation en milieu professionnel",
        "",
        "Quelques jours dans une entreprise, pour découvrir un métier.",
    ),
]


def load_terms(loader: Loader) -> None:
    """Deliver the terms, each once."""
    for name, expansion, other_forms, definition in TERMS:
        fields: dict[str, Any] = {"expansion": expansion, "other_forms": other_forms}
        loader.row(f"term:{name}", Term, "name", name=name, definition=definition, **fields)
