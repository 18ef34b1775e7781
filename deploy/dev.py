"""`make dev`: the development server, which reloads at each change and shows its errors."""

from __future__ import annotations

import os
import sys

from deploy.console import ROOT, main, say
from deploy.environment import DEVELOPMENT, PYTHON, ensure_environment
from deploy.run import manage
from deploy.settings import check_port, data_directory, local_administrator


def serve_for_development() -> int:
    """Prepare the same data as `make run`, then give way to Django's own server."""
    host, port = sys.argv[1], sys.argv[2]
    check_port(host, int(port))
    ensure_environment(DEVELOPMENT)
    environment = {
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.dev",
        "DATA_DIR": str(data_directory()),
        "LOCAL_ADMINISTRATOR": local_administrator(host),
    }
    manage(["migrate", "--no-input", "--verbosity", "0"], environment)
    manage(["load_content", "--demonstration"], environment)
    manage(["create_admin", "--if-none"], environment)
    say("Les tâches de fond ne tournent pas ici : « .venv/bin/python manage.py chores ».")
    os.chdir(ROOT)
    arguments = [PYTHON, "manage.py", "runserver", f"{host}:{port}"]
    os.execve(arguments[0], arguments, {**os.environ, **environment})


if __name__ == "__main__":
    main(serve_for_development)
