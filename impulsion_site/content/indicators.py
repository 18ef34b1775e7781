"""The dictionary of the figures (domain, 3.4): what can be counted, never how many.

Definitions of exits and of full-time jobs are the State's. The rest says in plain words what
the network of régies counts. Editors change, add and take away as they like.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from activities.models import (
    Breakdown,
    BreakdownItem,
    Chapter,
    Indicator,
    IndicatorDefinition,
)
from pages.models import Trade

from .loader import Loader

Family = Indicator.Family
UP, DOWN = Indicator.Direction.UP, Indicator.Direction.DOWN
PEOPLE, PERCENT, EUROS, HOURS = "personnes", "%", "€", "h"

# Code → name, whether the parts add up, the parts.
BREAKDOWNS: dict[str, tuple[str, bool, dict[str, str]]] = {
    "dispositif": (
        "Dispositif",
        # Somebody may go from one to the other in the same year.
        False,
        {"aci": "Atelier et chantier d’insertion", "ei": "Entreprise d’insertion"},
    ),
    "activite": (
        "Activité",
        True,
        {
            "espaces_verts": "Espaces verts",
            "second_oeuvre": "Second œuvre",
            "entretien": "Entretien de locaux",
            "mediation": "Médiation",
            "autre": "Autre activité",
        },
    ),
    "client": (
        "Type de client",
        True,
        {
            "bailleurs": "Bailleurs sociaux",
            "collectivites": "Collectivités",
            "entreprises": "Entreprises",
            "associations": "Associations",
            "particuliers": "Particuliers",
        },
    ),
    "commune": (
        "Commune de résidence",
        True,
        {
            "carvin": "Carvin",
            "libercourt": "Libercourt",
            "oignies": "Oignies",
            "autre_agglomeration": "Autre commune de l’agglomération",
            "hors_agglomeration": "Hors de l’agglomération",
        },
    ),
    "prescripteur": (
        "Qui a orienté la personne",
        True,
        {
            "france_travail": "France Travail",
            "mission_locale": "Mission locale",
            "cap_emploi": "Cap emploi",
            "plie": "Plan local pour l’insertion et l’emploi",
            "departement": "Services du Département",
            "ccas": "Centre communal d’action sociale",
            "autre": "Autre organisme",
            "sans": "Venue d’elle-même",
        },
    ),
    "frein": (
        "Frein à l’emploi",
        False,
        {
            "logement": "Logement",
            "sante": "Santé",
            "mobilite": "Mobilité",
            "droits": "Démarches et droits",
            "numerique": "Numérique",
            "langue": "Langue",
            "budget": "Budget",
            "garde": "Garde d’enfants",
        },
    ),
    "certification": (
        "Certification",
        True,
        {
            "caces": "Conduite d’engins (CACES)",
            "sst": "Sauveteur secouriste du travail",
            "electrique": "Habilitation électrique",
            "cqp": "Qualification professionnelle (CQP)",
            "clea": "Socle de connaissances (CléA)",
            "autre": "Autre certification",
        },
    ),
    "situation": (
        "Type de situation",
        True,
        {
            "voisinage": "Voisinage",
            "droits": "Accès aux droits",
            "cadre_de_vie": "Cadre de vie",
            "veille": "Veille sociale",
            "autre": "Autre situation",
        },
    ),
    "financeur": (
        "Financeur",
        True,
        {
            "etat": "État",
            "europe": "Union européenne",
            "region": "Région",
            "departement": "Département",
            "agglomeration": "Communauté d’agglomération",
            "communes": "Communes",
            "bailleurs": "Bailleurs sociaux",
            "formation": "Formation professionnelle",
            "fondations": "Fondations et mécénat",
            "autres": "Autres financeurs",
        },
    ),
}

BY_CONTRACT = ("dispositif",)
BY_ACTIVITY = ("activite",)


@dataclass(frozen=True)
class Spec:
    """An indicator to deliver."""

    code: str
    label: str
    unit: str
    definition: str
    method: str = ""
    direction: str = Indicator.Direction.NEUTRAL
    breakdowns: tuple[str, ...] = ()
    # Fields that are not the usual ones: decimals, formula, limits, activity…
    more: dict[str, Any] = field(default_factory=dict)


def _computed(numerator: str, denominator: str = "", **more: Any) -> dict[str, Any]:
    """The fields of a derived indicator; a quotient is a percentage unless told otherwise."""
    usual: dict[str, Any] = {"is_additive": not denominator}
    if denominator:
        usual |= {"scale": 100, "decimals": 1}
    return {"numerator": numerator, "denominator": denominator, **usual, **more}


MEAN = {"is_additive": False}

A = [
    Spec(
        "salaries_parcours_annee",
        "Salariés en parcours dans l’année",
        PEOPLE,
        "Les personnes différentes qui ont eu un contrat d’insertion, même un seul jour.",
        "Une personne compte une fois, même si elle a eu plusieurs contrats.",
        UP,
        BY_CONTRACT,
    ),
    Spec(
        "salaries_parcours_3112",
        "Salariés en parcours le 31 décembre",
        PEOPLE,
        "Les personnes qui ont un contrat d’insertion le dernier jour de l’année.",
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "entrees",
        "Entrées dans l’année",
        PEOPLE,
        "Les personnes qui ont commencé un parcours pendant l’année.",
        breakdowns=(*BY_CONTRACT, "commune", "prescripteur"),
    ),
    Spec(
        "sorties_total",
        "Sorties dans l’année",
        PEOPLE,
        "Les personnes qui ont fini leur parcours pendant l’année, sorties neutralisées comprises.",
        "Une personne embauchée ici sur un poste ordinaire compte comme sortie.",
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "etp_conventionnes",
        "Emplois conventionnés",
        "ETP",
        "Les emplois d’insertion prévus avec l’État, en équivalents temps plein (ETP).",
        "Chiffre de l’annexe financière de la convention.",
        breakdowns=BY_CONTRACT,
        more={"decimals": 2},
    ),
    Spec(
        "etp_realises",
        "Emplois réalisés",
        "ETP",
        "Les emplois d’insertion vraiment occupés, en équivalents temps plein (ETP).",
        "Un emploi est égal à 1 820 heures payées en chantier d’insertion, "
        "à 1 505 heures travaillées en entreprise d’insertion.",
        breakdowns=BY_CONTRACT,
        more={"decimals": 2},
    ),
    Spec(
        "taux_realisation_etp",
        "Réalisation des emplois conventionnés",
        PERCENT,
        "La part des emplois prévus avec l’État qui ont été occupés.",
        "Emplois réalisés, divisés par les emplois conventionnés.",
        UP,
        BY_CONTRACT,
        _computed("etp_realises", "etp_conventionnes"),
    ),
    Spec(
        "heures_insertion",
        "Heures d’insertion",
        HOURS,
        "Les heures des contrats d’insertion.",
        "Heures payées en chantier d’insertion, travaillées en entreprise d’insertion.",
        UP,
        BY_CONTRACT,
    ),
    Spec(
        "duree_moyenne_parcours",
        "Durée moyenne d’un parcours",
        "mois",
        "Le temps passé dans la structure par les personnes sorties dans l’année.",
        "De la première entrée à la sortie, en moyenne.",
        breakdowns=BY_CONTRACT,
        more={"decimals": 1, **MEAN},
    ),
    Spec(
        "etp_permanents",
        "Emplois permanents",
        "ETP",
        "Les emplois qui ne sont pas d’insertion, en équivalents temps plein (ETP).",
        more={"decimals": 2},
    ),
    Spec(
        "etp_encadrement",
        "Emplois d’encadrement technique",
        "ETP",
        "Les emplois des personnes qui encadrent le travail, en équivalents temps plein (ETP).",
        more={"decimals": 2},
    ),
    Spec(
        "etp_accompagnement",
        "Emplois d’accompagnement",
        "ETP",
        "Les emplois des personnes qui accompagnent les parcours, en équivalents temps "
        "plein (ETP).",
        more={"decimals": 2},
    ),
    Spec(
        "taux_encadrement_technique",
        "Salariés en parcours par encadrant",
        "",
        "Combien d’emplois d’insertion pour un emploi d’encadrement technique.",
        "Emplois réalisés, divisés par les emplois d’encadrement.",
        more=_computed("etp_realises", "etp_encadrement", scale=1),
    ),
    Spec(
        "candidatures_recues",
        "Candidatures reçues",
        "",
        "Les candidatures à un emploi d’insertion reçues dans l’année.",
    ),
    Spec(
        "prescriptions_recues",
        "Orientations reçues",
        "",
        "Les candidatures envoyées par un organisme qui oriente vers l’insertion.",
    ),
    Spec(
        "delai_moyen_embauche",
        "Délai moyen avant l’embauche",
        "jours",
        "Le temps entre la candidature et le premier jour de travail.",
        direction=DOWN,
        more=MEAN,
    ),
]

# Code, name of the count, name of the share, definition.
_PROFILES = [
    ("femmes", "Femmes", "Part des femmes", "Les femmes parmi les personnes entrées."),
    ("moins_26", "Moins de 26 ans", "Part des moins de 26 ans", "L’âge est celui de l’entrée."),
    ("50_plus", "50 ans et plus", "Part des 50 ans et plus", "L’âge est celui de l’entrée."),
    (
        "rsa",
        "Bénéficiaires du RSA",
        "Part des bénéficiaires du RSA",
        "Les personnes au revenu de solidarité active (RSA) à l’entrée.",
    ),
    (
        "ass_aah",
        "Allocataires de l’ASS ou de l’AAH",
        "Part des allocataires de l’ASS ou de l’AAH",
        "L’allocation de solidarité spécifique (ASS) ou aux adultes handicapés (AAH), à l’entrée.",
    ),
    (
        "deld_12_23",
        "Au chômage depuis 12 à 23 mois",
        "Part des personnes au chômage depuis 12 à 23 mois",
        "Les personnes inscrites depuis au moins un an et moins de deux ans à l’entrée.",
    ),
    (
        "detld_24",
        "Au chômage depuis 24 mois et plus",
        "Part des personnes au chômage depuis 24 mois et plus",
        "Les personnes inscrites depuis au moins deux ans à l’entrée.",
    ),
    (
        "niveau_3_infra",
        "Niveau CAP ou BEP, ou moins",
        "Part du niveau CAP ou BEP, ou moins",
        "Le niveau de diplôme 3 de la nomenclature de 2019, ou un niveau inférieur.",
    ),
    (
        "th_rqth",
        "Travailleurs handicapés",
        "Part des travailleurs handicapés",
        "Les personnes dont la qualité de travailleur handicapé est reconnue à l’entrée.",
    ),
    (
        "qpv",
        "Habitants d’un quartier prioritaire",
        "Part des habitants d’un quartier prioritaire",
        "Les personnes qui habitent un quartier prioritaire de la politique de la ville.",
    ),
    (
        "parent_isole",
        "Parents seuls",
        "Part des parents seuls",
        "Les personnes qui élèvent seules un enfant à l’entrée.",
    ),
    (
        "primo_arrivants",
        "Nouveaux arrivants en France",
        "Part des nouveaux arrivants en France",
        "Les personnes étrangères installées en France depuis peu.",
    ),
    (
        "sans_permis",
        "Sans permis de conduire",
        "Part des personnes sans permis",
        "Les personnes qui n’ont pas le permis à l’entrée.",
    ),
    (
        "illettrisme_fle",
        "Besoin d’apprendre ou de réapprendre le français",
        "Part des personnes qui ont besoin de français",
        "Le besoin que la personne déclare à l’entrée : lire, écrire ou parler.",
    ),
]
SEVERAL = "À l’entrée. Une personne peut compter dans plusieurs lignes."

B = [
    spec
    for code, label, share, definition in _PROFILES
    for spec in (
        Spec(code, label, PEOPLE, definition, SEVERAL, breakdowns=BY_CONTRACT),
        Spec(
            f"part_{code}",
            share,
            PERCENT,
            definition,
            "Divisé par toutes les entrées de l’année.",
            breakdowns=BY_CONTRACT,
            more=_computed(code, "entrees"),
        ),
    )
]

C = [
    Spec(
        "entretiens_individuels",
        "Entretiens individuels",
        "",
        "Les rendez-vous d’une personne avec quelqu’un qui l’accompagne.",
    ),
    Spec(
        "heures_accompagnement",
        "Heures d’accompagnement",
        HOURS,
        "Le temps passé en entretiens et en démarches avec les personnes.",
    ),
    Spec("ateliers_collectifs", "Ateliers collectifs", "", "Les ateliers menés à plusieurs."),
    Spec(
        "participations_ateliers",
        "Participations aux ateliers",
        "participations",
        "Une personne qui vient à trois ateliers compte trois fois.",
    ),
    Spec(
        "heures_formation",
        "Heures de formation",
        HOURS,
        "Les heures de formation suivies par les salariés en parcours.",
        direction=UP,
    ),
    Spec(
        "salaries_formes",
        "Salariés formés",
        PEOPLE,
        "Les salariés en parcours qui ont suivi au moins une formation.",
        direction=UP,
    ),
    Spec(
        "taux_acces_formation",
        "Accès à la formation",
        PERCENT,
        "La part des salariés en parcours qui ont suivi une formation.",
        "Salariés formés, divisés par les salariés en parcours dans l’année.",
        UP,
        more=_computed("salaries_formes", "salaries_parcours_annee"),
    ),
    Spec(
        "certifications_obtenues",
        "Certifications obtenues",
        "",
        "Les titres et habilitations obtenus. Une personne peut en avoir plusieurs.",
        direction=UP,
        breakdowns=("certification",),
    ),
    Spec(
        "pmsmp",
        "Immersions en entreprise",
        "",
        "Les périodes de mise en situation en milieu professionnel.",
        direction=UP,
    ),
    Spec(
        "jours_pmsmp",
        "Jours d’immersion",
        "jours",
        "Les jours passés en immersion dans une entreprise.",
        direction=UP,
    ),
    Spec(
        "permis_obtenus",
        "Permis de conduire obtenus",
        PEOPLE,
        "Les salariés en parcours qui ont obtenu leur permis dans l’année.",
        direction=UP,
    ),
    Spec(
        "freins_identifies",
        "Freins repérés",
        PEOPLE,
        "Les personnes pour qui une difficulté gêne le retour à l’emploi.",
        breakdowns=("frein",),
    ),
    Spec(
        "freins_leves",
        "Freins levés",
        PEOPLE,
        "Les personnes pour qui cette difficulté ne gêne plus le retour à l’emploi.",
        direction=UP,
        breakdowns=("frein",),
    ),
]

DYNAMIC = "sorties_durable + sorties_transition + sorties_positives"
COUNTED = "sorties_total - sorties_neutralisees"
D = [
    Spec(
        "sorties_durable",
        "Sorties en emploi durable",
        PEOPLE,
        "CDI, CDD ou intérim de plus de six mois, entrée dans la fonction publique, "
        "création d’entreprise.",
        direction=UP,
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "sorties_transition",
        "Sorties en emploi de transition",
        PEOPLE,
        "CDD ou intérim de moins de six mois, contrat aidé chez un employeur ordinaire.",
        direction=UP,
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "sorties_positives",
        "Sorties positives",
        PEOPLE,
        "Entrée en formation qui mène à une qualification, embauche dans une autre structure "
        "d’insertion.",
        direction=UP,
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "sorties_autres",
        "Autres sorties",
        PEOPLE,
        "Les autres situations : chômage, inactivité…",
        direction=DOWN,
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "sorties_neutralisees",
        "Sorties neutralisées",
        PEOPLE,
        "Les sorties qui ne comptent pas dans les taux : séjour très court, longue maladie…",
        breakdowns=BY_CONTRACT,
    ),
    Spec(
        "sorties_dynamiques",
        "Sorties dynamiques",
        PEOPLE,
        "Les sorties vers un emploi durable, un emploi de transition, et les sorties positives.",
        "La somme des trois.",
        UP,
        BY_CONTRACT,
        _computed(DYNAMIC),
    ),
    Spec(
        "taux_dynamiques",
        "Taux de sorties dynamiques",
        PERCENT,
        "La part des sorties dynamiques parmi les sorties qui comptent.",
        "Sorties dynamiques, divisées par les sorties moins les sorties neutralisées.",
        UP,
        BY_CONTRACT,
        _computed(DYNAMIC, COUNTED),
    ),
    Spec(
        "taux_durable",
        "Taux de sorties en emploi durable",
        PERCENT,
        "La part des emplois durables parmi les sorties qui comptent.",
        "Emplois durables, divisés par les sorties moins les sorties neutralisées.",
        UP,
        BY_CONTRACT,
        _computed("sorties_durable", COUNTED),
    ),
    Spec(
        "situation_6_mois",
        "En emploi ou en formation six mois après",
        PEOPLE,
        "Les personnes sorties qui travaillent ou se forment six mois après leur sortie.",
        "Parmi celles qui ont répondu.",
        UP,
    ),
]

E = [
    Spec(
        "m2_espaces_verts",
        "Espaces verts entretenus",
        "m²",
        "La surface entretenue. Elle compte une fois, quel que soit le nombre de passages.",
        breakdowns=("client",),
        more={"trade": "espaces-verts"},
    ),
    Spec(
        "km_voirie",
        "Voirie entretenue",
        "km",
        "La longueur de rues et de chemins entretenue.",
        more={"trade": "espaces-verts", "decimals": 1},
    ),
    Spec(
        "logements_renoves",
        "Logements remis en état",
        "logements",
        "Les logements où un travail de second œuvre est fini dans l’année.",
        direction=UP,
        more={"trade": "second-oeuvre"},
    ),
    Spec(
        "chantiers_second_oeuvre",
        "Chantiers de second œuvre",
        "chantiers",
        "Les chantiers finis dans l’année.",
        breakdowns=("client",),
        more={"trade": "second-oeuvre"},
    ),
    Spec(
        "m2_locaux_entretenus",
        "Locaux entretenus",
        "m²",
        "La surface entretenue. Elle compte une fois, quel que soit le nombre de passages.",
        breakdowns=("client",),
        more={"trade": "entretien-de-locaux"},
    ),
    Spec(
        "sites_entretenus",
        "Sites entretenus",
        "sites",
        "Les lieux différents où une équipe a fait le ménage.",
        more={"trade": "entretien-de-locaux"},
    ),
    Spec(
        "tonnes_dechets_encombrants",
        "Encombrants enlevés",
        "t",
        "Le poids des déchets enlevés.",
        more={"decimals": 1},
    ),
    Spec("interventions", "Interventions", "", "Les interventions faites.", breakdowns=BY_ACTIVITY),
    Spec(
        "heures_production",
        "Heures de production",
        HOURS,
        "Les heures passées à faire le travail demandé par les clients.",
        breakdowns=BY_ACTIVITY,
    ),
    Spec(
        "taux_satisfaction_client",
        "Clients satisfaits",
        PERCENT,
        "La part des clients qui se disent satisfaits ou très satisfaits.",
        "Parmi ceux qui ont répondu à l’enquête.",
        UP,
        more={"decimals": 1, **MEAN},
    ),
    Spec(
        "clients_actifs",
        "Clients",
        "clients",
        "Les clients pour qui la régie a travaillé dans l’année.",
        breakdowns=("client",),
    ),
    Spec(
        "accidents_travail",
        "Accidents du travail",
        "",
        "Les accidents du travail avec arrêt.",
        direction=DOWN,
    ),
    Spec(
        "heures_travaillees",
        "Heures travaillées",
        HOURS,
        "Les heures travaillées par tous les salariés.",
    ),
    Spec(
        "taux_frequence_accidents",
        "Fréquence des accidents",
        "",
        "Le nombre d’accidents avec arrêt pour un million d’heures travaillées.",
        "Accidents, divisés par les heures travaillées de tous les salariés.",
        DOWN,
        more=_computed("accidents_travail", "heures_travaillees", scale=1_000_000),
    ),
]

MEDIATION = {"trade": "mediation"}
F = [
    Spec(
        "actions_mediation",
        "Actions de médiation",
        "",
        "Les actions menées avec ou pour les habitants.",
        more=MEDIATION,
    ),
    Spec(
        "situations_traitees",
        "Situations traitées",
        "",
        "Les demandes d’habitants qui ont eu une suite.",
        breakdowns=("situation",),
        more=MEDIATION,
    ),
    Spec(
        "heures_presence_terrain",
        "Heures de présence sur le terrain",
        HOURS,
        "Le temps passé dans les quartiers, dehors ou dans les halls.",
        direction=UP,
        more=MEDIATION,
    ),
    Spec(
        "habitants_mobilises",
        "Habitants mobilisés",
        PEOPLE,
        "Les habitants différents qui ont pris part à une action.",
        "Une personne compte une fois, même si elle vient souvent.",
        UP,
        more=MEDIATION,
    ),
    Spec(
        "participations_habitants",
        "Participations d’habitants",
        "participations",
        "Une personne qui vient trois fois compte trois fois.",
        direction=UP,
        more=MEDIATION,
    ),
    Spec(
        "visites_domicile",
        "Visites à domicile",
        "",
        "Les visites faites chez les habitants.",
        more=MEDIATION,
    ),
    Spec(
        "orientations_partenaires",
        "Orientations vers un partenaire",
        "",
        "Les personnes dirigées vers le bon service, autant de fois qu’il le faut.",
        more=MEDIATION,
    ),
    Spec(
        "ateliers_habitants",
        "Ateliers d’habitants",
        "",
        "Les ateliers ouverts aux habitants.",
        more=MEDIATION,
    ),
    Spec(
        "jardins_parcelles",
        "Parcelles de jardin",
        "parcelles",
        "Les parcelles cultivées par des habitants.",
        more=MEDIATION,
    ),
    Spec(
        "benevoles",
        "Bénévoles",
        PEOPLE,
        "Les personnes qui ont donné de leur temps dans l’année, administrateurs compris.",
        direction=UP,
    ),
    Spec(
        "heures_benevolat",
        "Heures de bénévolat",
        HOURS,
        "Le temps donné par les bénévoles.",
        "Il est estimé s’il n’est pas noté au jour le jour.",
        UP,
    ),
    Spec(
        "administrateurs",
        "Membres du conseil d’administration",
        PEOPLE,
        "Les personnes qui siègent au conseil le 31 décembre.",
    ),
    Spec(
        "administrateurs_habitants",
        "Habitants au conseil d’administration",
        PEOPLE,
        "Les membres du conseil qui y sont comme habitants.",
        direction=UP,
    ),
    Spec(
        "part_habitants_conseil",
        "Part des habitants au conseil",
        PERCENT,
        "La part des habitants parmi les membres du conseil d’administration.",
        "Habitants au conseil, divisés par tous ses membres.",
        UP,
        more=_computed("administrateurs_habitants", "administrateurs"),
    ),
]

ACCOUNTS = "Comptes de l’année."
SIGNED = {"minimum": None}
G = [
    Spec(
        "chiffre_affaires",
        "Ventes de prestations",
        EUROS,
        "Ce que les clients ont payé pour le travail fait, hors taxes.",
        ACCOUNTS,
        UP,
        ("client", "activite"),
    ),
    Spec(
        "subventions",
        "Subventions",
        EUROS,
        "L’argent public ou privé reçu pour aider l’association, aides au poste comprises.",
        ACCOUNTS,
        breakdowns=("financeur",),
    ),
    Spec(
        "aides_poste",
        "Aides au poste",
        EUROS,
        "Ce que l’État verse pour les emplois d’insertion.",
        ACCOUNTS,
        breakdowns=BY_CONTRACT,
    ),
    Spec("total_produits", "Total des produits", EUROS, "Tout ce qui est entré.", ACCOUNTS),
    Spec(
        "autres_produits",
        "Autres produits",
        EUROS,
        "Ce qui est entré et qui n’est ni une vente ni une subvention.",
        "Le total des produits, moins les ventes et les subventions.",
        more=_computed("total_produits - chiffre_affaires - subventions"),
    ),
    Spec("total_charges", "Total des charges", EUROS, "Tout ce qui a été dépensé.", ACCOUNTS),
    Spec(
        "masse_salariale",
        "Salaires et charges",
        EUROS,
        "Les salaires et les cotisations de tous les salariés.",
        ACCOUNTS,
    ),
    Spec(
        "autres_charges",
        "Autres charges",
        EUROS,
        "Ce qui a été dépensé hors des salaires : achats, services, impôts, amortissements.",
        "Le total des charges, moins les salaires et les cotisations.",
        more=_computed("total_charges - masse_salariale"),
    ),
    Spec(
        "resultat_exercice",
        "Résultat de l’année",
        EUROS,
        "Ce qui reste à la fin de l’année ; négatif s’il manque de l’argent.",
        "Les produits moins les charges.",
        UP,
        more=_computed("total_produits - total_charges"),
    ),
    Spec(
        "fonds_propres",
        "Fonds propres",
        EUROS,
        "Ce qui appartient à l’association, une fois les dettes payées.",
        "Bilan au 31 décembre.",
        UP,
        more=SIGNED,
    ),
    Spec(
        "tresorerie_jours",
        "Trésorerie",
        "jours",
        "Combien de jours l’association tient avec l’argent qu’elle a.",
        "L’argent disponible le 31 décembre, divisé par les dépenses d’un jour.",
        UP,
        more={**SIGNED, **MEAN},
    ),
    Spec(
        "part_autofinancement",
        "Part des ventes dans les produits",
        PERCENT,
        "Ce que l’association gagne par son travail, parmi tout ce qui entre.",
        "Ventes de prestations, divisées par le total des produits.",
        UP,
        more=_computed("chiffre_affaires", "total_produits"),
    ),
]

H = [
    Spec(
        "m2_zero_phyto",
        "Surfaces sans produit chimique",
        "m²",
        "La surface d’espaces verts entretenue sans désherbant ni pesticide.",
        direction=UP,
        more={"trade": "espaces-verts"},
    ),
    Spec(
        "part_zero_phyto",
        "Part des surfaces sans produit chimique",
        PERCENT,
        "La part des espaces verts entretenus sans désherbant ni pesticide.",
        "Divisée par la surface d’espaces verts entretenue.",
        UP,
        more=_computed("m2_zero_phyto", "m2_espaces_verts", trade="espaces-verts"),
    ),
    Spec(
        "m2_gestion_differenciee",
        "Surfaces tondues moins souvent",
        "m²",
        "La surface laissée plus libre, pour les plantes et les insectes.",
        direction=UP,
        more={"trade": "espaces-verts"},
    ),
    Spec("vehicules", "Véhicules", "véhicules", "Les véhicules utilisés le 31 décembre."),
    Spec(
        "km_vehicules",
        "Kilomètres parcourus",
        "km",
        "La distance faite par tous les véhicules.",
        direction=DOWN,
    ),
    Spec(
        "km_par_vehicule",
        "Kilomètres par véhicule",
        "km",
        "La distance faite en moyenne par un véhicule.",
        "Kilomètres parcourus, divisés par le nombre de véhicules.",
        DOWN,
        more=_computed("km_vehicules", "vehicules", scale=1, decimals=0),
    ),
    Spec(
        "tonnes_co2",
        "Émissions de gaz à effet de serre",
        "t",
        "Le poids de dioxyde de carbone émis par les véhicules et les bâtiments.",
        direction=DOWN,
        more={"decimals": 1},
    ),
    Spec("m3_eau", "Eau consommée", "m³", "L’eau payée dans l’année.", direction=DOWN),
    Spec(
        "materiel_electrique",
        "Machines électriques",
        "machines",
        "Les machines électriques, à la place de machines à essence.",
        direction=UP,
    ),
]

FAMILIES: dict[str, list[Spec]] = {
    Family.INSERTION: A,
    Family.PROFILES: B,
    Family.SUPPORT: C,
    Family.EXITS: D,
    Family.PRODUCTION: E,
    Family.MEDIATION: F,
    Family.ECONOMY: G,
    Family.ENVIRONMENT: H,
}
CHAPTER_OF: dict[str, str] = {
    Family.INSERTION: Chapter.INSERTION,
    Family.PROFILES: Chapter.INSERTION,
    Family.SUPPORT: Chapter.INSERTION,
    Family.EXITS: Chapter.INSERTION,
    Family.PRODUCTION: Chapter.ACTIVITIES,
    Family.MEDIATION: Chapter.MEDIATION,
    Family.ECONOMY: Chapter.ACCOUNTS,
    Family.ENVIRONMENT: Chapter.ACTIVITIES,
}
# Where a family is not enough to say the chapter.
CHAPTERS = {
    "subventions": Chapter.PARTNERS,
    "administrateurs": Chapter.WHO_WE_ARE,
    "administrateurs_habitants": Chapter.WHO_WE_ARE,
    "part_habitants_conseil": Chapter.WHO_WE_ARE,
    "benevoles": Chapter.WHO_WE_ARE,
    "heures_benevolat": Chapter.WHO_WE_ARE,
}

# What says in four numbers what the association is for.
ON_HOME = frozenset(
    {"salaries_parcours_annee", "heures_formation", "m2_espaces_verts", "situations_traitees"}
)


def load(loader: Loader) -> None:
    """Deliver the breakdowns, then the indicators."""
    for rank, code in enumerate(BREAKDOWNS):
        loader.once(
            f"breakdown:{code}",
            Breakdown.objects.filter(code=code).first,
            partial(_breakdown, code, rank),
        )
    every = [(family, spec) for family, specs in FAMILIES.items() for spec in specs]
    for rank, (family, spec) in enumerate(every):
        loader.once(
            f"indicator:{spec.code}",
            Indicator.objects.filter(code=spec.code).first,
            partial(_indicator, spec, family, rank),
        )


def _breakdown(code: str, rank: int) -> Breakdown:
    label, adds_up, items = BREAKDOWNS[code]
    breakdown = Breakdown(code=code, label=label, adds_up=adds_up, sort_order=rank)
    breakdown.items = [
        BreakdownItem(code=code, label=label, sort_order=position)
        for position, (code, label) in enumerate(items.items())
    ]
    breakdown.save()
    return breakdown


def _indicator(spec: Spec, family: str, rank: int) -> Indicator:
    more = dict(spec.more)
    trade = more.pop("trade", None)
    indicator = Indicator(
        code=spec.code,
        label=spec.label,
        family=family,
        chapter=CHAPTERS.get(spec.code, CHAPTER_OF[family]),
        trade=Trade.objects.filter(slug=trade).first() if trade else None,
        unit=spec.unit,
        counts_people=spec.unit == PEOPLE,
        direction=spec.direction,
        on_home=spec.code in ON_HOME,
        sort_order=rank,
        **more,
    )
    indicator.definitions = [IndicatorDefinition(definition=spec.definition, method=spec.method)]
    if spec.breakdowns:
        indicator.breakdowns = Breakdown.objects.filter(code__in=spec.breakdowns)
    indicator.save()
    return indicator
