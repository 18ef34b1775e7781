"""How many requests a second: the site, against the best that the same server can do.

Machines differ, and the same machine differs from one minute to the next: only the ratio of two
measures taken one after the other, several times, means something.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.console import Failure, step

LIMIT = "deploy.speed:constant"
ROUNDS = 3
SECONDS = 4
CONNECTIONS = 8
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
BAD_ANSWERS = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")


@dataclass
class Ratio:
    """A measure of the site beside the limit, the medians of all rounds."""

    name: str
    rate: float
    limit: float
    memory: list[int]


def constant(environ: dict[str, object], start_response: object) -> Iterable[bytes]:
    """A WSGI application that does nothing but answer as many bytes as the home page."""
    body = b"x" * int(os.environ["BENCH_BYTES"])
    start_response("200 OK", [("Content-Length", str(len(body)))])  # type: ignore[operator]
    return [body]


def home_size(host: str, port: int) -> int:
    """How many bytes the home page sends, compressed."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    size = len(connection.getresponse().read())
    connection.close()
    return size


def measure(host: str, port: int, limit_port: int) -> list[Ratio]:
    """The home page, and a page in the browser's cache, against the constant answer."""
    etag = _etag(host, port)
    cases = {
        "accueil": ["-H", "Accept-Encoding: gzip"],
        "accueil déjà connu (304)": ["-H", f"If-None-Match: {etag}"],
    }
    rates: dict[str, list[float]] = {name: [] for name in cases}
    limits: list[float] = []
    with step(f"Vitesse\u00a0: {ROUNDS} tours de {SECONDS} s par mesure"):
        for _round in range(ROUNDS):
            limits.append(_rate(host, limit_port, []))
            for name, options in cases.items():
                rates[name].append(_rate(host, port, options))
    memory = list(_memory_of_workers(port))
    limit = statistics.median(limits)
    return [Ratio(name, statistics.median(found), limit, memory) for name, found in rates.items()]


def _etag(host: str, port: int) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", "/")
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers["ETag"] or ""


def _rate(host: str, port: int, options: list[str]) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options]
    done = subprocess.run(
        [*command, f"http://{host}:{port}/"], capture_output=True, text=True, check=False
    )
    found = RATE.search(done.stdout)
    if found is None or BAD_ANSWERS.search(done.stdout):
        raise Failure(f"la mesure de vitesse a échoué\u00a0:\n{done.stdout}{done.stderr}")
    return float(found[1])


def _memory_of_workers(port: int) -> Iterator[int]:
    """The memory of each worker that listens on a port, in bytes (its own share: PSS)."""
    bind = f":{port}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = _field(folder / "status", "PPid")
            if not any(word.endswith(bind) for word in words):
                continue
            if bind not in (Path("/proc") / str(parent) / "cmdline").read_bytes():
                continue  # the master itself, whose parent is us
            yield _field(folder / "smaps_rollup", "Pss") * 1024
        except OSError:
            continue  # it has just ended


def _field(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", path.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def table(ratios: list[Ratio]) -> str:
    """The rates, the share of the limit, and the memory of the workers."""
    lines = [
        f"Vitesse, {CONNECTIONS} connexions, médiane de {ROUNDS} tours alternés",
        f"  {'le même gunicorn, réponse constante':<38} {ratios[0].limit:>7.0f} requêtes/s",
    ]
    for found in ratios:
        share = 100 * found.rate / found.limit
        lines.append(
            f"  {found.name:<38} {found.rate:>7.0f} requêtes/s, "
            + f"{share:.1f}".replace(".", ",")
            + "\u00a0% de la limite"
        )
    memory = ", ".join(f"{size / 1_000_000:.0f} Mo" for size in ratios[0].memory)
    lines.append(f"  mémoire des processus\u00a0: {memory}")
    return "\n".join(lines)
