"""What a pack holds: the report, the figures, the captures; what is missing from it, and why."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from activities.figures.checked import checked_figures
from activities.figures.exports import as_csv
from activities.models import FunderPack, ReportPage, ReportPdf
from activities.pdf.render import Unavailable
from activities.pdf.serve import is_true
from activities.pdf.version import fingerprint
from pages.templatetags.french_dates import long_date
from partners.models import Partner

from . import mentions, prints, visitor
from .archive import Archive, safe_name

# Well within the ten minutes for which a worker reserves a chore.
MOST_SECONDS = 300
MOST_PAGES = 3000
MOST_CAPTURES = 40
# What one can still send: what is captured beyond is only listed.
MOST_BYTES = 100_000_000
SOME = 5
# The report is made in a minute or two; a pack does not wait for ever for one that fails.
PDF_AWAITED = timedelta(hours=1)


class NotYet(Exception):
    """The pack cannot be made now: its text says what it waits for."""


@dataclass
class Gathered:
    """What has been put in a pack: the entries of its manifest."""

    partner: Partner
    year: int
    moment: datetime
    report: dict[str, Any] | None = None
    figures: dict[str, Any] | None = None
    captures: list[dict[str, Any]] = field(default_factory=list)
    #: Pages that show the mention too, and were not captured.
    seen_too: list[str] = field(default_factory=list)
    #: Pages that did not answer as pages.
    unanswered: list[str] = field(default_factory=list)
    pages_read: int = 0
    is_complete: bool = True
    remarks: list[str] = field(default_factory=list)


def gather(pack: FunderPack, archive: Archive, moment: datetime) -> Gathered:
    """Put everything in the ZIP but what describes it.

    Raises:
        NotYet: the report or its figures are changing.
    """
    if pack.partner is None:
        raise ValueError("a pack without its funder")
    gathered = Gathered(pack.partner, pack.year, moment)
    before = fingerprint()
    _add_report(pack, gathered, archive, before)
    _add_figures(gathered, archive)
    if fingerprint() != before:
        raise NotYet("Les données du site changent en ce moment.")
    _add_captures(gathered, archive)
    gathered.remarks += _remarks(gathered)
    return gathered


# --- The report and the figures -----------------------------------------------------------


def _add_report(pack: FunderPack, gathered: Gathered, archive: Archive, now: str) -> None:
    report = ReportPage.objects.visible().filter(year=pack.year).first()
    if report is None:
        gathered.remarks.append(
            f"Le rapport d’activité {pack.year} n’est pas public : il n’est pas dans ce dossier."
        )
        return
    rows = ReportPdf.objects.filter(
        report=report, kind=ReportPdf.Kind.FULL, visibility=ReportPdf.Visibility.PUBLIC
    )
    pdf = rows.select_related("report").first()
    if pdf is not None and is_true(pdf, now) and default_storage.exists(str(pdf.file.name)):
        _add_pdf(pdf, gathered, archive)
    elif timezone.now() - pack.asked_at < PDF_AWAITED:
        raise NotYet(f"Le PDF du rapport {pack.year} est en train d’être fait.")
    else:
        gathered.remarks.append(
            f"Le PDF du rapport {pack.year} n’a pas pu être fait : il n’est pas dans ce dossier."
        )


def _add_pdf(pdf: ReportPdf, gathered: Gathered, archive: Archive) -> None:
    with default_storage.open(str(pdf.file.name)) as file:
        digest = archive.add_file(pdf.file_name, file)
    address = f"{pdf.report.get_url() or ''}{pdf.file_name}"
    gathered.report = {
        "fichier": pdf.file_name,
        "adresse": visitor.address_of(address),
        "fait_le": timezone.localtime(pdf.made_at).isoformat() if pdf.made_at else None,
        "version_des_donnees": pdf.data_version,
        "sha256": digest,
    }


def _add_figures(gathered: Gathered, archive: Archive) -> None:
    figures = checked_figures(gathered.partner, until=gathered.year)
    if not figures:
        gathered.remarks.append("Aucun chiffre public n’est vérifié par ce financeur.")
        return
    example = "exemple-" if any(figure.is_example for figure in figures) else ""
    name = f"{example}chiffres-verifies.csv"
    digest = archive.add(name, as_csv(figures, gathered.partner.slug))
    gathered.figures = {"fichier": name, "lignes": len(figures), "sha256": digest}


# --- The captures -------------------------------------------------------------------------


def _add_captures(gathered: Gathered, archive: Archive) -> None:
    """Read every public page, and keep those that show the mention."""
    until = time.monotonic() + MOST_SECONDS
    # A list: the database is asked for many other things while it is gone through.
    paths = list(islice(mentions.addresses(gathered.partner), MOST_PAGES + 1))
    for path in paths[:MOST_PAGES]:
        if time.monotonic() > until:
            break
        gathered.pages_read += 1
        _read(path, gathered, archive)
    gathered.is_complete = gathered.pages_read == len(paths)


def _read(path: str, gathered: Gathered, archive: Archive) -> None:
    answer = visitor.ask(path)
    if not answer.is_page:
        gathered.unanswered.append(f"{answer.address} ({answer.status} {answer.reason})")
    elif not mentions.is_shown(answer.content, gathered.partner):
        return
    elif len(gathered.captures) < MOST_CAPTURES and archive.weight < MOST_BYTES:
        gathered.captures.append(_captured(path, answer, gathered, archive))
    else:
        gathered.seen_too.append(answer.address)


def _captured(
    path: str, answer: visitor.Answer, gathered: Gathered, archive: Archive
) -> dict[str, Any]:
    """Write the page as it was answered, and its print; what the manifest says of it."""
    rank = len(gathered.captures) + 1
    stem = f"captures/{rank:03}-{safe_name(path.replace('/', '-'), 'accueil')}"
    digest = archive.add(f"{stem}.html", answer.content)
    sentence = gathered.partner.required_mention
    capture = {
        "fichier": f"{stem}.html",
        "impression": None,
        "titre": prints.title_of(answer),
        "adresse": answer.address,
        "date": answer.at.isoformat(timespec="seconds"),
        "statut": f"{answer.status} {answer.reason}",
        "entetes": dict(answer.headers),
        "octets": len(answer.content),
        "sha256": digest,
        "phrase_exigee_lue": mentions.says(answer.content, sentence) if sentence else None,
    }
    stamp = prints.Stamp(
        answer.address, long_moment(answer.at), digest, _about_mention(capture, sentence)
    )
    try:
        archive.add(f"{stem}.pdf", prints.printed(answer, stamp).content)
        capture["impression"] = f"{stem}.pdf"
    except Unavailable:
        pass  # said in the remarks: the HTML is the proof
    return capture


def _about_mention(capture: dict[str, Any], sentence: str) -> str:
    if not sentence:
        return "La mention du financeur est sur la page."
    if capture["phrase_exigee_lue"]:
        return f"« {sentence} » : cette phrase est sur la page."
    return f"La mention est sur la page, sans la phrase exigée : « {sentence} »."


def long_moment(at: datetime) -> str:
    """A moment in words, with its zone: « 29 novembre 2026 à 11 h 04 min 05 s (UTC+01:00) »."""
    zone = at.strftime("%z")
    return f"{long_date(at, 'j F Y')} à {at:%H} h {at:%M} min {at:%S} s (UTC{zone[:3]}:{zone[3:]})"


# --- What is missing ----------------------------------------------------------------------


def _remarks(gathered: Gathered) -> list[str]:
    """What whoever opens the pack must know."""
    remarks = []
    captures = gathered.captures
    if gathered.partner.is_example:
        remarks.append("Ce financeur est un exemple, inventé : ce dossier ne prouve rien.")
    if not captures and not gathered.seen_too:
        remarks.append(
            "La mention de ce financeur n’est sur aucune des pages publiques qui ont été lues."
        )
    if without := [c["adresse"] for c in captures if c["phrase_exigee_lue"] is False]:
        remarks.append(
            "La phrase exigée par ce financeur manque sur des pages qui montrent sa mention : "
            f"{_some(without)}."
        )
    if any(capture["impression"] is None for capture in captures):
        remarks.append("Des captures n’ont pas d’impression : il manque Pango à ce serveur.")
    if gathered.seen_too:
        remarks.append(
            f"La mention est aussi sur d’autres pages, sans capture ({len(gathered.seen_too)}) : "
            f"un dossier en a {MOST_CAPTURES} au plus. Leur liste est dans manifeste.json."
        )
    if not gathered.is_complete:
        remarks.append(
            "Le site est trop grand pour être lu en une fois. Pages lues, les plus probables "
            f"d’abord : {gathered.pages_read}."
        )
    if gathered.unanswered:
        remarks.append(f"Sans la réponse attendue : {_some(gathered.unanswered)}.")
    return remarks


def _some(texts: list[str]) -> str:
    """A few of them, and how many more there are."""
    more = len(texts) - SOME
    return ", ".join(texts[:SOME]) + (f" et {more} de plus" if more > 0 else "")
