"""`make visual`: every kind of page, pixel by pixel, against the pictures of the documentation.

Outside `make test`, because pixels depend on the browser's version: it is recorded beside the
pictures. `make pictures` takes them anew, after a change that is wanted.
"""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.console import ROOT, main
from deploy.environment import DEVELOPMENT, PYTHON, ensure_environment
from deploy.fresh_site import fresh_site
from deploy.verify import ensure_services

DEFAULT_PORT = 8792


def visual() -> int:
    """Compare the pages with their pictures, or with « take » draw the pictures."""
    ensure_environment(DEVELOPMENT)
    ensure_services()
    with fresh_site(int(os.environ.get("PORT") or DEFAULT_PORT)) as environment:
        command = [PYTHON, "-m", "deploy.make_pictures", environment["SITE_URL"], *sys.argv[1:]]
        merged = {**os.environ, **environment}
        return subprocess.run(command, cwd=ROOT, env=merged, check=False).returncode


if __name__ == "__main__":
    main(visual)
