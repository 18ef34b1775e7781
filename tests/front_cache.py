"""A real nginx in front of the site, on this machine, with a cache of its own.

The site answers from a thread of the test, with the test's own database: what the test changes is
seen at once by the next request, as between two processes that share a database server.
"""

import http.client
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.test.testcases import QuietWSGIRequestHandler

EXAMPLE = settings.BASE_DIR / "deploy" / "nginx.conf.example"
SECONDS_TO_START = 20

# What stands around the example: what Debian's own nginx.conf has, in a folder of the test.
AROUND = """
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
# A careless host: everything is kept by its address, cookies and « Vary » are not looked at, and
# what says nothing of it is kept too. It still obeys Cache-Control.
CARELESS = """
proxy_cache_path {folder}/cache keys_zone=careless:1m;
server {{
    listen 127.0.0.1:{port};
    proxy_cache careless;
    proxy_cache_key $scheme$host$request_uri;
    proxy_cache_valid any 10m;
    proxy_ignore_headers Vary Set-Cookie;
    proxy_set_header Host $http_host;
    add_header X-Cache $upstream_cache_status always;
    location / {{ proxy_pass http://127.0.0.1:{site_port}; }}
}}
"""


@dataclass(frozen=True)
class Answer:
    """What a plain HTTP client receives."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class FrontCache:
    """An nginx that listens on ``port``."""

    port: int

    def ask(self, address: str, method: str = "GET", **headers: str) -> Answer:
        """One answer; ``session="…"`` is the session of who asks."""
        session = headers.pop("session", "")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if session:
            sent["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={session}"
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asked.request(method, address, headers=sent)
            answer = asked.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            asked.close()


def documented(folder: Path, port: int, site_port: int) -> str:
    """The configuration that we give to read, on this machine and without its certificate."""
    text = EXAMPLE.read_text()
    changes = {
        "/var/cache/nginx/impulsion": f"{folder}/cache",
        "127.0.0.1:8000": f"127.0.0.1:{site_port}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "    ssl_certificate /etc/letsencrypt/live/www.exemple.fr/fullchain.pem;\n": "",
        "    ssl_certificate_key /etc/letsencrypt/live/www.exemple.fr/privkey.pem;\n": "",
        "server_name www.exemple.fr;": "server_name 127.0.0.1;",
    }
    for known, ours in changes.items():
        assert known in text, f"deploy/nginx.conf.example has no « {known} » any more"
        text = text.replace(known, ours)
    return text


def careless(folder: Path, port: int, site_port: int) -> str:
    """The configuration of a host that keeps all it may."""
    return CARELESS.format(folder=folder, port=port, site_port=site_port)


CONFIGURATIONS = {"documented": documented, "careless": careless}


@contextmanager
def nginx_before_the_site(kind: str, folder: Path) -> Iterator[FrontCache]:
    """Both servers; they are stopped, and everything they kept is forgotten, afterwards."""
    with site_in_a_thread() as site_port, nginx_before(site_port, kind, folder) as front:
        yield front


@contextmanager
def nginx_before(site_port: int, kind: str, folder: Path) -> Iterator[FrontCache]:
    """An nginx that asks what listens on this port."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        pytest.fail("nginx is missing: apt-get install nginx-light", pytrace=False)
    port = free_port()
    configuration = folder / "nginx.conf"
    site = CONFIGURATIONS[kind](folder, port, site_port)
    user = pwd.getpwuid(os.getuid()).pw_name
    configuration.write_text(AROUND.format(user=user, folder=folder, site=site))
    command = [program, "-p", str(folder), "-c", str(configuration), "-g", "daemon off;"]
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_until_it_listens(process, port, log)
        yield FrontCache(port)
    finally:
        process.terminate()
        process.wait(30)


class SiteServer(ThreadedWSGIServer):
    """Django's own server, which lends the test's connection to its threads and never closes it."""

    def _close_connections(self) -> None:
        pass


class LentConnection:
    """The site, which does not close at each request a connection that is not its own."""

    def __init__(self, site: WSGIHandler) -> None:
        self.site = site

    def __call__(self, environ: Any, start_response: Any) -> Any:
        # Each request of Django's test client, in the test itself, connects them again.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        return self.site(environ, start_response)


@contextmanager
def site_in_a_thread() -> Iterator[int]:
    """The site on a port, with the database of the test, which waits while it answers."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.inc_thread_sharing()
    server = SiteServer(
        ("127.0.0.1", 0),
        QuietWSGIRequestHandler,
        connections_override={DEFAULT_DB_ALIAS: connection},
    )
    server.set_app(LentConnection(WSGIHandler()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
        connection.dec_thread_sharing()


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait for nginx, or fail with what it says."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nginx does not start:\n{log.read_text()}", pytrace=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
