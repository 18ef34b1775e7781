"""A new site with its examples, as `make run` serves it, for what measures or draws it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from deploy.console import ROOT, Failure, step
from deploy.environment import VENV
from deploy.run import collect_static, manage, wait_for_answer
from deploy.settings import check_port, production_environment
from deploy.verify import SITE_VARIABLES

HOST = "127.0.0.1"
# Every address is looked at once, so that the pictures that it shows are noted and then made.
WARM_UP = (
    "from django.test import Client\n"
    "from pages.pictures import make_pending_pictures\n"
    "from pages.querysets import all_pages\n"
    "for page in all_pages().visible():\n"
    "    Client(SERVER_NAME='127.0.0.1').get(page.url)\n"
    "make_pending_pictures()"
)


@contextmanager
def fresh_site(port: int) -> Iterator[dict[str, str]]:
    """Serve a new site on this port; gives its environment, and leaves nothing behind."""
    check_port(HOST, port)
    with TemporaryDirectory(prefix="impulsion-site-") as directory:
        # Whatever the developer exported, the site has its own data and its own key.
        for name in SITE_VARIABLES:
            os.environ.pop(name, None)
        os.environ["DATA_DIR"] = directory
        environment = production_environment(HOST, port)
        # First: in production a page cannot be shown without them.
        collect_static(environment)
        with step("Préparation d’un site neuf, avec ses exemples et ses images"):
            manage(["migrate", "--no-input", "--verbosity", "0"], environment)
            manage(["load_content", "--demonstration"], environment)
            manage(["shell", "--no-imports", "--command", WARM_UP], environment)
        with served(environment, port):
            yield environment


@contextmanager
def served(environment: dict[str, str], port: int, application: str = "") -> Iterator[None]:
    """Gunicorn, set up as for visitors, serving the site or another application."""
    command = [str(VENV / "bin" / "gunicorn"), "--config", "deploy/gunicorn.conf.py"]
    # Workers are not renewed: the fastest of two applications would pay for it the most.
    command += ["--bind", f"{HOST}:{port}", "--max-requests", "0"]
    command += [application] if application else []
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        address = f"http://{HOST}:{port}"
        if not wait_for_answer(HOST, port, address, lambda: server.poll() is None):
            raise Failure(f"le serveur ne répond pas sur {address}.")
        yield
    finally:
        server.terminate()
        server.wait()
