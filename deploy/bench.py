"""`make bench`: the site as `make run` serves it, measured against the targets of the design.

A fresh site, with its examples and the production settings, is served on a port of its own;
nothing of `var/` but the tools is used. Lighthouse reads it as a phone would, then its speed is
compared with what the same server does at best on the same machine in the same minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import lighthouse, speed
from deploy.console import ROOT, Failure, duration, main, say, step
from deploy.environment import VENV, ensure_environment, install_debian_packages
from deploy.run import collect_static, manage, wait_for_answer
from deploy.settings import check_port, production_environment
from deploy.verify import SITE_VARIABLES

HOST = "127.0.0.1"
DEFAULT_PORT = 8790
# Every address is looked at once, so that the pictures that it shows are noted and then made.
WARM_UP = (
    "from django.test import Client\n"
    "from pages.pictures import make_pending_pictures\n"
    "from pages.querysets import all_pages\n"
    "for page in all_pages().visible():\n"
    "    Client(SERVER_NAME='127.0.0.1').get(page.url)\n"
    "make_pending_pictures()"
)


def bench() -> int:
    """Measure, print both tables, and fail when a target is missed."""
    start = time.monotonic()
    port = int(os.environ.get("PORT") or DEFAULT_PORT)
    check_port(HOST, port)
    check_port(HOST, port + 1)
    ensure_environment()
    _ensure_programs()
    program = lighthouse.ensure_lighthouse()
    with tempfile.TemporaryDirectory(prefix="impulsion-bench-") as directory:
        environment = _environment(directory, port)
        _prepare(environment)
        with served(environment, port):
            say()
            pages = lighthouse.measure(program, environment["SITE_URL"], Path(directory))
            with served({"BENCH_BYTES": str(speed.home_size(HOST, port))}, port + 1, speed.LIMIT):
                ratios = speed.measure(HOST, port, port + 1)
    say()
    say(lighthouse.table(pages))
    say()
    say(speed.table(ratios))
    missed = [line for page in pages for line in page.missed()]
    say()
    if missed:
        raise Failure("cibles manquées :\n  " + "\n  ".join(missed))
    say(f"Toutes les cibles sont tenues — mesuré en {duration(time.monotonic() - start)}.")
    return 0


def _ensure_programs() -> None:
    """Have Chromium, Node and wrk. Raises Failure otherwise."""
    programs = {"chromium": "chromium", "npm": "npm", "nodejs": "node", "wrk": "wrk"}
    missing = [package for package, name in programs.items() if shutil.which(name) is None]
    if missing:
        install_debian_packages(missing)


def _environment(directory: str, port: int) -> dict[str, str]:
    """The variables of `make run` for a site with its own data, whatever the developer exported."""
    for name in SITE_VARIABLES:
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = directory
    return production_environment(HOST, port)


def _prepare(environment: dict[str, str]) -> None:
    # First: in production a page cannot be shown without them.
    collect_static(environment)
    with step("Préparation d’un site neuf, avec ses exemples et ses images"):
        manage(["migrate", "--no-input", "--verbosity", "0"], environment)
        manage(["load_content", "--demonstration"], environment)
        manage(["shell", "--no-imports", "--command", WARM_UP], environment)


@contextmanager
def served(
    environment: dict[str, str], port: int, application: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Gunicorn, set up as for visitors, serving the site or another application."""
    command = [str(VENV / "bin" / "gunicorn"), "--config", "deploy/gunicorn.conf.py"]
    # Workers are not renewed: the fastest of the two sites would pay for it the most.
    command += ["--bind", f"{HOST}:{port}", "--max-requests", "0"]
    command += [application] if application else []
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        address = f"http://{HOST}:{port}"
        if not wait_for_answer(HOST, port, address, lambda: server.poll() is None):
            raise Failure(f"le serveur à mesurer ne répond pas sur {address}.")
        yield server
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(bench)
