"""The environment: read in one place, and every variable documented for who runs the site."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READER = ROOT / "impulsion_site" / "settings" / "env.py"
HANDBOOK = ROOT / "docs" / "exploitation.md"
PRODUCTION = {
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "www.exemple.fr",
    "SITE_URL": "https://www.exemple.fr",
}


def variables_read() -> set[str]:
    """The names given to env.str(), env.bool()… in the one module that reads them."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(READER.read_text()))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"env\.\w+", ast.unparse(node.func))
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def variables_documented() -> set[str]:
    """The first column of the table of the handbook."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", HANDBOOK.read_text(), flags=re.MULTILINE))


def test_every_variable_read_is_documented_and_the_reverse() -> None:
    assert len(variables_read()) > 5
    assert variables_read() == variables_documented()


def test_no_other_module_of_the_site_reads_the_environment() -> None:
    reading = re.compile(
        r"os\.environ(?!\.setdefault)|os\.getenv|environ\.Env|\benv\.(?:str|bool|int|list)\("
    )
    rooms = ("pages", "partners", "activities", "contact", "impulsion_site")
    found = [
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if path != READER and reading.search(path.read_text())
    ]
    assert not found


def check_production(variables: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    """Run Django's deployment checks with these variables and no other of the site."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.production",
        "DATA_DIR": str(data),
        "PYTHONUTF8": "1",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    done = check_production(PRODUCTION, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_refuses_to_start_without(missing: str, tmp_path: Path) -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = check_production(variables, tmp_path)
    assert done.returncode != 0
    assert f"La variable d’environnement {missing} est obligatoire" in done.stderr
