"""A management command with the environment of `make run`: same database, same secret key.

For instance: `python3 -m deploy.manage create_admin`.
"""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.console import ROOT, main
from deploy.environment import PYTHON, ensure_environment
from deploy.settings import production_environment


def manage_site() -> int:
    """Run manage.py with the arguments given, on a database brought up to date."""
    ensure_environment()
    environment = {**os.environ, **production_environment("127.0.0.1", 8000)}
    command = [PYTHON, "manage.py"]
    for arguments in (["migrate", "--no-input", "--verbosity", "0"], sys.argv[1:]):
        code = subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=False)
        if code.returncode:
            return code.returncode
    return 0


if __name__ == "__main__":
    main(manage_site)
