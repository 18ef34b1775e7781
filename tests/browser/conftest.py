"""The real site in a real browser: gunicorn, production settings, demonstration content.

The site is prepared once (database, content, static files). Visitors get one copy of it, the
editors' journeys another, so that what editors do is not seen in the visitors' measures.
A missing program is a failure with its name, never a skipped test.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # root in a container has no other way
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Answer:
    """What a plain HTTP client receives, compressed as it came."""

    status: int
    headers: Any
    body: bytes


@dataclass(frozen=True)
class RunningSite:
    """A site that answers at ``url``, and the environment of its commands."""

    url: str
    environment: dict[str, str]
    log: Path

    def manage(self, *arguments: str) -> str:
        """Run a command of the site and return what it prints."""
        return manage(self.environment, *arguments)

    def python(self, source: str) -> Any:
        """Run a few lines in the site, which must print one JSON value last."""
        lines = self.manage("shell", "--no-imports", "--command", source).strip().splitlines()
        return json.loads(lines[-1]) if lines else None

    def get(self, address: str, **headers: str) -> Answer:
        """Ask for an address of the site without following redirects."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}{address}", headers={"Accept-Encoding": "br, gzip", **headers}
        )
        try:
            with OPENER.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy: the server is on this machine.
OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run ``manage.py``; its complaints become those of the test."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


# --- The databases ------------------------------------------------------------------------


class Databases:
    """Fresh databases on the server of DATABASE_URL, or SQLite files without it."""

    def __init__(self) -> None:
        self.server = os.environ.get("DATABASE_URL", "")
        if self.server and not self.server.startswith(("postgres://", "postgresql://")):
            pytest.fail("DATABASE_URL must name a PostgreSQL server, or nothing (SQLite).")
        self.made: list[str] = []

    def create(self, template: str = "") -> str:
        """The address of a new database, a copy of ``template`` when there is one."""
        if not self.server:
            return ""
        name = f"browser_{secrets.token_hex(4)}"
        copied = f" TEMPLATE {urlsplit(template).path.strip('/')}" if template else ""
        self._execute(f"CREATE DATABASE {name}{copied}")
        self.made.append(name)
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def drop_all(self) -> None:
        """Leave the server as it was."""
        for name in self.made:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        # Django's way of writing « a socket in this folder » is libpq's own.
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    databases = Databases()
    yield databases
    databases.drop_all()


# --- The site -----------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(data: Path, database: str, port: int) -> dict[str, str]:
    """The variables of a production site on this machine, and none of the developer's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.production",
        "DATA_DIR": str(data),
        "DATABASE_URL": database,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUTF8": "1",
    }


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> tuple[Path, str]:
    """A data folder and a database with the demonstration content in them; nothing runs."""
    data = tmp_path_factory.mktemp("prepared")
    database = databases.create()
    environment = environment_of(data, database, free_port())
    manage(environment, "migrate", "--no-input", "--verbosity", "0")
    manage(environment, "load_content", "--demonstration")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    return data, database


StartSite = Callable[[str], RunningSite]


@pytest.fixture(scope="session")
def start_site(
    tmp_path_factory: pytest.TempPathFactory,
    prepared: tuple[Path, str],
    databases: Databases,
) -> Iterator[StartSite]:
    """Starts gunicorn on a copy of the prepared site."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> RunningSite:
        model, template = prepared
        data = tmp_path_factory.mktemp(name) / "data"
        shutil.copytree(model, data)
        database = databases.create(template)
        port = free_port()
        environment = environment_of(data, database, port)
        log = data / "gunicorn.log"
        with log.open("wb") as output:
            servers.append(
                subprocess.Popen(
                    [*GUNICORN, "--bind", f"127.0.0.1:{port}"],
                    cwd=ROOT,
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )
        site = RunningSite(f"http://127.0.0.1:{port}", environment, log)
        wait_until_it_answers(site, servers[-1])
        return site

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait(45)  # gunicorn gives its workers thirty seconds of them


def wait_until_it_answers(site: RunningSite, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if site.get("/robots.txt").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"gunicorn does not answer:\n{site.log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def site(start_site: StartSite) -> RunningSite:
    """The visitors' site: read, never changed, its pictures in every format."""
    site = start_site("visitors")
    for address in site.python(VISIBLE_ADDRESSES):
        site.get(address)  # a picture is noted when it is first shown
    site.python(
        "from pages.pictures import make_pending_pictures; make_pending_pictures(); print(0)"
    )
    return site


VISIBLE_ADDRESSES = """
import json
from pages.querysets import all_pages
print(json.dumps([page.url for page in all_pages().visible()]))
"""


@pytest.fixture(scope="session")
def editors_site(start_site: StartSite) -> RunningSite:
    """The site on which editors work: a copy, so that they disturb nobody."""
    return start_site("editors")


OPEN_SESSION = """
import json, time
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from pages.accounts.middleware import OPENED, SECOND_FACTOR, USED
from pages.models import User
user = User.objects.get(email={email!r})
if not Authenticator.objects.filter(user=user).exists():
    TOTP.activate(user, generate_totp_secret())
session = SessionStore()
session.update({{
    SESSION_KEY: str(user.pk),
    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
    HASH_SESSION_KEY: user.get_session_auth_hash(),
    OPENED: int(time.time()),
    USED: int(time.time()),
    SECOND_FACTOR: True,
}})
session.save()
print(json.dumps(session.session_key))
"""


def enter_admin(site: RunningSite, page: Page, email: str) -> None:
    """Open the admin as this person, who has given a password and a code (test_accounts.py)."""
    key = site.python(OPEN_SESSION.format(email=email))
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": site.url}])
    page.goto(f"{site.url}/admin/")
    page.wait_for_load_state("networkidle")


# --- Chromium -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Debian's own Chromium: nothing is downloaded."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium", pytrace=False)
    browser = playwright_driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
    yield browser
    browser.close()
