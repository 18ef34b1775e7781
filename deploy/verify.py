"""`make test`: everything that must hold, in order, up to the first failure."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.console import ROOT, Failure, duration, main, run, say, step
from deploy.environment import (
    DEVELOPMENT,
    NETWORK_ADVICE,
    PYTHON,
    RUNTIME,
    VENV,
    ensure_environment,
    ensure_pdf,
    install_debian_packages,
)

TOOLS = ROOT / "var" / "tools"
HTML_CHECKER = "vnu-jar@26.9.27"
HTML_CHECKER_JAR = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTML_CHECKER_SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
WITH_POSTGRES = str(ROOT / "deploy" / "with-postgres")
# The tests choose their own configuration; what a developer exported must not change their result.
SITE_VARIABLES = (
    "ALLOWED_HOSTS",
    "BEHIND_HTTPS_PROXY",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "SECRET_KEY",
    "SITE_URL",
    "TRUSTED_PROXIES",
)


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)


def verify() -> int:
    """Install what the checks need, run them all, and sum up."""
    start = time.monotonic()
    ensure_environment(DEVELOPMENT)
    ensure_services()
    ensure_html_checker()
    with tempfile.TemporaryDirectory(prefix="impulsion-") as directory:
        environment = _test_environment(directory)
        summary = _check_code(environment) + _run_suites(environment)
    say()
    say("Résumé")
    for line in summary:
        say(f"  {line}")
    say(f"TOUT EST BON — en {duration(time.monotonic() - start)}.")
    return 0


def ensure_services() -> None:
    """Have the programs that the checks start, and a font with every sign.

    Raises Failure otherwise.
    """
    needed = {
        "chromium": shutil.which("chromium") is not None,
        "postgresql": _has_postgresql(),
        "default-jre-headless": shutil.which("java") is not None,
        "fonts-dejavu-core": any(Path("/usr/share/fonts").glob("**/DejaVuSans.ttf")),
        "libreoffice-calc-nogui": shutil.which("soffice") is not None,
        "poppler-utils": shutil.which("pdftotext") is not None,
        "nginx-light": shutil.which("nginx", path=_with_sbin(os.environ)) is not None,
        "khal": shutil.which("khal") is not None,
        "npm": HTML_CHECKER_JAR.exists() or shutil.which("npm") is not None,
    }
    missing = [package for package, present in needed.items() if not present]
    if missing:
        install_debian_packages(missing)
    ensure_pdf()


def _has_postgresql() -> bool:
    return shutil.which("initdb") is not None or any(
        Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )


def ensure_html_checker() -> None:
    """Have the Nu HTML checker, at an exact version whose content is checked."""
    if not HTML_CHECKER_JAR.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        with step("Installation du vérificateur HTML « Nu »"):
            npm = ["npm", "install", "--prefix", str(TOOLS), "--no-save", "--ignore-scripts"]
            run([*npm, "--no-audit", "--no-fund", "--silent", HTML_CHECKER], NETWORK_ADVICE)
    if hashlib.sha256(HTML_CHECKER_JAR.read_bytes()).hexdigest() != HTML_CHECKER_SHA256:
        raise Failure(
            f"le vérificateur HTML n’est pas celui qui est attendu ({HTML_CHECKER}). "
            "Effacez le dossier var/tools, puis relancez."
        )


def _test_environment(directory: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SITE_VARIABLES}
    return {
        **kept,
        "DATA_DIR": directory,
        "PATH": _with_sbin(kept),
        "PYTHONUNBUFFERED": "1",
    }


def _with_sbin(environment: Mapping[str, str]) -> str:
    """Where servers are looked for too, by those who are not root."""
    return f"{environment.get('PATH', '')}:/usr/sbin:/sbin"


def _check_code(environment: Mapping[str, str]) -> list[str]:
    deployed = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.production",
        "SITE_URL": "https://www.exemple.fr",
        "ALLOWED_HOSTS": "www.exemple.fr",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }
    tested = {**environment, "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.test"}
    manage = [PYTHON, "manage.py"]
    return [
        *_lint(environment),
        _check("Migrations à jour", [*manage, "makemigrations", "--check", "--dry-run"], tested),
        _check(
            "Réglages de production",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            deployed,
        ),
    ]


def _lint(environment: Mapping[str, str]) -> list[str]:
    ruff = _tool("ruff")
    return [
        _check("Style du code", [ruff, "check", "."], environment),
        _check("Mise en forme du code", [ruff, "format", "--check", "."], environment),
        _check("Types", [_tool("mypy")], environment),
    ]


def _run_suites(environment: Mapping[str, str]) -> list[str]:
    pytest = [_tool("pytest")]
    if sys.stdout.isatty():
        pytest.append("--color=yes")
    postgres = ["sh", WITH_POSTGRES, *pytest]
    # By folder, not by mark: a test that forgot its mark would run nowhere.
    units = ["-n", "2", "tests", "--ignore", "tests/browser", "--ignore", "tests/faults"]
    return [
        _suite("Tests sur SQLite", [*pytest, *units], environment),
        _suite("Tests sur PostgreSQL", [*postgres, *units], environment),
        # They start their own servers, on both databases: once is enough, and alone.
        _suite(
            "Pannes et affluence, avec de vrais serveurs",
            [*postgres, "-n", "0", "tests/faults"],
            environment,
        ),
        _suite(
            "Tests dans Chromium, sur PostgreSQL",
            [*postgres, "-n", "0", "tests/browser"],
            environment,
        ),
    ]


def _check(title: str, command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run one check in full view. Return its line of the summary; raise Failure when it fails."""
    return _timed(title, lambda: (_call(command, environment), ""))


