"""What describes a pack: for people (LISEZ-MOI.txt), for programs, and to verify it."""

import json
import platform
import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import django
import wagtail
from django.conf import settings
from django.utils import timezone

from activities.figures.exports import EXAMPLE
from pages.page_files import printable

from .archive import Archive
from .contents import MOST_CAPTURES, Gathered, long_moment

SCHEMA = "impulsion-dossier/1"
README, MANIFEST, SUMS = "LISEZ-MOI.txt", "manifeste.json", "SHA256SUMS"
# They turn the text around them: a name keeps its letters, not these.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def describe(gathered: Gathered, archive: Archive) -> None:
    """Write the manifest, the text to read first, and the digests of all that is in the ZIP."""
    archive.add(MANIFEST, json.dumps(_manifest(gathered), ensure_ascii=False, indent=1).encode())
    archive.add(README, _readme(gathered).encode("utf-8-sig"))
    sums = "".join(f"{digest}  {name}\n" for name, digest in archive.digests.items())
    archive.add(SUMS, sums.encode())


def _manifest(gathered: Gathered) -> dict[str, Any]:
    partner = gathered.partner
    return {
        "schema": SCHEMA,
        "financeur": {
            "nom": one_line(partner.name),
            "nom_dans_l_annee": one_line(partner.name_in(gathered.year)),
            "identifiant": partner.slug,
        },
        "phrase_exigee": partner.required_mention,
        "annee": gathered.year,
        "site": settings.SITE_URL,
        "commence_le": gathered.moment.isoformat(timespec="seconds"),
        "termine_le": timezone.localtime().isoformat(timespec="seconds"),
        "fuseau": settings.TIME_ZONE,
        "logiciels": software(),
        "rapport": gathered.report,
        "chiffres": gathered.figures,
        "lecture": {"pages_lues": gathered.pages_read, "complete": gathered.is_complete},
        "captures": gathered.captures,
        "mention_aussi_sur": gathered.seen_too,
        "sans_reponse_attendue": gathered.unanswered,
        "remarques": gathered.remarks,
    }


def software() -> dict[str, str]:
    """What made the pack."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    found = {
        project["name"]: project["version"],
        "Django": django.__version__,
        "Wagtail": wagtail.__version__,
        "Python": platform.python_version(),
    }
    try:
        found["WeasyPrint"] = version("weasyprint")
    except PackageNotFoundError:  # the site works without it, and makes no PDF
        return found
    return found


def one_line(text: str) -> str:
    """A text on one line, in its own direction."""
    return " ".join(_TURNING.sub("", printable(text)).split())


def _name(gathered: Gathered) -> str:
    """Its name of the year, and that of today if it is another."""
    partner = gathered.partner
    name = partner.titled(partner.name_in(gathered.year))
    return f"{EXAMPLE}{name}" if partner.is_example else name


def _readme(gathered: Gathered) -> str:
    return "\n".join(
        [
            f"DOSSIER DU FINANCEUR : {one_line(_name(gathered))}",
            f"Année {gathered.year}",
            f"Fait le {long_moment(gathered.moment)}, par le site {settings.SITE_URL}",
            "",
            *_section("À SAVOIR", [f"- {remark}" for remark in gathered.remarks]),
            *_section("CE QUE CONTIENT CE DOSSIER", _files(gathered)),
            *_section("LES PAGES QUI MONTRENT LA MENTION", _captures(gathered)),
            *_section("VÉRIFIER", _how_to_verify()),
            *_section("LOGICIELS", [f"- {name} {number}" for name, number in software().items()]),
        ]
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, "", *lines, ""] if lines else []


def _files(gathered: Gathered) -> list[str]:
    lines = []
    if gathered.report:
        lines.append(f"- {gathered.report['fichier']} : le rapport d’activité {gathered.year},")
        lines.append(f"  tel que tout le monde le lit à {gathered.report['adresse']}")
    if gathered.figures:
        lines.append(f"- {gathered.figures['fichier']} : les chiffres publics que ce financeur")
        lines.append(f"  vérifie, jusqu’à {gathered.year}")
    if gathered.captures:
        lines.append("- captures/ : chaque page en deux fichiers, le code HTML et son impression")
    lines.append(f"- {MANIFEST} : tout ce qui précède, pour un programme")
    lines.append(f"- {SUMS} : l’empreinte de chaque fichier")
    return lines


def _captures(gathered: Gathered) -> list[str]:
    if not gathered.captures:
        return ["Aucune capture : voyez plus haut pourquoi."]
    lines = []
    for rank, capture in enumerate(gathered.captures, start=1):
        lines += [
            f"{rank}. {one_line(capture['titre'])}",
            f"   {capture['adresse']}",
            f"   le {capture['date']}, réponse {capture['statut']}",
            f"   {capture['fichier']}",
        ]
    lines += ["", f"Pages publiques lues : {gathered.pages_read}."]
    lines.append(f"Un dossier a {MOST_CAPTURES} captures au plus.")
    return lines


def _how_to_verify() -> list[str]:
    return [
        "Le fichier HTML d’une capture contient, octet pour octet, ce que le site a répondu à un",
        "visiteur sans compte, avant toute compression. Son impression en reprend les textes et",
        "les images, avec l’adresse et la date au bas de chaque page.",
        "",
        "Pour vérifier que rien n’a changé, dans le dossier ouvert :",
        f"    sha256sum -c {SUMS}",
        "Sous Windows, fichier par fichier, à comparer avec la liste :",
        "    certutil -hashfile nom-du-fichier SHA256",
        "L’empreinte du dossier entier est dans l’administration du site, à côté de son nom.",
    ]
