"""`make run`: from a fresh clone to a site that answers, with the production settings."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from deploy.console import ROOT, Failure, main, run, run_counting, say, step
from deploy.environment import PYTHON, VENV, ensure_environment, ensure_pdf_if_possible
from deploy.settings import (
    check_port,
    data_directory,
    kept_mails,
    production_environment,
    url_host,
)
from deploy.supervisor import Supervisor

CONTENT_CHOICES = {"demonstration": ["--demonstration"], "initial": []}
ANSWER_SECONDS = 60
STATIC_STAMP = "static.stamp"
BUG_ADVICE = "Le message ci-dessus en donne la raison."
# What decides of the collected files: ours, the libraries' and the way they are stored.
STATIC_SOURCES = (
    "requirements.txt",
    "static/**/*",
    "*/static/**/*",
    "impulsion_site/static.py",
    "impulsion_site/settings/*.py",
)


def run_site() -> int:
    """Prepare everything, then serve until Ctrl+C."""
    options = _options()
    check_port(options.host, options.port)
    ensure_environment()
    ensure_pdf_if_possible()
    environment = production_environment(options.host, options.port)
    prepare(environment, options.content)
    return _serve(options.host, options.port, environment)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--content", default="demonstration")
    options = parser.parse_args()
    if options.content not in CONTENT_CHOICES:
        raise Failure(
            f"CONTENT={options.content} n’existe pas : écrivez CONTENT=initial, "
            "ou rien pour avoir aussi les exemples."
        )
    if not options.port.isdecimal() or not 0 < int(options.port) <= 65535:
        raise Failure(f"PORT={options.port} n’est pas un numéro de port (de 1 à 65535).")
    options.port = int(options.port)
    return options


def prepare(environment: dict[str, str], content: str) -> None:
    """Bring the database, the content and the static files up to date; a second time is short."""
    with step("Mise à jour de la base de données"):
        manage(["migrate", "--no-input", "--verbosity", "0"], environment)
    with step("Chargement du contenu (ce qui a été modifié dans l’administration est gardé)"):
        manage(["load_content", *CONTENT_CHOICES[content]], environment)
    collect_static(environment)
    manage(["create_admin", "--if-none"], environment)


def manage(arguments: list[str], environment: dict[str, str]) -> None:
    """Run a management command of the site. Raises Failure when it fails."""
    run([PYTHON, "manage.py", *arguments], BUG_ADVICE, environment)


def collect_static(environment: dict[str, str]) -> None:
    """Collect and compress the static files, unless nothing that they come from has changed."""
    stamp = data_directory() / STATIC_STAMP
    wanted = _static_fingerprint()
    manifest = data_directory() / "static" / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Préparation et compression des fichiers statiques (environ une minute)"):
        run_counting(
            [PYTHON, "manage.py", "collectstatic", "--no-input", "--verbosity", "2"],
            counted="Post-processed",
            unit="fichiers préparés",
            advice=BUG_ADVICE,
            environment=environment,
        )
    stamp.write_text(wanted)


def _static_fingerprint() -> str:
    digest = hashlib.sha256()
    for path in _static_sources():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _static_sources() -> Iterator[Path]:
    found = {path for pattern in STATIC_SOURCES for path in ROOT.glob(pattern) if path.is_file()}
    yield from sorted(path for path in found if data_directory() not in path.parents)


def _serve(host: str, port: int, environment: dict[str, str]) -> int:
    bind = f"{url_host(host)}:{port}"
    server = [str(VENV / "bin" / "gunicorn"), "--config", "deploy/gunicorn.conf.py", "--bind", bind]
    chores = [PYTHON, "manage.py", "chores", "--loop"]
    address = environment["SITE_URL"]

    def announce(server_runs: Callable[[], bool]) -> None:
        if wait_for_answer(host, port, address, server_runs):
            say()
            say(f"  Le site              {address}/")
            say(f"  L’administration     {address}/admin/")
            say("  Un compte de plus    make admin")
            if environment["LOCAL_ADMINISTRATOR"] == "true":
                say("  Double authentification : non demandée, le site n’écoute que cette machine.")
            if folder := kept_mails():
                say(f"  Les courriels        gardés dans {folder} (aucun serveur d’envoi)")
            say()
            say("Ctrl+C pour arrêter.")

    return Supervisor(server, chores, environment, on_start=announce).run()


def wait_for_answer(host: str, port: int, address: str, server_runs: Callable[[], bool]) -> bool:
    """Wait until the home page answers; warn when it answers with an error."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    deadline = time.monotonic() + ANSWER_SECONDS
    while server_runs() and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(reached, port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/", headers={"Host": urlsplit(address).netloc})
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.2)
            continue
        finally:
            connection.close()
        if status >= 400:
            say(f"ATTENTION — la page d’accueil répond par l’erreur {status}.")
        return True
    return False


if __name__ == "__main__":
    main(run_site)