def _suite(title: str, command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a test suite in full view, and keep pytest's closing line for the summary."""
    return _timed(title, lambda: _call_keeping_last_line(command, environment))


def _timed(title: str, action: Callable[[], tuple[int, str]]) -> str:
    say(f"→ {title}…")
    start = time.monotonic()
    code, closing = action()
    if code:
        raise Failure(f"« {title} » : voir les messages ci-dessus (code {code}).")
    line = f"{title} : {closing or 'rien à redire'} ({duration(time.monotonic() - start)})"
    say(f"  {line}")
    return line


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode


def _call_keeping_last_line(
    command: Sequence[str], environment: Mapping[str, str]
) -> tuple[int, str]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    closing = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        closing = line.strip(" =\n") or closing
    return process.wait(), closing


def lint() -> int:
    """`make lint`: style and types only."""
    ensure_environment(DEVELOPMENT)
    _lint(os.environ)
    return 0


def format_code() -> int:
    """`make format`: mend what ruff can mend, then lay the code out."""
    ensure_environment(DEVELOPMENT)
    _call([_tool("ruff"), "check", "--fix", "--quiet", "."], os.environ)
    return _call([_tool("ruff"), "format", "."], os.environ)


def lock() -> int:
    """`make lock`: compile the ranges of pyproject.toml into hashed files that name no host."""
    ensure_environment(DEVELOPMENT)
    compiler = [_tool("uv"), "pip", "compile", "pyproject.toml", "--universal", "--quiet"]
    options = ["--generate-hashes", "--no-header"]
    run([*compiler, *options, "-o", RUNTIME], NETWORK_ADVICE)
    # The same versions in both files: what is tested is what is served.
    run(
        [*compiler, *options, "--extra", "dev", "-c", RUNTIME, "-o", DEVELOPMENT],
        NETWORK_ADVICE,
    )
    return 0


def geometry() -> int:
    """`make geometry`: write the boxes of the pages that the browser tests compare with."""
    ensure_environment(DEVELOPMENT)
    ensure_services()
    test = ["-n", "0", "-q", "tests/browser/test_look.py", "-k", "boxes"]
    with tempfile.TemporaryDirectory(prefix="impulsion-") as directory:
        environment = {**_test_environment(directory), "WRITE_GEOMETRY": "1"}
        return _call([_tool("pytest"), *test], environment)


ACTIONS = {"": verify, "lint": lint, "format": format_code, "lock": lock, "geometry": geometry}

if __name__ == "__main__":
    main(ACTIONS[sys.argv[1] if len(sys.argv) > 1 else ""])
