"""Lighthouse, at an exact version, on the pages that the design names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.console import ROOT, Failure, run, step
from deploy.environment import NETWORK_ADVICE

VERSION = "12.8.2"
OLDEST_NODE = 18
# A folder of its own: npm takes out of a folder whatever it is not asked for.
FOLDER = ROOT / "var" / "tools" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
BROWSER_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibilité",
    "best-practices": "bonnes pratiques",
    "seo": "référencement",
}
# Design, section 5, and the issue: the score wanted is 100, and the least for a picture page.
LEAST_SCORE = 100
MOST_SECONDS = 1.2
KB = 1000
TEXT_WEIGHT, PICTURE_WEIGHT = 40 * KB, 75 * KB
# An address per page, and whether the page is an example, which search engines must not keep.
PAGES = {
    "accueil": ("/", False),
    "activité": ("/activites/espaces-verts/", False),
    "actualité": ("/actualites/exemple-jardin-ouvre-ses-portes/", True),
    "histoire": ("/la-regie/histoire/", False),
    "partenaires": ("/partenaires/", False),
    "contact": ("/contact/", False),
}


@dataclass
class Measure:
    """What Lighthouse found on a page."""

    page: str
    scores: dict[str, int]
    largest_paint: float
    shift: float
    weight: int
    has_picture: bool
    faults: list[str] = field(default_factory=list)

    def missed(self) -> list[str]:
        """The targets that the page misses, each in a sentence."""
        found = [
            f"{self.page}\u00a0: {CATEGORIES[name]} {score} au lieu de {LEAST_SCORE} "
            f"({', '.join(self.faults) or 'sans détail'})"
            for name, score in self.scores.items()
            if score < LEAST_SCORE
        ]
        if self.largest_paint > MOST_SECONDS:
            found.append(
                f"{self.page}\u00a0: plus grand élément à {_number(self.largest_paint, 2)} s "
                f"au lieu de {_number(MOST_SECONDS, 1)} s"
            )
        if self.shift > 0:
            found.append(f"{self.page}\u00a0: la page bouge ({_number(self.shift, 3)})")
        most = PICTURE_WEIGHT if self.has_picture else TEXT_WEIGHT
        if self.weight > most:
            found.append(f"{self.page}\u00a0: {self.weight} octets au lieu de {most}")
        return found


def ensure_lighthouse() -> Path:
    """Have Lighthouse at its exact version. Raises Failure when it cannot be."""
    _check_node()
    if _installed_version() != VERSION:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with step(f"Installation de Lighthouse {VERSION} (environ 280 Mo)"):
            npm = ["npm", "install", "--prefix", str(FOLDER), "--no-save", "--ignore-scripts"]
            run(
                [*npm, "--no-audit", "--no-fund", "--silent", f"lighthouse@{VERSION}"],
                NETWORK_ADVICE,
            )
    return PROGRAM


def _check_node() -> None:
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(answer.stdout.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise Failure(f"Lighthouse {VERSION} veut Node {OLDEST_NODE} ou plus récent.")


def _installed_version() -> str:
    package = PROGRAM.parents[1] / "package.json"
    return str(json.loads(package.read_text())["version"]) if package.exists() else ""


def measure(program: Path, site: str, directory: Path) -> list[Measure]:
    """Run Lighthouse on each page, one after the other."""
    measures = []
    for name, (address, is_example) in PAGES.items():
        with step(f"Lighthouse\u00a0: {name}"):
            report = _report(program, f"{site}{address}", is_example, directory)
        measures.append(read(name, report))
    return measures


def _report(program: Path, url: str, is_example: bool, directory: Path) -> dict[str, Any]:
    output = directory / "lighthouse.json"
    command = ["node", str(program), url, "--quiet", "--output=json", f"--output-path={output}"]
    command += [f"--chrome-flags={BROWSER_FLAGS}", "--only-categories=" + ",".join(CATEGORIES)]
    if is_example:
        command.append("--skip-audits=is-crawlable")
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    run(command, "Le message ci-dessus en donne la raison.", environment)
    return dict(json.loads(output.read_text()))


def read(page: str, report: dict[str, Any]) -> Measure:
    """What counts in a report. Raises Failure when the page could not be read."""
    if report.get("runtimeError"):
        raise Failure(f"Lighthouse n’a pas pu lire « {page} » : {report['runtimeError']}.")
    audits = report["audits"]
    requests = audits["network-requests"]["details"]["items"]
    return Measure(
        page=page,
        scores={name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES},
        largest_paint=audits["largest-contentful-paint"]["numericValue"] / 1000,
        shift=audits["cumulative-layout-shift"]["numericValue"],
        weight=sum(request["transferSize"] for request in requests),
        has_picture=any(
            request["resourceType"] == "Image" and "/media/" in request["url"]
            for request in requests
        ),
        faults=_faults(report),
    )


def _faults(report: dict[str, Any]) -> list[str]:
    """The audits that cost points, by their names."""
    weighted = {
        entry["id"]
        for name in CATEGORIES
        for entry in report["categories"][name]["auditRefs"]
        if entry["weight"]
    }
    return [
        name
        for name, audit in report["audits"].items()
        if name in weighted and audit["score"] is not None and audit["score"] < 0.9
    ]


def table(measures: list[Measure]) -> str:
    """The measures, one line a page."""
    lines = [
        f"Lighthouse {VERSION}, téléphone",
        f"  {'page':<12} {'perf.':>6} {'acces.':>6} {'prat.':>6} {'réf.':>6}"
        f" {'LCP':>7} {'CLS':>6} {'poids':>8}",
    ]
    for found in measures:
        scores = " ".join(f"{found.scores[name]:>6}" for name in CATEGORIES)
        lines.append(
            f"  {found.page:<12} {scores} {_number(found.largest_paint, 2):>5} s"
            f" {_number(found.shift, 3):>6} {_number(found.weight / KB, 1):>5} ko"
        )
    return "\n".join(lines)


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")
