"""The fictional reports: the three years before the first loading, complete and coherent.

No figure is lent to anybody real: funders are called « Exemple », and what would name a commune or
a service (where people live, who sent them) is not broken down. The newest year has a page for
each chapter and is not approved yet; the two before are on one page.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from activities.figures.recording import Entry, record, record_many
from activities.models import (
    Breakdown,
    BreakdownItem,
    Chapter,
    Indicator,
    ReportChapterPage,
    ReportPage,
    Status,
    Value,
)
from pages.models import LoadedItem

from .blocks import Block, callout, cite, section, text
from .loader import Loader, PageSpec

YEARS = 3
# Three years, the oldest first.
Row = tuple[Any, Any, Any]

# Code, or code/breakdown/part → the figures of the three years.
FIGURES: dict[str, Row] = {
    # A. Activité d’insertion
    "salaries_parcours_annee": (38, 42, 45),
    "salaries_parcours_annee/dispositif/aci": (24, 26, 28),
    "salaries_parcours_annee/dispositif/ei": (15, 17, 18),
    "salaries_parcours_3112": (22, 24, 26),
    "salaries_parcours_3112/dispositif/aci": (14, 15, 16),
    "salaries_parcours_3112/dispositif/ei": (8, 9, 10),
    "entrees": (18, 20, 21),
    "entrees/dispositif/aci": (11, 12, 12),
    "entrees/dispositif/ei": (7, 8, 9),
    "sorties_total": (14, 17, 18),
    "sorties_total/dispositif/aci": (8, 10, 10),
    "sorties_total/dispositif/ei": (6, 7, 8),
    "etp_conventionnes": (20, 21, 22),
    "etp_conventionnes/dispositif/aci": (12, "12.5", 13),
    "etp_conventionnes/dispositif/ei": (8, "8.5", 9),
    "etp_realises": ("18.6", "20.35", "21.4"),
    "etp_realises/dispositif/aci": ("11.2", "12.1", "12.6"),
    "etp_realises/dispositif/ei": ("7.4", "8.25", "8.8"),
    "heures_insertion": (31521, 34438, 36176),
    "heures_insertion/dispositif/aci": (20384, 22022, 22932),
    "heures_insertion/dispositif/ei": (11137, 12416, 13244),
    "duree_moyenne_parcours": ("11.2", "11.8", "12.4"),
    "etp_permanents": ("8.5", 9, "9.2"),
    "etp_encadrement": ("3.5", "3.8", 4),
    "etp_accompagnement": ("1.5", "1.5", "1.8"),
    "candidatures_recues": (96, 104, 118),
    "prescriptions_recues": (71, 78, 90),
    "delai_moyen_embauche": (24, 21, 19),
    # B. Profils à l’entrée
    "femmes": (7, 9, 10),
    "femmes/dispositif/aci": (4, 5, 5),
    "femmes/dispositif/ei": (3, 4, 5),
    "moins_26": (4, 5, 5),
    "50_plus": (3, 4, 4),
    "rsa": (9, 10, 11),
    "ass_aah": (2, 2, 3),
    "deld_12_23": (4, 4, 5),
    "detld_24": (6, 7, 7),
    "niveau_3_infra": (13, 14, 15),
    "th_rqth": (2, 3, 3),
    "qpv": (9, 10, 12),
    "parent_isole": (4, 4, 5),
    "primo_arrivants": (1, 2, 2),
    "sans_permis": (9, 11, 11),
    "illettrisme_fle": (3, 4, 4),
    # C. Accompagnement et formation
    "entretiens_individuels": (310, 338, 365),
    "heures_accompagnement": (620, 680, 725),
    "ateliers_collectifs": (22, 24, 26),
    "participations_ateliers": (176, 190, 214),
    "heures_formation": (1240, 1410, 1620),
    "salaries_formes": (21, 25, 29),
    "certifications_obtenues": (17, 20, 23),
    "certifications_obtenues/certification/caces": (3, 4, 4),
    "certifications_obtenues/certification/sst": (9, 10, 12),
    "certifications_obtenues/certification/electrique": (3, 3, 4),
    "certifications_obtenues/certification/cqp": (1, 2, 2),
    "certifications_obtenues/certification/clea": (1, 1, 1),
    "certifications_obtenues/certification/autre": (0, 0, 0),
    "pmsmp": (9, 11, 12),
    "jours_pmsmp": (62, 74, 81),
    "permis_obtenus": (2, 3, 3),
    "freins_identifies": (34, 38, 41),
    "freins_identifies/frein/logement": (9, 10, 11),
    "freins_identifies/frein/sante": (12, 13, 14),
    "freins_identifies/frein/mobilite": (20, 22, 23),
    "freins_identifies/frein/droits": (14, 16, 15),
    "freins_identifies/frein/numerique": (11, 12, 13),
    "freins_identifies/frein/langue": (4, 5, 5),
    "freins_identifies/frein/budget": (10, 11, 12),
    "freins_identifies/frein/garde": (5, 6, 6),
    "freins_leves": (22, 25, 28),
    "freins_leves/frein/logement": (5, 6, 7),
    "freins_leves/frein/sante": (6, 7, 7),
    "freins_leves/frein/mobilite": (9, 10, 12),
    "freins_leves/frein/droits": (11, 12, 13),
    "freins_leves/frein/numerique": (7, 8, 9),
    "freins_leves/frein/langue": (2, 2, 3),
    "freins_leves/frein/budget": (6, 7, 8),
    "freins_leves/frein/garde": (3, 4, 4),
    # D. Sorties
    "sorties_durable": (3, 4, 5),
    "sorties_durable/dispositif/aci": (1, 2, 2),
    "sorties_durable/dispositif/ei": (2, 2, 3),
    "sorties_transition": (3, 3, 4),
    "sorties_transition/dispositif/aci": (2, 2, 2),
    "sorties_transition/dispositif/ei": (1, 1, 2),
    "sorties_positives": (2, 3, 3),
    "sorties_positives/dispositif/aci": (1, 2, 2),
    "sorties_positives/dispositif/ei": (1, 1, 1),
    "sorties_autres": (5, 6, 5),
    "sorties_autres/dispositif/aci": (3, 3, 3),
    "sorties_autres/dispositif/ei": (2, 3, 2),
    "sorties_neutralisees": (1, 1, 1),
    "sorties_neutralisees/dispositif/aci": (1, 1, 1),
    "sorties_neutralisees/dispositif/ei": (0, 0, 0),
    "situation_6_mois": (7, 8, 10),
    # E. Production
    "m2_espaces_verts": (148000, 152000, 161000),
    "m2_espaces_verts/client/bailleurs": (98000, 99000, 104000),
    "m2_espaces_verts/client/collectivites": (41000, 44000, 47000),
    "m2_espaces_verts/client/entreprises": (9000, 9000, 10000),
    "km_voirie": ("12.5", "13.1", "13.4"),
    "logements_renoves": (31, 34, 38),
    "chantiers_second_oeuvre": (44, 47, 52),
    "chantiers_second_oeuvre/client/bailleurs": (33, 35, 39),
    "chantiers_second_oeuvre/client/collectivites": (7, 8, 8),
    "chantiers_second_oeuvre/client/entreprises": (3, 3, 4),
    "chantiers_second_oeuvre/client/associations": (1, 1, 1),
    "m2_locaux_entretenus": (18600, 19200, 20500),
    "m2_locaux_entretenus/client/bailleurs": (12400, 12700, 13500),
    "m2_locaux_entretenus/client/collectivites": (4200, 4400, 4800),
    "m2_locaux_entretenus/client/entreprises": (2000, 2100, 2200),
    "sites_entretenus": (27, 29, 31),
    "tonnes_dechets_encombrants": ("85.4", "79.2", "81.6"),
    "interventions": (1460, 1522, 1610),
    "interventions/activite/espaces_verts": (520, 540, 566),
    "interventions/activite/second_oeuvre": (210, 214, 230),
    "interventions/activite/entretien": (690, 724, 770),
    "interventions/activite/autre": (40, 44, 44),
    "heures_production": (24800, 26600, 28200),
    "heures_production/activite/espaces_verts": (11200, 11900, 12600),
    "heures_production/activite/second_oeuvre": (6100, 6700, 7100),
    "heures_production/activite/entretien": (7100, 7600, 8100),
    "heures_production/activite/autre": (400, 400, 400),
    "taux_satisfaction_client": ("91.5", 93, "94.2"),
    "clients_actifs": (26, 28, 30),
    "clients_actifs/client/bailleurs": (5, 5, 5),
    "clients_actifs/client/collectivites": (8, 9, 10),
    "clients_actifs/client/entreprises": (7, 7, 8),
    "clients_actifs/client/associations": (6, 7, 7),
    "accidents_travail": (2, 1, 1),
    "heures_travaillees": (41500, 44200, 46300),
    # F. Médiation et vie sociale
    "actions_mediation": (46, 52, 57),
    "situations_traitees": (214, 236, 251),
    "situations_traitees/situation/voisinage": (78, 86, 90),
    "situations_traitees/situation/droits": (61, 68, 74),
    "situations_traitees/situation/cadre_de_vie": (52, 55, 58),
    "situations_traitees/situation/veille": (15, 18, 20),
    "situations_traitees/situation/autre": (8, 9, 9),
    "heures_presence_terrain": (1650, 1720, 1800),
    "habitants_mobilises": (142, 158, 171),
    "participations_habitants": (488, 540, 602),
    "visites_domicile": (96, 104, 101),
    "orientations_partenaires": (133, 148, 160),
    "ateliers_habitants": (18, 21, 24),
    "jardins_parcelles": (20, 20, 24),
    "benevoles": (19, 21, 23),
    "heures_benevolat": (610, 680, 745),
    "administrateurs": (15, 15, 16),
    "administrateurs_habitants": (8, 8, 9),
    # G. Économie
    "chiffre_affaires": (620000, 655000, 698000),
    "chiffre_affaires/client/bailleurs": (352000, 371000, 395000),
    "chiffre_affaires/client/collectivites": (186000, 197000, 209000),
    "chiffre_affaires/client/entreprises": (62000, 66000, 71000),
    "chiffre_affaires/client/associations": (20000, 21000, 23000),
    "chiffre_affaires/activite/espaces_verts": (290000, 305000, 322000),
    "chiffre_affaires/activite/second_oeuvre": (178000, 189000, 204000),
    "chiffre_affaires/activite/entretien": (142000, 151000, 162000),
    "chiffre_affaires/activite/autre": (10000, 10000, 10000),
    "subventions": (512000, 536000, 561000),
    "subventions/financeur/exemple_fonds": (330000, 345000, 361000),
    "subventions/financeur/exemple_region": (62000, 64000, 66000),
    "subventions/financeur/exemple_departement": (71000, 75000, 79000),
    "subventions/financeur/exemple_commune": (34000, 36000, 38000),
    "subventions/financeur/exemple_fondation": (15000, 16000, 17000),
    "aides_poste": (288000, 313000, 328000),
    "aides_poste/dispositif/aci": (212000, 228000, 238000),
    "aides_poste/dispositif/ei": (76000, 85000, 90000),
    "total_produits": (1150000, 1210000, 1278000),
    "total_charges": (1138000, 1195000, 1262000),
    "masse_salariale": (884000, 927000, 978000),
    "fonds_propres": (182000, 194000, 209000),
    "tresorerie_jours": (64, 68, 71),
    # H. Environnement
    "m2_zero_phyto": (120000, 131000, 148000),
    "m2_gestion_differenciee": (21000, 26000, 34000),
    "vehicules": (9, 9, 9),
    "km_vehicules": (86000, 84500, 82000),
    "tonnes_co2": ("31.5", "30.2", "28.8"),
    "m3_eau": (410, 395, 380),
    "materiel_electrique": (6, 9, 12),
}
FUNDERS = {
    "exemple_fonds": "Fonds Exemple",
    "exemple_region": "Région Exemple",
    "exemple_departement": "Département Exemple",
    "exemple_commune": "Commune Exemple",
    "exemple_fondation": "Fondation Exemple",
}
# What the assembly of the oldest year approved, and that was corrected afterwards.
ERRATUM = ("tonnes_dechets_encombrants", "84.5", "Deux chiffres étaient inversés.")

FICTION = callout(
    "Un rapport inventé",
    "Ce rapport montre ce que le site sait faire. Ses chiffres et ses textes sont inventés.",
)
TEN_FIGURES = {
    "salaries_parcours_annee": "ont eu un contrat d’insertion",
    "sorties_durable": "ont trouvé un emploi durable",
    "taux_dynamiques": "de sorties dynamiques",
    "heures_formation": "de formation",
    "permis_obtenus": "ont obtenu le permis de conduire",
    "m2_espaces_verts": "d’espaces verts entretenus",
    "logements_renoves": "rénovés",
    "situations_traitees": "situations traitées par la médiation",
    "participations_habitants": "d’habitants à nos actions",
    "part_autofinancement": "de nos ressources viennent de nos ventes",
}


def figure_block(kind: str, **value: Any) -> Block:
    """A block of figures (``activities.report_blocks``)."""
    return {"type": kind, "value": value}


def _evolution(code: str, finding: str = "") -> Block:
    return figure_block("evolution", indicator=code, years="5", finding=finding)


def _breakdown(code: str, breakdown: str, form: str, finding: str = "") -> Block:
    return figure_block(
        "breakdown", indicator=code, breakdown=breakdown, form=form, finding=finding
    )


def _chapter(chapter: str, year: int) -> list[Block]:
    """What a chapter says of a year: invented words, around figures that are not typed in them."""
    n = partial(cite, year=year)
    bodies: dict[str, list[Block]] = {
        Chapter.FOREWORD: [
            text(
                f"En {year}, {n('salaries_parcours_annee')} ont travaillé avec nous, le temps "
                "d’apprendre un métier et de reprendre confiance.",
                f"Sorties vers un emploi durable : {n('sorties_durable')}. Ce sont autant de "
                "familles qui respirent.",
            ),
        ],
        Chapter.KEY_FIGURES: [
            figure_block("key_figure", indicator=code, words=words)
            for code, words in TEN_FIGURES.items()
        ],
        Chapter.WHO_WE_ARE: [
            text(
                f"Le conseil d’administration compte {n('administrateurs')} membres, dont "
                f"{n('administrateurs_habitants')} qui habitent les quartiers. Et "
                f"{n('benevoles')} donnent de leur temps : {n('heures_benevolat')} cette année."
            ),
        ],
        Chapter.INSERTION: [
            section(
                "Les parcours",
                text(
                    f"{n('entrees')} ont commencé un parcours en {year}. Un parcours dure en "
                    f"moyenne {n('duree_moyenne_parcours')}."
                ),
                _evolution("salaries_parcours_annee"),
            ),
            section(
                "La formation",
                text(
                    f"{n('salaries_formes')} ont suivi une formation, pour un total de "
                    f"{n('heures_formation')}."
                ),
                _breakdown("certifications_obtenues", "certification", "comparison"),
            ),
            section(
                "Les sorties",
                text(
                    "Une sortie est dynamique quand la personne part vers un emploi durable, un "
                    f"emploi de transition ou une formation. En {year} : {n('taux_dynamiques')}."
                ),
                figure_block("exits", finding=""),
            ),
        ],
        Chapter.ACTIVITIES: [
            section(
                "Les espaces verts",
                text(f"Nos équipes ont entretenu {n('m2_espaces_verts')}."),
                _breakdown("m2_espaces_verts", "client", "share"),
            ),
            section(
                "Le second œuvre",
                text(f"{n('logements_renoves')} rénovés, sur {n('chantiers_second_oeuvre')}."),
                _evolution("logements_renoves"),
            ),
            section(
                "Toutes les interventions",
                _breakdown("interventions", "activite", "comparison"),
            ),
        ],
        Chapter.MEDIATION: [
            text(
                f"Les médiateurs ont passé {n('heures_presence_terrain')} dans les quartiers et "
                f"traité {n('situations_traitees')} situations."
            ),
            _breakdown("situations_traitees", "situation", "share"),
        ],
        Chapter.TERRITORY: [text("Ici, les quartiers où l’association a travaillé.")],
        Chapter.PARTNERS: [
            text("Voici d’où viennent nos ressources : nos ventes, puis chaque financeur."),
            figure_block("funding", finding=""),
        ],
        Chapter.ACCOUNTS: [
            text(
                f"Le résultat de l’année est de {n('resultat_exercice')}. Nos ventes font "
                f"{n('part_autofinancement')} de nos ressources."
            ),
            figure_block("accounts"),
        ],
        Chapter.PERSPECTIVES: [text("Ici, ce que l’association veut faire ensuite.")],
        Chapter.ANNEXES: [text("Ici, les définitions et les méthodes.")],
    }
    return bodies[chapter]


def load(loader: Loader) -> None:
    """Deliver the reports and their figures."""
    years = _years()
    loader.pages([_report(year, is_newest=year == years[-1]) for year in years])
    for rank, (code, name) in enumerate(FUNDERS.items()):
        breakdown = Breakdown.objects.filter(code="financeur").first()
        if breakdown:
            loader.once(
                f"item:financeur/{code}",
                breakdown.items.filter(code=code).first,
                partial(_item, breakdown, code, name, 100 + rank),
            )
    for rank, year in enumerate(years):
        # Without its report there would be nothing to say that they are invented.
        if ReportPage.objects.filter(year=year, is_example=True).exists():
            loader.once(
                f"figures:{rank}",
                Value.objects.filter(year=year).first,
                partial(_record, year, rank),
            )
    # Their texts cite figures: a chapter is published once these are known.
    loader.pages([spec for year in years for spec in _chapters(year)])


def _years() -> list[int]:
    """The years of the first loading, whatever the day of this one."""
    start = "page:/rapports/"
    keys = LoadedItem.objects.filter(key__startswith=start, is_example=True)
    known = {int(key.removeprefix(start)[:4]) for key in keys.values_list("key", flat=True)}
    this_year = timezone.localdate().year
    return sorted(known) or list(range(this_year - YEARS, this_year))


def _item(breakdown: Breakdown, code: str, name: str, rank: int) -> BreakdownItem:
    return BreakdownItem.objects.create(
        breakdown=breakdown, code=code, label=name, sort_order=rank, is_example=True
    )


def _report(year: int, *, is_newest: bool) -> PageSpec:
    return PageSpec(
        f"/rapports/{year}/",
        ReportPage,
        f"Rapport d’activité {year}",
        {
            "year": year,
            "summary": "Un rapport inventé, pour voir ce que le site sait montrer.",
            "approved_on": None if is_newest else date(year + 1, 6, 15),
            "layout": ReportPage.Layout.CHAPTERS if is_newest else ReportPage.Layout.ONE_PAGE,
        },
        [FICTION],
    )


def _chapters(year: int) -> Iterator[PageSpec]:
    for chapter in Chapter:
        yield PageSpec(
            f"/rapports/{year}/{chapter.value}/",
            ReportChapterPage,
            chapter.label,
            {"chapter": chapter.value},
            _chapter(chapter, year),
        )


def _record(year: int, rank: int) -> Value:
    """Record the figures of a year, and correct one of the oldest year."""
    status = Status.VALIDATED if rank == YEARS - 1 else Status.APPROVED
    values = record_many(_entries(year, rank, status), is_example=True)
    if rank == 0:
        code, number, reason = ERRATUM
        indicator = Indicator.objects.filter(code=code).first()
        if indicator:
            record(indicator, year, Decimal(number), reason=reason)
    return values[0]


def _entries(year: int, rank: int, status: str) -> Iterator[Entry]:
    """The figures whose indicators and parts editors have kept as they were delivered."""
    indicators = {i.code: i for i in Indicator.objects.typed()}
    parts = BreakdownItem.objects.filter(breakdown__indicators__isnull=False).select_related(
        "breakdown"
    )
    items = {f"{item.breakdown.code}/{item.code}": item for item in parts}
    for key, numbers in FIGURES.items():
        code, _, part = key.partition("/")
        if code in indicators and (not part or part in items):
            yield Entry(
                indicators[code], year, Decimal(numbers[rank]), items.get(part), status=status
            )
