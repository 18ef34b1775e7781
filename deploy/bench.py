"""`make bench`: the site as `make run` serves it, measured against the targets of the design.

A fresh site, with its examples and the production settings, is served on a port of its own;
nothing of `var/` but the tools is used. Lighthouse reads it as a phone would, then its speed is
compared with what the same server does at best on the same machine in the same minutes. Last, the
longest PDF is made.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from deploy import lighthouse, pdf_speed, speed
from deploy.console import Failure, duration, main, say
from deploy.environment import ensure_environment, ensure_pdf, install_debian_packages
from deploy.fresh_site import HOST, fresh_site, served
from deploy.settings import check_port

DEFAULT_PORT = 8790


def bench() -> int:
    """Measure, print the tables, and fail when a target is missed."""
    start = time.monotonic()
    port = int(os.environ.get("PORT") or DEFAULT_PORT)
    check_port(HOST, port + 1)
    ensure_environment()
    _ensure_programs()
    ensure_pdf()
    program = lighthouse.ensure_lighthouse()
    with fresh_site(port) as environment:
        pages = lighthouse.measure(program, environment["SITE_URL"], Path(environment["DATA_DIR"]))
        size = {"BENCH_BYTES": str(speed.home_size(HOST, port))}
        with served(size, port + 1, speed.LIMIT):
            ratios = speed.measure(HOST, port, port + 1)
        made = pdf_speed.measure(environment)
    say()
    say(lighthouse.table(pages))
    say()
    say(speed.table(ratios))
    say()
    say(pdf_speed.table(made))
    say()
    missed = [line for page in pages for line in page.missed()] + made.missed()
    if missed:
        raise Failure("cibles manquées\u00a0:\n  " + "\n  ".join(missed))
    say(f"Toutes les cibles sont tenues — mesuré en {duration(time.monotonic() - start)}.")
    return 0


def _ensure_programs() -> None:
    """Have Chromium, Node and wrk. Raises Failure otherwise."""
    programs = {"chromium": "chromium", "npm": "npm", "nodejs": "node", "wrk": "wrk"}
    missing = [package for package, name in programs.items() if shutil.which(name) is None]
    if missing:
        install_debian_packages(missing)


if __name__ == "__main__":
    main(bench)
