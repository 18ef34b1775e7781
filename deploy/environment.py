"""The virtual environment and the Debian packages: installed once, checked in an instant."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.console import ROOT, Failure, run, run_counting, say, step

OLDEST_PYTHON = (3, 11)
FIRST_REFUSED_PYTHON = (3, 14)
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
# What WeasyPrint loads, and a font with the signs that the PDF's own has not.
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
NETWORK_ADVICE = "Vérifiez la connexion à l’internet, puis relancez la même commande."


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Refuse a Python that the dependencies do not support (see pyproject.toml)."""
    if OLDEST_PYTHON <= version[:2] < FIRST_REFUSED_PYTHON:
        return
    found = ".".join(str(part) for part in version)
    raise Failure(
        f"il faut Python 3.11, 3.12 ou 3.13 et « {sys.executable} » est Python {found}. "
        "Installez-en un, puis indiquez-le : « make run PYTHON=python3.11 »."
    )


def ensure_environment(requirements: str = RUNTIME) -> None:
    """Have a virtual environment that holds exactly these requirements; instant the next times."""
    check_python()
    if not _environment_works():
        _create_environment()
    stamp = VENV / f".{requirements}.installed"
    wanted = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Installation des bibliothèques (une à deux minutes la première fois)"):
        pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        run_counting(
            [*pip, "--require-hashes", "-r", requirements],
            counted="Collecting",
            unit="bibliothèques trouvées",
            advice=NETWORK_ADVICE,
        )
    stamp.write_text(wanted)


def _environment_works() -> bool:
    if not Path(PYTHON).exists():
        return False
    probe = [PYTHON, "-c", "import pip, sys; print(*sys.version_info[:2])"]
    answer = subprocess.run(probe, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.split() == [
        str(part) for part in sys.version_info[:2]
    ]


def _create_environment() -> None:
    if not _has_module("ensurepip"):
        install_debian_packages(["python3-venv"])
    if not _has_module("ensurepip"):
        raise Failure(
            f"« {sys.executable} » ne sait pas créer d’environnement virtuel "
            "(module ensurepip absent). Installez le paquet « venv » de ce Python."
        )
    with step("Création de l’environnement virtuel .venv"):
        run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            "Vérifiez la place libre et les droits sur le dossier, puis relancez.",
        )


def _has_module(name: str) -> bool:
    # Another process: a module installed a moment ago must be seen.
    return (
        subprocess.run(
            [sys.executable, "-c", f"import {name}"], check=False, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )


def install_debian_packages(packages: Sequence[str]) -> None:
    """Install Debian packages, as root or through sudo.

    Raises Failure naming the packages where this cannot be done.
    """
    names = " ".join(packages)
    by_hand = f"Faites-le vous-même : « sudo apt-get install {names} », puis relancez."
    if shutil.which("apt-get") is None:
        raise Failure(
            f"il manque à cette machine : {names} (noms des paquets Debian). "
            "Installez leurs équivalents, puis relancez."
        )
    prefix = _as_root(f"il manque les paquets Debian : {names}. {by_hand}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    with step(f"Installation par apt-get de : {names}"):
        run_counting([*apt, "update"], "Get:", "listes lues", NETWORK_ADVICE)
        run_counting(
            [*apt, "install", "-y", "--no-install-recommends", *packages],
            "Setting up",
            "paquets installés",
            by_hand,
            {"LC_ALL": "C.UTF-8"},
        )


def ensure_pdf() -> None:
    """Have the libraries that make PDF files.

    Raises Failure where they cannot be installed.
    """
    if not can_make_pdf():
        install_debian_packages(PDF_PACKAGES)


def ensure_pdf_if_possible() -> None:
    """The same, but a site without PDF files is still a site: only say what to type."""
    try:
        ensure_pdf()
    except Failure as failure:
        say(f"  PDF indisponible : {failure}")
        say("  Le site démarre sans les PDF des rapports.")


def can_make_pdf() -> bool:
    """Whether WeasyPrint finds its libraries."""
    probe = [PYTHON, "-c", "import weasyprint"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _as_root(otherwise: str) -> list[str]:
    """Return what to write before a command to run it as root. Raises Failure(otherwise)."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            say("  (avec sudo)")
            return ["sudo", "-n"]
    raise Failure(otherwise)
